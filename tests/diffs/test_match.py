"""Which old item is which new one: one to one, from the surest evidence down."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from diffs.match import Pair, match
from snapshots.records import Item, Match

LIST = (
    Item(
        key="1",
        title="DHS/ICE/PIA-049 Surveillance Technologies",
        url="https://www.dhs.gov/publication/pia-049",
        summary="How the agency keeps the records of license plate readers.",
    ),
    Item(
        key="2",
        title="Annual Report to Congress on Detention Standards",
        url="https://www.dhs.gov/publication/detention-standards",
        summary="What inspectors found in the facilities of the agency.",
    ),
    Item(
        key="3",
        title="Budget in Brief",
        url="https://www.dhs.gov/publication/budget-brief",
        summary="The appropriations of the year, told in one page.",
    ),
    Item(
        key="4",
        title="Wildlife Crossing Survey",
        url="https://www.dhs.gov/publication/wildlife",
        summary="Where jaguars, ocelots and pronghorns cross the border.",
    ),
)


def titles(old, new):
    """The pairs found, by title, in order of the new."""
    return [(old[p.old].title, new[p.new].title) for p in match(old, new)]


def same(items):
    return [(item.title, item.title) for item in items]


def each(items, **change):
    """Items of which one field is made anew from the old value."""
    return [
        item._replace(**{name: make(getattr(item, name)) for name, make in change.items()})
        for item in items
    ]


def the_list_is_reversed(items):
    return items[::-1]


def the_links_changed_from_http_to_https(items):
    return each(items, url=lambda url: url.replace("https://www.", "http://"))


def a_tracking_parameter_was_added(items):
    return each(items, url=lambda url: f"{url}?utm_source=list")


def the_site_moved_and_all_links_changed(items):
    return each(items, url=lambda url: f"https://archive.gov/{url[-3:]}.pdf")


def the_links_are_gone(items):
    return each(items, url=lambda url: None)


def the_summaries_are_gone(items):
    return each(items, summary=lambda summary: None)


def all_links_are_one(items):
    return each(items, url=lambda url: "https://www.dhs.gov/all")


def white_space_was_reflowed(items):
    return each(items, title=lambda title: title.replace(" ", " \u00a0 "))


def the_keys_are_others(items):
    return each(items, key=lambda key: f"x{key}")


def everything_was_dated(items):
    return [item._replace(published="2021-05-01") for item in items]


@pytest.mark.parametrize(
    "event",
    [
        the_list_is_reversed,
        the_links_changed_from_http_to_https,
        a_tracking_parameter_was_added,
        the_site_moved_and_all_links_changed,
        the_links_are_gone,
        the_summaries_are_gone,
        all_links_are_one,
        white_space_was_reflowed,
        the_keys_are_others,
        everything_was_dated,
    ],
)
def test_every_item_is_known_again_when(event):
    new = event(list(LIST))

    pairs = match(LIST, new)

    assert len(pairs) == 4
    assert all(LIST[p.old].key == new[p.new].key.removeprefix("x") for p in pairs)


@pytest.mark.parametrize("event", [the_list_is_reversed, the_links_changed_from_http_to_https])
def test_a_link_is_sure_evidence_when(event):
    pairs = match(LIST, event(list(LIST)))

    assert {pair.match for pair in pairs} == {Match("link", 1.0)}


def one(old, new):
    """The match of an item with the one it may have become, or None."""
    pairs = match([old], [new])
    return pairs[0].match if pairs else None


REPORT = Item(
    key="r",
    title="Annual Report to Congress on Detention Standards",
    url="https://www.dhs.gov/a",
    summary="What inspectors found in the facilities of the agency.",
)


@pytest.mark.parametrize(
    ("new", "by"),
    [
        pytest.param({"title": "Yearly Review of Lodging"}, "link", id="retitled"),
        pytest.param({"url": "https://ice.gov/b"}, "wording", id="relinked"),
        pytest.param({"url": "https://ice.gov/b", "summary": "Other."}, "wording",
                     id="relinked and summarised anew"),
        pytest.param(
            {"url": "https://ice.gov/b", "title": "Anual Report to Congres on Detention Standards"},
            "likeness", id="relinked and a title misspelt",
        ),
        pytest.param(
            {"url": "https://ice.gov/b", "title": "Annual Report to Congress on Custody Standards"},
            "likeness", id="relinked and a word of the title changed",
        ),
    ],
)  # fmt: skip
def test_an_item_is_known_again_when_it_was(new, by):
    found = one(REPORT, REPORT._replace(**new))

    assert found is not None
    assert found.by == by


@pytest.mark.parametrize(
    ("old", "new"),
    [
        pytest.param("DHS/ICE/PIA-049 Surveillance", "DHS/ICE/PIA-050 Surveillance",
                     id="document numbers differ"),
        pytest.param("Budget - Fiscal Year 2006", "Budget - Fiscal Year 2007",
                     id="fiscal years differ"),
        pytest.param("Statistics, March 2021", "Statistics, April 2022", id="months differ"),
        pytest.param("Volume 3: Custody", "Volume 4: Custody", id="volumes differ"),
        pytest.param("Budget in Brief", "Wildlife Crossing Survey", id="nothing is shared"),
    ],
)  # fmt: skip
def test_items_are_two_when(old, new):
    assert one(Item(key="a", title=old), Item(key="b", title=new)) is None


def test_a_series_that_moved_on_by_one_is_one_gone_and_one_come():
    old = [Item(key=y, title=f"Budget - Fiscal Year {y}") for y in ("2006", "2007", "2008")]
    new = [Item(key=y, title=f"Budget - Fiscal Year {y}") for y in ("2007", "2008", "2009")]

    assert titles(old, new) == same(new[:2])


def test_titles_that_are_the_same_are_paired_in_their_order():
    old = [Item(key=k, title="Read more", url=f"https://x.gov/{k}") for k in "abc"]
    new = [Item(key=k, title="Read more", url=f"https://x.gov/{k}") for k in "bcd"]

    pairs = [(old[p.old].key, new[p.new].key, p.match.by) for p in match(old, new)]

    assert pairs == [("b", "b", "link"), ("c", "c", "link"), ("a", "d", "wording")]


def test_items_that_share_a_link_are_told_apart_by_their_titles():
    old = [Item(key=t, title=t, url="https://x.gov/all.pdf") for t in ("Budget", "Census")]
    new = [Item(key=t, title=t, url="https://x.gov/all.pdf") for t in ("Census", "Dredging")]

    assert titles(old, new) == [("Census", "Census")]


def block(text, kind="paragraph"):
    return Item(key=text[:9], text=text, fields={"block": kind})


def test_blocks_are_known_again_by_their_wording_and_then_by_likeness():
    old = [block("Officers remove criminal aliens from the interior."), block("It grew.")]
    new = [block("It grew."), block("Officers remove criminal noncitizens from the interior.")]

    assert match(old, new) == [
        Pair(1, 0, Match("wording", 1.0)),
        Pair(0, 1, Match("likeness", 0.863)),
    ]


def test_a_heading_and_a_like_paragraph_are_two():
    assert match([block("Detention Reform", "heading")], [block("Detention reform now.")]) == []


GREW = block("The office grew by a third in the year.")
FELL = block("The number of complaints fell by a half.")


@pytest.mark.parametrize(
    ("old", "new", "by"),
    [
        pytest.param("7.3 Residents of the States", "9.3 Residents of the States", "wording",
                     id="a section was renumbered"),
        pytest.param("Effective date: April 1, 2025", "Effective date: May 24, 2026", "wording",
                     id="a date in a short line was set anew"),
        pytest.param("15 years in business.", "20 years in business.", "wording",
                     id="a number was brought up to date"),
        pytest.param("# Terms of Use", "Terms of use", "wording", id="only marks and case differ"),
        pytest.param("The agency’s flag", "The agency's flag", "wording",
                     id="an apostrophe was straightened"),
        pytest.param("Tax ID number", "Tax-ID number", "wording", id="a hyphen was put in"),
        pytest.param("£3.20", "£4.10", "place", id="a price stands where another stood"),
    ],
)  # fmt: skip
def test_a_short_block_is_known_again_when(old, new, by):
    pairs = match([GREW, block(old), FELL], [GREW, block(new), FELL])

    assert [(p.old, p.new, p.match.by) for p in pairs][1:2] == [(1, 1, by)]


def test_a_renumbered_heading_is_not_taken_for_the_one_that_has_its_number_now():
    old = [block(f"{n}. {name}", "heading") for n, name in enumerate(["Scope", "Custody", "Fees"])]
    new = [
        block(f"{n}. {name}", "heading")
        for n, name in enumerate(["Scope", "Release on bond", "Custody", "Fees"])
    ]

    assert [(p.old, p.new) for p in match(old, new)] == [(0, 0), (1, 2), (2, 3)]


def test_headings_that_recur_are_known_again_when_their_section_is_renumbered():
    old = [block(f"21.{n} Renewal") for n in (1, 2, 3)]
    new = [block(f"22.{n} Renewal") for n in (1, 2, 3)]

    assert [(p.old, p.new) for p in match(old, new)] == [(0, 0), (1, 1), (2, 2)]


def test_blocks_of_a_series_are_not_known_by_what_they_say_but_for_its_number():
    old = [block(f"Budget of the year {y}") for y in ("2006", "2007", "2008")]
    new = [block(f"Budget of the year {y}") for y in ("2007", "2008", "2009")]

    assert [(p.old, p.new) for p in match(old, new)] == [(1, 0), (2, 1)]


def test_blocks_that_have_only_numbers_in_common_are_two():
    assert match([block("4.1 By the office.")], [block("1.6.4 Limits of liability.")]) == []


def test_a_row_is_known_again_by_its_first_cell():
    old = [block("Texas | 1,200 | rising", "row"), block("Ohio | 900 | falling", "row")]
    new = [block("Ohio | 40 | unknown", "row"), block("Texas | 3 | no longer counted", "row")]

    assert [(p.old, p.new) for p in match(old, new)] == [(1, 0), (0, 1)]


def test_a_row_is_not_known_by_its_running_number():
    old = [block("1 | Apples", "row"), block("2 | Pears", "row")]
    new = [block("1 | Pears", "row"), block("2 | Apples", "row")]

    assert [(p.old, p.new) for p in match(old, new)] == [(1, 0), (0, 1)]


def test_a_heading_between_the_same_texts_is_the_same_however_it_is_reworded():
    old = [GREW, block("Illegal Aliens", "heading"), FELL]
    new = [GREW, block("Undocumented Noncitizens", "heading"), FELL]

    assert match(old, new)[1] == Pair(1, 1, Match("place", 0.5))


def test_lines_of_a_table_are_known_by_their_places_when_all_their_numbers_changed():
    old = [GREW, *(block(f"Year {n}: ${25 * n} USD", "list_item") for n in (1, 2, 3)), FELL]
    new = [GREW, *(block(f"Year {n}: ${90 * n} USD", "list_item") for n in (1, 2, 3)), FELL]

    assert [(p.old, p.new) for p in match(old, new)] == [(n, n) for n in range(5)]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        pytest.param(block("Wardens are armed."), block("Bees make honey in hives."),
                     id="paragraphs share no word"),
        pytest.param(block("Wardens", "heading"), block("Bees"), id="a heading and a paragraph"),
        pytest.param(block("Bob Smith", "list_item"), block("Jane Doe", "list_item"),
                     id="names in a list"),
    ],
)  # fmt: skip
def test_blocks_at_the_same_place_are_two_when(old, new):
    assert [p.old for p in match([GREW, old, FELL], [GREW, new, FELL])] == [0, 2]


def test_headings_are_not_known_by_place_where_nothing_else_is_left_of_the_page():
    assert match([block("Wardens", "heading")], [block("Bees", "heading")]) == []


def test_a_place_says_nothing_where_part_of_the_page_was_not_seen():
    old = [GREW, block("Illegal Aliens", "heading"), FELL]
    new = [GREW, block("Undocumented Noncitizens", "heading"), FELL]

    assert [p.old for p in match(old, new, surely=True)] == [0, 2]


def test_a_long_question_that_is_no_longer_a_heading_is_the_same_one():
    old = [block("What are virtual coins and how can members use them?", "heading")]
    new = [block("What are virtual items and how can members use them?")]

    assert one(*old, *new) is not None


def test_items_without_links_and_summaries_are_known_by_their_titles():
    old = [Item(key=t, title=t) for t in ("Budget", "Census", "Dredging")]
    new = [Item(key=t, title=t) for t in ("Dredging", "Budget")]

    assert titles(old, new) == same(new)


def test_the_likest_pair_goes_first():
    old = [block("The office shall place every alien in custody without delay.")]
    new = [
        block("The office shall place every family in shelter."),
        block("The office shall place every noncitizen in custody without delay."),
    ]

    assert [pair.new for pair in match(old, new)] == [1]


@pytest.mark.parametrize(("old", "new"), [([], []), ([], LIST), (LIST, [])])
def test_where_a_side_is_empty_nothing_is_paired(old, new):
    assert match(old, new) == []


WORDS = st.sampled_from("alien noncitizen budget report 2006 2007 PIA-049 of the custody".split())
TEXTS = st.none() | st.lists(WORDS, max_size=5).map(" ".join)
LINKS = st.none() | st.sampled_from(["https://x.gov/a", "http://x.gov/a/", "https://x.gov/b"])
ITEMS = st.lists(
    st.builds(Item, key=st.just("k"), title=TEXTS, url=LINKS, summary=TEXTS)
    | st.builds(Item, key=st.just("k"), text=TEXTS.filter(bool)),
    max_size=8,
)


@given(ITEMS, ITEMS)
def test_a_matching_is_one_to_one_and_in_the_order_of_the_new(old, new):
    pairs = match(old, new)

    assert len({p.old for p in pairs}) == len({p.new for p in pairs}) == len(pairs)
    assert [p.new for p in pairs] == sorted(p.new for p in pairs)
    assert all(0.34 <= p.match.score <= 1.0 for p in pairs)


@given(ITEMS)
def test_every_item_of_a_list_is_known_again_in_itself(items):
    pairs = match(items, items)

    assert [items[p.old] for p in pairs] == items


def test_a_document_number_outlasts_a_new_link_and_a_new_wording():
    old = Item(key="a", title="OIG-21-12: Jails Inspected", url="https://x.gov/1")
    new = Item(key="b", title="Visits to Places of Custody (OIG-21-12)", url="https://x.gov/2")

    assert one(old, new) == Match("number", 1.0)


def test_a_document_number_that_two_items_share_pairs_none_by_itself():
    old = [Item(key="a", title="OIG-21-12 Jails"), Item(key="b", title="OIG-21-12 Letter")]
    new = [Item(key="c", title="OIG-21-12 Wildlife")]

    assert all(pair.match.by != "number" for pair in match(old, new))


def test_one_good_pair_does_not_steal_anothers_partner():
    """The likest pair is the first old with the second new, which is all that the other has."""
    old = [
        block("winter border custody families officers harvest grants"),
        block("custody families rivers shelter counties harvest"),
    ]
    new = [
        block("winter grants custody counties border"),
        block("counties officers grants rivers harvest custody winter"),
    ]

    assert [(p.old, p.new) for p in match(old, new)] == [(0, 0), (1, 1)]


STATES = ("Texas", "Ohio", "Maine", "Guam")


def of_states(names, summary="Persons who asked for benefits, told by week and by county of {}."):
    return [
        Item(key=name, title=f"Benefit Claims in {name}", summary=summary.format(name))
        for name in names
    ]


def test_a_member_of_a_series_that_came_is_not_the_one_that_went():
    assert titles(of_states(STATES[:3]), of_states(STATES[1:])) == same(of_states(STATES[1:3]))


def test_a_member_of_a_series_is_known_again_by_a_summary_of_its_own():
    summary = "Lobster fishers and loggers, who lost their season, asked for help."
    old = [*of_states(STATES[:2]), Item(key="x", title="Benefit Claims in Maine", summary=summary)]
    new = [*old[:2], old[2]._replace(title="Benefit Claims in the North")]

    assert titles(old, new)[2] == ("Benefit Claims in Maine", "Benefit Claims in the North")


@pytest.mark.parametrize("gone", range(4))
def test_of_items_said_alike_the_columns_tell_which_one_went(gone):
    old = [Item(key=k, title="Survey", summary="Results.", fields={"office": k}) for k in "abcd"]
    new = [item for place, item in enumerate(old) if place != gone]

    assert [(old[p.old].key, new[p.new].key) for p in match(old, new)] == [
        (item.key, item.key) for item in new
    ]


def test_neighbours_tell_apart_what_is_equally_like():
    old = [
        Item(key="a", title="Budget of the Navy"),
        Item(key="b", text="Officers shall place every alien in custody."),
        Item(key="c", title="Census of Birds"),
        Item(key="d", text="Officers shall place every alien in prison."),
    ]
    new = [
        old[0],
        Item(key="e", text="Officers shall place every noncitizen in care."),
        old[2],
        Item(key="f", text="Officers shall place every noncitizen in camps."),
    ]

    assert [(p.old, p.new) for p in match(old, new)] == [(0, 0), (1, 1), (2, 2), (3, 3)]


def test_in_part_of_a_listing_no_like_item_with_another_link_is_believed():
    old = [REPORT._replace(url="https://x.gov/1")]
    new = [REPORT._replace(url="https://x.gov/2", title=f"{REPORT.title}, Amended")]

    assert match(old, new) != []
    assert match(old, new, surely=True) == []


def test_a_title_that_many_items_share_makes_no_item_another():
    """One annual report goes and another comes: that both are called so tells nothing."""
    title = "Annual Report"
    stay = [
        Item(key=str(n), title=title, url=f"https://x.gov/{n}", summary=f"Part {n} of it.")
        for n in range(3)
    ]
    gone = Item(
        key="a",
        title=title,
        url="https://x.gov/a",
        summary="The program explains how applicants in Ashinfield Harbor begin the review.",
        published="2018-12-18",
    )
    come = Item(
        key="b",
        title=title,
        url="https://x.gov/b",
        summary="Officials near Caldarmere County received a public complaint in 2009.",
        published="2017-11-27",
    )

    assert [(pair.old, pair.new) for pair in match([gone, *stay], [come, *stay])] == [
        (1, 1),
        (2, 2),
        (3, 3),
    ]


# Few items left, which are looked at quickly.

UNTITLED = Item(key="5", published="2021-05-01", fields={"office": "Baltimore"})
TELLING = "Where the agency keeps the records of license plate readers, and for how long."
BLOCK = Item(key="6", text="Aliens are detained.", fields={"block": "paragraph"})


@pytest.mark.parametrize(
    ("old", "new", "by"),
    [
        pytest.param(UNTITLED, UNTITLED, "wording", id="items_without_words_of_one_date"),
        pytest.param(
            LIST[0]._replace(url=None, summary=TELLING),
            LIST[3]._replace(url=None, summary=TELLING),
            "wording",
            id="the_same_summary",
        ),
        pytest.param(
            LIST[1]._replace(url=f"{LIST[1].url}/", summary=None),
            LIST[3]._replace(url=LIST[1].url),
            "link",
            id="the_same_link_written_otherwise",
        ),
        pytest.param(
            BLOCK, BLOCK._replace(text="Aliens  are\xa0detained."), "wording", id="spaces"
        ),
    ],
)
def test_the_last_two_items_are_one_by(old, new, by):
    assert match([old], [new]) == [Pair(0, 0, Match(by, 1.0))]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        pytest.param(LIST[1], LIST[3], id="nothing"),
        pytest.param(BLOCK, BLOCK._replace(text="Fees rise."), id="the_kind_of_block"),
        pytest.param(UNTITLED, UNTITLED._replace(published="2021-06-01"), id="an_office"),
    ],
)
def test_the_last_two_items_are_not_one_by(old, new):
    assert match([old], [new]) == []


def test_a_title_put_in_capitals_keeps_its_document_number():
    old = [Item("a", "ICE Directive 11064.3: Interests of Noncitizen Parents", "https://x.gov/1")]
    new = [Item("b", "ICE DIRECTIVE 11064.3: INTERESTS OF NONCITIZEN PARENTS", "https://x.gov/2")]

    assert [(pair.old, pair.new) for pair in match(old, new)] == [(0, 0)]
