"""The few lines for chats and hooks."""

import hostile
import pytest

from diffs.report import brief


def test_the_findings_come_first_and_what_is_left_out_is_counted() -> None:
    told = brief.render(hostile.report(f"Fact sheet {number}" for number in range(20)))

    assert told.startswith("40 changes in 1 source: 20 removed, 20 changed.")
    assert told.count("\nImportance 50 of 100: removed +50") == brief.MOST_TOLD
    assert told.endswith("and 30 more changes, which `reworded changes` tells")


@pytest.mark.parametrize("call", ["@everyone", "<!channel>", "<@U024BE7LH>", "<#C1>", "a@here"])
def test_no_word_of_a_page_calls_anybody(call: str) -> None:
    told = brief.muted(f"See {call} now")

    assert call not in told
    assert told.replace("\u2060", "") == f"See {call} now"
