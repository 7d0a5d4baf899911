"""Questions that the archive answers in SQL: documented, tested, and measured as they stand."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

SOURCE, ITEM = "ice-factsheets", "/factsheets/detention"
DAY, NEXT = "2021-06-01T00:00:00Z", "2021-07-01T00:00:00Z"


@dataclass(frozen=True, slots=True)
class Question:
    """A question, its SQL, and values for what the SQL asks for by name."""

    title: str
    sql: str
    values: Mapping[str, str]

    @property
    def example(self) -> str:
        """The SQL with its values written in, to be pasted into any SQLite shell."""
        return re.sub(r":(\w+)", lambda found: _quoted(self.values[found[1]]), self.sql)


def _quoted(value: str) -> str:
    return "'" + value.replace("'", "''") + "'"


QUESTIONS = (
    Question(
        "Which items were in force at a date?",
        """SELECT item, title, url, published, first_at, until_at
FROM item_history
WHERE source = :source AND first_at <= :at AND (until_at IS NULL OR until_at > :at);""",
        {"source": SOURCE, "at": DAY},
    ),
    Question(
        "Which items stand now?",
        """SELECT item, title, url, published, first_at
FROM items_in_force
WHERE source = :source;""",
        {"source": SOURCE},
    ),
    Question(
        "What did an item say, and when?",
        """SELECT first_at, until_at, title, summary, text
FROM item_history
WHERE source = :source AND item = :item
ORDER BY first_at;""",
        {"source": SOURCE, "item": ITEM},
    ),
    Question(
        "What was found to have changed between two dates?",
        """SELECT id, source, kind, title, verdict, present_at, changed_by, good_visits_between
FROM change_log
WHERE told_at >= :since AND told_at < :until
ORDER BY told_at, id;""",
        {"since": DAY, "until": NEXT},
    ),
    Question(
        "How did the visits to a source go?",
        """SELECT started_at, outcome, reason
FROM visits
WHERE source = :source AND started_at >= :since AND started_at < :until
ORDER BY started_at;""",
        {"source": SOURCE, "since": DAY, "until": NEXT},
    ),
    Question(
        "How many visits to a source came to what?",
        """SELECT outcome, count(*) AS visits, min(started_at) AS first, max(started_at) AS last
FROM visits
WHERE source = :source
GROUP BY outcome
ORDER BY visits DESC;""",
        {"source": SOURCE},
    ),
    Question(
        "What took a phrase's place?",
        """SELECT s.old, s.new, c.source, c.title, c.present_at, c.changed_by, context_old,
    context_new
FROM substitutions AS s JOIN change_log AS c ON c.id = s.change
WHERE old_folded = :phrase
ORDER BY c.changed_by, c.id;""",
        {"phrase": "alien"},
    ),
    Question(
        "How often was a watched term used at each date, and in how many items?",
        """SELECT at, sum(sum(uses)) OVER (ORDER BY at) AS uses,
    sum(sum(items)) OVER (ORDER BY at) AS items
FROM terms
WHERE term = :term
GROUP BY at
ORDER BY at;""",
        {"term": "alien"},
    ),
    Question(
        "And in one source?",
        """SELECT at, uses, items
FROM term_counts
WHERE term = :term AND source = :source
ORDER BY at;""",
        {"term": "alien", "source": SOURCE},
    ),
    Question(
        "Which items use a watched term now?",
        """SELECT h.source, h.item, h.title, u.uses, h.first_at
FROM term_uses AS u JOIN item_history AS h ON h.version = u.version
WHERE u.term = :term AND h.until_at IS NULL
ORDER BY u.uses DESC, h.source, h.item;""",
        {"term": "alien"},
    ),
    Question(
        "Where did a phrase go?",
        """SELECT c.id, c.source, c.title, c.present_at, c.changed_by, p.field, p.old, p.new
FROM passages AS p JOIN change_log AS c ON c.id = p.change
WHERE p.id IN (
    SELECT rowid FROM passage_search
    WHERE passage_search MATCH '(old : ' || :phrase || ') NOT (new : ' || :phrase || ')'
)
ORDER BY c.changed_by, c.id;""",
        {"phrase": '"asylum seekers"'},
    ),
    Question(
        "Which wordings ever held a phrase, and when did they stand?",
        """SELECT source, item, first_at, until_at, title
FROM item_history
WHERE version IN (SELECT rowid FROM wording_search WHERE wording_search MATCH :phrase)
ORDER BY first_at, source, item;""",
        {"phrase": '"asylum seekers"'},
    ),
    Question(
        "Which responses does a change rest on?",
        """SELECT c.captured_at, c.url, c.status, c.payload_digest
FROM changes JOIN captures AS c ON c.visit IN (old_snapshot, new_snapshot)
WHERE changes.id = CAST(:change AS INTEGER)
ORDER BY c.captured_at, c.id;""",
        {"change": "7"},
    ),
)
