"""Lexicons: where a text uses the watched terms."""

import pytest

from diffs.lexicon import Pack, Term, asked, label_of, lexicon_of, uses

ALIEN = Term(old="alien", new=("noncitizen", "migrant"))
CHILDREN = Term(
    old="unaccompanied alien children",
    new=("noncitizen unaccompanied children",),
    forms=("unaccompanied alien child",),
)
PACK = Pack(
    title="memo",
    terms=(ALIEN, Term(old="illegal alien", new=("migrant",)), CHILDREN),
    exclude=("Alien Registration Number", "the term alien means"),
)
LEXICON = lexicon_of([PACK])


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("An alien, two Aliens, an alien's and the ALIENS’ papers.", {"alien": 4}),
        ("Illegal aliens.", {"illegal alien": 1}),
        ("an unaccompanied alien child", {"unaccompanied alien children": 1}),
        ("“illegal” aliens", {"illegal alien": 1}),
        ("That is illegal. Aliens must leave.", {"alien": 1}),
        ("alien-smuggling and non-citizens", {"alien": 1, "noncitizen": 1}),
        ("inalienable; the alienage of noncitizenship", {}),
        ("Your Alien Registration Number, and another alien's", {"alien": 1}),
        ("The term “alien” means any person not a citizen.", {}),
        ("migrants", {"migrant": 1}),
        ("", {}),
    ],
)
def test_a_text_uses(text, found):
    assert uses(text, LEXICON) == found


def test_a_term_asked_for_is_not_counted_within_longer_ones():
    text = "an alien and an illegal alien"

    assert uses(text, asked(LEXICON, ["alien"]))["alien"] == 1
    assert uses(text, asked(LEXICON, ["alien"], within=True))["alien"] == 2


def test_a_term_that_the_lexicon_lacks_may_be_asked_for():
    lexicon = asked(LEXICON, ["border wall"])

    assert label_of(lexicon, "Border Walls") == "border wall"
    assert uses("the border wall", lexicon) == {"border wall": 1}


def test_an_exclusion_may_be_asked_for():
    lexicon = asked(LEXICON, ["alien registration number"])

    assert uses("Alien Registration Numbers", lexicon) == {"alien registration number": 1}


def test_a_form_goes_by_the_name_of_its_term():
    assert label_of(LEXICON, "unaccompanied alien child") == "unaccompanied alien children"
    assert label_of(LEXICON, "border") is None
    assert label_of(LEXICON, "…") is None
