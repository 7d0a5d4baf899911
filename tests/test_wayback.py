"""The Wayback Machine's recorded answers, replayed on loopback: each gives a result or a reason."""

import gzip
import io
import lzma
import os
import tarfile
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from support import SETTINGS, START, Answer, Request, SimulatedClock, Site

from crawler.config import Config, Memento, Source
from crawler.memento.backfill import Span, import_mementos
from crawler.memento.cdx import read_cdx
from snapshots.archive import Archive
from snapshots.errors import FetchError
from snapshots.records import Read, Recipe

yaml = pytest.importorskip("yaml")
DATA = Path(os.environ.get("REWORDED_DATA", Path(__file__).parents[1].parent / "shared" / "data"))
pytestmark = pytest.mark.skipif(not DATA.is_dir(), reason="../shared/data is not here")
WAYBACK = "https://web.archive.org"
LATER = START.replace(year=2026)
# What the recorder kept of the connection, and the site states by itself.
HOP_BY_HOP = frozenset(("content-length", "transfer-encoding", "connection"))


@cache
def cassettes() -> dict[str, list[dict[str, Any]]]:
    """The recorded requests with their answers, by the name of their file."""
    packed = io.BytesIO(lzma.decompress((DATA / "wayback/files.tar.xz").read_bytes()))
    with tarfile.open(fileobj=packed) as archive:
        files = {m.name: archive.extractfile(m) for m in archive if m.isfile()}
        return {n: yaml.safe_load(f.read())["interactions"] for n, f in files.items() if f}


NAMES = sorted(cassettes()) if DATA.is_dir() else []


def answer_of(told: dict[str, Any], site: Site) -> Answer:
    body = told["body"]["string"]
    headers = [
        (name, value.replace(WAYBACK, site.url))
        for name, values in told["headers"].items()
        for value in values
        if name.lower() not in HOP_BY_HOP
    ]
    octets = body.encode() if isinstance(body, str) else body
    return Answer(status=told["status"]["code"], headers=tuple(headers), body=octets)


class Replay:
    """Answers as the Wayback Machine did: a memento by its address, an index by what it is of."""

    def __init__(self, site: Site, name: str) -> None:
        self.site = site
        self.indexes: dict[str, list[Answer]] = defaultdict(list)
        self.mementos: list[str] = []
        for each in cassettes()[name]:
            parts = urlsplit(each["request"]["uri"])
            answer = answer_of(each["response"], site)
            if parts.path.endswith("/cdx"):
                url = parse_qs(parts.query)["url"][0]
                self.indexes[url if "://" in url else f"http://{url}/"].append(answer)
                continue
            target = parts.path + (f"?{parts.query}" if parts.query else "")
            site[target] = answer
            self.mementos.append(target)
        site["/cdx/search/cdx"] = self._index

    def _index(self, request: Request) -> Answer:
        (url,) = parse_qs(urlsplit(request.target).query)["url"]
        answers = self.indexes.get(url)
        return answers.pop(0) if answers else Answer(body=b"")


@pytest.fixture
def archive(tmp_path: Path) -> Iterator[Archive]:
    with Archive.to_write(tmp_path / "archive.sqlite") as opened:
        yield opened


def backfilled(archive: Archive, site: Site, url: str) -> tuple[Any, SimulatedClock]:
    config = Config(
        path=Path("config.toml"),
        archive=archive.path,
        crawler=replace(SETTINGS, timeout_s=30),
        memento=Memento(archive=f"{site.url}/cdx/search/cdx"),
    )
    recipe = Recipe(read=Read.PAGE)
    source = Source(key="it", url=url, read=Read.PAGE, title="", recipes=(recipe,))
    clock = SimulatedClock(LATER)
    return import_mementos(archive, config, source, url, Span(), clock=clock), clock


@pytest.mark.parametrize("name", NAMES)
def test_every_recorded_answer_gives_a_result_or_a_reason(
    site: Site, archive: Archive, name: str
) -> None:
    replay = Replay(site, name)
    if not replay.indexes:
        listed(site, replay)
    for url in list(replay.indexes) or [original(m) for m in replay.mementos[:1]]:
        assert came_to(archive, site, url)
    assert list(archive.problems()) == []


def came_to(archive: Archive, site: Site, url: str) -> list[str]:
    """What an import came to, in words: captures, or the reasons why there are none."""
    try:
        done, _ = backfilled(archive, site, url)
    except FetchError as error:
        return [str(error)]
    taken = [f"{done.taken} taken"] if done.taken else []
    return [*taken, *done.left_out, *done.problems]


