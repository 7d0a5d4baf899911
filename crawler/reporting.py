"""A report put together from the archive, and written where it was asked for."""

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from datetime import UTC, date, datetime
from importlib import import_module
from pathlib import Path

from crawler import __version__
from crawler.config import Config, Source
from crawler.dates import from_base, substitutions
from crawler.freshness import with_freshness
from crawler.lexicons import lexicon
from crawler.noted import noted
from crawler.terminal import Now, has_colour, remark, say, unseen, width
from crawler.trending import trends_of
from diffs.importance import WEIGHTS, Importance, importance
from diffs.lexicon import Lexicon
from diffs.report.view import Activity, Report
from diffs.terms import count
from diffs.trends import Trend
from diffs.watched import Touched, watched
from snapshots.archive import Archive
from snapshots.errors import ConfigError
from snapshots.records import ChangeRecord, Outcome, SourceStatus, SubstitutionCount, Visit

# The forms that need nothing but a report, and their modules.
FORMS = {"html": "html", "md": "markdown", "csv": "sheet", "edgi": "edgi", "email": "digest"}
# Terms of which a report draws a chart.
MOST_TRENDS = 6


def compiled(
    archive: Archive,
    config: Config,
    keys: tuple[str, ...],
    since: datetime | None,
    until: datetime | None,
    made_at: datetime | None = None,
    base: datetime | None = None,
    now: Now = unseen,
) -> Report:
    """Return the report of a period over some sources, or all; or what differs from a base.

    ``now`` is told what is being done.
    """
    now("reading changes")
    sources = config.chosen(keys)
    chosen = tuple(source.key for source in sources)
    changes, counts, remarks = _found(archive, sources, since, until, base)
    made_at = made_at or datetime.now(UTC)
    terms = lexicon(config.path, config.lexicon)
    touched = _touched(changes, terms, now)
    now("drawing terms over time")
    return Report(
        made_at=made_at,
        version=__version__,
        since=since,
        until=until,
        sources=tuple(statuses(archive, sources, made_at)),
        changes=changes,
        substitutions=tuple(counts),
        failures=tuple(_failures(archive, chosen, base or since, until)),
        base=base,
        compared=remarks,
        watched=touched,
        importance=_importance(changes, touched, config),
        # Against a base there are no findings, and so no numbers that notes could be of.
        notes={} if base else noted(archive, [record.id for record in changes]),
        activity=tuple(_activity(archive, chosen, base or since, until)),
        trends=tuple(_trends(archive, config, chosen, touched, since, until)),
        recipes={source.key: source.reading_digest for source in sources},
        lexicons=tuple(pack.title for pack in terms.packs),
        head=archive.evidence.chain.newest(),
    )


def gathered(archive: Archive, config: Config, numbers: Collection[int], now: datetime) -> Report:
    """Return a report of some changes alone, by their numbers, without charts and blind visits."""
    changes = tuple(archive.knowledge.changes(among=numbers))
    keys = tuple(dict.fromkeys(record.source for record in changes))
    touched = _touched(changes, lexicon(config.path, config.lexicon), unseen)
    counts = _counted(archive, keys, changes)
    sources = [config.sources[key] for key in keys if key in config.sources]
    return Report(
        made_at=now,
        version=__version__,
        since=min((record.seen.old.captured_at for record in changes), default=None),
        until=None,
        sources=tuple(statuses(archive, sources, now)),
        changes=changes,
        substitutions=tuple(counts),
        failures=(),
        watched=touched,
        importance=_importance(changes, touched, config),
        notes=noted(archive, [record.id for record in changes]),
        head=archive.evidence.chain.newest(),
    )


def _found(
    archive: Archive,
    sources: Sequence[Source],
    since: datetime | None,
    until: datetime | None,
    base: datetime | None,
) -> tuple[tuple[ChangeRecord, ...], Sequence[SubstitutionCount], tuple[str, ...]]:
    """The changes of a period, or those from a base; their phrases; and what is remarked."""
    if base:
        based = from_base(archive, sources, base, until)
        return based.records, substitutions(based.records), tuple(based.remarks())
    keys = tuple(source.key for source in sources)
    changes = tuple(archive.knowledge.changes(sources=keys, since=since, until=until))
    return changes, _counted(archive, keys, changes), ()


