"""What a server can do wrong on the wire: answers to be sent by ``support.Site``.

Each misbehaviour makes one of a healthy answer, and tells what a visit that meets it
on its only page may come to, and what its reason must speak of. Block pages and notices
were written for these tests.
"""

import gzip
import zlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import cache
from random import Random

import brotli
import zstandard
from support import EMPTY, HELD, RESET, START, Answer, html

FAILED = frozenset({"failed"})
BLOCKED = frozenset({"blocked"})
UNBELIEVED = frozenset({"failed", "quarantined"})
REFUSED = frozenset({"failed", "blocked"})
DOUBTED = frozenset({"failed", "quarantined", "partial"})
# What a bomb becomes; more than the caps that these tests set.
BOMB_BYTES = 16_000_000
BOMB_CAP_BYTES = 2_000_000

AKAMAI = html(
    "<h1>Access Denied</h1><p>You don't have permission to access this page on this server.</p>"
    "<p>Reference #18.5e6f1cb8.1619870400.12ab34cd</p>"
    "<p>https://errors.edgesuite.net/18.5e6f1cb8.1619870400.12ab34cd</p>"
)
CLOUDFLARE = html(
    "<h1>agency.example</h1><h2>Checking your browser before you may go on</h2>"
    '<div id="cf-challenge"><p>Verify you are human by completing the action below.</p></div>'
    "<noscript>Enable JavaScript and cookies to continue</noscript>"
    "<p>Ray ID: 64d1f0a2be1c0000. Performance and security by Cloudflare</p>"
)
MAINTENANCE = html(
    "<h1>Scheduled maintenance</h1><p>This site is temporarily unavailable while we make it"
    " better. Please check back later.</p>"
)
SOFT_404 = html(
    "<h1>Page not found</h1><p>Sorry, the page that you are looking for does not exist or has"
    " been moved. Use the search box, or go to the home page.</p>"
)
HTTP_DATE = "%a, %d %b %Y %H:%M:%S GMT"


@dataclass(frozen=True, slots=True)
class Misbehaviour:
    """One way to misbehave; ``reason`` is a pattern that the visit's reason must match."""

    answer: Callable[[Answer, Random], Answer]
    outcomes: frozenset[str]
    reason: str


def head_of(healthy: Answer) -> bytes:
    return healthy.octets().partition(b"\r\n\r\n")[0] + b"\r\n\r\n"


def cut(healthy: Answer, random: Random, *, ending: str = "close") -> Answer:
    """Break off amid the body, whose whole length was announced."""
    octets, head = healthy.octets(), len(head_of(healthy))
    return Answer(wire=octets[: random.randint(head, max(head, len(octets) - 1))], ending=ending)


def cut_head(healthy: Answer, random: Random, *, ending: str = "close") -> Answer:
    """Break off amid the headers."""
    return Answer(wire=healthy.octets()[: random.randint(9, 60)], ending=ending)


def short(healthy: Answer, random: Random) -> Answer:
    """Announce, and send, only the first part of the page, as if it were the whole."""
    size = int(len(healthy.body) * random.uniform(0.4, 0.9))
    return replace(healthy, body=healthy.body[:size])


def unannounced(healthy: Answer, random: Random) -> Answer:
    """Send the first part of the page and close, with no word on its length."""
    return replace(short(healthy, random), length=-1)


