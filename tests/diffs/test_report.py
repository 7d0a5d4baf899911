"""What the reports say: words, JSON records, plain text, Markdown."""

import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from html import unescape
from random import Random

import pytest
from markdown_it import MarkdownIt

from diffs.report import html, jsonl, markdown, phrases, text, view
from snapshots.records import (
    ChainHead,
    Change,
    ChangeRecord,
    Edit,
    FieldChange,
    Flag,
    Item,
    Kind,
    Match,
    Outcome,
    Seen,
    Snapshot,
    SourceStatus,
    Verdict,
    Visit,
)

OLD, NEW = datetime(2020, 12, 15, tzinfo=UTC), datetime(2021, 6, 1, tzinfo=UTC)
SEEN = Seen(
    old=Snapshot(id=1, source="ice", captured_at=OLD, digests=("sha256:aa",)),
    new=Snapshot(id=2, source="ice", captured_at=NEW, digests=("sha256:bb", "sha256:cc")),
    good_visits_between=0,
    longest_gap_s=168 * 86_400,
)
ITEM = Item(key="k1", title="Fact sheet", url="https://ice.gov/f", section="Removal")
REWORDED = Change(
    kind=Kind.CHANGED,
    item=ITEM,
    changed=("text",),
    fields={
        "text": FieldChange(
            "One two three four five six seven eight nine ten eleven twelve thirteen aliens.",
            "One two three four five six seven eight nine ten eleven twelve thirteen noncitizens.",
            (
                Edit(
                    "keep",
                    "One two three four five six seven eight nine ten eleven twelve thirteen ",
                ),
                Edit("delete", "aliens"),
                Edit("insert", "noncitizens"),
                Edit("keep", "."),
            ),
        )
    },
    match=Match("likeness", 0.972),
)
ADDED = Change(
    kind=Kind.ADDED,
    item=ITEM,
    fields={"title": FieldChange(None, "Fact sheet"), "summary": FieldChange(None, "Now.")},
)
REMOVED = Change(
    kind=Kind.REMOVED,
    item=ITEM,
    fields={"summary": FieldChange("Then.", None)},
    verdict=Verdict.GONE,
)


def record(change: Change, number: int = 7) -> ChangeRecord:
    return ChangeRecord(id=number, source="ice", change=change, seen=SEEN)


def relinked(number: int) -> ChangeRecord:
    item = Item(key=str(number), title=f"Doc {number}", url=f"https://ice.gov/new/{number}")
    link = FieldChange(f"https://ice.gov/old/{number}", item.url)
    change = Change(kind=Kind.CHANGED, item=item, changed=("url",), fields={"url": link})
    return record(change, number)


def report(*changes: ChangeRecord, failures: tuple[Visit, ...] = ()) -> view.Report:
    status = SourceStatus(
        source="ice",
        title="ICE",
        url="https://ice.gov/list",
        visits=2,
        first_at=OLD,
        last_at=NEW,
        last_good_at=NEW,
        last_outcome=Outcome.NEW,
        last_reason=None,
        items=1,
        outcomes={"new": 2},
    )
    return view.Report(
        made_at=NEW,
        version="0.1.0",
        since=OLD,
        until=NEW,
        sources=(status,),
        changes=changes,
        substitutions=(),
        failures=failures,
    )


def blocked(at: datetime) -> Visit:
    return Visit(
        source="ice", started_at=at, finished_at=at, outcome=Outcome.BLOCKED, reason="HTTP 403"
    )


