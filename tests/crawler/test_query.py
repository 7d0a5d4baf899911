"""What a reader may look for, as SQLite's full-text search is asked for it."""

import sqlite3
from contextlib import closing

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.query import fts_query
from snapshots.errors import ConfigError

PIECES = st.sampled_from(
    'alien asylum* "asylum seeker" 287(g) U.S. AND OR NOT NEAR( NEAR ( ) , 5 * " — non-citizen'
    " ' : ^ убежище é 🛂 a:b {x} -a +b \x00 ﷺ ²".split(" ")
)
QUERIES = st.lists(PIECES, max_size=12).map(" ".join) | st.text(max_size=40)


@pytest.fixture(scope="module")
def texts() -> sqlite3.Connection:
    db = sqlite3.connect(":memory:")
    db.execute(
        "CREATE VIRTUAL TABLE texts USING fts5(text, tokenize = 'unicode61 remove_diacritics 2')"
    )
    return db


def found(texts: sqlite3.Connection, written: str, *held: str) -> list[str]:
    """Which of some texts a query finds."""
    texts.execute("DELETE FROM texts")
    texts.executemany("INSERT INTO texts VALUES (?)", [(text,) for text in held])
    rows = texts.execute("SELECT text FROM texts WHERE texts MATCH ?", (fts_query(written),))
    return [row[0] for row in rows]


@pytest.mark.parametrize(
    ("written", "text"),
    [
        ("asylum seeker", "Asylum Seekers at the border"),
        ("policies", "a policy of ours"),
        ("noncitizen", "for Non-Citizens only"),
        ("non-citizens", "for noncitizens only"),
        ("U.S. citizen", "every U.S. citizen"),
        ("287(g)", "the 287(g) program"),
        ("detroit, michigan", "in Detroit, Michigan"),
        ("cafe", "Café"),
        ("убежище", "Убежище"),
        ("immigra*", "immigration"),
        ("“asylum seeker”", "an asylum seeker"),
        ('"asylum seek"*', "an asylum seek"),
        ("NEAR(asylum border, 4)", "asylum seekers at the border"),
        ("NEAR(287(g) program)", "the 287(g) program"),
        ("alien OR migrant", "migrants"),
        ("criminal alien NOT (removable OR deported)", "criminal aliens"),
        ('"criminal" "alien"', "an alien who is a criminal"),
    ],
)
def test_a_query_finds_a_text(texts: sqlite3.Connection, written: str, text: str) -> None:
    assert found(texts, written, text) == [text]


@pytest.mark.parametrize(
    ("written", "text"),
    [
        ("asylum seeker", "seekers of asylum"),
        ('"asylum seeker"', "asylum seekers"),
        ("immigrant", "immigration"),
        ("NEAR(asylum border, 1)", "asylum seekers at the border"),
        ("criminal alien NOT removable", "a criminal alien, removable"),
    ],
)
def test_a_query_passes_a_text_over(texts: sqlite3.Connection, written: str, text: str) -> None:
    assert found(texts, written, text) == []


@pytest.mark.parametrize(
    ("written", "fact"),
    [
        ("", "position 1: a word or a phrase is expected here"),
        ("a AND", "position 6: a word or a phrase is expected here"),
        ("a OR (b", "position 6: this parenthesis is not closed"),
        ("a )", "position 3: ')' is not expected here"),
        ('see "abc', "position 5: this quotation mark is not closed"),
        ("a — * b", "position 5: a star can only end a phrase"),
        ("*", "position 1: a star needs the beginning of a word before it"),
        ("—", "position 1: there is no word here to look for"),
        ("NEAR(a b", "position 1: this NEAR( is not closed"),
        ("NEAR(a b, c)", "position 9: after the comma, NEAR has a number of words"),
        ("(" * 30 + "a" + ")" * 30, "position 21: too many parentheses inside each other"),
        ("a" * 2000, "position 1001: a query has at most 1000 characters"),
    ],
)
def test_a_mistake_is_told_with_its_position(written: str, fact: str) -> None:
    with pytest.raises(ConfigError) as caught:
        fts_query(written)

    assert str(caught.value).endswith(fact)


@given(QUERIES)
def test_whatever_is_written_is_asked_or_refused(written: str) -> None:
    try:
        query = fts_query(written)
    except ConfigError:
        return
    with closing(sqlite3.connect(":memory:")) as db:
        db.execute("CREATE VIRTUAL TABLE texts USING fts5(old, new)")
        for sought in (query, f"(old : ({query})) OR (new : ({query}))"):
            db.execute("SELECT 1 FROM texts WHERE texts MATCH ?", (sought,)).fetchall()
