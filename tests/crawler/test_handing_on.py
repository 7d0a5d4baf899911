"""The commands that hand evidence on, as they are typed: export, import, evidence."""

import json
import zipfile
from pathlib import Path

import pytest
from history import evidence, lived
from support import Site

from crawler.cli import main
from snapshots.archive import Archive

CONFIG = """
[archive]
path = "{archive}"
[source.library]
url = "{url}/library"
read = "listing"
[source.library.recipe]
item = "li.doc"
"""
PAGE = """
[source.page]
url = "{url}/page"
read = "page"
"""


class Desk:
    """A folder with an archive that has a history, and one for a copy; what is typed there."""

    def __init__(self, folder: Path, site: Site, capfd: pytest.CaptureFixture[str]) -> None:
        past = lived(folder, site)
        self.folder, self.capfd = folder, capfd
        self.archives = {"old": past.archive, "new": folder / "new.sqlite"}
        for name, archive in self.archives.items():
            text = (CONFIG + PAGE).format(url=site.url, archive=archive)
            (folder / f"{name}.toml").write_text(text, "utf-8")
        self.narrow = CONFIG.format(url=site.url, archive=self.archives["new"])

    def type(self, of: str, *words: object) -> tuple[int, str, str]:
        self.capfd.readouterr()
        code = main(["--config", str(self.folder / f"{of}.toml"), *map(str, words)])
        return code, *self.capfd.readouterr()

    def rows(self, of: str) -> dict[str, list[tuple[object, ...]]]:
        with Archive.to_read(self.archives[of]) as archive:
            return evidence(archive)


@pytest.fixture
def desk(tmp_path: Path, site: Site, capfd: pytest.CaptureFixture[str]) -> Desk:
    return Desk(tmp_path / "desk", site, capfd)


def test_what_was_exported_is_imported_without_naming_a_source(desk: Desk) -> None:
    path = desk.folder / "all.wacz"

    exported = desk.type("old", "export", "wacz", "-o", path)
    imported = desk.type("new", "import", path)
    again = desk.type("new", "import", path)

    assert exported == (
        0,
        "",
        f"written: {path} (12 visits, 18 captures, 1 acceptance, 6 probes)\n",
    )
    assert imported[0] == 0
    assert imported[1].startswith(
        f"{path}: 12 visits, 18 captures, 6 probes, 1 acceptance restored"
    )
    assert again[1] == f"{path}: nothing restored, 12 visits held already; 0 changes\n"
    assert desk.rows("new") == desk.rows("old")
    assert desk.type("new", "verify")[0] == 0
    assert desk.type("new", "changes")[1].count("->") == desk.type("old", "changes")[1].count("->")


def test_one_source_of_it_is_imported_when_it_is_named(desk: Desk) -> None:
    path = desk.folder / "all.warc.gz"
    desk.type("old", "export", "warc", "-o", path)

    code, out, err = desk.type("new", "import", path, "--source", "page")

    assert (code, err) == (0, "")
    assert out.startswith(f"{path}: 6 visits, 5 captures restored, 0 visits held already;")


def test_sources_that_the_configuration_lacks_are_told_and_exit_1(desk: Desk) -> None:
    path = desk.folder / "all.warc"
    desk.type("old", "export", "warc", "-o", path)
    (desk.folder / "new.toml").write_text(desk.narrow, "utf-8")

    code, out, err = desk.type("new", "import", path)

    config = desk.folder / "new.toml"
    assert code == 1
    assert "6 visits, 13 captures" in out
    assert err == f"reworded: {path}: 6 visits of 'page' left out: {config} has no such source\n"


def test_the_same_file_is_imported_as_any_other_under_another_name(desk: Desk, site: Site) -> None:
    """What it holds of the address is taken, as from any crawler; each visit is guessed anew."""
    path = desk.folder / "all.wacz"
    desk.type("old", "export", "wacz", "-o", path)
    text = desk.narrow + f'[source.again]\nurl = "{site.url}/told?by=sea&x=%20y"\nread = "page"\n'
    (desk.folder / "new.toml").write_text(text, "utf-8")

    code, out, err = desk.type("new", "import", path, "--source", "again")

    assert (code, err) == (0, "")
    assert out.startswith("again: 5 captures imported, 0 held already, ")


def test_what_others_wrote_needs_a_source(desk: Desk) -> None:
    path = desk.folder / "saved.html"
    path.write_text("<p>Fees are due.</p>", "utf-8")

    code, _, err = desk.type("new", "import", path)

    assert code == 2
    assert "Missing option '--source'" in err


def test_an_export_that_cannot_be_written_leaves_nothing_behind(desk: Desk) -> None:
    before = sorted(desk.folder.iterdir())

    to_folder = desk.type("old", "export", "warc", "-o", desk.folder)
    nowhere = desk.type("old", "export", "warc", "-o", desk.folder / "no" / "a.warc")

    assert to_folder == (2, "", f"reworded: {desk.folder}: is a folder; name a file\n")
    assert nowhere[0] == 2
    assert "cannot be written (No such file or directory)" in nowhere[2]
    assert [p for p in sorted(desk.folder.iterdir()) if p not in before and "-" not in p.name] == []


def test_an_old_file_stays_when_the_new_one_cannot_be_made(desk: Desk) -> None:
    path = desk.folder / "a.warc"
    path.write_text("old", "utf-8")

    code, _, err = desk.type("old", "export", "warc", "nowhere", "-o", path)

    assert (code, err) == (2, "reworded: there is nothing to export of nowhere\n")
    assert path.read_text("utf-8") == "old"


def test_the_evidence_of_a_change_is_written(desk: Desk) -> None:
    path = desk.folder / "change.zip"
    lines = desk.type("old", "changes", "--format", "jsonl")[1].splitlines()
    number = json.loads(lines[-1])["id"]

    code, out, err = desk.type("old", "evidence", number, "-o", path)
    unknown = desk.type("old", "evidence", 999, "-o", path)

    assert (code, out, err) == (0, "", f"written: {path}\n")
    with zipfile.ZipFile(path) as package:
        assert package.testzip() is None
        assert package.read("evidence/change.jsonl").decode() == f"{lines[-1]}\n"
    assert unknown == (
        2,
        "",
        "reworded: there is no change 999; `reworded changes` shows their numbers\n",
    )
