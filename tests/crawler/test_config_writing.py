"""Sources written into a configuration that a person keeps."""

import os
import tomllib
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crawler.config import Source, load
from crawler.config_writing import Addition, add_sources, start_with, table_of
from snapshots.errors import ConfigError
from snapshots.records import Read, Recipe

COMMENTED = """\
# What we follow, and why.
[archive]
path    = "kept.sqlite"   # beside this file

[crawler]
contact = "desk@example.org"
confirm = 3

[source.library]  # the first
url  = "https://agency.example/library"
read = "listing"
schedule = '0 6 * * *'

  [source.library.recipe]
  item = "li.doc"  # since 2019

# The end.
"""


def source(key: str = "news", url: str = "https://agency.example/news", **told: object) -> Source:
    read = told.pop("read", Read.LISTING)
    recipe = told.pop("recipe", Recipe(read=read))
    settings = {"title": "News", "confirm": 3, "recipes": (recipe,), **told}
    return Source(key=key, url=url, read=read, **settings)  # type: ignore[arg-type]


def config(folder: Path, text: str = COMMENTED) -> Path:
    path = folder / "config.toml"
    path.write_bytes(text.encode())
    return path


def test_what_a_person_wrote_stays_byte_for_byte(tmp_path: Path) -> None:
    path = config(tmp_path)

    add_sources(path, [Addition(source(), ("Added on a day.",))])

    assert path.read_text("utf-8") == COMMENTED + (
        "\n# Added on a day.\n"
        "[source.news]\n"
        'title = "News"\n'
        'url = "https://agency.example/news"\n'
        'read = "listing"\n'
        'schedule = "daily"\n'
    )


def test_a_recipe_is_written_with_all_that_it_says(tmp_path: Path) -> None:
    recipe = Recipe(
        read=Read.LISTING,
        item='li[data-kind="a]b"]',
        title="h3 > a",
        link="h3 > a@href",
        published="time@datetime",
        next="?page={page}",
        ignore=(".ad", "#share"),
        fields={"number": "td.no", "Amt für X": "td.amt"},
    )
    path = config(tmp_path)

    after = add_sources(path, [Addition(source(recipe=recipe))])

    assert load(path).sources["news"].recipes == (recipe,)
    assert load(path) == after
    assert 'fields = {number = "td.no", "Amt für X" = "td.amt"}' in path.read_text("utf-8")


@pytest.mark.parametrize(
    "title",
    [
        'News"]\n[crawler]\ncontact = "mallory@example.org',
        "'''\n[source.evil]",
        '"""',
        "back\\slash \\u0041 \\",
        "Bad\x00\x1b[31m\x7f\x85\u2028\u202enews",
        "[source.library]\nurl='x'",
        "Noticias – Über 移民 😀",
        "# no comment",
    ],
    ids=range(8),
)
def test_a_hostile_title_is_a_title(tmp_path: Path, title: str) -> None:
    path = config(tmp_path)

    add_sources(path, [Addition(source(title=title), (title,))])

    after = load(path)
    assert list(after.sources) == ["library", "news"]
    assert after.sources["news"].title == title
    assert after.crawler.contact == "desk@example.org"


TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=60)


@settings(max_examples=150, deadline=None)
@given(title=TEXT, item=TEXT, name=TEXT, remark=TEXT)
def test_whatever_a_page_says_reads_back_as_it_was(
    title: str, item: str, name: str, remark: str
) -> None:
    recipe = Recipe(read=Read.LISTING, item=item or None, fields={name: item} if name else {})

    written = table_of(Addition(source(title=title, recipe=recipe), (remark,)))

    table = tomllib.loads(written)["source"]
    assert list(table) == ["news"]
    assert table["news"]["title"] == title
    read = table["news"].get("recipe", {})
    assert read.get("item") == (item or None)
    assert read.get("fields", {}) == ({name: item} if name else {})


