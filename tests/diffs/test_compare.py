"""What changed between two lists, as a reader would be told."""

import pytest

from diffs.compare import compare
from snapshots.records import Change, Edit, FieldChange, Flag, Item, Kind, Match

REPORT = Item(key="r", title="Annual report", url="https://x.gov/r", summary="The year told.")
BUDGET = Item(key="b", title="Budget", url="https://x.gov/b", summary="What it cost.")
CENSUS = Item(key="c", title="Census", url="https://x.gov/c", fields={"number": "7"})
LIST = [REPORT, BUDGET, CENSUS]


def block(text, section=None, kind="paragraph", key=None):
    return Item(key=key or text[:9], text=text, section=section, fields={"block": kind})


def nothing_happens(items):
    return items


def the_list_is_reversed(items):
    return items[::-1]


def the_text_is_reflowed(items):
    return [item._replace(title=item.title.replace(" ", "\u00a0\n ")) for item in items]


def the_links_are_written_otherwise(items):
    return [item._replace(url=item.url.replace("https://", "http://www.") + "/") for item in items]


def the_keys_are_others(items):
    return [item._replace(key=item.key * 2) for item in items]


@pytest.mark.parametrize(
    "event",
    [
        nothing_happens,
        the_list_is_reversed,
        the_text_is_reflowed,
        the_links_are_written_otherwise,
        the_keys_are_others,
    ],
)
def test_nothing_is_reported_when(event):
    assert compare(LIST, event(LIST)) == []


def test_a_block_that_moved_to_another_section_is_no_change():
    assert compare([block("It grew.", "Budget")], [block("It grew.", "History")]) == []


def test_an_item_that_came_is_added_with_all_that_it_says():
    assert compare([REPORT, BUDGET], LIST) == [
        Change(
            kind=Kind.ADDED,
            item=CENSUS,
            fields={
                "title": FieldChange(None, "Census"),
                "url": FieldChange(None, "https://x.gov/c"),
                "number": FieldChange(None, "7"),
            },
        )
    ]


def test_an_item_that_went_is_removed_with_all_that_it_said():
    assert compare(LIST, [REPORT, CENSUS]) == [
        Change(
            kind=Kind.REMOVED,
            item=BUDGET,
            fields={
                "title": FieldChange("Budget", None),
                "url": FieldChange("https://x.gov/b", None),
                "summary": FieldChange("What it cost.", None),
            },
        )
    ]


def test_a_retitled_item_is_one_change():
    renamed = REPORT._replace(title="Annual review")

    assert compare(LIST, [renamed, BUDGET, CENSUS]) == [
        Change(
            kind=Kind.CHANGED,
            item=renamed,
            changed=("title",),
            fields={
                "title": FieldChange(
                    "Annual report",
                    "Annual review",
                    (Edit("keep", "Annual "), Edit("delete", "report"), Edit("insert", "review")),
                )
            },
            match=Match("link", 1.0),
        )
    ]


def test_a_relinked_item_is_one_change():
    moved = BUDGET._replace(url="https://y.gov/budget.pdf")

    assert compare(LIST, [REPORT, moved, CENSUS]) == [
        Change(
            kind=Kind.CHANGED,
            item=moved,
            changed=("url",),
            fields={
                "url": FieldChange(
                    "https://x.gov/b",
                    "https://y.gov/budget.pdf",
                    (
                        Edit("delete", "https://x.gov/b"),
                        Edit("insert", "https://y.gov/budget.pdf"),
                    ),
                )
            },
            match=Match("wording", 1.0),
        )
    ]


def test_a_field_that_was_filled_or_emptied_is_a_change_of_that_field():
    dated, bare = REPORT._replace(published="2021-05-01"), BUDGET._replace(summary=None)

    assert [(c.changed, c.fields) for c in compare(LIST, [dated, bare, CENSUS])] == [
        (("published",), {"published": FieldChange(None, "2021-05-01")}),
        (("summary",), {"summary": FieldChange("What it cost.", None)}),
    ]


def test_a_named_field_that_changed_is_told_under_its_name():
    numbered = CENSUS._replace(fields={"number": "8"})

    (change,) = compare(LIST, [REPORT, BUDGET, numbered])

    assert (change.changed, change.fields["number"].old, change.fields["number"].new) == (
        ("number",),
        "7",
        "8",
    )


