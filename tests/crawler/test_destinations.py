"""``[notify]``: every mistake is told at once, and which changes a destination wants."""

from pathlib import Path

import hostile
import pytest

from crawler.config import load
from crawler.destinations import SETTINGS, Destination, destinations
from diffs.importance import Importance
from diffs.watched import Touched
from snapshots.errors import ConfigError

SOURCE = '[source.ice]\nurl = "https://ice.gov/"\nread = "page"\n'
CHANGED, REMOVED = hostile.report(["Fact sheet"]).changes


def written(folder: Path, text: str) -> Path:
    path = folder / "config.toml"
    path.write_text(f"{SOURCE}{text}", "utf-8")
    return path


def test_a_destination_is_read_with_its_rules(tmp_path: Path) -> None:
    text = (
        '[crawler]\ntimezone = "America/New_York"\n[notify.desk]\nurl = "mailtos://${WHO}@x.org"\n'
        'sources = ["ice"]\nkinds = ["removed", "rolled_off"]\nterms = ["alien"]\n'
        'importance = 40\ndigest = "0 7 * * mon-fri"\n'
    )
    config = load(written(tmp_path, text))

    assert destinations(config.notify, config.crawler.timezone) == (
        Destination(
            name="desk",
            url="mailtos://${WHO}@x.org",
            sources=("ice",),
            kinds=("removed", "rolled_off"),
            terms=("alien",),
            importance=40,
            digest="0 7 * * mon-fri",
            timezone="America/New_York",
        ),
    )


def test_all_mistakes_are_told_in_one_message(tmp_path: Path) -> None:
    text = (
        '[notify]\nloose = "json://x"\n'
        '[notify.one]\nurll = "json://x"\n'
        '[notify.two]\nurl = "nothing ${TOKEN"\nsources = ["icy"]\nkinds = ["remove", 3]\n'
        'terms = [""]\nimportance = 101\ndigest = "dayly"\ntimezone = "Mars"\n'
        '[notify.three]\nurl = 7\nkinds = "removed"\n'
    )
    with pytest.raises(ConfigError) as told:
        load(written(tmp_path, text))

    path = tmp_path / "config.toml"
    lines = [line.removeprefix(f"{path}: ") for line in str(told.value).splitlines()]
    assert [line.partition(";")[0] for line in lines] == [
        "[notify] loose must be a table, written [notify.loose]",
        "[notify.one] has no setting 'urll'",
        "[notify.one] lacks 'url'",
        "[notify.two] url must begin with a scheme that Apprise knows, such as mailtos:// or json://",
        "[notify.two] url has a '${' that names no environment variable",
        "[notify.two] sources names no source 'icy'",
        "[notify.two] kinds names no kind 'remove'",
        "[notify.two] kinds names no kind 3",
        "[notify.two] terms must be a list of watched terms in quotes",
        "[notify.two] importance must be a number from 0 to 100, and is 101",
        lines[10].partition(";")[0],
        lines[11].partition(";")[0],
        "[notify.three] kinds must be a list, not 'removed'",
        "[notify.three] url must be text in quotes",
    ]
    assert lines[10].startswith("[notify.two] digest must be 'hourly', 'daily'")
    assert lines[11].startswith("[notify.two] timezone ")


@pytest.mark.parametrize("url", ['"s3cret-token"', '["s3cret"]', '"json://s3cret${"'])
def test_no_mistake_repeats_an_address(tmp_path: Path, url: str) -> None:
    with pytest.raises(ConfigError) as told:
        load(written(tmp_path, f"[notify.desk]\nurl = {url}\n"))

    assert "s3cret" not in str(told.value)


def test_a_configuration_does_not_show_its_addresses(tmp_path: Path) -> None:
    config = load(written(tmp_path, '[notify.desk]\nurl = "json://s3cret@x.org"\n'))

    assert "s3cret" not in repr(config)
    assert "s3cret" not in repr(destinations(config.notify, "UTC"))


@pytest.mark.parametrize(
    ("rules", "wanted"),
    [
        ({}, True),
        ({"kinds": ("changed",)}, True),
        ({"kinds": ("added",)}, False),
        ({"sources": ("ice",)}, True),
        ({"sources": ("cbp",)}, False),
        ({"terms": ("ALIEN",)}, True),
        ({"terms": ("noncitizen",)}, True),
        ({"terms": ("migrant",)}, False),
        ({"importance": 50}, True),
        ({"importance": 50.5}, False),
    ],
)
def test_a_destination_wants_what_all_its_rules_ask_for(
    rules: dict[str, object], wanted: bool
) -> None:
    destination = Destination(name="desk", url="json://x", **rules)  # type: ignore[arg-type]
    touched = (Touched(old="alien", new="noncitizen", times=1),)

    assert destination.wants(CHANGED, touched, Importance(50, ())) is wanted


def test_every_setting_of_a_destination_is_documented() -> None:
    page = (Path(__file__).parents[2] / "docs" / "notification.md").read_text("utf-8")

    assert [key for key in SETTINGS if f"`{key}`" not in page] == []
