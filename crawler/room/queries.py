"""Questions in SQL that the reading room holds ready; what they ask for by name is filled in."""

import re
from dataclasses import dataclass

from crawler.questions import QUESTIONS


@dataclass(frozen=True, slots=True)
class Query:
    """A question to the archive, and its SQL."""

    title: str
    sql: str

    @property
    def name(self) -> str:
        """What its address has: its words."""
        return re.sub(r"\W+", "_", self.title.lower()).strip("_")


def _patient(sql: str) -> str:
    """SQL that finds nothing, rather than fails, until a phrase to search for is filled in."""
    return sql.replace(":phrase", "coalesce(nullif(:phrase, ''), '\"\"')")


QUERIES = (
    *(Query(each.title, _patient(each.sql.rstrip(";"))) for each in QUESTIONS),
    Query(
        "What was removed, and what did its own link answer?",
        """SELECT id, source, title, url, verdict, present_at, changed_by, longest_gap_s
FROM change_log
WHERE kind = 'removed' AND coalesce(verdict, '') NOT IN ('moved', 'rolled_off')
ORDER BY changed_by DESC, id DESC""",
    ),
    Query(
        "What did each analyst last note of each finding?",
        """SELECT change, analyst, noted_at, importance, vocabulary, notice_given, available_at,
    note
FROM notes
WHERE id IN (SELECT max(id) FROM notes GROUP BY change, analyst)
ORDER BY id DESC""",
    ),
)