def test_additions_and_changes_come_in_the_order_of_the_new_and_then_removals():
    old = [BUDGET, CENSUS, REPORT]
    new = [Item(key="w", title="Wildlife"), REPORT._replace(title="Review"), CENSUS]

    assert [(c.kind, c.item.title) for c in compare(old, new)] == [
        (Kind.ADDED, "Wildlife"),
        (Kind.CHANGED, "Review"),
        (Kind.REMOVED, "Budget"),
    ]


def flags(old, new):
    return [change.flags for change in compare([block(old)], [block(new)])]


def test_a_change_of_commas_only_is_flagged_punctuation():
    assert flags(
        "networks, groups, and hostile nations", "networks, groups and hostile nations"
    ) == [(Flag.PUNCTUATION,)]


def test_a_word_that_changed_is_not_flagged():
    assert flags("Officers remove criminal aliens.", "Officers remove criminal noncitizens.") == [
        ()
    ]


def test_a_text_of_which_little_survived_is_flagged_rewritten():
    old = "Shadow Wolves are known for their ability to track alien and drug smugglers at night."
    new = "Shadow Wolves specialize in the interdiction of people and of drug runners by tracking."

    assert flags(old, new) == [(Flag.REWRITTEN,)]


def test_a_column_that_one_side_lacks_altogether_is_not_compared():
    bare = [item._replace(url=None) for item in LIST]

    assert compare(LIST, bare) == []
    assert compare(bare, LIST) == []


def test_a_column_counts_as_filled_when_only_the_last_half_of_the_items_fills_it():
    def listed(told):
        return [
            Item(key=str(n), title=f"Report {n}", summary="Told." if n > 8 - told else None)
            for n in range(1, 9)
        ]

    assert compare(listed(4), listed(0)) == []
    assert compare(listed(0), listed(4)) == []
    assert len(compare(listed(3), listed(0))) == 3


def test_twins_that_lose_one_of_them_lose_one():
    twin = Item(key="t", title="Download")

    assert [c.kind for c in compare([twin, twin, twin], [twin, twin])] == [Kind.REMOVED]


def _told(old, new):
    """The kind, the flags and the text of each change between two pages of paragraphs."""
    sides = [[Item(key=text, text=text) for text in side] for side in (old, new)]
    return [(c.kind.value, c.flags, c.item.text) for c in compare(*sides)]


SUPPORT = "At present the office has no support team of its own, so wardens answer alone."


def test_a_line_that_a_paragraph_took_in_was_merged():
    assert _told([SUPPORT, "Teams will need:", "A radio."], [f"{SUPPORT} Teams will need:",
        "A radio."]) == [
        ("changed", (Flag.MERGED,), f"{SUPPORT} Teams will need:"),
        ("removed", (Flag.MERGED,), "Teams will need:"),
    ]  # fmt: skip


def test_a_line_that_was_taken_out_of_a_paragraph_was_split():
    assert _told([f"{SUPPORT} Teams will need:", "A radio."], [SUPPORT, "Teams will need:",
        "A radio."]) == [
        ("changed", (Flag.SPLIT,), SUPPORT),
        ("added", (Flag.SPLIT,), "Teams will need:"),
    ]  # fmt: skip


def test_a_paragraph_that_many_lines_became_is_merged_with_all_of_them():
    names = "warden clerk judge farmer baker miller smith tailor".split()
    lines = [f"The {name} of the county keeps a list of {name}s for the court." for name in names]

    told = _told(lines, [" ".join(lines)])

    assert [(kind, flags) for kind, flags, _ in told if kind == "removed"] == [
        ("removed", (Flag.MERGED,))
    ] * (len(told) - 1)


def test_a_short_line_elsewhere_was_not_merged_with_what_happens_to_say_it():
    old = [SUPPORT, "Apples were dear.", "Local wardens", "It rained."]
    new = [f"{SUPPORT} Local wardens help.", "Apples were dear.", "It rained."]

    assert _told(old, new)[-1] == ("removed", (), "Local wardens")