def chunked(healthy: Answer, ending: bytes) -> Answer:
    named = [f"{name}: {value}" for name, value in healthy.headers]
    lines = ["HTTP/1.1 200 OK", "Transfer-Encoding: chunked", "Content-Type: text/html", *named]
    half = healthy.body[: len(healthy.body) // 2]
    chunk = b"%x\r\n%s\r\n" % (len(half), half)
    return Answer(wire="\r\n".join(lines).encode() + b"\r\n\r\n" + chunk + ending)


@cache
def bomb(coding: str) -> Answer:
    """Return zeros that are few bytes on the wire and many thereafter."""
    zeros = bytes(BOMB_BYTES)
    packed = {
        "gzip": lambda: gzip.compress(zeros),
        "deflate": lambda: zlib.compress(zeros),
        "br": lambda: brotli.compress(zeros, quality=5),
        "zstd": lambda: zstandard.ZstdCompressor().compress(zeros),
    }
    return Answer(body=packed[coding](), headers=(("Content-Encoding", coding),))


def redirect(target: str, status: int = 302) -> Answer:
    return Answer(status=status).having(Location=target)


def later(status: int, retry_after: str) -> Answer:
    body = b"<h1>Slow down</h1><p>Please try again.</p>"
    return Answer(status=status, body=body).having(Retry_After=retry_after)


def soon(moment: datetime = START) -> str:
    return moment.astimezone(UTC).strftime(HTTP_DATE)


def same(answer: Answer) -> Callable[[Answer, Random], Answer]:
    return lambda healthy, random: answer


def typed(media_type: str) -> Callable[[Answer, Random], Answer]:
    """Send the healthy body under another media type."""

    def answer(healthy: Answer, random: Random) -> Answer:
        others = [each for each in healthy.headers if each[0].lower() != "content-type"]
        return replace(healthy, headers=(*others, ("Content-Type", media_type)))

    return answer


def garbage(healthy: Answer, random: Random) -> Answer:
    return Answer(wire=random.randbytes(2000))


def damaged(healthy: Answer, random: Random) -> Answer:
    """Send half of what gzip made of the page, the length being that of the half."""
    packed = gzip.compress(healthy.body)
    headers = (*healthy.headers, ("Content-Encoding", "gzip"))
    return replace(healthy, body=packed[: len(packed) // 2], headers=headers)


def _wire(octets: bytes) -> Callable[[Answer, Random], Answer]:
    return same(Answer(wire=octets))


ON_THE_WIRE: Mapping[str, Misbehaviour] = {
    "reset_before": Misbehaviour(same(RESET), FAILED, "no answer"),
    "reset_in_headers": Misbehaviour(
        lambda h, r: cut_head(h, r, ending="reset"), FAILED, "no answer"
    ),
    "reset_in_body": Misbehaviour(lambda h, r: cut(h, r, ending="reset"), FAILED, "no answer"),
    "closed_before": Misbehaviour(_wire(b""), FAILED, "no answer"),
    "closed_in_headers": Misbehaviour(cut_head, FAILED, "no answer"),
    "stall_before": Misbehaviour(same(HELD), FAILED, "no answer|within"),
    "stall_in_headers": Misbehaviour(
        lambda h, r: cut_head(h, r, ending="hold"), FAILED, "no answer|within"
    ),
    "stall_in_body": Misbehaviour(
        lambda h, r: cut(h, r, ending="hold"), FAILED, "no answer|within"
    ),
    "endless_trickle": Misbehaviour(
        lambda h, r: replace(h, pause_s=0.1), FAILED, "within|no answer"
    ),
    "truncated": Misbehaviour(cut, FAILED, "no answer|cut|incomplete"),
    "chunked_without_end": Misbehaviour(lambda h, r: chunked(h, b""), FAILED, "no answer|cut"),
    "chunked_nonsense": Misbehaviour(lambda h, r: chunked(h, b"zebra\r\n"), FAILED, "no answer"),
    "ends_without_notice": Misbehaviour(unannounced, DOUBTED, "end|cut"),
    "garbage": Misbehaviour(garbage, FAILED, "no answer"),
    "no_headers": Misbehaviour(lambda h, r: Answer(wire=h.body), FAILED, "no answer"),
    "no_status": Misbehaviour(_wire(b"HTTP/1.1 fine\r\n\r\n<p>x</p>"), FAILED, "no answer"),
    "header_bomb": Misbehaviour(
        _wire(b"HTTP/1.1 200 OK\r\nX: " + b"x" * 300_000 + b"\r\n\r\n"), FAILED, "no answer|head"
    ),
    "many_headers": Misbehaviour(
        _wire(b"HTTP/1.1 200 OK\r\n" + b"X: x\r\n" * 50_000 + b"\r\n"), FAILED, "no answer|head"
    ),
    "early_hints_for_ever": Misbehaviour(
        same(Answer(wire=b"HTTP/1.1 103 Early Hints\r\n\r\n" * 3000, ending="hold")),
        FAILED,
        "no answer|within|head",
    ),
}
LIES: Mapping[str, Misbehaviour] = {
    "gzip_bomb": Misbehaviour(lambda h, r: bomb("gzip"), FAILED, "cap"),
    "deflate_bomb": Misbehaviour(lambda h, r: bomb("deflate"), FAILED, "cap"),
    "br_bomb": Misbehaviour(lambda h, r: bomb("br"), FAILED, "cap"),
    "zstd_bomb": Misbehaviour(lambda h, r: bomb("zstd"), FAILED, "cap"),
    "large_body": Misbehaviour(same(Answer(body=b" " * (BOMB_CAP_BYTES + 1))), FAILED, "cap"),
    "half_a_gzip": Misbehaviour(damaged, FAILED, "cut short|damaged"),
    "no_gzip": Misbehaviour(
        lambda h, r: h.having(Content_Encoding="gzip"), FAILED, "damaged|decod"
    ),
    "unknown_coding": Misbehaviour(
        lambda h, r: h.having(Content_Encoding="snappy"), FAILED, "snappy"
    ),
    "json": Misbehaviour(typed("application/json"), UNBELIEVED, "json"),
    "an_image": Misbehaviour(typed("image/png"), UNBELIEVED, "image"),
    "a_pdf": Misbehaviour(same(Answer(body=b"%PDF-1.7 nothing")), UNBELIEVED, "PDF|pdf"),
    "utf_16": Misbehaviour(typed("text/html; charset=utf-16"), UNBELIEVED, "."),
    "plain_text": Misbehaviour(typed("text/plain"), UNBELIEVED, "."),
    "a_short_page": Misbehaviour(short, DOUBTED, "end|cut"),
}
TROUBLES: Mapping[str, Misbehaviour] = {
    "not_found": Misbehaviour(same(Answer(status=404)), UNBELIEVED, "404"),
    "gone": Misbehaviour(same(Answer(status=410)), UNBELIEVED, "410"),
    "an_error": Misbehaviour(same(Answer(status=500)), FAILED, "500"),
    "a_bad_gateway": Misbehaviour(same(Answer(status=502)), FAILED, "502"),
    "no_content": Misbehaviour(same(Answer(status=204)), FAILED, "204"),
    "a_part": Misbehaviour(lambda h, r: replace(h, status=206), FAILED, "206"),
    "a_promise": Misbehaviour(lambda h, r: replace(h, status=202), REFUSED, "202"),
    "an_unknown_status": Misbehaviour(lambda h, r: replace(h, status=799), FAILED, "799|no answer"),
    "forbidden": Misbehaviour(same(Answer(status=403)), BLOCKED, "403"),
    "a_login": Misbehaviour(same(Answer(status=401)), BLOCKED, "401"),
    "legal_reasons": Misbehaviour(same(Answer(status=451)), BLOCKED, "451"),
    "empty": Misbehaviour(same(EMPTY), UNBELIEVED, "empty"),
    "blank": Misbehaviour(same(Answer(body=b" \r\n\t ")), UNBELIEVED, "empty"),
    "akamai_403": Misbehaviour(same(replace(AKAMAI, status=403)), BLOCKED, "403|block"),
    "akamai_200": Misbehaviour(same(AKAMAI), BLOCKED, "block"),
    "cloudflare_503": Misbehaviour(same(replace(CLOUDFLARE, status=503)), REFUSED, "503|block"),
    "cloudflare_200": Misbehaviour(same(CLOUDFLARE), BLOCKED, "block"),
    "maintenance_200": Misbehaviour(same(MAINTENANCE), FAILED, "maintenance"),
    "maintenance_503": Misbehaviour(same(replace(MAINTENANCE, status=503)), FAILED, "503|mainten"),
    "soft_404": Misbehaviour(same(SOFT_404), UNBELIEVED, "."),
}
LIMITS: Mapping[str, Misbehaviour] = {
    f"{status}_{name}": Misbehaviour(same(later(status, wait)), outcomes, str(status))
    for status, outcomes in ((429, REFUSED), (503, REFUSED))
    for name, wait in (
        ("for_seconds", "30"),
        ("until_a_date", soon()),
        ("with_nonsense", "next Tuesday, perhaps"),
        ("for_ages", "9" * 30),
        ("for_longer_than_a_float", "9" * 400),
        ("for_less_than_nothing", "-5"),
        ("until_year_9999", "Fri, 31 Dec 9999 23:59:59 GMT"),
    )
}
REDIRECTS: Mapping[str, Misbehaviour] = {
    "a_loop": Misbehaviour(same(redirect("/library")), FAILED, "redirect"),
    "a_chain_without_end": Misbehaviour(
        lambda h, r: redirect(f"/library?hop={r.random()}"), FAILED, "redirect"
    ),
    "nowhere": Misbehaviour(same(Answer(status=302)), FAILED, "302|redirect"),
    "a_file": Misbehaviour(same(redirect("file:///etc/passwd")), REFUSED, "file|scheme|address"),
    "ftp": Misbehaviour(
        same(redirect("ftp://127.0.0.1/x")), REFUSED, "ftp|scheme|protocol|address"
    ),
    "a_script": Misbehaviour(
        same(redirect("javascript:alert(1)")), REFUSED, "javascript|scheme|protocol|address"
    ),
    "data": Misbehaviour(
        same(redirect("data:text/html,<p>x</p>")), REFUSED, "data|scheme|protocol|address"
    ),
    "no_address": Misbehaviour(same(redirect("http://[x")), REFUSED, "address"),
    "no_port": Misbehaviour(same(redirect("http://127.0.0.1:99999999/")), REFUSED, "."),
}
# Addresses beyond this machine are named only where they are refused before anything is sent.
FORBIDDEN: Mapping[str, Misbehaviour] = {
    target: Misbehaviour(same(redirect(target)), REFUSED, "private|address|allow")
    for target in (
        "http://169.254.169.254/latest/meta-data/",
        "http://10.0.0.1/",
        "http://192.168.1.1/",
        "http://[::1]/",
        "http://[::ffff:10.0.0.1]/",
        "http://0.0.0.0/",
        "http://2130706434/",
    )
}
MISBEHAVIOURS: Mapping[str, Misbehaviour] = {
    **ON_THE_WIRE,
    **LIES,
    **TROUBLES,
    **LIMITS,
    **{f"redirect_to_{name}": each for name, each in REDIRECTS.items()},
    **{f"redirect_to_{name}": each for name, each in FORBIDDEN.items()},
}
ROBOTS: Mapping[str, tuple[Answer, str]] = {
    "allows": (Answer(body=b"User-agent: *\nAllow: /\n"), "open"),
    "disallows": (Answer(body=b"User-agent: *\nDisallow: /\n"), "forbidden"),
    "is_not_found": (Answer(status=404), "open"),
    "is_forbidden": (Answer(status=403), "open"),
    "is_gone": (Answer(status=410), "open"),
    "fails": (Answer(status=500), "unknown"),
    "is_overloaded": (later(503, "60"), "unknown"),
    "never_comes": (HELD, "unknown"),
    "breaks_off": (RESET, "unknown"),
    "is_garbage_on_the_wire": (Answer(wire=b"\0\1\2garbage\r\n\r\n"), "unknown"),
    "has_moved": (redirect("/robots2.txt", 301), "forbidden"),
    "redirects_in_a_circle": (redirect("/robots.txt"), "unknown"),
    "is_a_web_page": (html("<h1>Welcome</h1>"), "open"),
    "is_huge": (Answer(body=b"User-agent: *\nDisallow: /\n" + b"# more\n" * 120_000), "forbidden"),
    "is_a_bomb": (bomb("gzip"), "unknown"),
    "has_a_mark": (Answer(body=b"\xef\xbb\xbfUser-agent: *\nDisallow: /\n"), "forbidden"),
    "names_us": (Answer(body=b"User-agent: reworded\nDisallow: /\n"), "forbidden"),
    "names_another": (Answer(body=b"User-agent: other\nDisallow: /\n"), "open"),
    "is_empty": (EMPTY, "open"),
    "asks_for_a_delay": (Answer(body=b"User-agent: *\nCrawl-delay: 30\nAllow: /\n"), "open"),
}
