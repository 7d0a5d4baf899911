"""The rooms, and who may enter: imports run one way, and every library has one home."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
ROOMS = ("crawler", "diffs", "snapshots")
MODULES = sorted(path for room in ROOMS for path in (ROOT / room).rglob("*.py"))
MOST_LINES = 400

# Where each third-party library is at home; a folder stands for all that is in it.
HOMES = {
    "apprise": ("crawler/notify.py",),
    "apscheduler": ("crawler/schedule.py",),
    "brotli": ("snapshots/coding.py", "snapshots/archive/evidence.py"),
    "charset_normalizer": ("snapshots/extract/charset.py",),
    "dateparser": ("snapshots/extract/dates.py",),
    "httptools": ("crawler/wire.py",),
    "httpx": ("crawler/http_client.py",),
    "jinja2": ("diffs/report/html.py",),
    "protego": ("crawler/politeness.py",),
    "pyarrow": ("crawler/parquet.py",),
    "rapidfuzz": ("diffs/",),
    "regex": ("diffs/words.py",),
    "rich": ("crawler/terminal.py",),
    "selectolax": ("snapshots/extract/html.py",),
    "sqlite3": ("snapshots/archive/",),
    "sqlite_utils": ("snapshots/archive/",),
    "tomli": ("crawler/config.py", "crawler/lexicons.py"),
    "tomlkit": ("crawler/config_writing.py",),
    "warcio": ("snapshots/warc.py", "snapshots/warc_writing.py"),
    "yaml": ("crawler/job_files.py",),
    "zstandard": (
        "snapshots/coding.py",
        "snapshots/archive/blocks.py",
        "snapshots/archive/payloads.py",
    ),
}
# The modules that may ask the system for the time, or print.
OUTERMOST = ("crawler/clock.py", "crawler/reporting.py", "crawler/terminal.py")
TIME_CALLS = (
    "date.today",
    "datetime.now",
    "datetime.today",
    "datetime.utcnow",
    "time.monotonic",
    "time.time",
)


def name_of(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def tree_of(path: Path) -> ast.Module:
    return ast.parse(path.read_text("utf-8"), filename=str(path))


def imports_of(path: Path) -> Iterator[str]:
    """Every module that a file imports, anywhere in it, by its full name."""
    for node in ast.walk(tree_of(path)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{name_of(path)} has a relative import"
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def is_in(imported: str, *modules: str) -> bool:
    return any(imported == module or imported.startswith(f"{module}.") for module in modules)


def calls_of(path: Path) -> Iterator[str]:
    for node in ast.walk(tree_of(path)):
        if isinstance(node, ast.Call):
            yield ast.unparse(node.func)


def strays(room: str, *allowed: str) -> list[tuple[str, str]]:
    """What a room's files import of ours beyond what they may."""
    return [
        (name_of(path), imported)
        for path in MODULES
        if name_of(path).startswith(f"{room}/")
        for imported in imports_of(path)
        if is_in(imported, *ROOMS, "tests", "benchmarks") and not is_in(imported, *allowed)
    ]


def test_snapshots_import_nothing_of_ours_but_snapshots():
    assert strays("snapshots", "snapshots") == []


def test_diffs_import_nothing_of_ours_but_diffs_and_the_records():
    assert strays("diffs", "diffs", "snapshots.records") == []


def test_the_crawler_imports_no_test_and_no_benchmark():
    assert strays("crawler", *ROOMS) == []


def test_the_program_is_looked_for_where_it_is():
    """Guards the tests above: with no modules found they would all pass."""
    names = {name_of(path) for path in MODULES}

    assert {"crawler/visit.py", "diffs/match.py", "snapshots/records.py"} <= names
    assert "snapshots.records.Item" in set(imports_of(ROOT / "diffs/match.py"))


@pytest.mark.parametrize("library", HOMES)
def test_a_library_has_one_home(library):
    homes = HOMES[library]
    users = {name_of(p) for p in MODULES if any(is_in(i, library) for i in imports_of(p))}

    abroad = sorted(user for user in users if not user.startswith(homes))

    assert abroad == []
    assert users, f"{library} is used nowhere: drop it from the dependencies and from here"


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_a_module_fits_in_one_sitting(path):
    lines = [line for line in path.read_text("utf-8").splitlines() if line.strip()]

    assert len(lines) <= MOST_LINES


def test_only_the_outermost_modules_print():
    printing = [name_of(path) for path in MODULES if "print" in set(calls_of(path))]

    assert printing == ["crawler/terminal.py"]


def test_only_the_outermost_modules_ask_the_time():
    asking = [name_of(path) for path in MODULES if set(calls_of(path)) & set(TIME_CALLS)]

    assert set(asking) <= set(OUTERMOST)


def test_no_module_imports_stars_or_catches_everything():
    caught = [
        f"{name_of(path)}:{node.lineno}"
        for path in MODULES
        for node in ast.walk(tree_of(path))
        if (isinstance(node, ast.ExceptHandler) and node.type is None)
        or (isinstance(node, ast.ExceptHandler) and ast.unparse(node.type) == "Exception")
        or (isinstance(node, ast.ImportFrom) and any(a.name == "*" for a in node.names))
    ]

    assert caught == []


def test_the_configuration_that_init_writes_is_the_one_in_the_repository():
    starter = (ROOT / "crawler/starter.toml").read_text("utf-8")

    assert starter == (ROOT / "config.toml").read_text("utf-8")
