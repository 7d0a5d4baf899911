"""Word edits: laws that hold for any two texts, and examples as a reader would mark them."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from diffs.wording import REWRITTEN_BELOW, kept_share, reword
from diffs.words import fold, units, words
from snapshots.records import Edit

PHRASES = st.lists(
    st.sampled_from(
        "the of and alien aliens noncitizen noncitizens U.S. 287(g) 1,900 $5 2020-12-15 don't "
        "officers remove . , ; ( ) “ ” état I-589 12 3.5 %".split()
    ),
    max_size=30,
).map(" ".join)
TEXTS = st.text() | PHRASES


def side(edits, *ops):
    return "".join(edit.text for edit in edits if edit.op in ops)


def bounds(texts):
    """The places in a text at which its parts meet."""
    ends, at = set(), 0
    for text in texts:
        at += len(text)
        ends.add(at)
    return ends


def inner_places(text):
    """The places that lie inside a word, a number or a mark."""
    inside, at = set(), 0
    for unit in units(text):
        at += len(unit.space)
        inside |= set(range(at + 1, at + len(unit.token)))
        at += len(unit.token)
    return inside


ASCII = st.text(st.characters(max_codepoint=127)) | PHRASES.filter(str.isascii)


@given(text=ASCII)
def test_a_text_in_ascii_is_taken_apart_like_any_other(text):
    *in_ascii, end = [unit for unit in units(f"{text} e") if unit.token]

    assert [unit for unit in units(f"{text} é") if unit.token] == [
        *in_ascii,
        end._replace(token="é"),
    ]


def test_words_put_before_a_text_are_all_that_is_told():
    assert reword("it's", "$5 it's") == (Edit("insert", "$5 "), Edit("keep", "it's"))


@given(TEXTS, TEXTS)
def test_edits_restore_both_texts(old, new):
    edits = reword(old, new)

    assert side(edits, "keep", "delete") == old
    assert side(edits, "keep", "insert") == new


@given(TEXTS, TEXTS)
def test_no_edit_splits_a_word_or_a_number(old, new):
    edits = reword(old, new)

    kept_or_deleted = [edit.text for edit in edits if edit.op != "insert"]
    kept_or_inserted = [edit.text for edit in edits if edit.op != "delete"]
    assert not bounds(kept_or_deleted) & inner_places(old)
    assert not bounds(kept_or_inserted) & inner_places(new)


@given(TEXTS, TEXTS)
def test_edits_are_never_empty_and_never_repeat_their_kind(old, new):
    edits = reword(old, new)

    assert all(edit.text for edit in edits)
    assert all(one.op != other.op for one, other in pairwise(edits))
    assert ("insert", "delete") not in [(one.op, other.op) for one, other in pairwise(edits)]


@given(TEXTS.filter(bool))
def test_a_text_against_itself_is_one_keep(text):
    assert reword(text, text) == (Edit("keep", text),)


@given(TEXTS, TEXTS)
def test_the_kept_share_is_between_none_and_all(old, new):
    assert 0.0 <= kept_share(reword(old, new)) <= 1.0


@given(st.text())
def test_units_joined_are_the_text(text):
    assert "".join(unit.space + unit.token for unit in units(text)) == text


def marked(old, new):
    """The edits as [-deleted-]{+inserted+}."""
    forms = {"keep": "{}", "delete": "[-{}-]", "insert": "{{+{}+}}"}
    return "".join(forms[edit.op].format(edit.text) for edit in reword(old, new))


@pytest.mark.parametrize(
    ("old", "new", "edits"),
    [
        (
            "Officers remove criminal aliens.",
            "Officers remove criminal noncitizens.",
            "Officers remove criminal [-aliens-]{+noncitizens+}.",
        ),
        ("an alien in custody", "a noncitizen in custody",
         "[-an alien-]{+a noncitizen+} in custody"),
        ("networks, groups, and nations", "networks, groups and nations",
         "networks, groups[-,-] and nations"),
        ("more than 1,900 convictions", "more than 1,800 convictions",
         "more than [-1,900-]{+1,800+} convictions"),
        ("under 287(g) today", "under 287(h) today", "under [-287(g)-]{+287(h)+} today"),
        ("the U.S. border", "the US border", "the [-U.S.-]{+US+} border"),
        ("I-589 forms", "I-590 forms", "[-I-589-]{+I-590+} forms"),
        ("one  two", "one two", "one[-  -]{+ +}two"),
        ("", "new words", "{+new words+}"),
        ("old words", "", "[-old words-]"),
        ("", "", ""),
        ("red and blue flags", "green and grey flags",
         "[-red and blue-]{+green and grey+} flags"),
        ("red paper flags", "green paper banners",
         "[-red-]{+green+} paper [-flags-]{+banners+}"),
        ("Alien", "alien", "[-Alien-]{+alien+}"),
    ],
)  # fmt: skip
def test_edits_read_as_a_reader_would_mark_them(old, new, edits):
    assert marked(old, new) == edits


def test_a_long_text_is_compared_between_the_words_that_occur_once():
    filler = [f"word{n}" for n in range(3_000)]
    old = " ".join([*filler[:1_000], "aliens", *filler[1_000:], "old", "end"])
    new = " ".join(["Begin", *filler[:1_000], "noncitizens", *filler[1_000:], "new", "end"])

    told = [edit for edit in reword(old, new) if edit.op != "keep"]

    assert told == [
        Edit("insert", "Begin "),
        Edit("delete", "aliens"),
        Edit("insert", "noncitizens"),
        Edit("delete", "old"),
        Edit("insert", "new"),
    ]


def test_a_rewriting_keeps_less_than_a_rewording():
    reworded = reword("Officers remove criminal aliens.", "Officers remove criminal noncitizens.")
    rewritten = reword("Officers remove criminal aliens.", "The harvest of apples was good.")

    assert kept_share(rewritten) < REWRITTEN_BELOW < kept_share(reworded)


@pytest.mark.parametrize(
    ("written", "folded"),
    [
        ("Aliens", "alien"), ("alien's", "alien"), ("aliens’", "alien"), ("agencies", "agency"),
        ("processes", "process"), ("taxes", "tax"), ("status", "status"), ("crisis", "crisis"),
        ("ethics", "ethics"), ("bus", "bus"), ("ICE", "ice"),
    ],
)  # fmt: skip
def test_case_and_inflections_are_folded(written, folded):
    assert fold(written) == folded


def test_words_are_letters_and_digits_without_marks():
    assert words("ICE’s 287(g) – “aliens” (1,900), cross-border U.S. § 7.") == [
        "ice’s", "287", "g", "aliens", "1", "900", "cross-border", "u", "s", "7",
    ]  # fmt: skip
