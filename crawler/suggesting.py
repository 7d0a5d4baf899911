"""What a new source could be called, and how often it could be visited. Pure suggestions."""

import ipaddress
import re
import unicodedata
from collections.abc import Collection
from urllib.parse import unquote, urlsplit

from diffs.report.passage import clean
from snapshots.archive.pace import Pace
from snapshots.extract.masthead import Masthead
from snapshots.extract.wording import said

MOST_KEY_CHARS = 48
MOST_TITLE_CHARS = 120
KEY = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,99}")
# Second-level names under which a country's organisations have theirs.
_SHARED = frozenset("ac co com edu go gob gouv gov govt gub mil net or org".split())
# Parts of a path that tell no page from another.
_VAGUE = re.compile(
    r"index|default|home|homepage|main|list|listing|all|search|results|view|page|[a-z]{2}(?:-[a-z]{2})?"
)
_EXTENSION = re.compile(r"\.(?:[sx]?html?|aspx?|php|jspx?|jsf|cfm|txt)$", re.IGNORECASE)
_APART = re.compile(r"\s+(?:[|–—»·•>]|::|-|:)\s+|\s*[|»]\s*")
# Fewer changes than this tell no pace.
FEWEST_CHANGES = 3
_DAY_S = 86_400


def suggested_key(url: str, taken: Collection[str] = ()) -> str:
    """Return a key for a source, from its host and path: ``ice-factsheets``.

    One that is taken is numbered: ``ice-factsheets-2``.
    """
    parts = urlsplit(url)
    host = _host_name(parts.hostname or "")
    slugs = [_slug(_EXTENSION.sub("", unquote(part))) for part in parts.path.split("/")]
    named = [slug for slug in slugs if slug]
    telling = [name for name in named if not _VAGUE.fullmatch(name)] or named
    last = telling[-1] if telling else ""
    # A number alone says nothing: what it is of does.
    if last.replace("-", "").isdigit() and len(telling) > 1:
        last = f"{telling[-2]}-{last}"
    whole = last if host and last.startswith(f"{host}-") else f"{host}-{last}"
    key = _shortened(whole.strip("-")) or "source"
    numbered = (f"{key}-{number}" for number in range(2, len(taken) + 3))
    return key if key not in taken else next(each for each in numbered if each not in taken)


def suggested_title(masthead: Masthead, url: str) -> str | None:
    """Return what a page calls itself, without its site's name; None when it has no name.

    A heading that the page's title repeats is surely its name; of a title in parts, those that
    name the site are left out, or else the last; a title in one part may name nothing but the
    site, and yields to a heading.
    """
    title, heading = _line(masthead.title), _line(masthead.heading)
    if heading and (not title or heading.casefold() in title.casefold()):
        return heading
    if not title:
        return None
    sites = {_slug(masthead.site or ""), _host_name(urlsplit(url).hostname or "")} - {""}
    parts = [part for part in _APART.split(title) if part]
    if len(parts) < 2:
        return heading if heading and _slug(heading) not in sites else title
    others = [part for part in parts if _slug(part) not in sites]
    if len(others) == len(parts):
        others = parts[:-1]
    return others[0] if others else title


def suggested_schedule(pace: Pace | None) -> str:
    """Return how often to visit: daily, or as the page's held history asks.

    A page is looked at several times between two of its changes, for each state that
    nobody saw is lost; never less than weekly.
    """
    if pace is None or pace.changes < FEWEST_CHANGES:
        return "daily"
    days = pace.span_s / pace.changes / _DAY_S
    if days < 0.5:
        return "hourly"
    if days < 2:
        return "every 6 hours"
    return "daily" if days < 60 else "weekly"


def fit_title(written: str) -> str:
    """Return a title on one line, without what steers a screen, and not too long."""
    title = said(clean(written)) or ""
    if len(title) <= MOST_TITLE_CHARS:
        return title
    return title[: MOST_TITLE_CHARS - 1].rsplit(" ", 1)[0].rstrip() + "…"


def _line(text: str | None) -> str | None:
    return (fit_title(text) or None) if text else None


def _host_name(host: str) -> str:
    """The part of a host's name that an organisation chose: "ice" of www.ice.gov."""
    try:
        ipaddress.ip_address(host)
        return _slug(host)
    except ValueError:
        labels = [label for label in host.split(".") if label and label != "www"]
    if len(labels) > 2 and len(labels[-1]) == 2 and labels[-2] in _SHARED:
        labels = labels[:-2]
    elif len(labels) > 1:
        labels = labels[:-1]
    return _slug(labels[-1]) if labels else ""


def _slug(text: str) -> str:
    plain = unicodedata.normalize("NFKD", text[:500]).encode("ascii", "ignore").decode()
    return "-".join(re.findall(r"[a-z0-9]+", plain.lower()))


def _shortened(key: str) -> str:
    if len(key) <= MOST_KEY_CHARS:
        return key
    return key[: MOST_KEY_CHARS + 1].rpartition("-")[0] or key[:MOST_KEY_CHARS]
