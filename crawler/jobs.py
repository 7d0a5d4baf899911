"""Jobs of other programs that watch pages: what can be carried into a source, and what cannot."""

import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from crawler.xpath import by_class, by_id, css_of, quoted
from snapshots.extract.selectors import parse_selector, parts, selector_problem

MOST_TOLD_CHARS = 60
MOST_ALTERNATIVES = 100
# Parameters of an address that let someone in.
_KEYS = re.compile(
    r"(?:.*[_-])?(?:api_?-?key|apikey|token|secret|passw(?:or)?d|pwd|auth|authorization|signature"
    r"|sig|credential)s?(?:[_-].*)?",
    re.IGNORECASE,
)

# Prefixes of what selects in JSON.
_LANGUAGES = ("json:", "jq:", "jqraw:")


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """One job as a file tells it. ``url`` is None where it follows no web page.

    ``kept`` and ``left_out`` are selectors of what is read and of what is not; ``lost`` says,
    a few words each, what cannot be carried over; ``refused`` why none of it can.
    """

    place: str
    name: str | None = None
    url: str | None = None
    schedule: str | None = None
    kept: str | None = None
    left_out: tuple[str, ...] = ()
    lost: tuple[str, ...] = ()
    refused: str | None = None


@dataclass(frozen=True, slots=True)
class Filters:
    """What a chain of filters comes to in selectors, and those that do not come to any."""

    kept: str | None = None
    left_out: tuple[str, ...] = ()
    lost: tuple[str, ...] = ()


def address(written: object) -> tuple[str | None, str | None]:
    """Return a job's web address, and why it cannot be followed; one of them is None.

    What lets someone in, a password or a key, is never taken over, nor repeated.
    """
    url = word(written)
    try:
        split = urlsplit(url)
        is_web = split.scheme in ("http", "https") and bool(split.hostname)
    except ValueError:
        is_web = False
    if not is_web or not url.isprintable() or " " in url:
        return None, "it follows no web page"
    if "@" in split.netloc:
        return None, "its address holds a user name or password"
    if any(_KEYS.fullmatch(name) for name, _ in parse_qsl(split.query)):
        return None, "its address holds what looks like a secret"
    return url, None


def chained(filters: Iterable[tuple[str, object]]) -> Filters:
    """Return what a chain of filters, by name and argument, selects together.

    A filter that selects within what an earlier one has selected selects less.
    """
    kept: list[str] = []
    left_out: list[str] = []
    lost: list[str] = []
    for name, argument in filters:
        name = name.strip().lower()
        if name in NEEDLESS:
            continue
        selected = _selected(name, argument)
        if selected is None or len(kept) * len(selected.kept) > MOST_ALTERNATIVES:
            lost.append(f"filter {told(name)}")
            continue
        kept = [f"{outer} {inner}" for outer in kept or [""] for inner in selected.kept]
        left_out += selected.left_out
        lost += selected.lost
    css = ", ".join(dict.fromkeys(each.strip() for each in kept))
    return Filters(css or None, tuple(dict.fromkeys(left_out)), tuple(dict.fromkeys(lost)))


def selector(written: object) -> str | None:
    """Return a selector that can be read as one, written as CSS or as XPath; else None."""
    text = word(written)
    for prefix in ("xpath:", "xpath1:"):
        if text.startswith(prefix):
            return css_of(text.removeprefix(prefix))
    if text.startswith(("/", "./", "(")):
        return css_of(text)
    if text.startswith(_LANGUAGES):
        return None
    text = text.removeprefix("css:").strip()
    is_alone = bool(text) and text[0] not in ">+~" and parse_selector(text).attribute is None
    return text if is_alone and text.isprintable() and not selector_problem(text) else None


def word(written: object) -> str:
    """Return a value that stands alone as text; "" for what holds others.

    A table or list is never written out: one that holds itself many times over has no end.
    """
    return str(written).strip() if isinstance(written, (str, int, float)) else ""


def told(written: object) -> str:
    """Return a word of a file as it may be printed: short, and without what steers a screen."""
    text = "".join(mark if mark.isprintable() else " " for mark in word(written)[:200])
    text = " ".join(text.split())
    return text if len(text) <= MOST_TOLD_CHARS else f"{text[: MOST_TOLD_CHARS - 1]}…"


def lost_settings(
    job: Mapping[str, Any], known: Mapping[str, str], carried: Collection[str] | None = None
) -> Iterator[str]:
    """Yield what cannot be carried over of a job's settings, by their names alone.

    ``known`` says what some are called; others count where it is told which are ``carried``.
    """
    for name, value in job.items():
        if not _says_something(value):
            continue
        if name in known:
            yield known[name]
        elif carried is not None and name not in carried:
            yield told(name)


# What only makes a page readable, as every page here is.
NEEDLESS = frozenset(
    "html2text beautify strip strip_each_line striplines remove_repeated pretty-xml reverse_none "
    "absolute_links remove-duplicate-lines".split()
)


@dataclass(frozen=True, slots=True)
class _Selected:
    kept: tuple[str, ...] = ()
    left_out: tuple[str, ...] = ()
    lost: tuple[str, ...] = ()


def _selected(name: str, argument: object) -> _Selected | None:
    """What one filter selects, or None for one that does something else."""
    if name in ("css", "xpath"):
        return _by_selector(name, argument)
    value = _main(argument, {"element-by-id": "id", "element-by-class": "class"}.get(name, "tag"))
    if not value:
        return None
    if name == "element-by-id":
        return _Selected(kept=(by_id(value),))
    if name == "element-by-class":
        return _Selected(kept=(by_class(value),))
    if name == "element-by-tag" and value.isalnum():
        return _Selected(kept=(value.lower(),))
    if name == "element-by-style":
        return _Selected(kept=(f"[style={quoted(value)}]",))
    return None


def _by_selector(name: str, argument: object) -> _Selected | None:
    written = _main(argument, "selector" if name == "css" else "path")
    css = css_of(written) if name == "xpath" else selector(written)
    if not css:
        return None
    table = argument if isinstance(argument, dict) else {}
    left_out, lost = [], []
    if excluded := table.get("exclude"):
        found = css_of(str(excluded)) if name == "xpath" else selector(excluded)
        if found:
            left_out.append(found)
        else:
            lost.append(f"exclude of filter {name}")
    lost += [f"{key} of filter {name}" for key in ("skip", "maxitems", "sort") if table.get(key)]
    if word(table.get("method")) == "xml":
        lost.append(f"method of filter {name}")
    return _Selected(tuple(parts(css)), tuple(left_out), tuple(lost))


def _main(argument: object, key: str) -> str:
    """A filter's own argument, which may stand alone or beside others under its key."""
    if isinstance(argument, dict):
        argument = argument.get(key, "")
    return word(argument)


def _says_something(value: object) -> bool:
    return value not in (None, "", [], {}, False, 0, "false", "no", "off", "null", "~", "0")