@pytest.mark.parametrize(
    ("change", "sides"),
    [
        (REMOVED, "Present on 2020-12-15 00:00 UTC, absent on 2021-06-01 00:00 UTC"),
        (ADDED, "First seen on 2021-06-01 00:00 UTC; not there on 2020-12-15 00:00 UTC"),
        (REWORDED, "Old form read on 2020-12-15 00:00 UTC, new form read on 2021-06-01 00:00 UTC"),
        (
            replace(REMOVED, verdict=Verdict.ROLLED_OFF),
            "Listed on 2020-12-15 00:00 UTC, past the last page walked on 2021-06-01 00:00 UTC",
        ),
        (
            replace(ADDED, flags=(Flag.RETURNED,)),
            "Seen again on 2021-06-01 00:00 UTC; not there on 2020-12-15 00:00 UTC",
        ),
    ],
    ids=["removed", "added", "changed", "rolled_off", "returned"],
)
def test_a_claim_is_an_interval_with_its_blind_gap(change: Change, sides: str) -> None:
    blind = "0 good visits between, longest blind gap 168 days."

    assert phrases.claim(record(change)) == f"{sides}; {blind}"


@pytest.mark.parametrize(
    ("kept_by", "told"),
    [
        ("web.archive.org", "2020-12-15 00:00 UTC (as kept by web.archive.org), new form read on"),
        ("a file", "2020-12-15 00:00 UTC (from a file), new form read on"),
    ],
)
def test_a_claim_names_who_kept_what_we_did_not_see(kept_by: str, told: str) -> None:
    seen = replace(SEEN, old=replace(SEEN.old, kept_by=kept_by))
    changed = replace(record(REWORDED), seen=seen)

    assert f"Old form read on {told} 2021-06-01 00:00 UTC;" in phrases.claim(changed)
    sides = jsonl.change_json(changed)["seen"]
    assert isinstance(sides, dict)
    assert sides["old"]["kept_by"] == kept_by
    assert "kept_by" not in sides["new"]


def test_a_claim_of_two_chosen_dates_does_not_say_first_seen() -> None:
    claim = phrases.claim(replace(record(ADDED), is_folded=True))

    assert claim.startswith(
        "Present on 2021-06-01 00:00 UTC; not there on 2020-12-15 00:00 UTC; 0 good visits"
    )


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (
            REWORDED,
            "The wording that is back had stood since 2018-01-03 00:00 UTC and was gone by "
            "2021-05-01 00:00 UTC; what replaced it stood for 31 days.",
        ),
        (
            ADDED,
            "It had stood since 2018-01-03 00:00 UTC and was gone by 2021-05-01 00:00 UTC; "
            "it was away for 31 days.",
        ),
    ],
    ids=["reverted", "returned"],
)
def test_what_is_back_is_told_with_when_it_stood_and_how_long_the_other_did(
    change: Change, told: str
) -> None:
    back = replace(
        record(change),
        away_since=datetime(2021, 5, 1, tzinfo=UTC),
        stood_since=datetime(2018, 1, 3, tzinfo=UTC),
    )

    assert phrases.claim(back).endswith(f" {told}")


def test_flags_are_told_in_plain_words_in_every_form() -> None:
    change = replace(REWORDED, flags=(Flag.STEALTH, Flag.REVERTED))
    words = ("the wording changed, its date did not", "back to an earlier wording", "reworded")

    plain = " ".join(text.render(report(record(change)), colour=False, width=80).split())

    for told in (
        plain,
        markdown.render(report(record(change))),
        html.render(report(record(change))),
    ):
        assert [each for each in words if each not in told] == []


def test_an_addition_after_a_partial_snapshot_does_not_claim_absence() -> None:
    seen = replace(SEEN, old=replace(SEEN.old, is_complete=False), good_visits_between=1)

    claim = phrases.claim(replace(record(ADDED), seen=seen))

    assert claim == (
        "First seen on 2021-06-01 00:00 UTC; not in what was seen (a partial snapshot) "
        "on 2020-12-15 00:00 UTC; 1 good visit between, longest blind gap 168 days."
    )


@pytest.mark.parametrize(
    ("change", "headline"),
    [
        (ADDED, "added"),
        (REMOVED, "removed — its own link answers 404 or 410 (gone)"),
        (
            replace(REMOVED, verdict=Verdict.MOVED),
            "moved — now listed in another source; not a removal",
        ),
        (
            replace(REMOVED, verdict=Verdict.ROLLED_OFF),
            "rolled off — past the last page walked; not a removal",
        ),
        (
            replace(REWORDED, changed=("summary",), flags=(Flag.PUNCTUATION,)),
            "changed: punctuation only",
        ),
        (
            replace(REWORDED, changed=("url", "published"), flags=(Flag.REVERTED,)),
            "changed: relinked, redated (back to an earlier wording)",
        ),
    ],
)
def test_a_change_is_called_in_words(change: Change, headline: str) -> None:
    assert phrases.headline(change) == headline


