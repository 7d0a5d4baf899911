"""A redesign that says in two columns what was said in one: read together, and only news told."""

import json
import re
import tomllib
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from support import START, Answer, SimulatedClock, Site, Watcher, html

from crawler.cli import main
from crawler.config import load
from crawler.derive import rebuild
from crawler.visit import Visited
from snapshots.archive import Archive
from snapshots.records import Outcome

OFFICES = ("Customs Office", "Harbor Office", "Records Office", "Survey")
TOWNS = ("Alden", "Burr", "Cope", "Dole", "Elm Hill", "Ford", "Gale")
NAMES = ("Ames", "Boyd", "Cole", "Dunn", "Eads", "Fitch", "Gray", "Hale", "Irons", "Judd", "Kerr")
STAFF = [
    (f"{name}, {first}", OFFICES[number % 4], TOWNS[number % 7])
    for number, (name, first) in enumerate(
        (name, first) for first in ("Ada", "Ben") for name in NAMES
    )
]
Staff = Sequence[tuple[str, str | None, str | None]]
Post = tuple[str, str | None, str | None]
Told = dict[str, Any]
RECIPE = """\
[source.staff.recipe]
item = "tr"
title = "a"
link = "a@href"
fields = { post = "td:nth-child(2)" }
"""


def old(staff: Staff) -> Answer:
    """One column: the office, with the town in brackets."""
    rows = "".join(
        f"<tr><td><a href='/person/{number}'>{name}</a></td><td>{office} ({town})</td></tr>"
        for number, (name, office, town) in enumerate(staff)
    )
    return html(f"<div id=old><h1>Staff</h1><table>{rows}</table></div>")


def new(staff: Staff) -> Answer:
    """Two columns, and every address is another one; a place may be left out."""
    cards = "".join(
        f'<li class="card"><h3><a href="/people/{name.split(",")[0].lower()}-{number}">{name}</a>'
        '</h3><div class="about">'
        + (f'<span class="town">{town}</span>' if town is not None else "")
        + (f'<span class="office">{office}</span>' if office is not None else "")
        + "</div></li>"
        for number, (name, office, town) in enumerate(staff)
    )
    return html(f'<main class="page"><h2>Our staff</h2><ul class="cards">{cards}</ul></main>')


def moved(staff: Staff, place: int, office: str, town: str) -> Staff:
    """The staff, with one of them at another office or in another town."""
    name = staff[place][0]
    return [*staff[:place], (name, office, town), *staff[place + 1 :]]


# While the site was redesigned, an office got another name, and one person went to another town.
LATER = moved(
    [(name, office.replace("Survey", "Land Survey"), town) for name, office, town in STAFF],
    5,
    "Harbor Office",
    "Cope",
)
NEWS = {
    (name, f"{office} ({town})", f"{now_office} ({now_town})")
    for (name, office, town), (_, now_office, now_town) in zip(STAFF, LATER, strict=True)
    if (office, town) != (now_office, now_town)
}


NOTED = """\
[source.staff.recipe]
item = "li.card"
title = "h3 a"
fields = { post = "{span.office} ({span.town})" }
"""


class Office:
    """A source that is visited day by day, and the command line beside it."""

    def __init__(
        self,
        folder: Path,
        site: Site,
        capsys: pytest.CaptureFixture[str],
        recipe: str = RECIPE,
    ) -> None:
        folder.mkdir(exist_ok=True)
        self.path = folder / "config.toml"
        self.clock = SimulatedClock(START)
        self.site = site
        self.capsys = capsys
        self.path.write_text(
            "[crawler]\nallow_private = true\ndelay_s = 0\nretries = 0\nconfirm = 1\n"
            f'[source.staff]\nurl = "{site.url}/staff"\nread = "listing"\n{recipe}'
        )

    def visit(self, answer: Answer) -> Visited:
        self.site["/staff"] = answer
        config = load(self.path)
        with Archive.to_write(config.archive) as archive:
            return Watcher(archive, config.crawler, self.clock).visit(config.sources["staff"])

    def reworded(self, *arguments: str) -> list[Told]:
        """What a command prints for machines."""
        self.capsys.readouterr()
        assert main(["--config", str(self.path), *arguments, "--format", "jsonl"]) == 0
        return [json.loads(line) for line in self.capsys.readouterr().out.splitlines()]

    def look(self) -> list[str | None]:
        """What is read of the page as it is now: everybody's post."""
        items = self.reworded("look", f"{self.site.url}/staff", "--source", "staff")
        return [item["fields"].get("post") for item in items]

    def mend(self) -> list[Told]:
        return self.reworded("accept", "staff", "--mend", "--yes")

    def changes(self) -> list[Told]:
        return self.reworded("changes", "staff")

    def fields(self) -> Told:
        """The named fields of the newest recipe."""
        recipe = tomllib.loads(self.path.read_text())["source"]["staff"]["recipe"]
        return recipe[-1].get("fields", {})


