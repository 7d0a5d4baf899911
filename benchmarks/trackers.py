"""Programs that watch pages, each as its users run it: a configuration, a command line.

The peers live in an environment of their own and are started as programs, never imported.
"""

import os
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from benchmarks.site import Page

ROOT = Path(__file__).parents[1]
PEERS = ROOT / ".venv-peers" / "bin"
LAUNCH = Path(__file__).with_name("launch.py")
ITEM = ".views-row"
# One line each; the benchmark's pages are at loopback addresses, and nobody minds haste.
CRAWLER_SETTINGS = ("delay_s = 0", 'allow_private = ["127.0.0.0/8"]')
REWORDED_SOURCE = """
[source.{name}]
url = "{url}"
read = "listing"
[source.{name}.recipe]
item = "{item}"
"""
PEER_JOB = """\
url: {url}
filter:
- css: {item}
- html2text
"""


class Use(NamedTuple):
    """What one run of a program used and printed. ``cpu_s`` is user and system time."""

    exit_code: int
    cpu_s: float
    peak_bytes: int
    output: str
    errors: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Tracker:
    """A program to measure. ``most_pages``: how many it can visit in a reasonable time."""

    name: str
    set_up: Callable[[Path, Sequence[Page]], list[str]]
    most_pages: int = 1_000


def reworded(folder: Path, watched: Sequence[Page]) -> list[str]:
    """Write a config.toml that watches pages; return the command that visits them."""
    sources = (REWORDED_SOURCE.format(**page._asdict(), item=ITEM) for page in watched)
    lines = ["[crawler]", *CRAWLER_SETTINGS, *sources]
    (folder / "config.toml").write_text("\n".join(lines), "utf-8")
    program = Path(sys.executable).with_name("reworded")
    return [str(program), "--config", str(folder / "config.toml"), "run", "--all"]


def urlwatch(folder: Path, watched: Sequence[Page]) -> list[str]:
    """Write urlwatch's job list; it writes its default configuration itself."""
    files = {"--urls": "urls.yaml", "--config": "urlwatch.yaml", "--cache": "cache.db"}
    _write_jobs(folder / "urls.yaml", watched)
    return [str(PEERS / "urlwatch"), *_options(folder, {**files, "--hooks": "hooks.py"})]


def webchanges(folder: Path, watched: Sequence[Page]) -> list[str]:
    """Write webchanges' job list, and a configuration that keeps it from asking the network."""
    files = {"--jobs": "jobs.yaml", "--config": "config.yaml", "--database": "snapshots.db"}
    _write_jobs(folder / "jobs.yaml", watched)
    (folder / "config.yaml").write_text("version_check:\n  enabled: false\n", "utf-8")
    return [str(PEERS / "webchanges"), *_options(folder, files)]


OURS = Tracker(name="reworded", set_up=reworded)
URLWATCH = Tracker(name="urlwatch", set_up=urlwatch)
WEBCHANGES = Tracker(name="webchanges", set_up=webchanges, most_pages=200)


def peers() -> Iterator[Tracker]:
    """Yield the peers that are installed."""
    yield from (peer for peer in (URLWATCH, WEBCHANGES) if (PEERS / peer.name).exists())


def use_of(command: Sequence[str], folder: Path) -> Use:
    """Run a command to its end in a folder, which is also its home; return what it used."""
    files = [folder / name for name in ("used.txt", "stdout.txt", "stderr.txt")]
    launched = [sys.executable, "-I", "-S", str(LAUNCH), *map(str, files), *command]
    subprocess.run(launched, cwd=folder, env=_environment(folder), check=True)
    code, cpu_s, peak = files[0].read_text("ascii").split()
    output, errors = (file.read_text("utf-8", "replace") for file in files[1:])
    return Use(int(code), float(cpu_s), int(peak) * 1024, output, errors)


def _write_jobs(path: Path, watched: Sequence[Page]) -> None:
    path.write_text("---\n".join(PEER_JOB.format(url=p.url, item=ITEM) for p in watched), "utf-8")


def _options(folder: Path, files: dict[str, str]) -> list[str]:
    return [part for option, name in files.items() for part in (option, str(folder / name))]


def _environment(folder: Path) -> dict[str, str]:
    """The caller's environment, without proxies, and with a home that is thrown away."""
    kept = {k: v for k, v in os.environ.items() if not k.lower().endswith("_proxy")}
    kept = {k: v for k, v in kept.items() if not k.startswith(("XDG_", "PYTHON"))}
    return {**kept, "HOME": str(folder)}