@pytest.mark.parametrize("verdict", Verdict)
def test_every_verdict_has_words(verdict: Verdict) -> None:
    assert phrases.verdict_words(verdict)


@pytest.mark.parametrize("flag", Flag)
def test_every_flag_has_words(flag: Flag) -> None:
    assert phrases.flag_words(flag)


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (0, "0 seconds"),
        (1, "1 second"),
        (119, "119 seconds"),
        (3_600, "1 hour"),
        (3 * 3_600, "3 hours"),
        (86_400, "1 day"),
        (90_000, "25 hours"),
        (168 * 86_400, "168 days"),
    ],
)
def test_a_duration_reads_in_its_largest_unit(seconds: int, words: str) -> None:
    assert phrases.duration(seconds) == words


def test_the_summary_counts_what_moved_or_rolled_off_apart_from_removals() -> None:
    changes = (
        record(ADDED),
        record(REMOVED),
        record(replace(REMOVED, verdict=Verdict.ROLLED_OFF)),
        record(REWORDED),
        replace(record(REWORDED), source="dhs"),
    )

    assert phrases.summary(report(*changes)) == (
        "5 changes in 2 sources: 1 added, 1 removed, 1 rolled off, 2 changed."
    )


def test_a_report_without_changes_still_says_what_could_not_be_seen() -> None:
    assert phrases.summary(report(failures=(blocked(NEW),))) == (
        "No change found in 1 source. 1 visit could see too little to conclude anything."
    )


def test_alike_failures_are_told_once_with_their_number() -> None:
    day = timedelta(days=1)

    told = view.unseen(report(failures=(blocked(NEW), blocked(OLD), blocked(OLD + day))))

    assert [phrases.missed(each) for each in told] == [
        "ice blocked: HTTP 403 (3 visits, 2020-12-15 00:00 UTC to 2021-06-01 00:00 UTC)"
    ]


def test_a_site_that_relinked_everything_is_one_card() -> None:
    changes = [record(ADDED, 900), *(relinked(n) for n in range(21)), record(REMOVED, 901)]

    cards = view.cards(changes)

    fold = view.Relinked(seen=SEEN, changes=tuple(changes[1:22]))
    assert cards == (changes[0], fold, changes[22])
    assert phrases.relinked(fold) == "21 items relinked, nothing else changed"


def test_a_few_relinked_items_are_told_one_by_one() -> None:
    changes = [relinked(n) for n in range(20)]

    assert view.cards(changes) == tuple(changes)


def test_an_item_relinked_in_another_interval_is_not_folded() -> None:
    later = replace(SEEN, old=replace(SEEN.old, id=5), new=replace(SEEN.new, id=6))
    other = replace(relinked(99), seen=later)

    cards = view.cards([*(relinked(n) for n in range(21)), other])

    assert [type(card) for card in cards] == [view.Relinked, ChangeRecord]


def test_a_change_record_has_the_documented_shape() -> None:
    told = jsonl.change_json(record(replace(REWORDED, flags=(Flag.REVERTED,))))

    assert ",".join(told) == "id,source,kind,changed,verdict,flags,item,fields,match,seen"
    kept = "One two three four five six seven eight nine ten eleven twelve thirteen "
    assert told == {
        "id": 7,
        "source": "ice",
        "kind": "changed",
        "changed": ["text"],
        "verdict": None,
        "flags": ["reverted"],
        "item": {
            "key": "k1",
            "title": "Fact sheet",
            "url": "https://ice.gov/f",
            "section": "Removal",
        },
        "fields": {
            "text": {
                "old": f"{kept}aliens.",
                "new": f"{kept}noncitizens.",
                "edits": [
                    ["keep", kept],
                    ["delete", "aliens"],
                    ["insert", "noncitizens"],
                    ["keep", "."],
                ],
            }
        },
        "match": {"by": "likeness", "score": 0.972},
        "seen": {
            "old": {
                "snapshot": 1,
                "captured_at": "2020-12-15T00:00:00Z",
                "digests": ["sha256:aa"],
            },
            "new": {
                "snapshot": 2,
                "captured_at": "2021-06-01T00:00:00Z",
                "digests": ["sha256:bb", "sha256:cc"],
            },
            "good_visits_between": 0,
            "longest_gap_s": 14_515_200,
        },
    }


