"""config.toml: what it comes to, and every mistake told at once with its remedy."""

from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from crawler.config import Config, Crawler, Source, load
from snapshots.errors import ConfigError
from snapshots.records import Read, Recipe

SOURCE = '[source.a]\nurl = "https://a.gov/list"\nread = "listing"\n'


def written(folder: Path, text: str) -> Path:
    path = folder / "config.toml"
    path.write_text(text, "utf-8")
    return path


def mistakes(folder: Path, text: str) -> list[str]:
    """Return what is told of a configuration, each line without the file's name."""
    path = written(folder, text)
    with pytest.raises(ConfigError) as raised:
        load(path)
    lines = str(raised.value).splitlines()
    assert all(line.startswith(f"{path}: ") for line in lines)
    return [line.removeprefix(f"{path}: ") for line in lines]


def test_a_configuration_becomes_values(tmp_path: Path) -> None:
    path = written(
        tmp_path,
        """
        [archive]
        path = "data/kept.sqlite"
        [crawler]
        contact = "me@example.org"
        delay_s = 1.5
        [source.a]
        title = "A list"
        url = "https://a.gov/list"
        read = "listing"
        schedule = "every 6 hours"
        [source.a.recipe]
        item = "li"
        ignore = ["nav"]
        fields = { number = "td.no" }
        """,
    )

    assert load(path) == Config(
        path=path,
        archive=tmp_path / "data" / "kept.sqlite",
        crawler=Crawler(contact="me@example.org", delay_s=1.5),
        sources={
            "a": Source(
                key="a",
                url="https://a.gov/list",
                read=Read.LISTING,
                title="A list",
                schedule="every 6 hours",
                recipes=(
                    Recipe(
                        read=Read.LISTING, item="li", ignore=("nav",), fields={"number": "td.no"}
                    ),
                ),
            )
        },
    )


def test_what_is_left_out_has_a_default(tmp_path: Path) -> None:
    config = load(written(tmp_path, SOURCE))

    assert config.archive == tmp_path / "reworded.sqlite"
    assert config.sources["a"].schedule == "daily"
    assert config.sources["a"].title == "a"
    assert config.sources["a"].recipes == (Recipe(read=Read.LISTING),)


@pytest.mark.parametrize(
    ("path", "archive"),
    [("kept.sqlite", "{here}/kept.sqlite"), ("/srv/kept.sqlite", "/srv/kept.sqlite")],
    ids=["relative", "absolute"],
)
def test_a_relative_archive_is_beside_the_configuration(
    tmp_path: Path, path: str, archive: str
) -> None:
    config = load(written(tmp_path, f'[archive]\npath = "{path}"\n'))

    assert str(config.archive) == archive.format(here=tmp_path)


