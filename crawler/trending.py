"""Trends of terms put together from the archive, for the sources and period asked for."""

from collections.abc import Sequence
from datetime import datetime

from crawler.config import Config
from crawler.lexicons import lexicon
from diffs.lexicon import asked, label_of
from diffs.trends import Stood, Trend, trends
from snapshots.archive import Archive


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
    """
    watched = asked(lexicon(config.path, config.lexicon), terms, within=is_within)
    moments = {
        source: [
            snapshot.captured_at
            for snapshot in archive.knowledge.snapshots(source)
            if (since is None or snapshot.captured_at >= since)
            and (until is None or snapshot.captured_at <= until)
        ]
        for source in sources
    }
    wordings = [
        Stood(source=source, item=item, first=first, until=end)
        for source in sources
        for item, first, end in archive.knowledge.wordings(source)
    ]
    names = [name for term in terms if (name := label_of(watched, term))]
    return trends(list(dict.fromkeys(names)), watched, wordings, moments)