@pytest.mark.parametrize(
    ("change", "fields"),
    [
        (
            ADDED,
            {
                "title": {"old": None, "new": "Fact sheet", "edits": []},
                "summary": {"old": None, "new": "Now.", "edits": []},
            },
        ),
        (REMOVED, {"summary": {"old": "Then.", "new": None, "edits": []}}),
        (
            Change(kind=Kind.REMOVED, item=Item(key="k", text="Words.", fields={"block": "p"})),
            {
                "text": {"old": "Words.", "new": None, "edits": []},
                "block": {"old": "p", "new": None, "edits": []},
            },
        ),
    ],
    ids=["added", "removed", "removed_told_by_the_item_alone"],
)
def test_the_side_that_was_not_there_is_null(change: Change, fields: dict[str, object]) -> None:
    assert jsonl.change_json(record(change))["fields"] == fields


def test_plain_text_tells_a_whole_report() -> None:
    changes = (record(ADDED, 6), record(REWORDED))

    told = text.render(report(*changes, failures=(blocked(OLD),)), colour=False, width=200)

    assert told == (
        "What changed from 2020-12-15 to 2021-06-01\n"
        "2020-12-15 00:00 UTC to 2021-06-01 00:00 UTC; made 2021-06-01 00:00 UTC, Reworded 0.1.0\n"
        "2 changes in 1 source: 1 added, 1 changed. 1 visit could see too little to "
        "conclude anything.\n"
        "On 2021-06-01 00:00 UTC, 1 of 1 source had been visited; last answers: 1 new. "
        "None is overdue. None is blind.\n"
        "\n"
        "What was looked at\n"
        "  ice — ICE\n"
        "    https://ice.gov/list\n"
        "    2 visits since 2020-12-15: 2 new; last good visit 2021-06-01 00:00 UTC; 1 "
        "item in force\n"
        "\n"
        "ice — ICE\n"
        "https://ice.gov/list\n"
        "\n"
        "  + #6 added\n"
        "    Fact sheet\n"
        "    Removal\n"
        "    https://ice.gov/f\n"
        "    summary: Now.\n"
        "    First seen on 2021-06-01 00:00 UTC; not there on 2020-12-15 00:00 UTC; 0 "
        "good visits between, longest blind gap 168 days.\n"
        "    sha256:aa → sha256:bb and 1 more\n"
        "\n"
        "  ~ #7 changed: reworded\n"
        "    Fact sheet\n"
        "    Removal\n"
        "    https://ice.gov/f\n"
        "    text: … six seven eight nine ten eleven twelve thirteen [-aliens-]{+noncitizens+}.\n"
        "    Old form read on 2020-12-15 00:00 UTC, new form read on 2021-06-01 00:00 "
        "UTC; 0 good visits between, longest blind gap 168 days.\n"
        "    sha256:aa → sha256:bb and 1 more\n"
        "\n"
        "What could not be seen\n"
        "  ice blocked: HTTP 403 (2020-12-15 00:00 UTC)\n"
    )


def test_an_edit_that_runs_over_a_line_keeps_its_colour_on_both_lines() -> None:
    edits = (Edit("delete", "criminal aliens"), Edit("insert", "noncitizens"))
    change = replace(REWORDED, fields={"text": FieldChange("a", "b", edits)})

    lines = text.render_change(record(change), colour=True, width=24)

    assert [line for line in lines if "\x1b[31;9m" in line or "\x1b[32;4m" in line] == [
        "    text: \x1b[31;9mcriminal\x1b[0m",
        "    \x1b[31;9maliens\x1b[0m\x1b[32;4mnoncitizens\x1b[0m",
    ]