def test_all_mistakes_are_told_at_once(tmp_path: Path) -> None:
    told = mistakes(
        tmp_path,
        """
        [archive]
        pth = "kept.sqlite"
        [crawler]
        delay_s = "five"
        delays = 5
        timeout_s = 0
        retries = -1
        [source.a]
        url = "a.gov/list"
        read = "list"
        schedule = "now and then"
        shedule = "daily"
        [source.a.recipe]
        item = 3
        titel = "h3"
        ignore = "nav"
        fields = { title = "h3", number = 4 }
        [source.b]
        title = "B"
        [surce.c]
        """,
    )

    assert told == [
        "there is no table [surce]; did you mean 'source'?",
        "[archive] has no setting 'pth'; did you mean 'path'?",
        "[crawler] delay_s must be a number, not 'five'",
        "[crawler] has no setting 'delays'; did you mean 'delay_s'?",
        "[crawler] timeout_s must be above zero",
        "[crawler] retries must not be below zero, and is -1",
        "[source.a] has no setting 'shedule'; did you mean 'schedule'?",
        "[source.a] url must be a web address beginning with http:// or https://, not 'a.gov/list'",
        "[source.a] read must be 'listing' or 'page', not 'list'",
        "[source.a] schedule must be 'hourly', 'daily', 'weekly', 'every 6 hours' or five cron "
        "fields such as '0 6 * * *', not 'now and then' (it has 3 fields, not 5)",
        "[source.a.recipe] item must be text in quotes, not 3",
        "[source.a.recipe] has no setting 'titel'; did you mean 'title'?",
        "[source.a.recipe] ignore must be a list, not 'nav'",
        "[source.a.recipe] fields.title must have another name: 'title' is taken",
        "[source.a.recipe] fields.number must be a selector in quotes, not 4",
        "[source.b] lacks 'url'; write url = \"https://…\", the listing or page to follow",
        '[source.b] lacks \'read\'; write read = "listing" or read = "page"',
    ]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("archive = 3\n", "archive must be a table, written [archive]"),
        ("[crawler]\nmax_pages = true\n", "[crawler] max_pages must be a whole number, not True"),
        ("[crawler]\nmax_pages = 2.5\n", "[crawler] max_pages must be a whole number, not 2.5"),
        ("[source]\na = 3\n", "[source] a must be a table, written [source.a]"),
        (SOURCE + "recipe = 3\n", "[source.a] recipe must be a table of selectors, not 3"),
        (SOURCE + "recipe = [3]\n", "[source.a.recipe] must be a table of selectors"),
        (
            SOURCE + '[source.a.recipe]\nitem = "li[["\n',
            "[source.a.recipe] item is not a CSS selector: 'li[['; try it in a browser's inspector",
        ),
        (
            SOURCE + '[source.a.recipe]\nfields = { post = "{td.a} ({td.b}" }\n',
            "[source.a.recipe] fields.post has brackets that are not around one place: "
            "'{td.a} ({td.b}'",
        ),
        (
            SOURCE + '[source.a.recipe]\nsummary = "{td.a}, {td.b"\n',
            "[source.a.recipe] summary has a brace without its other: '{td.a}, {td.b'; "
            "write {SELECTOR}, {SELECTOR}",
        ),
        (
            SOURCE + '[source.a.recipe]\ntitle = "{page:2}"\n',
            "[source.a.recipe] title is not a CSS selector: 'page:2'; "
            "try it in a browser's inspector",
        ),
        (
            SOURCE + '[source.a.recipe]\nlink = "{a}, {b}"\n',
            "[source.a.recipe] link is not a CSS selector: '{a}, {b}'; "
            "try it in a browser's inspector",
        ),
        (
            SOURCE + '[source.a.recipe]\nignore = ["nav", "p[["]\n',
            "[source.a.recipe] ignore is not a CSS selector: 'p[['; "
            "try it in a browser's inspector",
        ),
        (
            SOURCE + "[source.a.recipe]\nignore = [3]\n",
            "[source.a.recipe] ignore must be a list of selectors in quotes",
        ),
        (
            SOURCE + '[source.a.recipe]\nfrom = "2021-05-01"\n',
            "[source.a.recipe] from must be a date such as 2021-05-01, not '2021-05-01'",
        ),
        (
            SOURCE + '[[source.a.recipe]]\nitem = "li"\n[[source.a.recipe]]\nitem = "tr"\n',
            "[[source.a.recipe]] lacks 'from', the first day of the later layout",
        ),
    ],
)
def test_a_wrong_type_is_told_with_the_right_one(tmp_path: Path, text: str, told: str) -> None:
    assert told in mistakes(tmp_path, text)


def test_a_wording_may_be_read_from_several_places(tmp_path: Path) -> None:
    recipe = 'title = "{b}, {i}"\nfields = { post = "{td.office} ({td.town@title})" }\n'

    config = load(written(tmp_path, f"{SOURCE}[source.a.recipe]\n{recipe}"))

    (read,) = config.sources["a"].recipes
    assert (read.title, dict(read.fields)) == (
        "{b}, {i}",
        {"post": "{td.office} ({td.town@title})"},
    )