def _counted(
    archive: Archive, sources: tuple[str, ...], changes: Sequence[ChangeRecord]
) -> list[SubstitutionCount]:
    """The phrases that became others in some of the sources' changes."""
    told = {record.id for record in changes}
    return count(s for s in archive.knowledge.substitutions(sources) if s.change in told)


def _touched(
    changes: Sequence[ChangeRecord], terms: Lexicon, now: Now
) -> dict[int, tuple[Touched, ...]]:
    """The watched terms of the changes that touch any."""
    touched = {}
    for done, record in enumerate(changes):
        now("finding watched terms", done, len(changes))
        if found := watched(record.change, terms, record.seen.new.captured_at.date()):
            touched[record.id] = found
    return touched


def _importance(
    changes: Iterable[ChangeRecord], touched: Mapping[int, tuple[Touched, ...]], config: Config
) -> dict[int, Importance]:
    weights = {**WEIGHTS, **config.importance}
    return {r.id: importance(r.change, touched.get(r.id, ()), weights) for r in changes}


def _activity(
    archive: Archive, sources: tuple[str, ...], since: datetime | None, until: datetime | None
) -> Iterator[Activity]:
    """Yield each source's visits by day."""
    found = archive.outcomes_by_day(sources, since, until)
    for source in sources:
        days: dict[date, dict[Outcome, int]] = {}
        for name, day, outcome, number in found:
            if name == source:
                days.setdefault(day, {})[outcome] = number
        yield Activity(source=source, days=tuple(days.items()))


def _trends(
    archive: Archive,
    config: Config,
    sources: tuple[str, ...],
    touched: Mapping[int, tuple[Touched, ...]],
    since: datetime | None,
    until: datetime | None,
) -> Iterator[Trend]:
    """Yield the charts of the terms that most changes touch, over all sources together."""
    names = Counter(
        name for each in touched.values() for t in each for name in {t.old, t.new} if name
    )
    terms = sorted(names, key=lambda name: (-names[name], name))[:MOST_TRENDS]
    found = trends_of(archive, config, terms, sources, since=since, until=until) if terms else ()
    for trend in found:
        if len(trend.points) > 1 and (trend.source is None or len(sources) == 1):
            yield trend


def _failures(
    archive: Archive, sources: tuple[str, ...], since: datetime | None, until: datetime | None
) -> Iterator[Visit]:
    """The visits of a period that concluded nothing."""
    for visit in archive.failures(sources):
        is_after = since is None or visit.started_at >= since
        if is_after and (until is None or visit.started_at <= until):
            yield visit


def statuses(archive: Archive, sources: Iterable[Source], now: datetime) -> Iterator[SourceStatus]:
    """Yield what was looked at of each source, and how fresh that is now."""
    for source in sources:
        status = archive.status(source.key, title=source.title, url=source.url, now=now)
        yield with_freshness(source, status, now)


def rendered(report: Report, form: str, *, to_screen: bool = False, url: str | None = None) -> str:
    """Return a report in a form; ``url`` is where a feed of it will stand."""
    if form == "jsonl":
        from crawler.showing import json_line
        from diffs.report.jsonl import told_json

        return "\n".join(json_line(told_json(report, record)) for record in report.changes)
    if form == "atom":
        from diffs.report.atom import render as render_atom

        return render_atom(report, url)
    if form in FORMS:
        render: Callable[[Report], str] = import_module(f"diffs.report.{FORMS[form]}").render
        return render(report)
    from diffs.report.text import render as render_text

    return render_text(report, colour=to_screen and has_colour(), width=width())


def write(text: str, output: Path | None) -> None:
    """Write a report to its file, or to the screen when there is none.

    Raises:
        ConfigError: the file cannot be written.
    """
    if output is None:
        say(text)
        return
    try:
        output.write_text(text.rstrip("\n") + "\n", "utf-8")
    except OSError as error:
        raise ConfigError(f"{output}: cannot be written ({error.strerror})") from error
    remark(f"written: {output}")
