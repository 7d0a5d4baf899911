"""The program on real pages whose findings are known; they lie beside the repository.

REWORDED_DATA names another folder for them.
"""

import contextlib
import gzip
import io
import json
import lzma
import os
import re
import tarfile
import zipfile
from collections import Counter, defaultdict
from datetime import UTC, datetime
from functools import cache
from hashlib import sha256
from itertools import combinations, pairwise
from pathlib import Path

import pytest
from rapidfuzz.distance import Indel
from support import knowledge_of
from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from crawler.cli import main
from crawler.politeness import product_token, rules_of
from crawler.quality import answer_doubt, is_soft_404, notice_doubt
from diffs.compare import compare
from diffs.links import canonical_link
from diffs.match import match
from diffs.wording import reword
from snapshots.archive import Archive
from snapshots.extract.charset import decode
from snapshots.extract.extract import extract
from snapshots.records import Capture, Flag, Item, Kind, Outcome, Read, Recipe, digest_of
from snapshots.wacz import read_wacz
from snapshots.warc import Damage, read_warc

DATA = Path(os.environ.get("REWORDED_DATA", Path(__file__).parents[1].parent / "shared" / "data"))
pytestmark = pytest.mark.skipif(not DATA.is_dir(), reason="../shared/data is not here")


def lines_of(name):
    """The records of a JSON-lines file."""
    stored = (DATA / name).read_bytes()
    text = gzip.decompress(stored) if name.endswith(".gz") else stored
    return [json.loads(line) for line in text.splitlines()]


@cache
def files_of(name):
    """The files of an archive, by their names."""
    packed = io.BytesIO(lzma.decompress((DATA / name).read_bytes()))
    with tarfile.open(fileobj=packed) as archive:
        return {m.name: archive.extractfile(m).read() for m in archive if m.isfile()}


@pytest.fixture
def reworded(tmp_path, monkeypatch, capsys):
    """Run a command in a folder of its own; what it prints as JSON lines is returned."""
    monkeypatch.chdir(tmp_path)

    def run(*arguments, code=0):
        assert main([str(argument) for argument in arguments]) == code
        out = capsys.readouterr().out
        return [json.loads(line) for line in out.splitlines()] if "jsonl" in arguments else out

    return run


def page_items(payload, url="https://agency.gov/", kind="text/html; charset=utf-8"):
    return extract(payload, Recipe(read=Read.PAGE), url=url, content_type=kind).items


# The seeds: the captures that the project was created from.

SEEDS = {
    "000": "000_965b2e84d918d38a.txt",
    "001": "001_eb3bee9cf4ce8bbe.txt",
    "002": "002_a443ae6779cbe55c.txt",
}


@pytest.mark.parametrize("seed", SEEDS)
def test_look_shows_every_title_and_summary_of_the_seed(seed, reworded):
    expected = json.loads((DATA / "seeds/listings.expected.json").read_text("utf-8"))[SEEDS[seed]]

    shown = reworded("look", DATA / "seeds" / SEEDS[seed], "--format", "jsonl")

    assert [{"title": i["title"], "summary": i["summary"]} for i in shown] == expected


def test_the_seeds_keep_their_non_breaking_spaces(reworded):
    shown = [
        reworded("look", DATA / "seeds" / seed, "--format", "jsonl") for seed in SEEDS.values()
    ]

    text = json.dumps(shown, ensure_ascii=False)
    expected = (DATA / "seeds/listings.expected.json").read_text("utf-8")
    assert text.count("\u00a0") == json.dumps(json.loads(expected), ensure_ascii=False).count(
        "\u00a0"
    )
    assert "\u00a0" in text


@pytest.fixture
def factsheets(reworded, tmp_path):
    """The older and the newer fact sheets, imported as a page without a recipe."""
    (tmp_path / "config.toml").write_text(
        '[source.ice]\nurl = "https://www.ice.gov/factsheets"\nread = "page"\n'
    )
    expected = json.loads((DATA / "seeds/factsheets.expected.json").read_text("utf-8"))
    for seed, at in ((expected["old"], "2020-12-15"), (expected["new"], "2021-06-01")):
        reworded("import", DATA / "seeds" / seed, "--source", "ice", "--at", at)
    return expected


