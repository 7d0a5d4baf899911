"""The WARC files in a WACZ, record by record. Nothing is unpacked to disk, and no name trusted."""

import json
import zlib
from collections.abc import Iterator
from hashlib import file_digest
from pathlib import Path
from typing import Any
from zipfile import ZIP_STORED, BadZipFile, ZipFile, ZipInfo, is_zipfile

from snapshots.warc import Damage, WarcRecord, records_in

SUFFIX = ".wacz"
WARCS = (".warc", ".warc.gz", ".arc", ".arc.gz")
MOST_FILES = 100_000
MOST_DESCRIPTION_BYTES = 50_000_000
# What is within is compressed already, and should be stored as it is: more is a bomb.
MOST_GROWTH = 100
_SHOWN_SIGNS = 200
_UNREADABLE = (
    BadZipFile,
    EOFError,
    NotImplementedError,  # an unknown compression
    OSError,
    RuntimeError,  # a password
    ValueError,
    zlib.error,
)


def is_wacz(path: Path) -> bool:
    """Whether a file is a WACZ by its name, or a ZIP by its bytes."""
    return path.name.lower().endswith(SUFFIX) or is_zipfile(path)


def read_wacz(path: Path, *, cap_bytes: int) -> Iterator[WarcRecord | Damage]:
    """Yield the records of a file's WARCs in the order of their names; damage where it is.

    A WARC with another digest than the package states is read, and damage told.

    Source: WACZ 1.1.1, sections "archive" and "datapackage.json".
    """
    try:
        with ZipFile(path) as package:
            yield from _records(package, cap_bytes)
    except _UNREADABLE as error:
        yield Damage(0, f"it is no WACZ that can be read ({ascii(str(error))[:_SHOWN_SIGNS]})")


def _records(package: ZipFile, cap_bytes: int) -> Iterator[WarcRecord | Damage]:
    files = package.infolist()
    if len(files) > MOST_FILES:
        yield Damage(0, f"it holds more than {MOST_FILES:,} files")
        return
    warcs = [info for info in files if _is_warc(info)]
    if not warcs:
        yield Damage(0, "it holds no WARC")
    stated = _stated_digests(package)
    for info in sorted(warcs, key=lambda info: info.filename):
        yield from _records_of(package, info, stated.get(info.filename), cap_bytes)


def _is_warc(info: ZipInfo) -> bool:
    return info.filename.startswith("archive/") and info.filename.lower().endswith(WARCS)


def _records_of(
    package: ZipFile, info: ZipInfo, stated: str | None, cap_bytes: int
) -> Iterator[WarcRecord | Damage]:
    name, count = ascii(info.filename)[:_SHOWN_SIGNS], 0
    if _is_bomb(info):
        yield Damage(0, f"{name} grows more than {MOST_GROWTH} times when it is unpacked")
        return
    try:
        with package.open(info) as file:
            for record in records_in(file, cap_bytes=cap_bytes):
                count += isinstance(record, WarcRecord)
                yield (
                    Damage(record.records, f"{name}: {record.reason}")
                    if isinstance(record, Damage)
                    else record
                )
        if stated and _digest(package, info, stated) != stated.lower():
            yield Damage(count, f"{name} has another digest than datapackage.json states")
    except _UNREADABLE as error:
        yield Damage(count, f"{name}: {ascii(str(error))[:_SHOWN_SIGNS]}")


def _is_bomb(info: ZipInfo) -> bool:
    return info.compress_type != ZIP_STORED and info.file_size > info.compress_size * MOST_GROWTH


def _digest(package: ZipFile, info: ZipInfo, stated: str) -> str:
    """The digest of a file as the package states it, e.g. ``sha256:9f86d0…``."""
    name = stated.partition(":")[0].lower()
    with package.open(info) as file:
        return f"{name}:{file_digest(file, name).hexdigest()}"  # type: ignore[arg-type]


def _stated_digests(package: ZipFile) -> dict[str, str]:
    """The digests that a package states of its files; none where it cannot be understood."""
    try:
        info = package.getinfo("datapackage.json")
        if info.file_size > MOST_DESCRIPTION_BYTES or _is_bomb(info):
            return {}
        told: Any = json.loads(package.read(info))
        return {
            str(each["path"]): str(each["hash"])
            for each in told["resources"]
            if str(each["hash"]).lower().startswith("sha256:")
        }
    except (KeyError, RecursionError, TypeError, UnicodeError, *_UNREADABLE):
        return {}
