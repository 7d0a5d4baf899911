"""Questions in SQL that the reading room holds ready; what they ask for by name is filled in."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Query:
    """A question to the archive, by a name that its address has."""

    name: str
    title: str
    sql: str


QUERIES = (
    Query(
        "items_at_a_date",
        "Which items were in force at a date?",
        """SELECT item, title, url, published, first_at, until_at
FROM item_history
WHERE source = :source AND first_at <= :at AND (until_at IS NULL OR until_at > :at)""",
    ),
    Query(
        "items_now",
        "Which items stand now?",
        """SELECT item, title, url, published, first_at
FROM items_in_force
WHERE source = :source""",
    ),
    Query(
        "wordings_of_an_item",
        "What did an item say, and when?",
        """SELECT first_at, until_at, title, summary, text
FROM item_history
WHERE source = :source AND item = :item
ORDER BY first_at""",
    ),
    Query(
        "changes_between_two_dates",
        "What was found to have changed between two dates?",
        """SELECT id, source, kind, title, verdict, present_at, changed_by, good_visits_between
FROM change_log
WHERE changed_by >= :since AND changed_by < :until
ORDER BY changed_by, id""",
    ),
    Query(
        "removals",
        "What was removed, and what did its own link answer?",
        """SELECT id, source, title, url, verdict, present_at, changed_by, longest_gap_s
FROM change_log
WHERE kind = 'removed' AND coalesce(verdict, '') NOT IN ('moved', 'rolled_off')
ORDER BY changed_by DESC, id DESC""",
    ),
    Query(
        "visits_by_outcome",
        "How did the visits to a source go?",
        """SELECT outcome, count(*) AS visits, min(started_at) AS first, max(started_at) AS last
FROM visits
WHERE source = :source
GROUP BY outcome
ORDER BY visits DESC""",
    ),
    Query(
        "phrases",
        "Which phrases became others?",
        """SELECT old, new, places, items, sources, first, last, reverse_places, chance_at_most
FROM phrase_substitutions
ORDER BY is_systematic DESC, items DESC, places DESC""",
    ),
    Query(
        "in_place_of_a_phrase",
        "What took a phrase's place?",
        """SELECT s.old, s.new, c.id, c.source, c.title, c.present_at, c.changed_by, context_old,
    context_new
FROM substitutions AS s JOIN change_log AS c ON c.id = s.change
WHERE old_folded = :phrase
ORDER BY c.changed_by, c.id""",
    ),
    Query(
        "captures_of_a_change",
        "Which responses does a change rest on?",
        """SELECT c.id, c.captured_at, c.url, c.status, c.payload_digest
FROM changes JOIN captures AS c ON c.visit IN (old_snapshot, new_snapshot)
WHERE changes.id = CAST(:change AS INTEGER)
ORDER BY c.captured_at, c.id""",
    ),
    Query(
        "newest_notes",
        "What did each analyst last note of each finding?",
        """SELECT change, analyst, noted_at, importance, vocabulary, notice_given, available_at,
    note
FROM notes
WHERE id IN (SELECT max(id) FROM notes GROUP BY change, analyst)
ORDER BY id DESC""",
    ),
)