def test_the_fact_sheets_changed_just_as_was_judged_by_hand(reworded, factsheets):
    told = reworded("changes", "ice", "--format", "jsonl")

    found = {
        kind: sorted(
            (c["fields"]["text"]["old"], c["fields"]["text"]["new"])
            for c in told
            if c["kind"] == kind
        )
        for kind in ("changed", "added", "removed")
    }
    removed = factsheets["removed"] + factsheets["removed_headings"]
    assert found == {
        "changed": sorted((pair["old"], pair["new"]) for pair in factsheets["changed"]),
        "added": sorted((None, text) for text in factsheets["added"]),
        "removed": sorted((text, None) for text in removed),
    }


def test_the_fact_sheets_are_rebuilt_row_for_row(reworded, factsheets, tmp_path):
    with Archive.to_read(tmp_path / "reworded.sqlite") as archive:
        before = knowledge_of(archive)

    reworded("rebuild")

    with Archive.to_read(tmp_path / "reworded.sqlite") as archive:
        assert knowledge_of(archive) == before
    assert reworded("rebuild", "--errata", "--format", "jsonl") == []


def test_the_fact_sheets_changes_carry_their_flags(reworded, factsheets):
    told = [c for c in reworded("changes", "--format", "jsonl") if c["kind"] == "changed"]

    flags = {c["fields"]["text"]["new"][:26]: c["flags"] for c in told}

    assert flags == {
        "In 2009, ICE revised the 2": [],
        "Under the new policy, nonc": [],
        "In 2009, U.S. Immigration ": [],
        "One of ICE's highest prior": ["punctuation"],
        "The Shadow Wolves speciali": ["rewritten"],
    }


def test_the_fact_sheets_claims_are_of_the_whole_interval(reworded, factsheets):
    told = reworded("changes", "--format", "jsonl")

    assert {(c["seen"]["old"]["captured_at"], c["seen"]["new"]["captured_at"]) for c in told} == {
        ("2020-12-15T00:00:00Z", "2021-06-01T00:00:00Z")
    }
    assert {(c["seen"]["good_visits_between"], c["seen"]["longest_gap_s"]) for c in told} == {
        (0, 168 * 86_400)
    }


def test_aliens_became_noncitizens_and_no_other_phrase_became_another(reworded, factsheets):
    told = reworded("terms", "--format", "jsonl")

    counted = [
        {name: term[name] for name in ("old", "new", "places", "items", "reverse_places")}
        for term in told
    ]
    assert counted == [
        {"old": "aliens", "new": "noncitizens", "places": 4, "items": 3, "reverse_places": 0}
    ]
    assert [len(term["contexts"]) for term in told] == [4]


# The members of New Zealand's parliament: 162 captures of one listing over a year.


@pytest.fixture
def members(reworded, tmp_path):
    url = "https://www.parliament.nz/en/mps-and-electorates/members-of-parliament/"
    bodies = files_of("nz_members/html.tar.xz")
    with (tmp_path / "nz.warc").open("wb") as file:
        writer = WARCWriter(file, gzip=False)
        for capture in lines_of("nz_members/captures.jsonl"):
            sent = [(k, v) for k, v in capture["headers"].items() if k != "Content-Length"]
            head = StatusAndHeaders("200 OK", sent, protocol="HTTP/1.1")
            at = datetime.fromisoformat(capture["captured_at"]).astimezone(UTC)
            record = writer.create_warc_record(
                url,
                "response",
                io.BytesIO(bodies[capture["file"]]),
                http_headers=head,
                warc_headers_dict={"WARC-Date": f"{at:%Y-%m-%dT%H:%M:%SZ}"},
            )
            writer.write_record(record)
            record.raw_stream.close()
    (tmp_path / "config.toml").write_text(
        f'[source.nz]\nurl = "{url}"\nread = "listing"\n'
        '[source.nz.recipe]\nitem = "tr.list__row"\ntitle = "a.list__cell-heading"\n'
    )
    told = reworded("import", tmp_path / "nz.warc", "--source", "nz")
    assert told.startswith("nz: 162 captures imported, 0 held already, 0 records of other URLs")
    return reworded("changes", "nz", "--format", "jsonl")


