"""The uses of the lexicon's terms, counted as wordings come in, so that trends need no texts."""

import json
from hashlib import sha256
from pathlib import Path

from crawler.config import Config
from crawler.terminal import remark
from snapshots.archive import Archive
from snapshots.errors import ConfigError

# Changes when the same lexicon counts otherwise; then everything is counted again.
COUNTING = 1
SHIPPED = Path(__file__).parents[1] / "diffs" / "lexicons"
# Wordings that are counted in one transaction: a second's work at most.
AT_ONCE = 2000


def count_terms(archive: Archive, config: Config) -> None:
    """Count the terms of the configured lexicon in wordings that were not counted with it.

    When the lexicon has changed, these are all. A run that is stopped leaves the rest to
    the next; a lexicon that cannot be read leaves all of them, and is told.
    """
    try:
        listed = digest(config)
        if archive.terms.is_current(listed):
            return
        from crawler.lexicons import lexicon
        from diffs.trends import uses_in

        held = lexicon(config.path, config.lexicon)
    except ConfigError as error:
        remark(f"reworded: {error}; the uses of terms are not counted")
        return
    with archive.transaction():
        archive.terms.begin(listed)
    while found := archive.terms.uncounted(AT_ONCE):
        with archive.transaction():
            archive.terms.keep((number, uses_in(item, held)) for number, item in found)


def digest(config: Config) -> str:
    """Return the digest of all that says what a configuration's lexicon counts.

    Raises:
        ConfigError: the file that it names cannot be read.
    """
    named = config.lexicon.get("file")
    files = [*sorted(SHIPPED.glob("*.toml")), *([config.path.parent / named] if named else [])]
    told = sha256(json.dumps([COUNTING, config.lexicon], sort_keys=True, default=str).encode())
    for path in files:
        try:
            told.update(sha256(path.read_bytes()).digest())
        except OSError as error:
            raise ConfigError(f"{path}: the lexicon cannot be read ({error})") from error
    return f"sha256:{told.hexdigest()}"