def test_a_line_is_no_wider_than_the_terminal() -> None:
    lines = text.render_change(record(REWORDED), colour=False, width=60)

    assert max(map(len, lines)) <= 60


def test_markdown_strikes_the_old_words_and_bolds_the_new() -> None:
    assert markdown.render_change(record(REWORDED)) == (
        "### ✏️ [Fact sheet](<https://ice.gov/f>)\n"
        "\n"
        "changed: reworded · Removal\n"
        "\n"
        "> text: … six seven eight nine ten eleven twelve thirteen ~~aliens~~ **noncitizens**.\n"
        "\n"
        "Old form read on 2020-12-15 00:00 UTC, new form read on 2021-06-01 00:00 UTC; "
        "0 good visits between, longest blind gap 168 days."
    )


def test_markdown_keeps_its_marks_off_the_spaces_of_an_edit() -> None:
    edits = (Edit("keep", "most"), Edit("delete", " popular "), Edit("keep", "partnership"))

    assert markdown.edited(edits) == "most ~~popular~~ partnership"


@pytest.mark.parametrize(
    ("edits", "told"),
    [
        pytest.param(
            [("keep", "the Act"), ("insert", ", as amended,"), ("keep", " applies")],
            "the Act<ins>, as amended,</ins> applies",
            id="a clause with its commas was put in",
        ),
        pytest.param(
            [("keep", "data ("), ("delete", "PII)"), ("keep", "x")],
            "data (<del>PII)</del>x",
            id="a bracket stands before a letter",
        ),
        pytest.param(
            [("keep", "("), ("delete", "aliens"), ("insert", "noncitizens"), ("keep", ")")],
            "(~~aliens~~ **noncitizens**)",
            id="words in brackets became others",
        ),
        pytest.param(
            [("keep", "see "), ("insert", "(b)"), ("keep", " there")],
            "see **(b)** there",
            id="spaces stand around",
        ),
        pytest.param(
            [("keep", "in "), ("insert", "[all] "), ("keep", "states")],
            r"in **\[all\]** states",
            id="the edit brings its space",
        ),
    ],
)
def test_markdown_marks_words_so_that_it_reads_the_marks(edits, told) -> None:
    assert markdown.edited(tuple(Edit(*edit) for edit in edits)) == told


def test_every_edit_is_read_back_from_markdown() -> None:
    reader = MarkdownIt("commonmark").enable("strikethrough")
    texts = ["Act", ", as", "(PII)", "a.", "*b*", "~c~", "“d”", "e f,", " g ", "|", "]h", "1", "é!"]
    draw = Random(3)
    for _ in range(500):
        ops = draw.choice([("keep", "insert"), ("keep", "delete"), ("keep", "delete", "insert")])
        edits = tuple(Edit(op, draw.choice(texts)) for op in (*ops, *ops, "keep"))
        html = reader.render(f"> text: {markdown.edited(edits)}")
        marked = {
            op: re.findall(f"<(?:{tags})>(.*?)</(?:{tags})>", html)
            for op, tags in (("delete", "s|del"), ("insert", "strong|ins"))
        }

        assert {op: [unescape(each) for each in found] for op, found in marked.items()} == {
            op: [edit.text.strip() for edit in edits if edit.op == op] for op in marked
        }


@pytest.mark.parametrize("form", ["text", "markdown", "html"])
def test_every_report_pins_the_archive_that_it_was_made_of(form: str) -> None:
    made = replace(report(record(ADDED)), head=ChainHead(f"sha256:{'9f' * 32}", 1))
    render = {
        "text": lambda told: text.render(told, colour=False, width=80),
        "markdown": markdown.render,
        "html": html.render,
    }[form]

    told = " ".join(render(made).split())

    assert f"chain head sha256:{'9f' * 32} over 1 record" in told
    assert "chain head" not in render(replace(made, head=None))