def test_every_member_who_came_went_or_was_renamed_is_told_and_no_other(members):
    titles = {
        record["blob"]: {item["id"]: item["title"] for item in record["items"]}
        for record in lines_of("nz_members/records.jsonl.gz")
    }
    expected = Counter()
    for pair in lines_of("nz_members/pairs.jsonl"):
        at = datetime.fromisoformat(pair["after_at"]).astimezone(UTC)
        expected.update(("added", at, titles[pair["after"]][i]) for i in pair["added"])
        expected.update(("removed", at, titles[pair["before"]][i]) for i in pair["removed"])
        expected.update(
            ("changed", at, tuple(change["title"]))
            for change in pair["changed"].values()
            if "title" in change
        )

    found = Counter()
    for change in members:
        at = datetime.fromisoformat(change["seen"]["new"]["captured_at"])
        if change["kind"] != "changed":
            found[change["kind"], at, change["item"]["title"]] += 1
        elif "title" in change["changed"]:
            title = change["fields"]["title"]
            found["changed", at, (title["old"], title["new"])] += 1

    assert found == expected
    assert found.total() > 10


# News of uscis.gov: items of a Drupal listing.


@pytest.mark.parametrize("page", ["all-news", "alerts"])
def test_look_shows_the_items_of_the_uscis_listing(page, reworded, tmp_path):
    (tmp_path / "config.toml").write_text(
        f'[source.uscis]\nurl = "https://www.uscis.gov/newsroom/{page}"\nread = "listing"\n'
        '[source.uscis.recipe]\nitem = ".views-row"\npublished = "time@datetime"\n'
    )
    expected = json.loads((DATA / f"uscis_pages/{page}.20250706.expected.json").read_text("utf-8"))

    shown = reworded(
        "look", DATA / f"uscis_pages/{page}.20250706.html", "--source", "uscis", "--format", "jsonl"
    )

    assert [(i["title"], i["url"], i["summary"], i["published"]) for i in shown] == [
        (
            item["title"],
            re.sub(r"^/", "https://www.uscis.gov/", item["href"]),
            item["summary"],
            item["date"],
        )
        for item in expected
    ]


# Pages of parliament.gov.zm: Drupal noise, and one genuine comma.


def zambian_pairs():
    by_url = defaultdict(list)
    for capture in lines_of("zambia_drupal/captures.jsonl"):
        by_url[capture["url"]].append(capture)
    for captures in by_url.values():
        captures.sort(key=lambda capture: capture["captured_at"])
        yield from pairwise(captures)


def test_a_drupal_page_whose_text_is_the_same_has_not_changed():
    bodies = files_of("zambia_drupal/html.tar.xz")
    told = []
    compared = 0
    for before, after in zambian_pairs():
        old = page_items(bodies[before["file"]], before["url"])
        new = page_items(bodies[after["file"]], after["url"])
        compared += 1
        told += [(after["url"], c.kind, c.flags) for c in compare(old, new)]

    assert compared > 50
    assert told == [("http://www.parliament.gov.zm/node/4043", Kind.CHANGED, (Flag.PUNCTUATION,))]


# Policy pages of three services.


def test_pages_that_are_surely_noise_have_not_changed():
    bodies = files_of("terms_snapshots/html.tar.xz")
    noise = [
        pair
        for pair in lines_of("terms_snapshots/pairs.jsonl")
        if pair["label"] == "no_version_recorded" and pair["visible_text_equal"]
    ]

    told = [
        (pair["page"], change.kind, change.item.text)
        for pair in noise
        for change in compare(
            page_items(bodies[f"{pair['before']}.html"]),
            page_items(bodies[f"{pair['after']}.html"]),
        )
    ]

    assert (len(noise), told) == (85, [])


# Pages and feeds in fifty encodings.


# A browser reads GB2312 and Shift JIS as their supersets, in which these have other code points.
SUPERSET = str.maketrans("―・−〜", "—·－～")


def test_every_declared_encoding_is_honoured():
    files = files_of("charset/files.tar.xz")
    misread = []
    honoured = 0
    for told in lines_of("charset/index.jsonl"):
        payload, declared = files[told["file"]], told["declared"]
        if not declared:
            continue
        with contextlib.suppress(LookupError, UnicodeDecodeError):
            expected = payload.decode(declared)
            honoured += 1
            read, expected = (text.removeprefix("\ufeff") for text in (decode(payload), expected))
            if read.translate(SUPERSET) != expected.translate(SUPERSET):
                misread.append((told["file"], declared))

    assert honoured > 100
    assert misread == []


@pytest.mark.parametrize("read", list(Read))
def test_no_encoding_is_too_odd_to_be_read(read):
    count = 0
    for name, payload in files_of("charset/files.tar.xz").items():
        if b"\0" in payload[:2048] and not payload.startswith((b"\xff\xfe", b"\xfe\xff")):
            continue
        kind = "text/plain" if name.endswith(".txt") else "text/html"
        recipe = Recipe(read=read, item="li, item" if read is Read.LISTING else None)
        extract(payload, recipe, url="https://x.gov/", content_type=kind)
        count += 1

    assert count > 190