@pytest.fixture
def office(tmp_path: Path, site: Site, capsys: pytest.CaptureFixture[str]) -> Office:
    return Office(tmp_path, site, capsys)


@pytest.fixture
def mended(office: Office) -> Office:
    """An office whose site was redesigned, and whose source was mended."""
    office.visit(old(STAFF))
    office.visit(new(LATER))
    office.mend()
    return office


def posts(changes: list[Told]) -> set[Post]:
    """Whose post changed from what to what; nothing else may have changed."""
    assert all(each["changed"] == ["post"] for each in changes)
    sides = ((each["item"]["title"], each["fields"]["post"]) for each in changes)
    return {(title, side["old"], side["new"]) for title, side in sides}


def test_from_a_look_to_the_changes_two_columns_are_read_as_the_one_that_they_were(
    office: Office,
) -> None:
    office.visit(old(STAFF))
    before = office.look()
    unseen = office.visit(new(LATER))

    told = office.mend()
    office.visit(new(moved(LATER, 1, "Survey", "Burr")))

    assert unseen.visit.outcome is Outcome.QUARANTINED
    assert before == [f"{post} ({town})" for _, post, town in STAFF]
    assert office.fields() == {"post": "{span.office} ({span.town})"}
    assert posts(told) == NEWS
    assert len(NEWS) == 6
    later = (STAFF[1][0], "Harbor Office (Burr)", "Survey (Burr)")
    assert posts(office.changes()) == {*NEWS, later}
    assert office.look()[1] == "Survey (Burr)"


def test_knowledge_derived_again_is_the_same(mended: Office) -> None:
    changes = mended.changes()

    config = load(mended.path)
    with Archive.to_write(config.archive) as archive, archive.transaction():
        rebuild(archive, config.sources["staff"], noted_at=mended.clock.now())

    assert mended.changes() == changes
    assert posts(changes) == NEWS


def emptied(staff: Staff, *places: int) -> Staff:
    """The staff, some of them without a town."""
    return [(n, post, "" if p in places else town) for p, (n, post, town) in enumerate(staff)]


SHIFTED = [town for _, _, town in (*STAFF[4:], *STAFF[:4])]


@pytest.mark.parametrize(
    "staff",
    [
        pytest.param([(n, post, None) for n, post, _ in STAFF], id="a_column_is_dropped"),
        pytest.param([(n, None, town) for n, _, town in STAFF], id="the_other_is_dropped"),
        pytest.param(emptied(STAFF, *range(5)), id="some_cells_are_empty"),
        pytest.param(emptied(STAFF, *range(len(STAFF))), id="all_cells_are_empty"),
        pytest.param(
            [(n, post, town) for (n, post, _), town in zip(STAFF, SHIFTED, strict=True)],
            id="a_column_says_something_else",
        ),
    ],
)
def test_nothing_is_told_of_a_redesign_after_which(office: Office, staff: Staff) -> None:
    office.visit(old(STAFF))
    office.visit(new(staff))

    assert office.mend() == []
    assert office.fields() == {}
    assert office.visit(new(staff)).changes == ()


def test_columns_in_another_order_are_joined_in_the_order_that_was(office: Office) -> None:
    swapped = new(LATER).body.decode()
    swapped = re.sub(r"(<span class=.town.*?</span>)(<span.*?</span>)", r"\2\1", swapped)
    office.visit(old(STAFF))
    office.visit(Answer(body=swapped.encode()))

    told = office.mend()

    assert posts(told) == NEWS
    assert posts(office.changes()) == NEWS
    assert office.visit(new(LATER)).changes == ()


def test_a_cell_that_was_emptied_later_is_told_as_that(mended: Office) -> None:
    seen = mended.visit(new(emptied(LATER, 0)))

    (record,) = seen.changes
    post = record.change.fields["post"]
    assert (post.old, post.new) == ("Customs Office (Alden)", "Customs Office")


@pytest.mark.parametrize(
    "staff",
    [
        pytest.param([(n, post, None) for n, post, _ in LATER], id="second"),
        pytest.param([(n, None, town) for n, _, town in LATER], id="first"),
        pytest.param(emptied(LATER, *range(len(LATER))), id="second, its cells still there"),
    ],
)
def test_a_column_that_is_dropped_later_is_no_wording_that_was_removed(
    mended: Office, staff: Staff
) -> None:
    seen = mended.visit(new(staff))
    again = mended.visit(new(LATER))

    assert (seen.visit.outcome, seen.changes) == (Outcome.QUARANTINED, ())
    assert "0 of 22 items have a post, where 22 of 22 had one" in (seen.visit.reason or "")
    assert (again.visit.outcome.is_good, again.changes) == (True, ())


