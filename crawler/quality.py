"""Whether an answer may conclude anything: failing to see is not seeing nothing."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate
from urllib.parse import parse_qsl, urlsplit

from crawler.notices import SHORT_CHARS, Notice, Sign, notice, titled_not_found
from crawler.rewriting import rewriting
from diffs.links import canonical_link
from snapshots.extract.extract import UNTOLD
from snapshots.records import Capture, Item, Outcome

# A 206 is a part, a 202 a promise. Source: RFC 9110, section 15.3.
GOOD = frozenset((200, 203))
BLOCKING = frozenset((401, 403, 405, 407, 429, 451))
GONE = frozenset((404, 410))
OUTCOMES = {
    Sign.BLOCK: Outcome.BLOCKED,
    Sign.SIGN_ON: Outcome.BLOCKED,
    Sign.MAINTENANCE: Outcome.FAILED,
    Sign.ERROR: Outcome.FAILED,
    Sign.NOT_FOUND: Outcome.QUARANTINED,
}
# Media types by what they are to a reader; the others are themselves.
KINDS = {
    "text/html": "HTML",
    "application/xhtml+xml": "HTML",
    "text/plain": "plain text",
    "text/markdown": "plain text",
    "application/xml": "XML",
    "text/xml": "XML",
    "application/rss+xml": "XML",
    "application/atom+xml": "XML",
    "application/json": "JSON",
    "text/json": "JSON",
    "application/pdf": "a PDF",
}
# Headers that only a refusal carries, with the values that tell it.
# Sources: AWS WAF Developer Guide, "How AWS WAF uses tokens"; Cloudflare Docs, "Detect a
# challenge page response"; Vercel and Sucuri documentation; rimon: seen 2026-05.
_REFUSING_HEADERS = {
    "x-amzn-waf-action": (re.compile("."), "AWS WAF"),
    "cf-mitigated": (re.compile("."), "Cloudflare"),
    "x-vercel-mitigated": (re.compile("challenge|deny"), "Vercel"),
    "x-sucuri-block": (re.compile("."), "Sucuri"),
    "rimon": (re.compile("block"), "Rimon"),
    "x-squid-error": (re.compile("denied"), "Squid"),
}
# Who stands before a site, by the header that tells it; said only of refusals.
_KEEPERS = (
    ("server", "akamai", "Akamai"),
    ("server-timing", "ak_p", "Akamai"),
    ("server", "cloudflare", "Cloudflare"),
    ("server", "cloudfront", "CloudFront"),
    ("server", "awselb", "AWS"),
    ("server", "sucuri", "Sucuri"),
    ("x-iinfo", "", "Imperva"),
    ("x-cdn", "imperva", "Imperva"),
    ("x-cdn", "incapsula", "Imperva"),
    ("x-azure-ref", "", "Azure"),
    ("x-datadome", "", "DataDome"),
)
_SIGN_ON_HOST = re.compile(
    r"(?:^|\.)(?:login\.gov|login\.microsoftonline\.(?:com|us)|okta(?:-gov)?\.com|auth0\.com"
    r"|accounts\.google\.com|onelogin\.com|pingone\.com|duosecurity\.com)$"
    r"|^(?:login|logon|signin|sso|idp|idm|adfs|auth|cas)\.[^.]+\."
)
_BLOCK_HOST = re.compile(r"^(?:unblock|captcha|challenge|validate)\.[^.]+\.")
_SIGN_ON_PARTS = frozenset(
    "login logon log-in log-on signin signon sign-in sign-on sso saml saml2 adfs wp-login "
    "user-login userlogin authenticate".split()
)
_BLOCK_PARTS = frozenset("captcha blocked access-denied accessdenied unauthorized".split())
_NOT_FOUND_PARTS = re.compile(
    r"(?:http-?)?(?:error-?)?(?:page-?)?(?:404|410)(?:-?(?:error|page|not-?found))?"
    r"|(?:page|file|content)?-?not-?found(?:-?error)?|(?:page|file)-?404"
)
_ERROR_PARTS = re.compile(
    r"(?:(?:general|generic|custom|server|technical|unexpected|http|app|system)-?)?errors?"
    r"(?:-?(?:page|handler|50\d))?|50\d(?:-?error)?|oops|sorry"
)
_MAINTENANCE_PARTS = frozenset(
    "maintenance maintenance-page under-maintenance outage unavailable site-unavailable "
    "service-unavailable offline site-down sitedown".split()
)
# A front page's path, whatever its language.
_FRONT = re.compile(r"(?:[a-z]{2}(?:-[a-z]{2})?/)?(?:home|index|default|homepage)?")
_EXTENSION = re.compile(r"\.(?:[sx]?html?|aspx?|php|jspx?|jsf|cfm|do)$")
_END = b"</html"
END_BYTES = 2_048
# Below this share of the items that stood, a reading is a broken page or selector.
SHRUNKEN_BELOW = 0.2
FEWEST_TO_SHRINK = 5


@dataclass(frozen=True, slots=True)
class Doubt:
    """Why an answer or a reading concludes nothing.

    ``is_gone``: the site itself answered that there is no such page any more.
    """

    outcome: Outcome
    reason: str
    is_gone: bool = False


def answer_doubt(capture: Capture) -> Doubt | None:
    """Return why a response is not the page asked for, by its status, headers and address.

    None when it may be. A 304 stands for a page that was healthy when it was kept. A 404
    or 410 is an answer, the page is gone, unless it is a refusal in disguise.
    """
    if capture.status == 304 and capture.payload:
        return None
    if told := rewriting(capture):
        return Doubt(Outcome.QUARANTINED, told)
    refusal = announced(capture)
    place = led_to(capture)
    if place and place.sign in (Sign.BLOCK, Sign.SIGN_ON):
        return _elsewhere(capture, place)
    if capture.status not in GOOD:
        return _status_doubt(capture, refusal)
    if refusal:
        return _sent_instead(capture, refusal)
    if place:
        return _elsewhere(capture, place)
    if not capture.payload or capture.payload.isspace():
        return Doubt(Outcome.FAILED, f"{capture.final_url} answered with an empty body")
    return None


def notice_doubt(capture: Capture, items: Sequence[Item]) -> Doubt | None:
    """Return why a page is a refusal, a notice or an error sent as if it were healthy.

    Only a page that says little is suspected, or one whose title is "page not found":
    one that says much is not a notice.
    """
    says_much = any(said > SHORT_CHARS for said in accumulate(map(_length, items)))
    if says_much and not titled_not_found(capture):
        return None
    found = notice(capture)
    if found is None or (says_much and found.sign is not Sign.NOT_FOUND):
        return None
    return _sent_instead(capture, found)


def is_soft_404(capture: Capture) -> str | None:
    """Return why a healthy-looking answer means that there is no such page, or None.

    It says so itself, or the way to it led to the site's front page or an error's address.
    A refusal or a maintenance page is no soft 404.
    """
    if capture.status not in GOOD or announced(capture):
        return None
    place = led_to(capture)
    said = notice(capture) if capture.payload and is_text(capture) else None
    if said and said.sign is Sign.NOT_FOUND:
        return _sent_instead(capture, said).reason
    if said or place is None or place.sign not in (Sign.NOT_FOUND, Sign.ERROR):
        return None
    return _elsewhere(capture, place).reason


def type_doubt(capture: Capture, last_content_type: str | None) -> Doubt | None:
    """Return that a page is of another kind than its last healthy capture was, or None.

    A type that is not told is no evidence. Plain text that has become HTML is believed:
    much surviving history is text only.
    """
    old, new = kind_of(last_content_type), kind_of(capture.header("content-type"))
    is_told = old is not None and new is not None and capture.status in GOOD
    if not is_told or old == new or (old, new) == ("plain text", "HTML"):
        return None
    return Doubt(Outcome.QUARANTINED, f"{capture.final_url} answered {new} where {old} stood")


def kind_of(content_type: str | None) -> str | None:
    """Return what a media type is to a reader ("HTML", "a PDF", …), None when it tells nothing."""
    media_type = (content_type or "").split(";")[0].strip().lower()
    if media_type in UNTOLD:
        return None
    return KINDS.get(media_type, "an image" if media_type.startswith("image/") else media_type)


def is_text(capture: Capture) -> bool:
    """Whether an answer's type lets it be read as a page; one that is not told does."""
    return kind_of(capture.header("content-type")) in (None, "HTML", "plain text", "XML")