@pytest.mark.parametrize(
    ("written_as", "allowed"),
    [
        (
            '["127.0.0.1", "wiki.corp.example", "10.0.0.0/8"]',
            ("127.0.0.1", "wiki.corp.example", "10.0.0.0/8"),
        ),
        ('"localhost"', ("localhost",)),
        ("true", ("0.0.0.0/0", "::/0")),
        ("false", ()),
        ("[]", ()),
    ],
)
def test_private_addresses_are_allowed_by_name(
    tmp_path: Path, written_as: str, allowed: tuple[str, ...]
) -> None:
    config = load(written(tmp_path, f"[crawler]\nallow_private = {written_as}\n"))

    assert config.crawler.allow_private == allowed


@pytest.mark.parametrize(
    ("written_as", "told"),
    [
        ('["localhost", "127.0.0"]', "'127.0.0' is no host name, address or network"),
        ('"*.corp.example"', "'*.corp.example' is no host name, address or network"),
        ("[3]", "must hold texts in quotes, not 3"),
        ("3", "must hold texts in quotes, not 3"),
    ],
)
def test_a_slip_in_what_is_private_is_told(tmp_path: Path, written_as: str, told: str) -> None:
    remedy = 'write a host name, an address or a network, such as "localhost", "10.0.0.0/8"'

    assert mistakes(tmp_path, f"[crawler]\nallow_private = {written_as}\n") == [
        f"[crawler] allow_private {told}; {remedy}"
    ]


@pytest.mark.parametrize("key", ["max_header_bytes", "max_visit_s"])
def test_a_cap_is_above_zero(tmp_path: Path, key: str) -> None:
    assert mistakes(tmp_path, f"[crawler]\n{key} = 0\n") == [f"[crawler] {key} must be above zero"]


@pytest.mark.parametrize("user", ["user:word@", "user@", "@"])
def test_a_source_holds_no_password(tmp_path: Path, user: str) -> None:
    told = mistakes(tmp_path, SOURCE.replace("https://a.gov", f"https://{user}a.gov"))

    assert told == [
        "[source.a] url must hold no user name and no password, for it is kept and published"
    ]


def test_a_source_has_the_time_zone_of_its_own_or_of_all(tmp_path: Path) -> None:
    other = SOURCE.replace("source.a", "source.b") + 'timezone = "Europe/Berlin"\n'
    zones = '[crawler]\ntimezone = "America/New_York"\n'

    config = load(written(tmp_path, zones + SOURCE + other))
    without = load(written(tmp_path, SOURCE + other))

    assert [s.timezone for s in config.sources.values()] == ["America/New_York", "Europe/Berlin"]
    assert [s.timezone for s in without.sources.values()] == ["UTC", "Europe/Berlin"]


def test_a_time_zone_that_does_not_exist_is_told_where_it_stands(tmp_path: Path) -> None:
    assert mistakes(
        tmp_path,
        '[crawler]\ntimezone = "Europe/Berlni"\njitter_s = -1\n' + SOURCE + 'timezone = "EDT+"\n',
    ) == [
        "[crawler] jitter_s must not be below zero, and is -1",
        "[crawler] timezone must name a time zone such as 'America/New_York', "
        "not 'Europe/Berlni'; did you mean 'Europe/Berlin'?",
        "[source.a] timezone must name a time zone such as 'America/New_York', "
        "not 'EDT+'; it is one of the IANA database",
    ]


def test_the_sources_chosen_are_those_named_or_all(tmp_path: Path) -> None:
    config = load(written(tmp_path, SOURCE + SOURCE.replace("source.a", "source.b")))
    empty = load(written(tmp_path, ""))

    assert [source.key for source in config.chosen(["b"])] == ["b"]
    assert [source.key for source in config.chosen([])] == ["a", "b"]
    with pytest.raises(ConfigError, match=r"there is no \[source.KEY\] to visit; add one"):
        empty.chosen([])


