"""A further recipe written into config.toml, around what a person wrote."""

from dataclasses import replace
from datetime import UTC, date, datetime
from difflib import ndiff
from pathlib import Path

import pytest

from crawler.config import load
from crawler.config_writing import add_recipe
from snapshots.errors import ConfigError
from snapshots.records import Read, Recipe

HEAD = """\
# What we watch.
[archive]
path = "a.sqlite"  # beside this file

[source.library]
url = "https://agency.gov/library"   # the list
read = "listing"
"""
TABLE = """
# how it is read
[source.library.recipe]
item = "li.doc"    # rows
title = "a"
"""
TAIL = """
# the next one
[source.about]
url = "https://agency.gov/about"
read = "page"
"""
NEW = Recipe(
    read=Read.LISTING,
    item="li.card",
    title="h3 a",
    fields={"number": "span.no"},
    ignore=("nav",),
    since=date(2021, 5, 4),
)
WRITTEN = [
    "[[source.library.recipe]]",
    "from = 2021-05-04",
    'item = "li.card"',
    'title = "h3 a"',
    'ignore = ["nav"]',
    'fields = {number = "span.no"}',
]


def differences(old: str, new: str) -> list[str]:
    """The lines that were taken out and put in, without the empty ones."""
    told = ndiff(old.splitlines(), new.splitlines())
    return [line for line in told if line[0] in "-+" and line[2:].strip()]


def added(tmp_path: Path, text: str, recipe: Recipe = NEW) -> tuple[str, tuple[Recipe, ...]]:
    path = tmp_path / "config.toml"
    path.write_bytes(text.encode())
    config = add_recipe(path, "library", recipe)
    assert load(path) == config
    return path.read_bytes().decode(), config.sources["library"].recipes


def test_a_second_recipe_makes_the_first_one_of_several_and_touches_nothing_else(
    tmp_path: Path,
) -> None:
    text = HEAD + TABLE + TAIL

    new, recipes = added(tmp_path, text)

    assert differences(text, new) == [
        "- [source.library.recipe]",
        "+ [[source.library.recipe]]",
        *(f"+ {line}" for line in WRITTEN),
    ]
    assert recipes == (Recipe(read=Read.LISTING, item="li.doc", title="a"), NEW)
    assert new.index("from = 2021-05-04") < new.index("# the next one")


@pytest.mark.parametrize("mark", ["\u2028", "\x85", '"', "\\", "\x7f", "\t"])
def test_a_recipe_is_read_as_it_was_written_whatever_joins_its_places(
    tmp_path: Path, mark: str
) -> None:
    joined = replace(NEW, title=f"{{h3}}{mark}{{b}}", fields={"post": f"{{td.a}} {mark} ({{i}})"})

    _, recipes = added(tmp_path, HEAD + TABLE + TAIL, joined)

    assert recipes[-1] == joined


def test_a_third_recipe_follows_the_second(tmp_path: Path) -> None:
    second, _ = added(tmp_path, HEAD + TABLE + TAIL)

    third, recipes = added(tmp_path, second, replace(NEW, since=date(2022, 1, 2)))

    assert len(differences(second, third)) == len(WRITTEN)
    assert [each.since for each in recipes] == [None, date(2021, 5, 4), date(2022, 1, 2)]


def test_a_source_read_by_the_defaults_is_read_so_before_the_new_layout(tmp_path: Path) -> None:
    new, recipes = added(tmp_path, HEAD + TAIL)

    assert differences(HEAD + TAIL, new) == [
        "+ [[source.library.recipe]]",
        *(f"+ {line}" for line in WRITTEN),
    ]
    assert recipes == (Recipe(read=Read.LISTING), NEW)


@pytest.mark.parametrize(
    "text",
    [
        HEAD + 'recipe = { item = "li.doc" }\n' + TAIL,
        HEAD + 'recipe.item = "li.doc"\n' + TAIL,
        HEAD + TABLE + '[source.library.recipe.fields]\nn = "b"\n',
        (HEAD + TABLE + TAIL).replace("\n", "\r\n"),
        HEAD.replace("source.library", 'source."library"') + TAIL,
        (HEAD + TABLE).rstrip("\n"),
        HEAD + TABLE + '\n[lexicon]\npacks = [\n  "ice-cbp-2021",\n]\n',
    ],
    ids=["inline", "dotted", "fields", "CRLF", "quoted", "no end", "list below"],
)
def test_a_recipe_is_added_however_the_source_is_written(tmp_path: Path, text: str) -> None:
    new, recipes = added(tmp_path, text)

    assert recipes[-1] == NEW
    assert len(recipes) == 2
    assert ("\r\n" in new) == ("\r\n" in text)
    assert new.count("\n") == new.count("\r\n") or "\r\n" not in new


def test_a_moment_is_written_where_a_day_is_too_coarse(tmp_path: Path) -> None:
    at = datetime(2021, 5, 4, 6, 30, tzinfo=UTC)

    new, recipes = added(tmp_path, HEAD + TABLE, replace(NEW, since=at))

    assert "from = 2021-05-04T06:30:00Z" in new
    assert recipes[-1].since == at


def test_two_recipes_of_one_day_are_refused_and_nothing_is_written(tmp_path: Path) -> None:
    text, _ = added(tmp_path, HEAD + TABLE)

    with pytest.raises(ConfigError, match="two recipes from 2021-05-04"):
        add_recipe(tmp_path / "config.toml", "library", replace(NEW, item="li.other"))

    assert (tmp_path / "config.toml").read_text() == text
