"""The questions of docs/schema.md run, and find what they ask for by an index."""

import re
import sqlite3
from pathlib import Path

import pytest

from crawler.demo.play import play
from crawler.questions import QUESTIONS, Question

# Of a subquery, of the rows that a full-text index found, or of what a view has looked up.
FAIR_SCANS = re.compile(r"SCAN (\(subquery-\d+\)|\w+ VIRTUAL TABLE INDEX|term_counts$)")
ANSWERS = {
    "Which items were in force at a date?": {"source": "library", "at": "2021-06-01T00:00:00Z"},
    "Which items stand now?": {"source": "library"},
    "How did the visits to a source go?": {
        "source": "library",
        "since": "2000-01-01",
        "until": "2030-01-01",
    },
    "What was found to have changed between two dates?": {
        "since": "2000-01-01",
        "until": "2030-01-01",
    },
    "How many visits to a source came to what?": {"source": "library"},
    "What took a phrase's place?": {"phrase": "alien"},
    "How often was a watched term used at each date, and in how many items?": {"term": "alien"},
    "And in one source?": {"term": "alien", "source": "library"},
    "Which items use a watched term now?": {"term": "alien"},
    "Where did a phrase go?": {"phrase": "aliens"},
    "Which wordings ever held a phrase, and when did they stand?": {"phrase": "aliens"},
    "Which responses does a change rest on?": {"change": "1"},
}


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> sqlite3.Connection:
    folder: Path = tmp_path_factory.mktemp("demo")
    play(folder)
    return sqlite3.connect(folder / "demo.sqlite")


@pytest.mark.parametrize("question", QUESTIONS, ids=lambda question: question.title)
def test_a_question_is_answered(demo: sqlite3.Connection, question: Question):
    values = dict(ANSWERS.get(question.title) or {})
    if question.title.startswith("What did an item say"):
        row = demo.execute("SELECT source, item FROM changes LIMIT 1").fetchone()
        values = dict(zip(("source", "item"), row, strict=True))

    assert demo.execute(question.sql, values).fetchall()


@pytest.mark.parametrize("question", QUESTIONS, ids=lambda question: question.title)
def test_a_question_can_be_pasted_as_it_is_shown(demo: sqlite3.Connection, question: Question):
    assert ":" + next(iter(question.values)) not in question.example
    demo.execute(question.example).fetchall()


@pytest.mark.parametrize("question", QUESTIONS, ids=lambda question: question.title)
def test_a_question_reads_no_big_table_from_end_to_end(
    demo: sqlite3.Connection, question: Question
):
    steps = demo.execute(f"EXPLAIN QUERY PLAN {question.sql}", question.values).fetchall()

    scans = [told for *_, told in steps if told.startswith("SCAN")]
    assert [told for told in scans if not FAIR_SCANS.match(told)] == []
