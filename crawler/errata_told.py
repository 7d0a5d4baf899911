"""Errata told: in words for people, as JSON for machines."""

import json
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from crawler.terminal import remark
from diffs.report.jsonl import change_json
from diffs.report.passage import clean, shortened
from diffs.report.phrases import counted
from diffs.report.phrases import moment as at
from diffs.report.text import paragraph, render_fields
from snapshots.archive import Archive
from snapshots.archive.errata import Erratum, What
from snapshots.archive.rows import stamp
from snapshots.errors import ConfigError
from snapshots.records import Change, ChangeRecord, Edit, FieldChange, Item, Kind

# How many words of a wording an erratum shows.
SHORT = 12
MOST_NUMBERS = 10
_WORDS = {
    What.WITHDRAWN: "is withdrawn",
    What.ALTERED: "comes out otherwise",
    What.NEW: "had not been told",
    What.RESTORED: "stands again",
}


def difference(erratum: Erratum) -> list[str]:
    """Return in words what differs: kind, fields, wording, interval, verdict, and so on."""
    before, after = _read(erratum.before), _read(erratum.after)
    if not before or not after:
        return []
    return [words for words, told in _ASPECTS if told(before) != told(after)]


def erratum_json(erratum: Erratum) -> dict[str, object]:
    """Return an erratum with both change records, as ``--format jsonl`` prints it."""
    noted_at = erratum.noted_at
    return {
        "source": erratum.source,
        "change": erratum.change,
        "what": erratum.what.value,
        "differs": difference(erratum),
        "noted_at": stamp(noted_at) if noted_at else None,
        "recipe": {"before": erratum.recipe_before, "after": erratum.recipe_after},
        "before": _read(erratum.before),
        "after": _read(erratum.after),
    }


def erratum_lines(erratum: Erratum, beside: Sequence[Erratum], width: int) -> list[str]:
    """Return an erratum in words: what it is, how it differs, and the change before and after.

    ``beside`` are those that are told with it: what stands instead of a withdrawn one.
    """
    noted = f"noted {at(erratum.noted_at)}" if erratum.noted_at else "not noted yet"
    number = f"change {erratum.change}" if erratum.change else "a change"
    is_edited = erratum.recipe_before != erratum.recipe_after
    cause = "another recipe" if is_edited else "the same recipe"
    aspects = difference(erratum)
    head = f"{erratum.source}: {number} {_WORDS[erratum.what]}"
    if aspects:
        head += f" ({', '.join(aspects)})"
    lines = paragraph(f"{head}; {cause}, {noted}", width=width)
    for name, record in (("was", _read(erratum.before)), ("is", _read(erratum.after))):
        if record:
            lines += paragraph(f"{name}: {_claim(record)}", indent="  ", width=width)
        if record and (name == "was" or "wording" in aspects or not erratum.before):
            lines += render_fields(_change(record), colour=False, width=width)
    others = [_number(each) for each in beside if _stands_instead(each, erratum)]
    instead = paragraph(f"instead: {', '.join(others)}", indent="  ", width=width)
    return [*lines, *instead] if others else lines


def withdrawal(archive: Archive, change: int) -> str | None:
    """Return in one sentence that a change was withdrawn, and when; None if it was not."""
    told = archive.errata.of(change)
    if not told or told[-1].what is not What.WITHDRAWN or told[-1].noted_at is None:
        return None
    record = _read(told[-1].before)
    if record is None:
        return None
    return (
        f"change {change} is withdrawn since {at(told[-1].noted_at)}: it does not follow from the "
        f"evidence as it is read now; it was: {_claim(record)}{_now_told(archive, record)}"
    )


def _now_told(archive: Archive, record: dict[str, Any]) -> str:
    """Which change tells the same of the same item now, in another interval, if one does."""
    item = (record["source"], record["item"]["key"])
    now = [change_json(each) for each in archive.knowledge.changes(item=item)]
    same = [each for each in now if all(each[k] == record[k] for k in ("kind", "fields"))]
    return "".join(f"; change {each['id']} tells the same: {_claim(each)}" for each in same[:1])


def numbered(archive: Archive, changes: Sequence[ChangeRecord], number: int) -> list[ChangeRecord]:
    """Return the change that has a number.

    Raises:
        ConfigError: there is none, or it is withdrawn; the message says which and since when.
    """
    found = [record for record in changes if record.id == number]
    if not found:
        raise ConfigError(
            withdrawal(archive, number)
            or f"there is no change {number} among those that were asked for"
        )
    return found


def remark_on_withdrawn(archive: Archive, sources: tuple[str, ...]) -> None:
    """Say on stderr which numbers were told before and are withdrawn, if there are any."""
    numbers = sorted(each.change or 0 for each in archive.errata.withdrawn(sources))
    if numbers:
        told = ", ".join(map(str, numbers[:MOST_NUMBERS]))
        more = f" and {len(numbers) - MOST_NUMBERS} more" if len(numbers) > MOST_NUMBERS else ""
        remark(
            f"withdrawn, and not among these: {counted(len(numbers), 'change')} "
            f"({told}{more}); see `reworded rebuild --errata`"
        )


def _claim(record: dict[str, Any]) -> str:
    """A change record in a line: its kind, its item, and its interval."""
    item, told = record["item"], record["changed"]
    what = record["kind"] + (f" ({', '.join(told)})" if told else "")
    verdict = f", {record['verdict']}" if record["verdict"] else ""
    text = record["fields"].get("text", {})
    name = item["title"] or text.get("new") or text.get("old") or item["url"] or item["key"]
    old, new = (at(datetime.fromisoformat(each)) for each in _interval(record))
    flags = f" [{', '.join(record['flags'])}]" if record["flags"] else ""
    return f"{what}{verdict}: {shortened(clean(name), SHORT)}, between {old} and {new}{flags}"


def _change(record: dict[str, Any]) -> Change:
    """The change of a record, as far as its fields show it."""
    fields = {
        name: FieldChange(each["old"], each["new"], tuple(Edit(*edit) for edit in each["edits"]))
        for name, each in record["fields"].items()
        if record["kind"] == Kind.CHANGED
    }
    return Change(kind=Kind(record["kind"]), item=Item(**record["item"]), fields=fields)


def _number(erratum: Erratum) -> str:
    return f"change {erratum.change}" if erratum.change else "a change not numbered yet"


def _stands_instead(other: Erratum, withdrawn: Erratum) -> bool:
    """Whether an erratum tells another change of the item whose change was withdrawn."""
    before, after = _read(withdrawn.before), _read(other.after)
    is_instead = withdrawn.what is What.WITHDRAWN and other.what is What.NEW
    if not before or not after or not is_instead:
        return False
    is_same_noting = (other.source, other.noted_at) == (withdrawn.source, withdrawn.noted_at)
    return is_same_noting and bool(before["item"]["key"] == after["item"]["key"])


def _read(record: str | None) -> dict[str, Any] | None:
    return json.loads(record) if record else None


def _interval(record: dict[str, Any]) -> tuple[str, str]:
    seen = record["seen"]
    return seen["old"]["captured_at"], seen["new"]["captured_at"]


def _visits(record: dict[str, Any]) -> tuple[int, int]:
    return record["seen"]["good_visits_between"], record["seen"]["longest_gap_s"]


_ASPECTS = (
    ("changed fields", lambda r: r["changed"]),
    ("wording", lambda r: r["fields"]),
    ("interval", _interval),
    ("visits between", _visits),
    ("verdict", lambda r: r["verdict"]),
    ("flags", lambda r: r["flags"]),
    ("match", lambda r: r["match"]),
    ("title, link or section", lambda r: r["item"]),
)
