"""A redesign mended under supervision: a recipe is proposed, shown, taken, and only news told."""

import json
from collections.abc import Iterable
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from receiving import Hook
from redesigned import NEW, drupal, publications, reworded, uswds
from support import START, Answer, SimulatedClock, Site, Watcher, docs, html, listing

from crawler.asking_mend import mend
from crawler.cli import main
from crawler.config import Config, load
from crawler.derive import rebuild
from crawler.redesign import Redesign, redesign, take
from crawler.visit import Visited
from snapshots.archive import Archive
from snapshots.errors import ConfigError
from snapshots.records import ChangeRecord, Outcome

ALL = publications()
# One was removed, one reworded, and one added while the site was redesigned.
GONE, TELLING = ALL[7], ALL[10]
LATER = [NEW, *(reworded(p) if p is TELLING else p for p in ALL if p is not GONE)]
RECIPE = """\
[source.library.recipe]
item = "div.views-row"   # one publication
title = "h3 a"
link = "h3 a@href"
summary = "div.views-field-body p"
published = "span.date-display-single"
fields = { code = "span.views-field-code" }
"""


class Desk:
    """A configured source that is visited day by day, and mended in between."""

    def __init__(self, folder: Path, site: Site, recipe: str = RECIPE, read: str = "listing"):
        self.path = folder / "config.toml"
        self.clock = SimulatedClock(START)
        self.site = site
        self.path.write_text(
            "[crawler]\nallow_private = true\ndelay_s = 0\nretries = 0\n\n"
            f'[source.library]\nurl = "{site.url}/library"\nread = "{read}"\n\n{recipe}'
        )

    @property
    def config(self) -> Config:
        return load(self.path)

    def visit(self, answer: Answer) -> Visited:
        self.site["/library"] = answer
        with Archive.to_write(self.config.archive) as archive:
            watcher = Watcher(archive, self.config.crawler, self.clock)
            return watcher.visit(self.config.sources["library"])

    def proposed(self) -> Redesign:
        return redesign(self.config, self.config.sources["library"], self.clock)

    def mend(self) -> tuple[ChangeRecord, ...]:
        return take(self.config, self.proposed(), self.clock)

    def changes(self) -> list[ChangeRecord]:
        with Archive.to_read(self.config.archive) as archive:
            return archive.knowledge.changes()


@pytest.fixture
def desk(tmp_path: Path, site: Site) -> Desk:
    return Desk(tmp_path, site)


def told(changes: Iterable[ChangeRecord]) -> set[tuple[str, str | None]]:
    return {(str(record.change.kind), record.change.item.title) for record in changes}


def claims(changes: Iterable[ChangeRecord]) -> list[tuple[object, ...]]:
    """What is cited of changes: their numbers, what they say, and of which visits."""
    return [
        (r.id, r.change.kind, r.change.fields, r.change.verdict, r.seen.old.id, r.seen.new.id)
        for r in changes
    ]


NEWS = {("added", NEW.title), ("removed", GONE.title), ("changed", TELLING.title)}


def test_a_redesign_is_quarantined_and_the_reason_names_the_recipe_that_would_read_it(
    desk: Desk,
) -> None:
    desk.visit(drupal(ALL))

    seen = desk.visit(uswds(LATER))

    assert (seen.visit.outcome, seen.changes) == (Outcome.QUARANTINED, ())
    assert seen.visit.reason.endswith(
        "a new recipe that finds 39 of 40 known items is proposed: `reworded accept library --mend`"
    )


def test_across_the_redesign_only_what_truly_changed_is_told(desk: Desk) -> None:
    desk.visit(drupal(ALL))
    desk.visit(uswds(LATER))
    desk.visit(uswds(LATER))

    changes = desk.mend()

    assert told(changes) == NEWS
    (change,) = (r.change for r in changes if r.change.kind == "changed")
    assert change.changed == ("summary",)
    assert {r.seen.new.captured_at.day for r in changes} == {START.day + 1}