# WARC and ARC files, good and broken.

WARCS = lines_of("warc/expected.jsonl") if (DATA / "warc").is_dir() else []


@pytest.mark.parametrize("told", WARCS, ids=[told["file"] for told in WARCS])
def test_the_records_are_those_that_warcio_tells(told):
    found = list(read_warc(DATA / "warc/files" / told["file"], cap_bytes=10**8))

    damages = [record for record in found if isinstance(record, Damage)]
    whole = [record for record in found if not isinstance(record, Damage)]
    assert [
        (r.type, r.url, r.captured_at, len(r.payload), sha256(r.payload).hexdigest(), r.digest)
        for r in whole
    ] == [
        (
            r["type"],
            r["uri"],
            datetime.fromisoformat(r["date"]),
            r["payload_bytes"],
            r["payload_sha256"],
            r["digest"],
        )
        for r in told["records"]
    ]
    assert [r.status for r in whole if r.type == "response"] == [
        int(r["status"]) if r["status"] else None
        for r in told["records"]
        if r["type"] == "response"
    ]
    assert [d.records for d in damages] == ([len(whole)] if told["reader_error"] else [])
    assert not damages or found[-1] is damages[0]


@pytest.mark.parametrize("told", WARCS, ids=[told["file"] for told in WARCS])
def test_the_records_are_the_same_within_a_wacz(tmp_path, told):
    path, packed = DATA / "warc/files" / told["file"], tmp_path / "a.wacz"
    # A broken one is named for what it is; the name alone does not make it another's.
    name = "archive/a.arc" if ".arc" in path.name else "archive/a.warc"
    with zipfile.ZipFile(packed, "w") as package:
        package.write(path, f"{name}.gz" if ".gz" in path.name else name)

    alone = list(read_warc(path, cap_bytes=10**8))
    within = list(read_wacz(packed, cap_bytes=10**8))

    records = [each for each in alone if not isinstance(each, Damage)]
    assert [each for each in within if not isinstance(each, Damage)] == records
    assert [isinstance(each, Damage) for each in within] == [isinstance(d, Damage) for d in alone]


def test_every_robots_says_what_three_parsers_agree_that_it_says():
    robots = files_of("robots/robots.tar.xz")
    wrong, asked = [], 0
    for record in lines_of("robots/cases.jsonl.gz"):
        rules = rules_of(robots[record["file"]])
        for agent, path, is_allowed in record["cases"]:
            url = f"https://{record['host']}{path}"
            said = rules is None or rules.can_fetch(url, product_token(agent))
            asked += 1
            if said != is_allowed:
                wrong.append((record["host"], agent, path))

    assert wrong == []
    assert asked > 10_000


# Whether an answer is the page asked for.


def captured(payload, *, status=200, headers=(), url="https://agency.gov/library/a"):
    return Capture(
        url=url,
        final_url=url,
        captured_at=datetime(2026, 5, 1, tzinfo=UTC),
        status=status,
        payload=payload,
        payload_digest=digest_of(payload),
        response_headers=tuple(headers),
    )


def labelled_captures():
    """The labelled answers; of most, status, headers and title are all that is known."""
    for told in lines_of("capture_quality/captures.jsonl"):
        known = told["body"] or (
            f"<title>{told['title']}</title>" if told["content_length"] else ""
        )
        sent = told["headers"].items()
        answer = captured(known.encode(), status=told["status"], headers=sent, url=told["url"])
        yield told["quality"], told["status"], answer


def test_labelled_answers_are_healthy_gone_or_in_doubt_as_they_were_labelled():
    wrong = []
    counted = Counter()
    for quality, status, answer in labelled_captures():
        doubt = answer_doubt(answer) or notice_doubt(answer, ())
        found = "healthy" if doubt is None else "gone" if doubt.is_gone else "in doubt"
        real = "gone" if status in (404, 410) else "healthy"
        expected = real if quality == 1 else "in doubt"
        counted[found] += 1
        if found != expected:
            wrong.append((answer.url, expected, found))

    assert wrong == []
    assert min(counted["healthy"], counted["gone"], counted["in doubt"]) >= 2


