"""The laws of the design, on made-up listings and pages and on a real archive on disk."""

import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from io import BytesIO
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st
from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from crawler.config import Config, Source
from crawler.dates import between
from crawler.derive import read_again
from crawler.importing import import_files
from diffs.compare import compare, values
from snapshots.archive import Archive
from snapshots.records import Change, Flag, Item, Kind, Outcome, Read, Recipe

URL = "https://agency.gov/library"
START = datetime(2021, 5, 1, 6, tzinfo=UTC)
LISTING = Source(
    key="library",
    url=URL,
    read=Read.LISTING,
    title="Library",
    recipes=(Recipe(read=Read.LISTING, item=".row", next="a.next"),),
)
PAGE = Source(
    key="library", url=URL, read=Read.PAGE, title="Library", recipes=(Recipe(read=Read.PAGE),)
)
KNOWLEDGE = ("snapshots", "items", "item_versions", "changes", "substitutions")


@dataclass(frozen=True)
class Doc:
    """One record of the made-up listing."""

    number: int
    title: str = ""
    summary: str | None = None

    def html(self) -> str:
        summary = f"<p>{self.summary}</p>" if self.summary else ""
        return f'<div class=row><a href="/doc/{self.number}">{self.title}</a>{summary}</div>'


TITLES = (
    "Annual Report on Detention",
    "Annual Report on Custody",
    "Budget in Brief",
    "Wildlife Crossings",
    "Privacy Assessment DHS/ICE/PIA-049",
)
SUMMARIES = (
    None,
    "Officers remove criminal aliens from the interior of the country.",
    "Officers remove criminal noncitizens from the interior of the country.",
    "What it cost, in one page.",
)
DOCS = st.builds(
    Doc, number=st.integers(1, 6), title=st.sampled_from(TITLES), summary=st.sampled_from(SUMMARIES)
)
# Lists this short are never taken for shrunken ones, which conclude nothing.
LISTS = st.lists(DOCS, min_size=1, max_size=4, unique_by=lambda doc: doc.number)
# Two wordings in turns, day by day: long enough to flap, to be held, and to settle.
TURNS = st.lists(st.booleans(), min_size=4, max_size=14)
HISTORIES = st.lists(LISTS | st.just([]), min_size=2, max_size=4)
SENTENCES = st.lists(
    st.sampled_from(
        [
            "Officers remove criminal aliens from the interior of the country.",
            "Officers remove criminal noncitizens from the interior of the country.",
            "The harvest of apples was good this year.",
            "Budget figures are in key categories, by fiscal year.",
            "It grew.",
        ]
    ),
    max_size=5,
)
REPORT = Doc(1, "Annual Report on Detention", "Officers remove criminal aliens from the country.")
BUDGET = Doc(2, "Budget in Brief", "What it cost, in one page.")
# Keeps a column from falling silent: one that a side lacks altogether is not compared.
STANDING = Doc(9, "Standing Orders of the House", "How the house sits.")
WILDLIFE = Doc(3, "Wildlife Crossings", "Where jaguars cross.")
REWORDED = replace(REPORT, summary="Officers remove criminal noncitizens from the country.")
FLAPS = TURNS.map(lambda turns: [[REWORDED if t else REPORT, BUDGET] for t in turns])
RETITLED = replace(REPORT, title="Yearly Review")
few = settings(max_examples=25, deadline=None)


def day(number: int) -> datetime:
    return START + timedelta(days=number)


def listing(docs: Sequence[Doc], *, next_page: str | None = None) -> str:
    pager = f'<a class=next href="{next_page}">Next</a>' if next_page else ""
    return f"<html><main>{''.join(doc.html() for doc in docs)}{pager}</main>"


