"""Files of urlwatch, webchanges and changedetection.io, and lists of URLs, opened as jobs.

The one door to PyYAML. Whatever a file holds is data: every value of YAML is read as text, a
tag makes nothing of it, and nothing that a file names is opened.
"""

import json
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

from crawler.job_tables import table_jobs
from crawler.job_watches import watch_jobs
from crawler.jobs import Job, address
from snapshots.errors import ConfigError

MOST_BYTES = 20_000_000
# Reading YAML takes a hundred times as long as reading JSON.
MOST_YAML_CHARS = 2_000_000
MOST_JOBS = 20_000
DAMAGED = (zipfile.BadZipFile, zlib.error, OSError, EOFError, RuntimeError, NotImplementedError)


def jobs_in(path: Path) -> list[Job]:
    """Return the jobs that a file holds, in their order, whatever program it is of.

    Raises:
        ConfigError: it cannot be read, or holds no jobs; the message names it.
    """
    payload = _payload(path)
    if payload.startswith(b"PK\x03\x04"):
        found = list(_in_backup(path))
    else:
        found = list(_in_text(path, _decoded(path, payload)))
    if not found:
        raise ConfigError(f"{path}: holds no jobs and no addresses")
    if len(found) > MOST_JOBS:
        raise ConfigError(f"{path}: holds {len(found):,} jobs, more than the cap of {MOST_JOBS:,}")
    return found


def _payload(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            payload = file.read(MOST_BYTES + 1)
    except OSError as error:
        raise ConfigError(f"{path}: cannot be read ({error.strerror})") from error
    _check_size(path, len(payload))
    return payload


def _check_size(path: Path, size: int, most: int = MOST_BYTES) -> None:
    if size > most:
        raise ConfigError(f"{path}: is larger than the cap of {most:,} bytes")


def _decoded(path: Path, payload: bytes) -> str:
    try:
        text = payload.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise ConfigError(f"{path}: is no text in UTF-8, and no list of jobs") from error
    if "\x00" in text:
        raise ConfigError(f"{path}: is binary, and no list of jobs")
    return text


def _in_text(path: Path, text: str) -> Iterator[Job]:
    """The jobs of a text: JSON by its first mark, addresses by their look, else YAML."""
    start = text.lstrip()
    if start.startswith(("{", "[")):
        return watch_jobs(path, _json(path, text))
    if start.startswith(("<", "%PDF")):
        raise ConfigError(f"{path}: is a page or a document, and no list of jobs")
    lines = [line.strip() for line in text.splitlines()]
    said = [line for line in lines if line and not line.startswith("#")]
    if said and all(line.startswith(("http://", "https://")) for line in said):
        return _listed(lines)
    return _yaml_jobs(path, text)


def _listed(lines: list[str]) -> Iterator[Job]:
    """The addresses of a list, one a line; changedetection.io writes tags behind them."""
    for number, line in enumerate(lines, 1):
        if line.startswith(("http://", "https://")):
            written, _, tags = line.partition(" ")
            url, refused = address(written)
            lost = ("tags",) if tags.strip() else ()
            yield Job(place=f"line {number}", url=url, refused=refused, lost=lost)


def _json(path: Path, text: str) -> object:
    try:
        return json.loads(text)
    except (ValueError, RecursionError) as error:
        raise ConfigError(f"{path}: looks like JSON and cannot be read as it ({error})") from error


def _yaml_jobs(path: Path, text: str) -> Iterator[Job]:
    yaml = _yaml(path)
    _check_size(path, len(text), MOST_YAML_CHARS)
    try:
        documents = list(yaml.load_all(text, Loader=yaml.BaseLoader))
    except (yaml.YAMLError, RecursionError, ValueError) as error:
        # The whole message would show the line, and what may be secret on it.
        mark = getattr(error, "problem_mark", None)
        place = f" (line {mark.line + 1})" if mark else ""
        raise ConfigError(f"{path}: cannot be read as YAML{place}") from None
    return table_jobs(path, documents)


def _yaml(path: Path) -> ModuleType:
    try:
        import yaml
    except ImportError as error:
        raise ConfigError(
            f"{path}: reading YAML needs PyYAML; pip install 'reworded[yaml]'"
        ) from error
    return yaml


def _in_backup(path: Path) -> Iterator[Job]:
    """The watches of a changedetection.io backup: of one file, or of one file each."""
    try:
        with zipfile.ZipFile(path) as backup:
            whole = [n for n in backup.namelist() if n.rpartition("/")[2] == "url-watches.json"]
            single = [n for n in backup.namelist() if n.rpartition("/")[2] == "watch.json"]
            if len(single) > MOST_JOBS:
                raise ConfigError(f"{path}: holds more than the cap of {MOST_JOBS:,} jobs")
            left = MOST_BYTES
            for name in whole[:1] or single:
                with backup.open(name) as file:
                    text = file.read(left + 1)
                left -= len(text)
                _check_size(path, MOST_BYTES - left)
                content = _json(path, _decoded(path, text))
                yield from watch_jobs(path, {name: content} if name in single else content)
    except DAMAGED as error:
        raise ConfigError(f"{path}: is a ZIP file that cannot be read ({error})") from error
