"""How well a detected recipe reads a page of which the records are known."""

import gzip
import json
import tarfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from snapshots.errors import ExtractError
from snapshots.extract.detect.detect import detect
from snapshots.extract.extract import extract
from snapshots.records import Item, Read

KIND = "text/html"
Share = float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Score:
    """One page: shares are None where nothing of the kind was expected."""

    site: str
    name: str
    is_found: bool
    recall: float
    precision: float
    title: Share = None
    title_held: Share = None
    date: Share = None


def pages_of(path: Path) -> Iterator[tuple[str, bytes]]:
    """Yield the files of an archive, by name."""
    with tarfile.open(path) as archive:
        for member in sorted((m for m in archive if m.isfile()), key=lambda m: m.name):
            yield Path(member.name).name, archive.extractfile(member).read()  # type: ignore[union-attr]


def scores(folder: Path) -> Iterator[Score]:
    """Yield the scores of court listings, page by page."""
    stored = gzip.decompress((folder / "expected.jsonl.gz").read_bytes())
    pages = dict(pages_of(folder / "html.tar.xz"))
    for line in stored.splitlines():
        known = json.loads(line)
        yield score(known, pages[Path(known["file"]).name])


def score(known: Mapping[str, Any], payload: bytes) -> Score:
    """Compare the records of a page as its recipe reads them with those known."""
    url = f"https://{known['site']}/"
    wanted = {_path(item["url"]): item for item in known["items"] if item["url"]}
    items = _items(payload, url)
    found = _paired([item for item in items if item.url], wanted)
    hits = wanted.keys() & found.keys()
    titled = [
        (wanted[p]["title"], found[p].title) for p in hits if wanted[p]["in_page"].get("title")
    ]
    dated = [(wanted[p]["date"], found[p].published) for p in hits if _is_exact(wanted[p])]
    return Score(
        site=known["site"],
        name=known["file"],
        is_found=bool(items),
        recall=len(hits) / len(wanted),
        precision=len(hits) / len(found) if found else 0.0,
        title=_share([_folded(want) == _folded(got) for want, got in titled]),
        title_held=_share([_folded(want) in _folded(got) for want, got in titled]),
        date=_share([(got or "")[:10] == want for want, got in dated]),
    )


def mean(shares: Sequence[Share]) -> float:
    """The mean of the shares that there are."""
    there = [share for share in shares if share is not None]
    return sum(there) / max(1, len(there))


def _items(payload: bytes, url: str) -> tuple[Item, ...]:
    try:
        recipe = detect(payload, url=url, content_type=KIND).recipe
        if recipe.read is Read.PAGE:
            return ()
        return extract(payload, recipe, url=url, content_type=KIND).items
    except ExtractError:
        return ()


def _paired(items: Sequence[Item], wanted: Mapping[str, Any]) -> dict[str, Item]:
    """Items by the path of their address, or of the known one that ends like it.

    The pages are saved ones: where they lay is not known for all.
    """
    by_last: dict[str, list[str]] = {}
    for path in wanted:
        by_last.setdefault(path.rpartition("/")[2], []).append(path)
    found: dict[str, Item] = {}
    for item in items:
        path = _path(item.url or "")
        likes = by_last.get(path.rpartition("/")[2], [])
        known = next((like for like in likes if like.endswith(path) or path.endswith(like)), path)
        found.setdefault(known, item)
    return found


def _path(url: str) -> str:
    plain = unquote(url).lower().replace(" ", "").replace("\\", "/").rstrip("/")
    parts = urlsplit(plain)
    return parts._replace(scheme="", netloc="").geturl().lstrip("/")


def _is_exact(item: Mapping[str, Any]) -> bool:
    return bool(item["date"]) and not item.get("date_approximate")


def _folded(text: str | None) -> str:
    return "".join(mark for mark in (text or "").lower() if mark.isalnum())


def _share(values: Sequence[bool]) -> Share:
    return sum(values) / len(values) if values else None