def test_labelled_block_pages_are_told_from_servers_that_fail():
    outcomes = {
        (quality, doubt.outcome)
        for quality, _, answer in labelled_captures()
        if (doubt := answer_doubt(answer) or notice_doubt(answer, ())) and quality < 1
    }

    assert {outcome for quality, outcome in outcomes if quality < 0.5} == {Outcome.BLOCKED}
    assert {outcome for quality, outcome in outcomes if quality == 0.5} == {Outcome.FAILED}


PACKED_PAGES = [
    "nz_members/html.tar.xz",
    "zambia_drupal/html.tar.xz",
    "terms_snapshots/html.tar.xz",
    "terms_snapshots/text.tar.xz",
    "policy_text_pairs/text.tar.xz",
    "visa_bulletins/html.tar.xz",
    "court_listings/html.tar.xz",
    "court_listing_pairs/html.tar.xz",
    "charset/files.tar.xz",
]
LOOSE_PAGES = ["seeds/*.txt", "uscis_pages/*.html", "page_versions/*.html"]


@pytest.mark.parametrize("name", PACKED_PAGES + LOOSE_PAGES)
def test_no_real_page_is_taken_for_a_notice_even_when_nothing_is_read_from_it(name):
    packed = files_of(name) if name in PACKED_PAGES else None
    pages = packed or {path.name: path.read_bytes() for path in DATA.glob(name)}
    kind = "text/plain" if name.endswith((".txt", "text.tar.xz")) else "text/html"
    judged = 0
    doubted = []
    for page, payload in pages.items():
        answer = captured(payload, headers=[("Content-Type", kind)])
        judged += 1
        doubt = answer_doubt(answer) or notice_doubt(answer, ())
        doubted += [(page, told) for told in (doubt, is_soft_404(answer)) if told]

    assert judged > 2
    assert doubted == []


# Matching where the links, and what the publisher calls its items by, are hidden.


def shares(old, new, pairs, identity):
    """How many pairs are right, how many were made, and how many there are."""
    before, after = [identity(told) for told in old], [identity(told) for told in new]
    right = sum(before[pair.old] == after[pair.new] for pair in pairs)
    return Counter(right=right, made=len(pairs), true=(Counter(before) & Counter(after)).total())


def catalogs():
    """The versions of each catalogue, in their order."""
    versions = defaultdict(list)
    files = files_of("gov_catalogs/items.tar.xz")
    for name in sorted(files):
        lines = files[name].splitlines()
        versions[name.split("/")[0]].append([json.loads(line) for line in lines])
    return versions


def without_links(told, key="hidden"):
    """A catalogue's record as an item of which neither the link nor the number is known."""
    return Item(
        key=key, title=told["title"], summary=told["summary"], published=told.get("modified")
    )


def test_catalogue_items_are_known_again_without_their_identifiers_and_links():
    counted = Counter()
    for versions in catalogs().values():
        for old, new in combinations(versions, 2):
            pairs = match([*map(without_links, old)], [*map(without_links, new)])
            counted += shares(old, new, pairs, lambda told: told["id"])

    assert counted["true"] > 8_000
    assert counted["right"] >= 0.99 * counted["made"]
    assert counted["right"] >= 0.99 * counted["true"]


def test_catalogue_changes_are_those_that_the_identifiers_tell():
    right, told, true = 0, 0, 0
    for versions in catalogs().values():
        for old, new in combinations(versions, 2):
            before, after = ({r["id"]: without_links(r) for r in side} for side in (old, new))
            expected = {("added", key) for key in after.keys() - before.keys()}
            expected |= {("removed", key) for key in before.keys() - after.keys()}
            kept = before.keys() & after.keys()
            expected |= {("changed", key) for key in kept if before[key] != after[key]}

            items = ([without_links(r, r["id"]) for r in side] for side in (old, new))
            found = {(change.kind.value, change.item.key) for change in compare(*items)}

            right, told, true = (
                right + len(found & expected),
                told + len(found),
                true + len(expected),
            )

    assert true >= 100
    assert right >= 0.98 * told
    assert right >= 0.98 * true


