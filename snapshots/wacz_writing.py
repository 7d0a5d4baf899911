"""A WACZ being written: WARC, index, pages and further files in one ZIP, with their digests.

Names within it are this program's own; equal content gives equal bytes.
"""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from typing import BinaryIO
from zipfile import ZIP_DEFLATED, ZIP_STORED, ZipFile, ZipInfo

from snapshots.cdxj import INDEX, index
from snapshots.warc_writing import Place

VERSION = "1.1.1"
WARC = "data.warc.gz"
_BLOCK_BYTES = 1 << 20
# A ZIP's time has no zone, and says nothing that the files in it do not say better.
_NO_TIME = (1980, 1, 1, 0, 0, 0)
_PLAIN_FILE = 0o100644 << 16
_UNIX = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """A page to begin from: its address, its moment, and what it is called."""

    url: str
    at: datetime
    title: str


@dataclass(frozen=True, slots=True, kw_only=True)
class About:
    """What a package says of itself; ``at`` is the moment of the newest thing in it."""

    title: str
    description: str
    software: str
    at: datetime


class Package:
    """A WACZ being written; ``digests`` are those of the files so far, in hexadecimal.

    Source: WACZ 1.1.1 (specs.webrecorder.net/wacz/1.1.1).
    """

    def __init__(self, file: BinaryIO) -> None:
        self.digests: dict[str, str] = {}
        self._sizes: dict[str, int] = {}
        self._zip = ZipFile(file, "w", strict_timestamps=False)

    def add(self, name: str, content: bytes | Path, *, is_stored: bool = False) -> None:
        """Add a file; what is compressed already is stored as it is."""
        info = ZipInfo(name, _NO_TIME)
        info.create_system, info.external_attr = _UNIX, _PLAIN_FILE
        info.compress_type = ZIP_STORED if is_stored else ZIP_DEFLATED
        made, size = sha256(), 0
        if isinstance(content, Path):
            info.file_size = content.stat().st_size
        with self._zip.open(info, "w", force_zip64=info.file_size > 1 << 31) as file:
            for block in _blocks(content):
                made.update(block)
                size += len(block)
                file.write(block)
        self.digests[name], self._sizes[name] = made.hexdigest(), size

    def add_archive(self, warc: Path, places: Iterable[Place], pages: Iterable[Page]) -> None:
        """Add a zipped WARC with its index and the pages to begin from."""
        self.add(f"archive/{WARC}", warc, is_stored=True)
        blocks, keys = index(places, WARC)
        self.add(f"indexes/{INDEX}", blocks, is_stored=True)
        self.add("indexes/index.idx", keys)
        self.add("pages/pages.jsonl", _pages(pages))

    def describe(self, about: About) -> None:
        """Add what the package says of itself, with the digests of all files so far."""
        resources = [
            {
                "name": _resource_name(name),
                "path": name,
                "hash": f"sha256:{digest}",
                "bytes": self._sizes[name],
            }
            for name, digest in self.digests.items()
        ]
        told = {
            "profile": "data-package",
            "wacz_version": VERSION,
            "title": about.title,
            "description": about.description,
            "software": about.software,
            "created": f"{about.at.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}",
            "resources": resources,
        }
        self.add("datapackage.json", _json_file(told))
        digest = f"sha256:{self.digests['datapackage.json']}"
        self.add(
            "datapackage-digest.json", _json_file({"path": "datapackage.json", "hash": digest})
        )

    def close(self) -> None:
        """Write the ZIP's directory; nothing can be added any more."""
        self._zip.close()


def _pages(pages: Iterable[Page]) -> bytes:
    told: list[dict[str, str]] = [{"format": "json-pages-1.0", "id": "pages", "title": "All pages"}]
    for page in pages:
        at = f"{page.at.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"
        number = sha256(f"{at} {page.url}".encode("utf-8", "replace")).hexdigest()[:16]
        told.append({"id": number, "url": page.url, "ts": at, "title": page.title})
    return "".join(f"{json.dumps(line)}\n" for line in told).encode()


def _resource_name(name: str) -> str:
    return name.replace("/", "-").lower()


def _json_file(value: object) -> bytes:
    return (json.dumps(value, indent=2) + "\n").encode()


def _blocks(content: bytes | Path) -> Iterable[bytes]:
    if isinstance(content, bytes):
        yield content
        return
    with content.open("rb") as file:
        while block := file.read(_BLOCK_BYTES):
            yield block