def cut_doubt(capture: Capture, last: Capture | None) -> Doubt | None:
    """Return that a page seems to have been cut off, or None.

    It is doubted when the end of the document is missing, which the last healthy one had.
    A body whose length was announced came whole: then the page may be so, and is
    quarantined.
    """
    if last is None or capture.status not in GOOD or last.payload_digest == capture.payload_digest:
        return None
    ends = [_END in held.payload[-END_BYTES:].lower() for held in (last, capture)]
    if ends != [True, False] or not capture.payload or capture.payload.isspace():
        return None
    is_announced = capture.header("content-length") or capture.header("transfer-encoding")
    outcome = Outcome.QUARANTINED if is_announced else Outcome.FAILED
    return Doubt(outcome, f"{capture.final_url} answered a page without its end")


def likeness_doubt(matched: int, standing: int, *, is_complete: bool) -> Doubt | None:
    """Return that a page is another than the one that stood, or None.

    ``matched`` is how many of the ``standing`` items were found again. A partial
    snapshot need not hold many of them.
    """
    least = max(1.0, standing * SHRUNKEN_BELOW)
    if standing < FEWEST_TO_SHRINK or not is_complete:
        least = 1 if is_complete or standing >= FEWEST_TO_SHRINK else 0
    if matched >= least:
        return None
    told = f"{matched} of the {standing} items that stood are on the page: it seems another one"
    return Doubt(Outcome.QUARANTINED, told)