def original(target: str) -> str:
    return target.split("id_/", 1)[1]


def listed(site: Site, replay: Replay) -> None:
    """List the first memento of a recording that has no index."""
    first = replay.mementos[0]
    moment = first.removeprefix("/web/").partition("id_/")[0]
    url = original(first)
    line = f"key)/ {moment} {url} text/html - {'A' * 32} 100\n"
    replay.indexes[url] = [Answer(body=line.encode())]


def test_a_recorded_memento_is_taken_with_the_websites_own_headers(
    site: Site, archive: Archive
) -> None:
    replay = Replay(site, "test_get_memento_with_cdx_record.yaml")
    listed(site, replay)

    done, _ = backfilled(archive, site, "https://www.fws.gov/birds/")

    assert (done.taken, done.problems) == (1, ())
    (visit,) = archive.evidence.readable_visits("it")
    capture = visit.captures[0]
    assert f"{capture.captured_at:%Y%m%d%H%M%S}" == "20171124151315"
    assert len(capture.payload) == 122_756
    names = [name for name, _ in capture.response_headers]
    assert names[0] == "content-type"
    assert "strict-transport-security" in names
    assert not [n for n in names if n.lower().startswith(("x-archive", "memento", "x-loc"))]


def test_a_recorded_redirect_to_the_nearest_memento_keeps_that_ones_moment(
    site: Site, archive: Archive
) -> None:
    replay = Replay(site, "test_get_memento_with_date_datetime.yaml")
    listed(site, replay)

    done, _ = backfilled(archive, site, "https://www.fws.gov/birds/")

    assert done.taken == 1
    (visit,) = archive.evidence.readable_visits("it")
    assert f"{visit.captures[0].captured_at:%Y%m%d%H%M%S}" == "20171124151315"
    assert len(visit.captures[0].hops) == 1


def test_a_recorded_rate_limit_of_the_website_is_no_rate_limit_of_the_archive(
    site: Site, archive: Archive
) -> None:
    replay = Replay(site, "test_get_memento_works_on_archived_rate_limit_responses.yaml")
    listed(site, replay)

    done, clock = backfilled(archive, site, "http://www.reddit.com/r/PokemonGiveaway")

    assert (done.taken, done.is_stopped) == (1, False)
    assert max(clock.waits) < 5
    outcomes = archive.db.execute("SELECT outcome, reason FROM visits").fetchall()
    assert [(outcome, "429" in reason) for outcome, reason in outcomes] == [("blocked", True)]


def test_a_recorded_exclusion_is_named(site: Site, archive: Archive) -> None:
    Replay(site, "test_search_raises_for_blocked_urls.yaml")

    with pytest.raises(FetchError, match="excludes it"):
        backfilled(archive, site, "https://nationalpost.com/health")


def test_a_recorded_index_of_many_parts_is_read_to_its_end(site: Site, archive: Archive) -> None:
    Replay(site, "test_search_multipage.yaml")

    done, _ = backfilled(archive, site, "http://cnn.com/")

    keys = [parse_qs(urlsplit(t).query).get("resumeKey") for t in site.targets if "/cdx" in t]
    assert keys[:3] == [
        None,
        ["com%2Ccnn%29%2F+2001041400593%3A"],
        ["com%2Ccnn%29%2F+20010503212619"],
    ]
    assert len(keys) == 15
    # None of its mementos was recorded: each is told, one by one.
    assert (done.taken, done.is_stopped) == (0, False)
    assert len(done.problems) == 71
    assert all(problem.endswith("answered 404") for problem in done.problems)


def test_every_line_of_the_recorded_indexes_is_read() -> None:
    lines, unread = 0, 0
    for name in NAMES:
        for each in cassettes()[name]:
            if "/cdx/" in each["request"]["uri"] and each["response"]["status"]["code"] == 200:
                with Site() as site:
                    answer = answer_of(each["response"], site)
                text = unzipped(answer.body)
                found = read_cdx(text, f"{WAYBACK}/web/")
                lines += len(found.listed)
                unread += found.unread

    assert (lines > 3_000, unread) == (True, 0)


def unzipped(body: bytes) -> str:
    return (gzip.decompress(body) if body.startswith(b"\x1f\x8b") else body).decode()