def test_a_part_that_few_items_had_is_told_of_those_when_none_has_it_any_more(
    tmp_path: Path, site: Site, capsys: pytest.CaptureFixture[str]
) -> None:
    few = emptied(LATER, *range(2, len(LATER)))
    noted = Office(tmp_path, site, capsys, NOTED)
    noted.visit(new(few))

    seen = noted.visit(new(emptied(LATER, *range(len(LATER)))))

    sides = [(r.change.fields["post"].old, r.change.fields["post"].new) for r in seen.changes]
    assert sides == [
        ("Customs Office (Alden)", "Customs Office"),
        ("Harbor Office (Burr)", "Harbor Office"),
    ]


def test_a_part_that_the_first_page_lacked_is_no_news_of_every_item(
    tmp_path: Path, site: Site, capsys: pytest.CaptureFixture[str]
) -> None:
    noted = Office(tmp_path, site, capsys, NOTED)
    noted.visit(new([(name, post, None) for name, post, _ in LATER]))

    full = noted.visit(new(LATER))
    later = noted.visit(new(moved(LATER, 2, "Survey", "Cope")))

    assert (full.visit.outcome.is_good, full.changes) == (True, ())
    assert [r.change.fields["post"].new for r in later.changes] == ["Survey (Cope)"]


def test_a_history_in_which_a_column_was_dropped_is_silent_of_it(mended: Office) -> None:
    mended.visit(new([(n, post, None) for n, post, _ in LATER]))

    mended.reworded("accept", "staff")
    seen = mended.visit(new(moved(LATER, 2, "Survey", "Cope")))

    assert posts(mended.changes()) == NEWS | {
        (STAFF[2][0], "Records Office (Cope)", "Survey (Cope)")
    }
    assert seen.visit.outcome.is_good


def test_two_columns_that_become_one_again_are_found_as_one(mended: Office) -> None:
    mended.visit(old(moved(LATER, 3, "Harbor Office", "Dole")))

    told = mended.mend()

    assert mended.fields() == {"post": "td:nth-child(2)"}
    assert posts(told) == {(STAFF[3][0], "Land Survey (Dole)", "Harbor Office (Dole)")}


def test_two_columns_that_were_never_one_are_not_taken_out_of_one(
    tmp_path: Path, site: Site, capsys: pytest.CaptureFixture[str]
) -> None:
    apart = """\
[source.staff.recipe]
item = "li.card"
title = "h3 a"
fields = { office = "span.office", town = "span.town" }
"""
    office = Office(tmp_path, site, capsys, apart)
    office.visit(new(STAFF))
    office.visit(old(LATER))

    assert office.mend() == []
    assert office.fields() == {}


def test_a_place_that_is_looked_for_in_vain_is_named(mended: Office) -> None:
    seen = mended.visit(new([(n, post, None) for n, post, _ in LATER]))

    assert 'post "span.town" matches nothing' in (seen.visit.reason or "")


def test_a_recipe_with_a_joined_column_can_be_tried_on_all_history(mended: Office) -> None:
    tried = mended.reworded("recipe", "test", "staff", "--field", "post={.town}: {.office}")

    assert [each["filled"].get("post") for each in tried] == [1.0, 1.0]


def test_names_that_are_said_in_two_places_are_nobody_who_left_or_was_renamed(
    office: Office,
) -> None:
    people = [(number, *name.split(", "), told) for number, (name, *told) in enumerate(LATER)]
    rows = "".join(
        f'<div class="who"><a href="/person/{number}"><b>{family}</b></a><i>{first}</i>'
        f'<span class="office">{post}</span><span class="town">{town}</span></div>'
        for number, family, first, (post, town) in people
    )
    office.visit(old(STAFF))
    seen = office.visit(html(f"<main><h2>Our staff</h2>{rows}</main>"))

    told = office.mend()

    assert seen.visit.outcome is Outcome.QUARANTINED
    assert office.look()[0] == "Customs Office (Alden)"
    assert posts(told) == NEWS


def test_a_joined_column_is_found_again_after_the_next_redesign(mended: Office) -> None:
    renamed = new(moved(LATER, 3, "Harbor Office", "Dole")).body.decode()
    for old_name, new_name in (("card", "person"), ("office", "desk"), ("town", "place")):
        renamed = renamed.replace(f'class="{old_name}', f'class="{new_name}')
    mended.visit(Answer(body=renamed.encode()))

    told = mended.mend()

    assert mended.fields() == {"post": "{span.desk} ({span.place})"}
    assert posts(told) == {(STAFF[3][0], "Land Survey (Dole)", "Harbor Office (Dole)")}
