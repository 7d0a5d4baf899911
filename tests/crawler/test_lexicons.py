"""The lexicon that a configuration asks for, and the commands that use it."""

from pathlib import Path

import pytest

from crawler.cli import main
from crawler.config import load
from crawler.lexicons import PACKS, lexicon, packs, shipped
from snapshots.errors import ConfigError

OWN = """
[lexicon]
packs = []
file = "terms.toml"
exclude = ["Climate Change Act"]
[[lexicon.term]]
old = "climate change"
new = ["extreme weather"]
"""


def configured(tmp_path: Path, text: str, pack: str = "") -> Path:
    path = tmp_path / "config.toml"
    path.write_text(text, "utf-8")
    (tmp_path / "terms.toml").write_text(pack, "utf-8")
    return path


def titles(path: Path) -> list[str]:
    config = load(path)
    return [pack.title for pack in packs(config.path, config.lexicon)]


def test_without_a_word_of_it_both_packs_of_the_program_are_used(tmp_path):
    path = configured(tmp_path, "")

    assert titles(path) == [shipped(name).title for name in PACKS]


def test_own_terms_and_a_file_beside_the_configuration_come_first(tmp_path):
    path = configured(tmp_path, OWN, 'title = "Mine"\n[[term]]\nold = "equity"')

    config = load(path)
    assert titles(path) == ["config.toml", "Mine"]
    assert [t.old for t in lexicon(path, config.lexicon).terms] == ["climate change", "equity"]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ('[lexicon]\npacks = ["ice"]', "[lexicon] packs has no 'ice'; there are ice-cbp-2021,"),
        ("[lexicon]\nfiles = 1", "[lexicon] has no setting 'files'; did you mean 'file'?"),
        ('[lexicon]\nterm = ["x"]', "[lexicon] term 1 must be a table, written [[term]]"),
        ("lexicon = 1", "lexicon must be a table, written [lexicon]"),
    ],
)
def test_a_mistake_in_the_configuration_is_told(tmp_path, text, told):
    with pytest.raises(ConfigError) as caught:
        load(configured(tmp_path, text))

    assert told in str(caught.value)


@pytest.mark.parametrize(
    ("pack", "told"),
    [
        ("[[term]]\nnew = []", "terms.toml: term 1: lacks 'old', the term to watch"),
        ("[[term", "terms.toml: is not TOML:"),
    ],
)
def test_a_mistake_in_the_file_is_told(tmp_path, pack, told):
    config = load(configured(tmp_path, OWN, pack))

    with pytest.raises(ConfigError) as caught:
        lexicon(config.path, config.lexicon)

    assert told in str(caught.value)


def checked(capsys, *words):
    code = main([*map(str, words)])
    return code, capsys.readouterr().out


def test_a_check_of_the_packs_of_the_program_finds_nothing(tmp_path, capsys):
    path = configured(tmp_path, "")

    assert checked(capsys, "--config", path, "lexicon", "check") == (
        0,
        "14 terms in 2 packs: nothing wrong\n",
    )


def test_a_check_that_finds_something_tells_it_and_exits_with_1(tmp_path, capsys):
    configured(tmp_path, "", '[[term]]\nold = "alien"\n[[term]]\nold = "aliens"')

    assert checked(capsys, "lexicon", "check", tmp_path / "terms.toml") == (
        1,
        "terms.toml: 'alien' stands 2 times (case and inflections are folded)\n",
    )


def test_a_check_of_a_file_that_is_not_there_is_wrong_usage(tmp_path, capsys):
    assert checked(capsys, "lexicon", "check", tmp_path / "none.toml") == (2, "")