def test_what_is_shown_before_is_what_is_told_after(desk: Desk) -> None:
    desk.visit(drupal(ALL))
    desk.visit(uswds(LATER))
    desk.visit(uswds(LATER))

    found = desk.proposed()
    assert desk.changes() == []
    changes = take(desk.config, found, desk.clock)

    assert claims(found.changes) == claims(changes) == claims(desk.changes())


def test_the_next_visits_go_on_from_the_new_layout(desk: Desk) -> None:
    desk.visit(drupal(ALL))
    desk.visit(uswds(LATER))
    first = desk.mend()

    second = desk.visit(uswds(LATER))
    third = desk.visit(uswds([*LATER[:-1]]))

    assert told(first) == NEWS - {("removed", GONE.title)}
    assert told(second.changes) == {("removed", GONE.title)}
    assert third.visit.outcome.is_good
    assert "to be called removed" in (third.visit.reason or "") or third.changes


def test_the_old_layouts_time_is_read_as_it_was(desk: Desk) -> None:
    desk.visit(drupal(ALL[1:]))
    desk.visit(drupal(ALL))
    before = desk.changes()
    desk.visit(uswds(LATER))

    desk.mend()

    assert told(before) == {("added", ALL[0].title)}
    assert claims(desk.changes())[:1] == claims(before)
    with Archive.to_read(desk.config.archive) as archive:
        assert archive.errata.recorded() == []


def test_the_recipe_is_written_with_its_day_beside_the_old_one(desk: Desk) -> None:
    desk.visit(drupal(ALL))
    desk.visit(uswds(LATER))

    desk.mend()

    old, new = desk.config.sources["library"].recipes
    assert (old.item, old.since) == ("div.views-row", None)
    assert new.since == date(2021, 5, 2)
    assert "usa-collection" in (new.item or "")
    assert new.fields.keys() == {"code"}
    assert "# one publication" in desk.path.read_text()


def test_knowledge_derived_again_after_a_mend_is_the_same(desk: Desk) -> None:
    desk.visit(drupal(ALL))
    desk.visit(uswds(LATER))
    desk.visit(uswds(LATER))
    changes = desk.mend()

    with Archive.to_write(desk.config.archive) as archive, archive.transaction():
        rebuild(archive, desk.config.sources["library"], noted_at=desk.clock.now())

    assert claims(desk.changes()) == claims(changes)


def test_a_layout_that_changed_within_a_day_is_dated_by_the_moment(desk: Desk) -> None:
    desk.visit(drupal(ALL[1:]))
    desk.clock.at = START.replace(hour=9)
    desk.visit(drupal(ALL))
    desk.clock.at = START.replace(hour=12)
    desk.visit(uswds(LATER))

    desk.mend()

    _, new = desk.config.sources["library"].recipes
    assert new.begins_at == START.replace(hour=12)
    assert told(desk.changes()) == {("added", ALL[0].title), *(NEWS - {("removed", GONE.title)})}


def test_a_visit_is_wholly_of_the_layout_that_changed_while_it_was_on_its_way(desk: Desk) -> None:
    desk.visit(drupal(ALL))
    desk.clock.at = START.replace(hour=12, second=9, microsecond=998_500)
    unseen = desk.visit(uswds(LATER, has_codes=False))
    assert unseen.visit.started_at.second < unseen.visit.captures[0].captured_at.second

    desk.mend()

    assert told(desk.changes()) == NEWS - {("removed", GONE.title)}


def test_a_column_that_hardly_any_item_had_is_no_news_when_a_layout_shows_it_for_all(
    desk: Desk,
) -> None:
    bare = [replace(p, summary=p.summary if p is ALL[3] else "") for p in ALL]
    desk.visit(drupal(bare))
    desk.visit(uswds(ALL))

    assert desk.mend() == ()
    assert desk.changes() == []


def test_a_field_that_is_not_found_any_more_is_left_out_and_that_is_told(desk: Desk) -> None:
    desk.visit(drupal(ALL))
    desk.visit(uswds(LATER, has_codes=False))
    desk.visit(uswds(LATER, has_codes=False))

    found = desk.proposed()
    changes = take(desk.config, found, desk.clock)

    assert "the field 'code' is not found any more: it is not compared" in found.mend.remarks
    assert told(changes) == NEWS