def reading_doubt(items: int, standing: int, is_complete: bool, sought: str) -> Doubt | None:
    """Return why the items of a snapshot are not to be believed, or None when they are.

    ``standing`` is how many items stood before; ``sought`` names the selector in words.
    """
    if not items:
        return Doubt(Outcome.QUARANTINED, f"nothing matches {sought}")
    is_shrunken = standing >= FEWEST_TO_SHRINK and items < standing * SHRUNKEN_BELOW
    if is_shrunken and is_complete:
        return Doubt(Outcome.QUARANTINED, f"only {items} items where {standing} stood")
    return None


def _length(item: Item) -> int:
    return sum(len(part) for part in (item.title, item.summary, item.text) if part)


def announced(capture: Capture) -> Notice | None:
    """Return who refused, by an answer's headers alone, or None.

    A refusal's status is named with who stands before the site; an answer of the site
    itself, passed on, is not. Cloudflare once challenged with a 503 of its own.
    """
    headers = {name.lower(): value.lower() for name, value in capture.response_headers}
    for name in headers.keys() & _REFUSING_HEADERS.keys():
        told, who = _REFUSING_HEADERS[name]
        if told.search(headers[name]):
            return Notice(Sign.BLOCK, who)
    if capture.status == 503 and "cf-ray" in headers and "cf-cache-status" not in headers:
        return Notice(Sign.BLOCK, "Cloudflare")
    if capture.status in (403, 405, 429):
        keeper = _keeper(headers)
        return Notice(Sign.BLOCK, keeper) if keeper else None
    return None


def _keeper(headers: Mapping[str, str]) -> str | None:
    if "cf-cache-status" in headers or "miss from" in headers.get("x-cache", ""):
        return None
    return next((who for n, part, who in _KEEPERS if n in headers and part in headers[n]), None)


