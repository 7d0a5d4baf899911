"""Trends of terms put together from the archive, for the sources and period asked for."""

from collections.abc import Sequence
from datetime import datetime

from crawler.config import Config
from crawler.counting import digest
from crawler.lexicons import lexicon
from diffs.lexicon import asked, label_of
from diffs.trends import Trend, trends, trends_counted
from snapshots.archive import Archive
from snapshots.records import Stood


def trends_of(
    archive: Archive,
    config: Config,
    terms: Sequence[str],
    sources: Sequence[str],
    *,
    since: datetime | None = None,
    until: datetime | None = None,
    is_within: bool = False,
) -> list[Trend]:
    """Return each term's trends over some sources' good snapshots of a period.

    The configured lexicon's longer terms and exclusions do not count, except ``is_within``.
    Terms of that lexicon were counted as the wordings came in; others are counted now.
    """
    held = lexicon(config.path, config.lexicon)
    watched = asked(held, terms, within=is_within)
    moments = {
        source: [
            snapshot.captured_at
            for snapshot in archive.knowledge.snapshots(source)
            if (since is None or snapshot.captured_at >= since)
            and (until is None or snapshot.captured_at <= until)
        ]
        for source in sources
    }
    names = list(dict.fromkeys(name for term in terms if (name := label_of(watched, term))))
    is_listed = not is_within and all(label_of(held, term) for term in terms)
    if is_listed and archive.terms.is_current(digest(config)):
        return trends_counted(names, archive.terms.wordings(sources, names), moments)
    wordings = [
        Stood(source=source, item=item, first=first, until=end)
        for source in sources
        for item, first, end in archive.knowledge.wordings(source)
    ]
    return trends(names, watched, wordings, moments)