def test_several_sources_are_written_one_after_the_other(tmp_path: Path) -> None:
    path = config(tmp_path, "[crawler]\nconfirm = 3")

    add_sources(path, [Addition(source("a", "https://a.example/x"))])
    add_sources(
        path,
        [Addition(source("b", "https://b.example/x")), Addition(source("c", "https://c.example/"))],
    )

    assert list(load(path).sources) == ["a", "b", "c"]
    assert path.read_text("utf-8").startswith("[crawler]\nconfirm = 3\n\n[source.a]\n")


def test_the_ends_of_lines_stay_as_they_are(tmp_path: Path) -> None:
    path = config(tmp_path, COMMENTED.replace("\n", "\r\n"))

    add_sources(path, [Addition(source())])

    written = path.read_bytes()
    assert written.count(b"\n") == written.count(b"\r\n")
    assert list(load(path).sources) == ["library", "news"]


def test_the_mode_of_the_file_and_a_link_to_it_stay(tmp_path: Path) -> None:
    real = config(tmp_path)
    real.chmod(0o640)
    (tmp_path / "etc").mkdir()
    link = tmp_path / "etc" / "config.toml"
    link.symlink_to(real)

    add_sources(link, [Addition(source())])

    assert link.is_symlink()
    assert real.stat().st_mode & 0o777 == 0o640
    assert list(load(real).sources) == ["library", "news"]


@pytest.mark.parametrize(
    ("added", "told"),
    [
        (source("library"), "there is a [source.library] already, and it is left as it is"),
        (
            source(url="http://www.agency.example/library/?utm_source=x#top"),
            "[source.library] follows http://www.agency.example/library/?utm_source=x#top already",
        ),
        (source(schedule="now and then"), "[source.news] schedule must be"),
        (source(url="ftp://agency.example/"), "[source.news] url must be a web address"),
        (source(recipe=Recipe(read=Read.LISTING, item="li[")), "item is not a CSS selector"),
        (source(confirm=2), "would not be read as meant"),
    ],
    ids=["key", "address", "schedule", "url", "selector", "meaning"],
)
def test_nothing_is_written_that_would_not_be_read_as_meant(
    tmp_path: Path, added: Source, told: str
) -> None:
    path = config(tmp_path)

    with pytest.raises(ConfigError) as raised:
        add_sources(path, [Addition(source("fine", "https://fine.example/")), Addition(added)])

    assert told in str(raised.value)
    assert str(raised.value).startswith(f"{path}: ")
    assert path.read_text("utf-8") == COMMENTED
    assert os.listdir(tmp_path) == ["config.toml"]


def test_a_configuration_that_cannot_be_added_to_is_told_and_left(tmp_path: Path) -> None:
    inline = 'source = { library = { url = "https://a.example/", read = "page" } }\n'
    path = config(tmp_path, inline)

    with pytest.raises(ConfigError, match=r"config\.toml: is not TOML"):
        add_sources(path, [Addition(source(confirm=2))])

    assert path.read_text("utf-8") == inline


def test_a_mistaken_configuration_is_told_before_anything_is_written(tmp_path: Path) -> None:
    path = config(tmp_path, "[crawler]\nspeed = 3\n")

    with pytest.raises(ConfigError, match="no setting 'speed'"):
        add_sources(path, [Addition(source())])

    assert path.read_text("utf-8") == "[crawler]\nspeed = 3\n"


def test_a_folder_that_takes_no_file_is_told(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"cannot be written \(No such file or directory\)"):
        start_with(tmp_path / "nowhere" / "config.toml", "", [Addition(source(confirm=2))])


def test_a_first_configuration_never_replaces_one(tmp_path: Path) -> None:
    path = config(tmp_path)

    with pytest.raises(ConfigError, match="is there already, and is left as it is"):
        start_with(path, "", [Addition(source(confirm=2))])

    assert path.read_text("utf-8") == COMMENTED


def test_of_many_writers_at_once_none_is_lost(tmp_path: Path) -> None:
    path = config(tmp_path)
    added = [Addition(source(f"s{n}", f"https://s{n}.example/")) for n in range(12)]

    with ThreadPoolExecutor(6) as pool:
        list(pool.map(lambda each: add_sources(path, [each]), added))

    assert sorted(load(path).sources) == sorted(["library", *(f"s{n}" for n in range(12))])