def led_to(capture: Capture) -> Notice | None:
    """Return what a redirect led to instead of the page, by the address alone, or None.

    A page that moved is still the page; one that led from deep in a site to its front
    page, or to the address of an error, is not.
    """
    if not capture.hops and capture.url == capture.final_url:
        return None
    if canonical_link(capture.url) == canonical_link(capture.final_url):
        return None
    try:
        asked, final = urlsplit(capture.url), urlsplit(capture.final_url)
    except ValueError:
        return None
    host = (final.hostname or "").removeprefix("www.")
    is_same_host = host == (asked.hostname or "").removeprefix("www.")
    old, new = _parts(asked.path), _parts(final.path)
    fresh = set(new) - set(old)
    if (not is_same_host and _BLOCK_HOST.match(host)) or fresh & _BLOCK_PARTS:
        return Notice(Sign.BLOCK, capture.final_url)
    if (not is_same_host and _SIGN_ON_HOST.search(host)) or fresh & _SIGN_ON_PARTS:
        return Notice(Sign.SIGN_ON, capture.final_url)
    last = _own_name(new) if new and new[-1] in fresh else ""
    if _NOT_FOUND_PARTS.fullmatch(last):
        return Notice(Sign.NOT_FOUND, capture.final_url)
    if _ERROR_PARTS.fullmatch(last) or "aspxerrorpath" in dict(parse_qsl(final.query)):
        return Notice(Sign.ERROR, capture.final_url)
    if last in _MAINTENANCE_PARTS and len(new) == 1:
        return Notice(Sign.MAINTENANCE, capture.final_url)
    is_front = _is_front(new) and "?" not in canonical_link(capture.final_url)
    is_deep = not _is_front(old) or "?" in canonical_link(capture.url)
    if is_same_host and is_front and is_deep:
        return Notice(Sign.NOT_FOUND, f"the site's front page, {capture.final_url}")
    return None


def _parts(path: str) -> list[str]:
    parts = (part for part in path.lower().split("/") if part)
    return [_EXTENSION.sub("", part).replace("_", "-") for part in parts]


def _own_name(parts: list[str]) -> str:
    """The last part of a path; a number deep in a site is a document's, not an error's."""
    is_number = parts[-1].isdigit() and len(parts) > 1
    return "" if is_number and not _ERROR_PARTS.fullmatch(parts[-2]) else parts[-1]


def _is_front(parts: list[str]) -> bool:
    path = "/".join(parts)
    return bool(_FRONT.fullmatch(path) or _FRONT.fullmatch(f"{path}/"))


def _status_doubt(capture: Capture, refusal: Notice | None) -> Doubt:
    """Why a status that is not good concludes nothing, with what its body says."""
    said = notice(capture) if not refusal and capture.payload and is_text(capture) else None
    is_refused = bool(refusal) or bool(said and said.sign is Sign.BLOCK)
    if capture.status in GONE and not is_refused:
        told = f"{capture.final_url} answered {capture.status}: the page is gone"
        return Doubt(Outcome.QUARANTINED, told, is_gone=True)
    told = f"{capture.final_url} answered {capture.status}"
    if found := refusal or said:
        told = f"{told}, {found.sign} ({found.name})"
    is_blocked = is_refused or capture.status in BLOCKING
    return Doubt(Outcome.BLOCKED if is_blocked else Outcome.FAILED, told)


def _sent_instead(capture: Capture, found: Notice) -> Doubt:
    told = f"{capture.final_url} answered {found.sign} ({found.name})"
    return Doubt(OUTCOMES[found.sign], told)


def _elsewhere(capture: Capture, place: Notice) -> Doubt:
    told = f"{capture.url} leads to {place.sign} ({place.name})"
    return Doubt(OUTCOMES[place.sign], told)