class Past:
    """An archive on disk into which pages are imported, each as of a day."""

    def __init__(self, folder: Path, source: Source = LISTING) -> None:
        self.folder = folder
        self.source = source
        self.archive = Archive.to_write(folder / "archive.sqlite")

    def take(self, html: str, at: int) -> list[Change]:
        """Import a page as it was on a day; return the changes that this brought."""
        path = self.folder / "page.html"
        path.write_text(html, "utf-8")
        return self._imported(path, day(at))

    def take_pages(self, pages: Sequence[Sequence[Doc]], at: int) -> list[Change]:
        """Import a listing of several pages, walked on a day, as a WARC."""
        path = self.folder / "pages.warc"
        with path.open("wb") as file:
            writer = WARCWriter(file, gzip=False)
            for number, docs in enumerate(pages):
                is_last = number + 1 == len(pages)
                html = listing(docs, next_page=None if is_last else f"?page={number + 1}")
                head = StatusAndHeaders(
                    "200 OK", [("Content-Type", "text/html")], protocol="HTTP/1.1"
                )
                moment = f"{day(at) + timedelta(seconds=number):%Y-%m-%dT%H:%M:%SZ}"
                record = writer.create_warc_record(
                    URL if number == 0 else f"{URL}?page={number}",
                    "response",
                    BytesIO(html.encode()),
                    http_headers=head,
                    warc_headers_dict={"WARC-Date": moment},
                )
                writer.write_record(record)
                record.raw_stream.close()
        return self._imported(path, None)

    def _imported(self, path: Path, at: datetime | None) -> list[Change]:
        config = Config(path=self.folder / "config.toml", archive=self.archive.path)
        done = import_files(self.archive, config, self.source, [path], at=at, now=day(9_999))
        return [record.change for record in done.changes]

    def rebuild(self) -> None:
        with self.archive.transaction():
            read_again(self.archive, self.source, noted_at=START)

    def outcomes(self) -> list[Outcome]:
        rows = self.archive.db.execute("SELECT outcome FROM visits ORDER BY started_at, id")
        return [Outcome(row[0]) for row in rows.fetchall()]

    def items(self, at: int) -> list[Item]:
        snapshots = self.archive.knowledge.snapshots(self.source.key)
        known = [s for s in snapshots if s.captured_at <= day(at)]
        return self.archive.knowledge.items_at(self.source.key, known[-1]) if known else []

    def titles(self) -> list[str | None]:
        standing = self.archive.knowledge.standing(self.source.key)
        return [s.item.title for s in standing.items] if standing else []

    def rows(self) -> dict[str, list[tuple[object, ...]]]:
        """All that is known, as it lies in the tables."""
        return {
            table: sorted(self.archive.db.execute(f"SELECT * FROM {table}").fetchall(), key=repr)
            for table in KNOWLEDGE
        }

    def timeless_rows(self) -> dict[str, list[tuple[object, ...]]]:
        """All that is known, with the numbers of visits and changes put in words.

        Visits and changes are numbered as they come in, which is no knowledge.
        """
        queries = {
            "snapshots": "SELECT captured_at, is_complete, item_count, recipe_digest, digests"
            " FROM snapshots",
            "items": "SELECT key, s.captured_at FROM items JOIN snapshots AS s"
            " ON s.id = first_snapshot",
            "item_versions": "SELECT item, f.captured_at, l.captured_at, u.captured_at, position,"
            " title, url, summary, published, section, text, fields FROM item_versions"
            " JOIN snapshots AS f ON f.id = first_snapshot"
            " LEFT JOIN snapshots AS l ON l.id = last_seen"
            " LEFT JOIN snapshots AS u ON u.id = until_snapshot",
            "changes": "SELECT kind, changed, verdict, flags, item, title, url, section, fields,"
            " match_by, match_score, o.captured_at, n.captured_at, good_visits_between,"
            " longest_gap_s, a.captured_at FROM changes"
            " JOIN snapshots AS o ON o.id = old_snapshot"
            " JOIN snapshots AS n ON n.id = new_snapshot"
            " LEFT JOIN snapshots AS a ON a.id = away_since",
            "substitutions": "SELECT c.item, n.captured_at, place, s.old, s.new, context_old,"
            " context_new FROM substitutions AS s JOIN changes AS c ON c.id = s.change"
            " JOIN snapshots AS n ON n.id = c.new_snapshot",
        }
        return {
            table: sorted(self.archive.db.execute(query).fetchall(), key=repr)
            for table, query in queries.items()
        }


@contextmanager
def past(source: Source = LISTING) -> Iterator[Past]:
    """A new archive; hypothesis runs a test many times over, each with its own."""
    with tempfile.TemporaryDirectory() as folder:
        made = Past(Path(folder), source)
        try:
            yield made
        finally:
            made.archive.close()


