"""Links, canonicalised: when two addresses written differently name one document."""

import re
from functools import lru_cache
from urllib.parse import parse_qsl, quote, unquote_to_bytes, urlencode, urlsplit

DEFAULT_PORTS = {"http": 80, "https": 443}
# Parameters that tell where a reader came from, not which document is meant.
_TRACKING = re.compile(
    r"^(utm_\w+|fbclid|gclid|msclkid|mc_[ce]id|_ga|_gl|_hs\w+|s_cid|cm_mmc"
    r"|jsessionid|phpsessid|aspsessionid\w*)$"
)
# An address without port, query, fragment, dots or escapes, as most are.
_PLAIN = re.compile(
    r"https?://(?:www\.)?([a-z0-9-]+(?:\.[a-z0-9-]+)*)((?:/[\w~-][\w.~-]*)*)/?\Z", re.ASCII
)
# What archives put before an address: a moment, and how the capture is to be shown.
_ARCHIVED = re.compile(
    r"^https?://(?:"
    r"(?:web|wayback|www\.web)\.archive\.org(?::\d+)?/(?:web/)?"
    r"|(?:www\.)?(?:webarchive\.nationalarchives\.gov\.uk|webharvest\.gov|arquivo\.pt"
    r"|archive\.(?:today|is|ph|li|vn|fo|md)|webarchive\.loc\.gov|swap\.stanford\.edu"
    r"|wayback\.archive-it\.org|webarchive\.org\.uk|vefsafn\.is)/(?:[\w-]+/){0,3}?"
    r")\d{4,14}\*?(?:[a-z]{2}_)?/(?=https?:/|www\.|[\w.-]+\.(?:gov|mil|com|org|net|us)/)",
    re.IGNORECASE,
)
_SCHEME = re.compile(r"^[a-z][a-z0-9+.-]*:", re.IGNORECASE)
# One slash is what some archives leave of two.
_DIGIT = re.compile(r"[0-9]")
_ONE_SLASH = re.compile(r"^(https?:)/+", re.IGNORECASE)
# Names of one reader's session, in the path or as a parameter.
_SESSION_PATH = re.compile(r";jsessionid=[\w.!-]*", re.IGNORECASE)


@lru_cache(maxsize=65536)
def canonical_link(link: str) -> str:
    """Return the form in which addresses of one document are equal.

    Scheme, ``www.``, a trailing dot of the host, default ports, fragments, empty and
    tracking parameters, a reader's session, the order of parameters, trailing slashes,
    dots in the path, and an archive's prefix are dropped. A parameter that selects the
    document stays. An address that cannot be read is its own canonical form.
    """
    if plain := _PLAIN.match(link):
        return f"//{plain[1]}{plain[2]}"
    try:
        parts = urlsplit(_original(link.strip()))
        host = (parts.hostname or "").rstrip(".").removeprefix("www.")
        is_default = parts.port in (None, DEFAULT_PORTS.get(parts.scheme))
        port = "" if is_default else f":{parts.port}"
    except ValueError:
        return link
    return f"//{host}{port}{_path(parts.path)}{_query(parts.query)}"


def _original(link: str) -> str:
    """An address without what archives, one within another, put before it."""
    while (found := _ARCHIVED.match(link)) is not None:
        rest = link[found.end() :]
        link = _ONE_SLASH.sub(r"\1//", rest) if _SCHEME.match(rest) else f"http://{rest}"
    return link


def _query(query: str) -> str:
    if not query:
        return ""
    kept = sorted((n, v) for n, v in parse_qsl(query) if not _TRACKING.match(n.lower()))
    # A number without a name or a value is itself what selects the document: ?2013cv1550-36.
    alone = (part for part in query.split("&") if "=" not in part and _DIGIT.search(part))
    bare = sorted(quote(unquote_to_bytes(part), safe=":@!$'()*+,;~-._/") for part in alone)
    return f"?{'&'.join([*bare, urlencode(kept)])}".rstrip("&?")


def _path(path: str) -> str:
    """A path without dots and empty parts, each part escaped in one way."""
    kept: list[str] = []
    for part in _SESSION_PATH.sub("", path).split("/"):
        written = quote(unquote_to_bytes(part), safe=":@!$&'()*+,;=~-._")
        if written == "..":
            del kept[-1:]
        elif written not in (".", ""):
            kept.append(written)
    return "".join(f"/{part}" for part in kept)