def test_a_page_that_is_truly_another_one_is_not_mended(desk: Desk) -> None:
    desk.visit(drupal(ALL))
    other = desk.visit(listing(*docs(*range(15))))

    assert "proposed" not in other.visit.reason
    with pytest.raises(ConfigError, match="no recipe finds enough of the 40 known items"):
        desk.mend()


def test_a_source_that_is_well_has_nothing_to_mend(desk: Desk) -> None:
    desk.visit(drupal(ALL))

    with pytest.raises(ConfigError, match="no quarantined visit"):
        desk.mend()


def test_a_quarantine_before_the_redesign_stays_one(desk: Desk) -> None:
    desk.visit(drupal(ALL))
    desk.visit(html("<h1>Page not found</h1><p>The page was not found.</p>"))
    desk.visit(uswds(LATER))
    desk.visit(uswds(LATER))

    changes = desk.mend()

    assert told(changes) == NEWS
    assert {r.seen.new.captured_at.day for r in changes} == {START.day + 2}


def test_a_dead_address_of_the_old_layout_is_no_proof_that_an_item_is_gone(desk: Desk) -> None:
    desk.visit(drupal(ALL))
    desk.visit(uswds(LATER))

    found = desk.proposed()
    take(desk.config, found, desk.clock)
    changes = desk.visit(uswds(LATER)).changes

    assert [item.title for item in found.awaited] == [GONE.title]
    assert [probe.verdict for probe in found.probes] == ["gone"]
    assert [(r.change.item.title, r.change.verdict) for r in changes] == [
        (GONE.title, "unconfirmed")
    ]


def test_a_dead_address_is_proof_where_the_redesign_left_addresses_alone(desk: Desk) -> None:
    desk.visit(drupal(ALL))
    answer = uswds(LATER)
    for publication in LATER:
        old, new = f"/publications/{publication.slug}".encode(), f"/node/{publication.number + 100}"
        answer = replace(answer, body=answer.body.replace(old, new.encode()))
    desk.visit(answer)

    changes = desk.mend()

    assert told(changes) == NEWS
    assert {r.change.verdict for r in changes if r.change.kind == "removed"} == {"gone"}


def test_a_list_of_several_pages_is_mended_from_its_first_and_then_seen_whole(
    desk: Desk, site: Site
) -> None:
    site["/library?page=1"] = drupal(ALL[25:])
    desk.visit(followed(drupal(ALL[:25]), '<li class="pager-next"><a href="/library?page=1">'))
    following = '<a rel="next" href="/library?page={}">Next</a>'
    site["/library?page=1"] = followed(uswds(LATER[15:30]), following.format(2))
    site["/library?page=2"] = uswds(LATER[30:])
    first = followed(uswds(LATER[:15]), following.format(1))
    seen = desk.visit(first)

    found = desk.proposed()
    mended = take(desk.config, found, desk.clock)
    whole = desk.visit(first)
    settled = desk.visit(first)

    assert seen.visit.outcome is Outcome.QUARANTINED
    assert "the listing goes on" in found.mend.remarks[-1]
    assert told(mended) == NEWS - {("removed", GONE.title)}
    assert (whole.visit.outcome, told(whole.changes)) == (Outcome.NEW, set())
    assert told(settled.changes) == {("removed", GONE.title)}


def followed(answer: Answer, link: str) -> Answer:
    """A page of a list with a link to its next."""
    return replace(answer, body=answer.body.replace(b"</body>", f"{link}</body>".encode()))


