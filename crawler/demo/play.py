"""The demo: the real crawler against each edition, by a simulated clock, told as a story."""

import asyncio
from datetime import datetime, timedelta
from pathlib import Path

from crawler.config import Config, load
from crawler.counting import count_terms
from crawler.demo.editions import EDITIONS
from crawler.demo.publisher import Publisher
from crawler.fetch import fetcher
from crawler.reporting import compiled, rendered, write
from crawler.running import told
from crawler.showing import show_substitutions
from crawler.terminal import has_colour, remark, say, width
from crawler.visit import Visited, visit
from diffs.report.phrases import headline
from diffs.report.text import render_change
from snapshots.archive import Archive
from snapshots.errors import ConfigError

LIBRARY, FACT_SHEETS = "library", "fact-sheets"
MARKER = "# Written by `reworded demo`; the folder may be deleted.\n"
CONFIG = """\
[archive]
path = "demo.sqlite"

[crawler]
contact = "demo"
delay_s = 0
allow_private = ["127.0.0.1"]

[source.library]
title = "Harbor and Border Service: Publications Library"
url = "{url}/library"
read = "listing"
[source.library.recipe]
item = ".views-row, li.usa-collection__item"

[source.fact-sheets]
title = "Harbor and Border Service: Fact Sheets"
url = "{url}/fact-sheets"
read = "page"
"""


class SimulatedClock:
    """A clock that stands where it was set, and for which waiting takes no time."""

    def __init__(self, at: datetime) -> None:
        self.at = at

    def now(self) -> datetime:
        """Return the moment it was set to, a millisecond later each time."""
        self.at += timedelta(milliseconds=1)
        return self.at

    async def sleep(self, seconds: float) -> None:
        """Let time pass."""
        self.at += timedelta(seconds=seconds)


def play(folder: Path) -> int:
    """Visit every edition, tell what was found, leave an archive and a report in a folder."""
    config_path = _prepared(folder)
    say("An invented agency's library and fact sheets, visited at eleven dates.\n")
    with Publisher() as publisher:
        config_path.write_text(MARKER + CONFIG.format(url=publisher.url), "utf-8")
        config = load(config_path)
        with Archive.to_write(config.archive) as archive:
            asyncio.run(_visit_editions(publisher, config, archive))
            count_terms(archive, config)
            _sum_up(archive, config, folder)
    return 0


async def _visit_editions(publisher: Publisher, config: Config, archive: Archive) -> None:
    clock = SimulatedClock(EDITIONS[0].at)
    for number, edition in enumerate(EDITIONS):
        publisher.edition, clock.at = number, edition.at
        say(f"{edition.at:%Y-%m-%d}  {edition.title}")
        async with fetcher(config.crawler, clock, archive.hosts) as client:
            for source in config.sources.values():
                _tell(await visit(source, client, archive))


def _tell(visited: Visited) -> None:
    say(f"    {told(visited)}")
    counts: dict[str, int] = {}
    for record in visited.changes:
        counts[headline(record.change)] = counts.get(headline(record.change), 0) + 1
    for words, count in counts.items():
        say(f"        {count} × {words}")


def _sum_up(archive: Archive, config: Config, folder: Path) -> None:
    say("\nPhrases that became other phrases:\n")
    report = compiled(archive, config, (), None, None, made_at=EDITIONS[-1].at)
    show_substitutions(report.substitutions, "text")
    reworded = next(record for record in report.changes if record.change.changed == ("text",))
    say("\nOne change, as it is reported:\n")
    say("\n".join(render_change(reworded, colour=has_colour(), width=width())))
    say("")
    page = folder / "report.html"
    write(rendered(report, "html"), page)
    remark(f"archive: {config.archive}")
    remark(f"look into it: reworded --config {config.path} changes")


def _prepared(folder: Path) -> Path:
    """Make the folder, and clear what an earlier demo left; nothing else is touched.

    Raises:
        ConfigError: the folder holds a configuration that is not a demo's.
    """
    config = folder / "config.toml"
    if config.exists() and not config.read_text("utf-8").startswith(MARKER):
        raise ConfigError(f"{config}: is not a demo's; name another folder with -o")
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise ConfigError(f"{folder}: cannot be made ({error.strerror})") from error
    for left in folder.glob("demo.sqlite*"):
        left.unlink()
    return config