def apply(changes: Sequence[Change], old: Sequence[Item]) -> dict[str, dict[str, str]]:
    """Return what old items say, by their keys, once the changes have been made to them."""
    said = {item.key: dict(values(item)) for item in old}
    for change in changes:
        fields = said.setdefault(change.item.key, {})
        for name, field in change.fields.items():
            assert fields.get(name) == field.old
            fields[name] = field.new
        said[change.item.key] = {name: value for name, value in fields.items() if value is not None}
        if change.kind is Kind.REMOVED:
            assert said.pop(change.item.key) == {}
    return said


def said_by(items: Sequence[Item]) -> dict[str, dict[str, str]]:
    return {item.key: dict(values(item)) for item in items}


# Law 1: failing to see is not seeing nothing.


@few
@given(LISTS, LISTS)
def test_a_partial_visit_removes_nothing(old, new):
    with past() as known:
        known.take(listing(old), 1)
        before = set(said_by(known.items(1)))

        changes = known.take(listing(new, next_page="?page=1"), 2)

        assert known.outcomes() == [Outcome.NEW, Outcome.PARTIAL]
        assert Kind.REMOVED not in {change.kind for change in changes}
        assert before <= set(said_by(known.items(2)))


@few
@given(LISTS, st.sampled_from(["", "<main>Back soon</main>", "<p>Access denied</p>", "\0\0"]))
def test_a_visit_that_sees_no_item_changes_nothing(docs, nothing):
    with past() as known:
        known.take(listing(docs), 1)
        before = known.rows()

        assert known.take(nothing, 2) == []
        assert known.rows() == before


def test_a_list_shrunken_to_a_fifth_is_not_believed():
    docs = [Doc(n, f"Report number {word}") for n, word in enumerate("abcdef")]
    with past() as known:
        known.take(listing(docs), 1)

        assert known.take(listing(docs[:1]), 2) == []
        assert known.outcomes() == [Outcome.NEW, Outcome.QUARANTINED]


# Law 2: like with like.


def test_a_recipe_that_reads_more_is_no_news():
    more = replace(LISTING.recipes[0], fields={"link": "a@href"})
    with past() as known:
        known.take(listing([REPORT, BUDGET]), 1)
        known.take(listing([REPORT, BUDGET]), 2)
        known.source = replace(LISTING, recipes=(more,))

        assert known.take(listing([BUDGET, REPORT]), 3) == []
        assert known.rows()["changes"] == []
        assert [item.fields for item in known.items(1)] == [{"link": "/doc/1"}, {"link": "/doc/2"}]


# Law 3: the basis is the last healthy snapshot.


@few
@given(LISTS, LISTS)
def test_a_comparison_starts_from_the_last_healthy_snapshot(old, new):
    with past() as known:
        known.take(listing(old), 1)
        known.take("<main>Down for maintenance</main>", 2)
        known.take(listing(new), 3)

        told = known.archive.knowledge.changes()

        assert {record.seen.old.captured_at for record in told} <= {day(1)}
        assert {record.seen.new.captured_at for record in told} <= {day(3)}
        assert {record.seen.good_visits_between for record in told} <= {0}


# Law 4: a claim is an interval.


def test_a_removal_is_claimed_from_the_last_snapshot_that_saw_the_item():
    with past() as known:
        census = replace(WILDLIFE, number=9, title="Census of Harbors")
        known.take_pages([[REPORT, BUDGET], [WILDLIFE, census]], 1)
        known.take(listing([REPORT, BUDGET], next_page="?page=1"), 5)
        known.take_pages([[REPORT, BUDGET, census]], 6)

        (record,) = known.archive.knowledge.changes()

        assert (record.change.kind, record.change.item.title) == (Kind.REMOVED, WILDLIFE.title)
        assert (record.seen.old.captured_at, record.seen.new.captured_at) == (day(1), day(6))
        assert (record.seen.good_visits_between, record.seen.longest_gap_s) == (1, 4 * 86_400)


# Law 5: identity survives.


