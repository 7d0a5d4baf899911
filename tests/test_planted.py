"""What is planted is found, in short: corpora of some hundred items, and a judge to be trusted."""

from pathlib import Path
from shutil import copy

import pytest
from planted.corpus import corpus
from planted.judge import judge
from planted.printing import imported
from planted.terms import CAMPAIGNS
from planted.truth import Corpus
from planted.verdict import EXPECTED_LATER, Verdict

from snapshots.archive import Archive

SEEDS = (1, 3, 20)
PATTERNS = (
    "added",
    "backdated",
    "campaign",
    "chance",
    "changed for a while",
    "date_bump",
    "flapping",
    "merged",
    "punctuation",
    "redated",
    "redesigned",
    "relinked",
    "removed",
    "removed for a while",
    "reordered",
    "retitled",
    "retitled and relinked",
    "returned",
    "returned elsewhere",
    "reverted",
    "reworded",
    "rewritten",
    "section",
    "slip mended",
    "split",
    "stealth",
    "term",
    "term put back",
)
Judged = tuple[Corpus, Path, Verdict]


def short(seed: int) -> Corpus:
    return corpus(seed, items=360, snapshots=12, listings=3, pages=2, chance=2)


@pytest.fixture(scope="module")
def judged(tmp_path_factory: pytest.TempPathFactory) -> dict[int, Judged]:
    found = {}
    for seed in SEEDS:
        made = short(seed)
        path = imported(made, tmp_path_factory.mktemp("planted"))
        found[seed] = (made, path, judge(made, path))
    return found


@pytest.mark.parametrize("seed", SEEDS)
def test_what_is_planted_is_told_and_nothing_else(judged: dict[int, Judged], seed: int) -> None:
    made, _, verdict = judged[seed]

    assert [f"seed {seed}, {fault}" for fault in verdict.unexpected] == []
    assert made.items > 340
    assert min(verdict.told[kind] for kind in ("added", "removed", "changed")) > 10
    assert verdict.tallies["chance"].planted > 600


@pytest.mark.parametrize("pattern", PATTERNS)
def test_there_is_planted_what_is(judged: dict[int, Judged], pattern: str) -> None:
    tallies = [verdict.tallies[pattern] for _, _, verdict in judged.values()]

    assert sum(tally.planted for tally in tallies) >= len(SEEDS)
    is_known = f"unflagged {pattern}" in EXPECTED_LATER or pattern in EXPECTED_LATER
    assert is_known or sum(tally.found for tally in tallies) >= len(SEEDS)


def test_what_is_expected_later_is_amiss_still(judged: dict[int, Judged]) -> None:
    """When this fails, what was expected later is there: take its line out of the table."""
    faults = [fault for _, _, verdict in judged.values() for fault in verdict.faults]
    amiss = {about for f in faults for about in (f"{f.kind} {f.about}", *f.patterns)}

    assert EXPECTED_LATER.keys() <= amiss


def test_a_corpus_is_the_same_again_by_its_seed_and_another_by_another() -> None:
    first, again, other = short(4), short(4), short(5)

    assert first.histories == again.histories
    assert first.changed_by == again.changed_by
    assert first.histories[0].editions != other.histories[0].editions


def test_terms_stand_in_no_item_that_no_campaign_has_chosen(judged: dict[int, Judged]) -> None:
    made, _, _ = judged[1]
    chosen = set().union(*made.changed_by.values())
    new = [pair[1] for campaign in CAMPAIGNS for pair in campaign.told_as]

    holding = {
        (history.key, record.number)
        for history in made.histories
        for edition in history.editions
        for record in edition.records
        if any(phrase in record.body for phrase in new)
    }

    assert holding
    assert holding <= chosen


@pytest.mark.parametrize(
    ("statement", "faults"),
    [
        ("UPDATE changes SET source = 'another' WHERE id = {changed}", {"missed changed"}),
        ("UPDATE changes SET source = 'another' WHERE id = {removed}", {"missed removed"}),
        ("UPDATE changes SET source = 'another' WHERE id = {added}", {"missed added"}),
        (
            "UPDATE changes SET kind = 'removed' WHERE id = {added}",
            {"false removed", "missed added"},
        ),
        ("UPDATE changes SET item = 'another' WHERE id = {reverted}", {"other key changed"}),
        ("UPDATE changes SET flags = '[]' WHERE id = {reverted}", {"unflagged reverted"}),
        (
            "UPDATE changes SET flags = '[\"returned\"]' WHERE id = {changed}",
            {"misflagged returned"},
        ),
    ],
    ids=[
        "a_change_is_not_told",
        "a_removal_is_not_told",
        "an_addition_is_not_told",
        "an_addition_is_told_as_a_removal",
        "an_item_has_two_keys",
        "a_flag_is_lacking",
        "a_flag_is_too_much",
    ],
)
def test_the_judge_notices_when(
    judged: dict[int, Judged], tmp_path: Path, statement: str, faults: set[str]
) -> None:
    made, path, verdict = judged[1]
    forged = Path(copy(path, tmp_path / "archive.sqlite"))
    with Archive.to_write(forged) as archive:
        archive.db.execute(statement.format(**numbers(archive)))
        archive.db.commit()

    noticed = set(map(str, judge(made, forged).faults)) - set(map(str, verdict.faults))

    assert {fault.split(":")[0] for fault in noticed} == faults


def numbers(archive: Archive) -> dict[str, int]:
    """Return one change of each kind, and one that brings a wording back."""
    told = [r for r in archive.knowledge.changes() if set(r.change.changed) & {"summary", "text"}]
    found = {str(record.change.kind): record.id for record in archive.knowledge.changes()}
    # A term that was put back.
    said = [(r, r.change.item.summary or r.change.item.text or "") for r in told]
    equity = [record for record, body in said if "equity" in body.lower()]
    reverted = [r.id for r in equity if "reverted" in map(str, r.change.flags)]
    return {**found, "changed": told[0].id, "reverted": reverted[0]}
