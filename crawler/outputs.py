"""Files written whole or not at all: an old one stays until the new one is complete."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from snapshots.errors import ConfigError


@contextmanager
def written_whole(output: Path) -> Iterator[Path]:
    """Yield a path to write to, in an empty folder beside the output; then it takes its place.

    Raises:
        ConfigError: the output cannot be written.
    """
    if output.is_dir():
        raise ConfigError(f"{output}: is a folder; name a file")
    try:
        with TemporaryDirectory(dir=output.parent, prefix=f".{output.name}.") as folder:
            path = Path(folder, "whole")
            yield path
            path.replace(output)
    except OSError as error:
        raise ConfigError(f"{output}: cannot be written ({error.strerror})") from error
