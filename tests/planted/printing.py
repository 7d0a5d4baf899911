"""Editions printed as HTML, kept as WARC, and imported as a reader would import them."""

import html
import io
import json
from collections.abc import Iterator
from contextlib import redirect_stdout
from datetime import timedelta
from functools import lru_cache
from pathlib import Path

from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from crawler.cli import main
from crawler.config import Config, Source
from crawler.importing import import_files
from planted.truth import Corpus, Edition, History, Record, moment
from snapshots.archive import Archive
from snapshots.records import Read, Recipe

LAYOUTS = (("li", "doc"), ("article", "publication"), ("div", "views-row"))
RECIPES = {
    Read.LISTING: Recipe(
        read=Read.LISTING,
        item=", ".join(f"{tag}.{name}" for tag, name in LAYOUTS),
        section=".section",
    ),
    Read.PAGE: Recipe(read=Read.PAGE),
}


def imported(corpus: Corpus, folder: Path) -> Path:
    """Import a corpus into a new archive, source by source, and return its path."""
    path = folder / "archive.sqlite"
    config = Config(path=folder / "config.toml", archive=path)
    later = moment(corpus.snapshots)
    with Archive.to_write(path) as archive:
        for history in corpus.histories:
            warc = folder / f"{history.key}.warc"
            _write(history, warc)
            found = import_files(archive, config, source_of(history), [warc], now=later)
            assert found.problems == ()
            assert found.others == 0
    return path


def source_of(history: History) -> Source:
    return Source(
        key=history.key,
        url=history.url,
        read=history.read,
        title=history.key,
        recipes=(RECIPES[history.read],),
    )


def terms_told(archive: Path) -> list[dict[str, object]]:
    """Return the substitutions as ``reworded terms`` prints them, in its order."""
    config = archive.parent / "config.toml"
    config.write_text(f'[archive]\npath = "{archive}"\n', "utf-8")
    asked = ["--config", str(config), "terms", "--format", "jsonl"]
    with redirect_stdout(io.StringIO()) as printed:
        assert main(asked) == 0
    return [json.loads(line) for line in printed.getvalue().splitlines()]


def _write(history: History, path: Path) -> None:
    with path.open("wb") as file:
        writer = WARCWriter(file, gzip=False)
        for snapshot, edition in enumerate(history.editions):
            for number, payload in enumerate(pages_of(history, edition)):
                at = moment(snapshot) + timedelta(seconds=number)
                query = f"?page={number}" if number else ""
                record = writer.create_warc_record(
                    f"{history.url}{query}",
                    "response",
                    io.BytesIO(payload),
                    http_headers=StatusAndHeaders(
                        "200 OK", [("Content-Type", "text/html; charset=utf-8")], "HTTP/1.1"
                    ),
                    warc_headers_dict={"WARC-Date": f"{at:%Y-%m-%dT%H:%M:%SZ}"},
                )
                writer.write_record(record)
                record.raw_stream.close()


def pages_of(history: History, edition: Edition) -> Iterator[bytes]:
    """Yield the pages that show an edition, in order."""
    records = edition.records
    for start in range(0, len(records), history.per_page):
        shown = "".join(
            _printed(r, edition.layout) for r in records[start : start + history.per_page]
        )
        number = start // history.per_page + 1
        is_last = start + history.per_page >= len(records)
        link = "" if is_last else f'<a rel="next" href="/{history.key}?page={number}">Next</a>'
        shown = f"<ul>{shown}</ul>" if shown.startswith("<li") else shown
        yield (
            f'<!DOCTYPE html>\n<html><head><meta charset="utf-8"><title>Library</title></head>'
            f'<body><nav><a href="/">Home</a></nav><main>{shown}</main>{link}</body></html>\n'
        ).encode()


@lru_cache(maxsize=65536)
def _printed(record: Record, layout: int) -> str:
    if record.text is not None:
        level = "h1" if record.number == 1 else "h2"
        tag = level if record.is_heading else "p"
        return f"<{tag}>{html.escape(record.text)}</{tag}>\n"
    tag, name = LAYOUTS[layout]
    title = html.escape(record.title or "")
    title = f'<a href="{record.link}">{title}</a>' if record.link else title
    return (
        f'<{tag} class="{name}"><h3>{title}</h3><span class="section">{record.section}</span>'
        f'<time datetime="{record.published}"></time>'
        f"<p>{html.escape(record.summary or '')}</p></{tag}>\n"
    )
