"""To whom findings are sent, and which: the ``[notify]`` tables of a configuration."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches
from typing import Any

from crawler.schedule import schedule_problem, timezone_problem
from diffs.importance import MOST, Importance
from diffs.report.phrases import called
from diffs.watched import Touched
from snapshots.records import ChangeRecord

SETTINGS = {
    # Its type is checked below, by words that do not repeat it.
    "url": object,
    "sources": list,
    "kinds": list,
    "terms": list,
    "importance": (int, float),
    "digest": str,
    "timezone": str,
}
KINDS = ("added", "removed", "changed", "moved", "rolled_off")
# A secret's place in an address; its value is an environment variable.
SECRET = re.compile(r"\$\{([A-Za-z_][A-Za-z0-9_]*)\}")
_SCHEME = re.compile(r"[a-z][a-z0-9+.-]*://.|\$\{\w+\}", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Destination:
    """One address, as it is written with its secrets' places, and what is sent to it.

    Of ``sources``, ``kinds`` and ``terms`` none means all. ``digest`` is the schedule by which
    findings are gathered; None sends them after the run that found them.
    """

    name: str
    url: str = field(repr=False)
    sources: tuple[str, ...] = ()
    kinds: tuple[str, ...] = ()
    terms: tuple[str, ...] = ()
    importance: float = 0
    digest: str | None = None
    timezone: str = "UTC"

    def wants(
        self, record: ChangeRecord, touched: Sequence[Touched], worth: Importance | None
    ) -> bool:
        """Whether a change is to be sent here: all rules must agree."""
        names = {name.casefold() for each in touched for name in (each.old, each.new) if name}
        return (
            (not self.sources or record.source in self.sources)
            and (not self.kinds or called(record.change).replace(" ", "_") in self.kinds)
            and (not self.terms or bool(names & {term.casefold() for term in self.terms}))
            and (worth is None or worth.score >= self.importance)
        )


def destinations(tables: Mapping[str, Any], timezone: str) -> tuple[Destination, ...]:
    """Return the destinations that ``[notify]`` tables tell; they must have no problems."""
    return tuple(
        Destination(
            name=name,
            url=table["url"],
            sources=tuple(table.get("sources", ())),
            kinds=tuple(table.get("kinds", ())),
            terms=tuple(table.get("terms", ())),
            importance=table.get("importance", 0),
            digest=table.get("digest"),
            timezone=table.get("timezone", timezone),
        )
        for name, table in tables.items()
    )


def destination_problems(table: Mapping[str, Any], sources: Mapping[str, Any]) -> Iterator[str]:
    """Yield what is wrong with the values of one ``[notify.NAME]`` table; never its address."""
    url = table.get("url")
    if url is None:
        yield "lacks 'url'; write url = \"mailtos://…\" or another address that Apprise knows"
    elif isinstance(url, str):
        yield from _url_problems(url)
    else:
        yield "url must be text in quotes"
    yield from _named("sources", table, tuple(sources), "source")
    yield from _named("kinds", table, KINDS, "kind")
    terms = table.get("terms", [])
    if isinstance(terms, list) and not all(isinstance(t, str) and t.strip() for t in terms):
        yield "terms must be a list of watched terms in quotes"
    least = table.get("importance", 0)
    if isinstance(least, (int, float)) and not isinstance(least, bool) and not 0 <= least <= MOST:
        yield f"importance must be a number from 0 to {MOST}, and is {least!r}"
    if isinstance(table.get("digest"), str) and (told := schedule_problem(table["digest"])):
        yield f"digest {told}"
    if isinstance(table.get("timezone"), str) and (told := timezone_problem(table["timezone"])):
        yield f"timezone {told}"


def _url_problems(url: str) -> Iterator[str]:
    if not _SCHEME.match(url):
        yield "url must begin with a scheme that Apprise knows, such as mailtos:// or json://"
    if "${" in SECRET.sub("", url):
        yield "url has a '${' that names no environment variable; write it as ${NAME}"
    if not url.isprintable():
        yield "url must be on one line, without control characters"


def _named(key: str, table: Mapping[str, Any], known: Sequence[str], noun: str) -> Iterator[str]:
    written = table.get(key, [])
    for name in written if isinstance(written, list) else ():
        if name not in known:
            close = get_close_matches(name, known, n=1) if isinstance(name, str) else []
            remedy = f"did you mean {close[0]!r}?" if close else f"there are {', '.join(known)}"
            yield f"{key} names no {noun} {name!r}; {remedy}"
