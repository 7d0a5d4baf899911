"""What a web archive's index lists of an address, and which of it is worth asking for. Pure."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from urllib.parse import urlsplit

# What can be the page, or the word that it is gone. An archive's own crawler that was
# refused, led on or met a fault says nothing of the page. None: the index does not tell.
TELLING = frozenset((None, 200, 203, 404, 410))
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
# A memento's address: the archive's own part, the moment, how it is shown, the original.
# Source: the Wayback Machine's and pywb's forms, as their documentation gives them.
_MEMENTO = re.compile(r"(https?://.*?/)(\d{14})([a-z]{2}_)?/((?:https?:|www\.).*)", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """One capture as an index lists it: the original address and moment, and where it is.

    ``status`` None: not told, or that of the capture it repeats. ``digest`` is the
    archive's own, by which equal payloads are known before they are asked for; None: not
    told.
    """

    url: str
    at: datetime
    memento_url: str
    status: int | None = None
    digest: str | None = None


@dataclass(frozen=True, slots=True)
class Index:
    """A part of an index: what it lists, and where the rest is.

    ``unread`` counts the lines that could not be read. ``resume`` is the key that the
    next part is asked for by, ``pages`` are the addresses of further parts.
    """

    listed: tuple[Listed, ...] = ()
    unread: int = 0
    resume: str | None = None
    pages: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Choice:
    """What is to be had, oldest first, and how many captures were left out, by the reason."""

    listed: tuple[Listed, ...]
    left_out: Mapping[str, int] = field(default_factory=dict)


def chosen(
    listed: Iterable[Listed],
    *,
    since: datetime | None = None,
    until: datetime | None = None,
    every: timedelta | None = None,
) -> Choice:
    """Return the captures worth asking for: between two moments, one a moment, one an interval.

    Intervals are counted from 1970, so that the same are chosen whenever they are. Of
    several captures in one, the first is.
    """
    inside = [
        each
        for each in sorted(listed, key=lambda each: each.at)
        if (since is None or each.at >= since) and (until is None or each.at <= until)
    ]
    telling = [each for each in inside if each.status in TELLING]
    once = list({each.at: each for each in reversed(telling)}.values())[::-1]
    kept = _thinned(once, every) if every else once
    left_out = {
        "redirects, refusals and faults that it met": len(inside) - len(telling),
        "to be asked for without --every": len(once) - len(kept),
    }
    return Choice(tuple(kept), {why: count for why, count in left_out.items() if count})


def raw_address(memento_url: str) -> str:
    """Return the address of a memento's bytes as they were captured, without rewriting.

    One that has not the usual form is returned as it is.
    """
    found = _MEMENTO.fullmatch(memento_url)
    return f"{found[1]}{found[2]}id_/{found[4]}" if found else memento_url


def is_raw(memento_url: str) -> bool:
    """Whether an address is that of a memento's bytes as they were captured."""
    found = _MEMENTO.fullmatch(memento_url)
    return found is not None and found[3] == "id_"


def original_of(memento_url: str) -> str | None:
    """Return the original address within a memento's, or None where it has not the usual form."""
    found = _MEMENTO.fullmatch(memento_url)
    return found[4] if found else None


def own_part(memento_url: str) -> str | None:
    """Return what an archive puts before moments, e.g. ``https://web.archive.org/web/``."""
    found = _MEMENTO.fullmatch(memento_url)
    return found[1] if found else None


def moment_of(written: str) -> datetime | None:
    """Return the moment that fourteen digits name, in UTC, or None where there is no such."""
    if len(written) != 14 or not (written.isascii() and written.isdigit()):
        return None
    try:
        return datetime.strptime(written, "%Y%m%d%H%M%S").replace(tzinfo=UTC)
    except ValueError:
        return None


def digits_of(at: datetime) -> str:
    """Return a moment as fourteen digits."""
    return f"{at.astimezone(UTC):%Y%m%d%H%M%S}"


def host_of(url: str) -> str:
    """Return the host that an address names: a web archive goes by it."""
    return urlsplit(url).hostname or url


def _thinned(listed: Iterable[Listed], every: timedelta) -> list[Listed]:
    first: dict[int, Listed] = {}
    for each in listed:
        first.setdefault((each.at - EPOCH) // every, each)
    return list(first.values())