def test_a_pages_container_that_was_renamed_is_found_again(tmp_path: Path, site: Site) -> None:
    desk = Desk(tmp_path, site, '[source.library.recipe]\nitem = "div.old-body"\n', "page")
    blocks = [f"{p.title}. {p.summary}" for p in ALL[:12]]
    body = "".join(f"<p>{block}</p>" for block in blocks)
    desk.visit(html(f'<div class="old-body">{body}</div><div class="aside-box"><p>Ad.</p></div>'))
    body = body.replace(blocks[0], blocks[0].replace("aliens", "noncitizens"))
    seen = desk.visit(
        html(f'<div class="lead">Ad.</div><div class="new-text">{body}</div><p>Follow us.</p>')
    )

    assert "finds 12 of 12 known items is proposed" in seen.visit.reason
    changes = desk.mend()

    assert [str(r.change.kind) for r in changes] == ["changed"]
    assert desk.config.sources["library"].recipes[-1].item == "div.new-text"


def test_the_talk_shows_both_recipes_and_takes_the_new_one_when_told_yes(
    desk: Desk, capsys: pytest.CaptureFixture[str]
) -> None:
    desk.visit(drupal(ALL))
    desk.visit(uswds(LATER))

    changes = mend(desk.config, desk.config.sources["library"], is_agreed=True, clock=desk.clock)

    err = capsys.readouterr().err
    assert told(changes or ()) == NEWS - {("removed", GONE.title)}
    assert "known items found: 39 of 40" in err
    assert f"- {GONE.title}" in err
    assert f"- {NEW.title}" in err
    (item,) = (line.split() for line in err.splitlines() if line.startswith("  item "))
    assert item == ["item", "div.views-row", "li.usa-collection__item"]


def test_the_command_mends_a_source_and_prints_what_is_news(
    desk: Desk, capsys: pytest.CaptureFixture[str]
) -> None:
    desk.visit(drupal(ALL))
    desk.visit(uswds(LATER))
    desk.visit(uswds(LATER))
    arguments = ("accept", "library", "--mend", "--yes", "--format", "jsonl")

    code = main(["--config", str(desk.path), *arguments])

    out, _ = capsys.readouterr()
    changes = [json.loads(line) for line in out.splitlines()]
    assert code == 0
    assert {(each["kind"], each["item"]["title"]) for each in changes} == NEWS


def test_what_a_mend_tells_is_sent_and_its_watched_terms_are_counted(desk: Desk) -> None:
    arguments = ["--config", str(desk.path), "accept", "library", "--mend", "--yes"]
    with Hook() as hook:
        desk.path.write_text(f'{desk.path.read_text()}\n[notify.chat]\nurl = "{hook.url}"\n')
        desk.visit(drupal(ALL))
        desk.visit(uswds(LATER))

        code = main(arguments)

    assert code == 0
    assert "1 added" in hook.taken[0].message
    with Archive.to_read(desk.config.archive) as archive:
        assert archive.db.execute("SELECT count(*) FROM uncounted").fetchone() == (0,)


def test_a_source_read_by_the_defaults_is_mended_as_well(tmp_path: Path, site: Site) -> None:
    desk = Desk(tmp_path, site, recipe="")
    plain = [replace(publication, code="") for publication in ALL]
    desk.visit(drupal(plain))
    table = "".join(
        f"<tr><td>{p.day}</td><td><b>{p.title}</b></td><td><a href='/get/{p.number}'>PDF</a>"
        f"</td><td>{p.summary}</td></tr>"
        for p in (plain[0], *plain[2:])
    )
    seen = desk.visit(html(f"<div><a href='/a'>Home</a></div><table>{table}</table>"))

    assert seen.visit.outcome is Outcome.QUARANTINED
    changes = desk.mend()

    assert told(changes) == set()
    assert len(desk.config.sources["library"].recipes) == 2


def test_without_a_yes_and_without_anybody_to_ask_nothing_is_written(
    desk: Desk, capsys: pytest.CaptureFixture[str]
) -> None:
    desk.visit(drupal(ALL))
    desk.visit(uswds(LATER))
    before = desk.path.read_text()

    with pytest.raises(ConfigError, match="nobody can be asked"):
        mend(desk.config, desk.config.sources["library"], is_agreed=False, clock=desk.clock)

    assert desk.path.read_text() == before
    assert desk.changes() == []
