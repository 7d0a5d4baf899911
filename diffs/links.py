"""Links, canonicalised: when two addresses written differently name one document."""

import re
from functools import lru_cache
from urllib.parse import parse_qsl, quote, unquote_to_bytes, urlencode, urlsplit

DEFAULT_PORTS = {"http": 80, "https": 443}
# Parameters that tell where a reader came from, not which document is meant.
_TRACKING = re.compile(r"^(utm_\w+|fbclid|gclid|msclkid|mc_[ce]id|_ga|_gl|_hs\w+|s_cid|cm_mmc)$")
# An address without port, query, fragment, dots or escapes, as most are.
_PLAIN = re.compile(
    r"https?://(?:www\.)?([a-z0-9-]+(?:\.[a-z0-9-]+)*)((?:/[\w~-][\w.~-]*)*)/?\Z", re.ASCII
)
_ARCHIVED = re.compile(r"^https?://web\.archive\.org/web/\d{4,14}(?:[a-z]{2}_)?/(?=https?:)")


@lru_cache(maxsize=65536)
def canonical_link(link: str) -> str:
    """Return the form in which addresses of one document are equal.

    Scheme, ``www.``, a trailing dot of the host, default ports, fragments, empty and
    tracking parameters, the order of parameters, trailing slashes, dots in the path,
    and an archive's prefix are dropped. A parameter that selects the document stays.
    An address that cannot be read is its own canonical form.
    """
    if plain := _PLAIN.match(link):
        return f"//{plain[1]}{plain[2]}"
    try:
        parts = urlsplit(_ARCHIVED.sub("", link.strip()))
        host = (parts.hostname or "").rstrip(".").removeprefix("www.")
        is_default = parts.port in (None, DEFAULT_PORTS.get(parts.scheme))
        port = "" if is_default else f":{parts.port}"
    except ValueError:
        return link
    return f"//{host}{port}{_path(parts.path)}{_query(parts.query)}"


def _query(query: str) -> str:
    if not query:
        return ""
    kept = sorted((n, v) for n, v in parse_qsl(query) if not _TRACKING.match(n.lower()))
    return f"?{urlencode(kept)}" if kept else ""


def _path(path: str) -> str:
    """A path without dots and empty parts, each part escaped in one way."""
    kept: list[str] = []
    for part in path.split("/"):
        if part == "..":
            del kept[-1:]
        elif part not in (".", ""):
            kept.append(quote(unquote_to_bytes(part), safe=":@!$&'()*+,;=~-._"))
    return "".join(f"/{part}" for part in kept)
