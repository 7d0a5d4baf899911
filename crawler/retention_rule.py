"""The rule by which bytes of unchanged visits may go, as config.toml states it."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from snapshots.errors import ConfigError

RETENTION = {"after": str, "keep_every": str}
AFTER, KEEP_EVERY = "365d", "30d"
_DAYS = re.compile(r"([1-9]\d{0,5}) ?d(?:ays?)?")


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """Of unchanged visits older than ``after_days``, one in ``keep_every_days`` stays whole."""

    after_days: int
    keep_every_days: int

    def __str__(self) -> str:
        return (
            f"unchanged visits older than {self.after_days} days, "
            f"but one every {self.keep_every_days} days"
        )


def rule_of(table: Mapping[str, str]) -> Rule | None:
    """Return the rule that a table without problems states; None when it states none."""
    if not table:
        return None
    return Rule(
        after_days=_days(table.get("after", AFTER)) or 0,
        keep_every_days=_days(table.get("keep_every", KEEP_EVERY)) or 0,
    )


def rule_problems(table: object) -> Iterator[str]:
    """Yield what is wrong with a rule's lengths of time."""
    for key, written in table.items() if isinstance(table, dict) else ():
        if key in RETENTION and isinstance(written, str) and _days(written) is None:
            yield f"{key} must be a number of days such as '365d', not {written!r}"


def chosen_rule(stated: Rule | None, keep_days: int | None) -> Rule:
    """Return the rule that is stated, with all bytes kept for other days if that is asked.

    Raises:
        ConfigError: neither is there.
    """
    if stated is None and keep_days is None:
        raise ConfigError(
            'no rule says what may go; write after = "365d" and keep_every = "30d" under '
            "[retention], or give --keep-days"
        )
    rule = stated or Rule(after_days=0, keep_every_days=_days(KEEP_EVERY) or 0)
    return replace(rule, after_days=keep_days) if keep_days is not None else rule


def _days(written: str) -> int | None:
    found = _DAYS.fullmatch(written.strip().lower())
    return int(found[1]) if found else None