@pytest.mark.parametrize("url", ["ftp://a.gov/", "file:///etc/passwd", "https://", "", "http://["])
def test_a_source_has_a_web_address(tmp_path: Path, url: str) -> None:
    told = mistakes(tmp_path, SOURCE.replace("https://a.gov/list", url))

    assert told == [
        f"[source.a] url must be a web address beginning with http:// or https://, not {url!r}"
    ]


def test_a_missing_configuration_is_told_with_how_to_make_one(tmp_path: Path) -> None:
    with pytest.raises(ConfigError) as raised:
        load(tmp_path / "config.toml")

    assert str(raised.value) == (f"{tmp_path}/config.toml: not found; `reworded init` writes one")


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"\xff\xfe\x00", "cannot be read ('utf-8' codec"),
        (b"[archive\n", "is not TOML: "),
        (b"a = " + b"[" * 10_000, "is not TOML: "),
        (b"a" + b".a" * 10_000 + b" = 1", "is not TOML: "),
        (b'[source.a]\nurl = "x"\nurl = "y"\n', "is not TOML: "),
    ],
    ids=["binary", "not_toml", "nested_without_end", "a_key_without_end", "a_setting_twice"],
)
def test_an_unreadable_configuration_is_told(tmp_path: Path, content: bytes, told: str) -> None:
    path = tmp_path / "config.toml"
    path.write_bytes(content)

    with pytest.raises(ConfigError) as raised:
        load(path)

    assert str(raised.value).startswith(f"{path}: {told}")


def test_a_recipe_is_in_use_from_its_day_on(tmp_path: Path) -> None:
    text = (
        SOURCE
        + '[[source.a.recipe]]\nitem = "li"\n'
        + '[[source.a.recipe]]\nfrom = 2023-02-01\nitem = "div"\n'
        + '[[source.a.recipe]]\nfrom = 2021-05-01\nitem = "tr"\n'
    )

    source = load(written(tmp_path, text)).source("a")

    days = [date(2020, 1, 1), date(2021, 4, 30), date(2021, 5, 1), date(2023, 2, 1)]
    moments = [datetime(day.year, day.month, day.day, tzinfo=UTC) for day in days]
    assert [source.recipe(moment).item for moment in moments] == ["li", "li", "tr", "div"]


def test_an_unknown_source_is_told_with_the_nearest(tmp_path: Path) -> None:
    config = load(written(tmp_path, SOURCE.replace("source.a", "source.fact-sheets")))

    with pytest.raises(ConfigError) as near:
        config.source("factsheets")
    with pytest.raises(ConfigError) as far:
        config.source("zzz")

    path = tmp_path / "config.toml"
    assert str(near.value) == (
        f"{path}: there is no [source.factsheets]; did you mean 'fact-sheets'?"
    )
    assert str(far.value) == f"{path}: there is no [source.zzz]; there are fact-sheets"


def test_the_configuration_that_comes_with_the_program_can_be_used() -> None:
    shipped = Path(__file__).parents[2] / "config.toml"
    starter = Path(__file__).parents[2] / "crawler" / "starter.toml"

    assert list(load(shipped).sources) == ["dhs-ice-publications", "ice-factsheets"]
    assert starter.read_bytes() == shipped.read_bytes()


def test_visits_to_confirm_a_removal_are_said_for_all_sources_or_one(tmp_path: Path) -> None:
    source = 'url = "https://a.example"\nread = "page"\n'
    told = f"[crawler]\nconfirm = 3\n[source.a]\n{source}[source.b]\n{source}confirm = 1\n"

    config = load(written(tmp_path, told))

    assert [each.confirm for each in config.sources.values()] == [3, 1]


@pytest.mark.parametrize("confirm", [0, 31])
def test_a_number_of_visits_that_confirms_nothing_is_told(tmp_path: Path, confirm: int) -> None:
    (told,) = mistakes(tmp_path, f"[crawler]\nconfirm = {confirm}\n")

    assert told == f"[crawler] confirm must be a number of visits from 1 to 30, not {confirm}"