@pytest.mark.parametrize("drop", [0.02, 0.1])
def test_catalogue_items_that_went_are_not_taken_for_those_that_came(drop):
    """Every version loses some items on either side: what is left over must stay so."""
    counted = Counter()
    for versions in catalogs().values():
        items = versions[0]
        step = round(1 / drop)
        old = [told for place, told in enumerate(items) if place % step != 0]
        new = [told for place, told in enumerate(items) if place % step != step // 2]
        pairs = match([*map(without_links, old)], [*map(without_links, new)])
        counted += shares(old, new, pairs, lambda told: told["id"])

    assert counted["right"] >= 0.98 * counted["made"]
    assert counted["right"] >= 0.99 * counted["true"]


def court_item(told, hidden):
    return Item(
        key="hidden",
        title=told["title"],
        summary=told["summary"],
        published=told["date"],
        url=None if "url" in hidden else told["url"],
        fields={} if "number" in hidden or not told["number"] else {"number": told["number"]},
    )


@pytest.mark.parametrize("hidden", [(), ("number",), ("url",), ("url", "number")])
def test_opinions_are_known_again_in_a_later_listing(hidden):
    counted = Counter()
    for pair in lines_of("court_listing_pairs/pairs.jsonl.gz"):
        old, new = (pair[side]["items"] for side in ("before", "after"))
        pairs = match(*([court_item(told, hidden) for told in side] for side in (old, new)))
        counted += shares(old, new, pairs, lambda told: told["url"].lower())

    assert counted["true"] > 1_900
    assert counted["right"] >= 0.98 * counted["made"]
    assert counted["right"] >= 0.99 * counted["true"]


def test_members_are_known_again_without_their_links():
    records = {r["blob"]: r["items"] for r in lines_of("nz_members/records.jsonl.gz")}
    counted = Counter()
    for pair in lines_of("nz_members/pairs.jsonl"):
        old, new = records[pair["before"]], records[pair["after"]]
        items = ([Item(key="hidden", title=told["title"]) for told in side] for side in (old, new))
        counted += shares(old, new, match(*items), lambda told: told["id"])

    assert counted["true"] > 19_000
    assert counted["right"] >= 0.99 * counted["made"]
    assert counted["right"] >= 0.99 * counted["true"]


# The suites of the Internet Archive that state what is our policy too.
STATED = (
    "surt/Canonicalizer.DefaultIA",
    "surt/Canonicalizer.IA",
    "surt/googleSupplementalFromSurt",
)


def test_links_of_one_document_in_the_archives_tables_have_one_form():
    told = [line for line in lines_of("urls/canonical.jsonl") if line["suite"] in STATED]

    apart = [
        (line["input"], line["expected"])
        for line in told
        if canonical_link(line["input"]) != canonical_link(line["expected"])
    ]

    assert (len(told), apart) == (7, [])


# Recorded versions of policies: what our edits mark, beside the shortest script there is.

RECORDED = {
    "policy_text_pairs": ("before", "after"),
    "terms_snapshots": ("text_before", "text_after"),
}
WORD = re.compile(r"\w+")


@cache
def rewordings(name):
    """The recorded pairs of texts, with our edits."""
    texts = files_of(f"{name}/text.tar.xz")
    pairs = [p for p in lines_of(f"{name}/pairs.jsonl") if all(key in p for key in RECORDED[name])]
    told = [[texts[f"{pair[key]}.md"].decode() for key in RECORDED[name]] for pair in pairs]
    return [(old, new, reword(old, new)) for old, new in told]


def marked_words(edits, op):
    return [word for edit in edits if edit.op == op for word in WORD.findall(edit.text)]


@pytest.mark.parametrize("name", RECORDED)
def test_edits_restore_every_recorded_wording(name):
    assert len(rewordings(name)) > 20
    for old, new, edits in rewordings(name):
        assert "".join(edit.text for edit in edits if edit.op != "insert") == old
        assert "".join(edit.text for edit in edits if edit.op != "delete") == new


@pytest.mark.parametrize("name", RECORDED)
def test_the_words_that_differ_are_covered_by_edits(name):
    differing = covered = 0
    for old, new, edits in rewordings(name):
        before, after = Counter(WORD.findall(old)), Counter(WORD.findall(new))
        for lost, op in ((before - after, "delete"), (after - before, "insert")):
            differing += lost.total()
            covered += (lost & Counter(marked_words(edits, op))).total()

    assert differing > 1_000
    assert covered >= 0.98 * differing


@pytest.mark.parametrize("name", RECORDED)
def test_edits_mark_few_more_words_than_the_shortest_script(name):
    least = ours = 0
    for old, new, edits in rewordings(name):
        least += Indel.distance(WORD.findall(old), WORD.findall(new))
        ours += sum(len(marked_words(edits, op)) for op in ("delete", "insert"))

    assert least <= ours <= 1.25 * least