def test_a_retitled_relinked_or_reworded_item_is_never_removed():
    retitled = replace(REPORT, title="Yearly Review")
    relinked = replace(REPORT, number=9)
    with past() as known:
        for number, doc in enumerate([REPORT, retitled, REPORT, relinked, REPORT, REWORDED]):
            known.take(listing([BUDGET, doc]), number)

        told = [record.change for record in known.archive.knowledge.changes()]

        assert [(c.kind, c.changed) for c in told] == [
            (Kind.CHANGED, ("title",)),
            (Kind.CHANGED, ("title",)),
            (Kind.CHANGED, ("url",)),
            (Kind.CHANGED, ("url",)),
            (Kind.CHANGED, ("summary",)),
        ]
        assert len({change.item.key for change in told}) == 1


def test_an_item_that_slipped_to_the_next_page_was_not_removed():
    with past() as known:
        known.take_pages([[REPORT, BUDGET], [WILDLIFE]], 1)

        assert known.take_pages([[REPORT], [BUDGET, WILDLIFE]], 2) == []


# Law 6: a return is news.


def test_an_item_that_returns_is_flagged_returned_with_the_time_it_was_away():
    with past() as known:
        known.take(listing([REPORT, BUDGET]), 1)
        known.take(listing([BUDGET]), 2)
        known.take(listing([BUDGET]), 3)
        (change,) = known.take(listing([REPORT, BUDGET]), 4)

        (_, record) = known.archive.knowledge.changes()

        assert (change.kind, change.flags) == (Kind.ADDED, (Flag.RETURNED,))
        assert record.away_since == day(2)


def test_a_wording_that_returns_is_flagged_reverted_with_the_time_it_was_away():
    with past() as known:
        known.take(listing([REPORT, BUDGET]), 1)
        known.take(listing([REWORDED, BUDGET]), 2)
        known.take(listing([REWORDED]), 3)
        (change,) = known.take(listing([REPORT]), 4)

        record = known.archive.knowledge.changes()[-1]

        assert (change.kind, change.flags) == (Kind.CHANGED, (Flag.REVERTED,))
        assert record.away_since == day(2)


@few
@given(LISTS, LISTS, LISTS)
def test_what_stood_in_the_first_snapshot_and_comes_back_in_the_last_is_told_as_back(a, b, c):
    with past() as known:
        for number, docs in enumerate((a, b, c)):
            known.take(listing(docs), number)

        first = {item.key: list(values(item)) for item in known.items(0)}
        now = {item.key: list(values(item)) for item in known.items(2)}
        told = known.archive.knowledge.changes(since=day(2))

        for change in (record.change for record in told):
            key = change.item.key
            if change.kind is Kind.CHANGED and first.get(key) == now[key]:
                assert Flag.REVERTED in change.flags
            if change.kind is Kind.ADDED and key in first:
                assert Flag.RETURNED in change.flags


# Law 7: a listing is one thing.


@few
@given(LISTS, st.integers(0, 4))
def test_a_listing_cut_into_pages_says_what_it_says_on_one(docs, cut):
    pages = [page for page in (docs[:cut], docs[cut:]) if page]
    with past() as known:
        known.take(listing(docs), 1)

        assert known.take_pages(pages, 2) == []


def test_an_item_seen_on_two_pages_because_the_list_moved_is_one():
    with past() as known:
        known.take_pages([[REPORT, BUDGET], [BUDGET, WILDLIFE]], 1)

        assert known.titles() == [REPORT.title, BUDGET.title, WILDLIFE.title]


# Law 8: arithmetic.


def items_of(docs):
    return [
        Item(key=str(d.number), title=d.title, url=f"{URL}/{d.number}", summary=d.summary)
        for d in docs
    ]


def blocks_of(sentences):
    return [
        Item(key=str(n), text=text, fields={"block": "paragraph"})
        for n, text in enumerate(sentences)
    ]


SIDES = st.lists(DOCS, max_size=8, unique_by=lambda d: (d.number, d.title)).map(
    items_of
) | SENTENCES.map(blocks_of)


@given(SIDES)
def test_comparing_with_itself_finds_nothing(items):
    assert compare(items, items) == []


@given(SIDES, st.randoms(use_true_random=False))
def test_a_new_order_is_no_change(items, random):
    shuffled = random.sample(items, len(items))

    assert compare(items, shuffled) == []


@given(SIDES, SIDES)
def test_items_come_out_even(old, new):
    kinds = [change.kind for change in compare(old, new)]

    assert len(old) + kinds.count(Kind.ADDED) - kinds.count(Kind.REMOVED) == len(new)


@few
@given(LISTS, LISTS)
def test_applying_the_changes_to_the_old_items_gives_the_new_ones(old, new):
    with past() as known:
        known.take(listing([STANDING, *old]), 1)
        changes = known.take(listing([STANDING, *new]), 2)

        assert apply(changes, known.items(1)) == said_by(known.items(2))


@few
@given(SENTENCES, SENTENCES)
def test_applying_the_changes_to_the_old_blocks_gives_the_new_ones(old, new):
    old, new = ["This stays.", *old], ["This stays.", *new]
    with past(PAGE) as known:
        known.take("".join(f"<p>{text}</p>" for text in old), 1)
        changes = known.take("".join(f"<p>{text}</p>" for text in new), 2)

        assert apply(changes, known.items(1)) == said_by(known.items(2))


@few
@given(HISTORIES)
def test_rebuilding_changes_nothing(history):
    with past() as known:
        for number, docs in enumerate(history):
            known.take(listing(docs), number)
        before = known.rows()

        known.rebuild()

        assert known.rows() == before


@few
@given(TURNS, st.integers(0, 13))
def test_rebuilding_what_flaps_changes_nothing(turns, retitled_on):
    with past() as known:
        for number, is_other in enumerate(turns):
            report = REWORDED if is_other else REPORT
            title = "Yearly Review" if number >= retitled_on else REPORT.title
            known.take(listing([replace(report, title=title), BUDGET]), number)
        before = known.rows()

        known.rebuild()

        assert known.rows() == before


@few
@given(TURNS)
def test_what_flaps_is_told_as_it_stands_once_it_has_settled(turns):
    with past() as known:
        known.take(listing([REPORT, BUDGET]), 0)
        for number, is_other in enumerate(turns, 1):
            known.take(listing([REWORDED if is_other else REPORT, BUDGET]), number)
        for number in range(len(turns) + 1, len(turns) + 9):
            known.take(listing([REPORT, BUDGET]), number)

        told = [record.change for record in known.archive.knowledge.changes()]

        newest = known.archive.knowledge.newest_snapshot("library")
        assert newest is not None
        assert not newest.is_awaiting
        assert apply(told, known.items(0)) == said_by(known.items(len(turns) + 9))


@few
@given(
    HISTORIES | st.lists(st.sampled_from([[REPORT], [REWORDED], [RETITLED]]), min_size=5), st.data()
)
def test_comparing_any_two_dates_folds_the_changes_between(history, data):
    with past() as known:
        for number, docs in enumerate(history):
            known.take(listing([STANDING, *docs]), number)
        first = data.draw(st.integers(0, len(history) - 1))
        last = data.draw(st.integers(first, len(history) - 1))

        found = between(known.archive, known.source, day(first), day(last))

        changes = [record.change for record in found.records]
        assert apply(changes, known.items(first)) == said_by(known.items(last))
        assert len({change.item.key for change in changes}) == len(changes)


@few
@given(HISTORIES)
def test_importing_twice_changes_nothing(history):
    with past() as known:
        for number, docs in enumerate(history):
            known.take(listing(docs), number)
        before, counts = known.rows(), known.archive.evidence.counts()

        again = [known.take(listing(docs), number) for number, docs in enumerate(history)]

        assert again == [[] for _ in history]
        assert (known.rows(), known.archive.evidence.counts()) == (before, counts)


@settings(max_examples=12, deadline=None)
@given(HISTORIES | FLAPS, st.data())
def test_importing_in_any_order_gives_the_same_knowledge(history, data):
    order = data.draw(st.permutations(range(len(history))))
    with past() as in_order, past() as shuffled:
        for number, docs in enumerate(history):
            in_order.take(listing(docs), number)

        for number in order:
            shuffled.take(listing(history[number]), number)

        assert shuffled.timeless_rows() == in_order.timeless_rows()
