"""What word edits cost and how much they mark, beside other programs on the same texts."""

import json
import os
import resource
import subprocess
import sys
import tarfile
from collections.abc import Iterator, Sequence
from multiprocessing import get_context
from pathlib import Path
from tempfile import TemporaryDirectory
from time import process_time

from rapidfuzz.distance import Indel

from benchmarks.marked import WORD, counted
from benchmarks.texts import Language
from diffs.wording import reword

SEEDS = 1, 2
CHARS, QUICK_CHARS = 15_000_000, 1_500_000
MOST_S, MOST_MB = 2.0, 300
PAIRS = {"policy_text_pairs": ("before", "after"), "terms_snapshots": ("text_before", "text_after")}
PROGRAM = Path(__file__).with_name("marked.py")
PEERS_PYTHON = Path(__file__).parents[1] / ".venv-peers/bin/python"

Pair = tuple[str, str]
# The places marked, the words marked, the seconds of CPU.
Marks = tuple[int, int, float]


def run(*, is_quick: bool) -> None:
    """Print what a page wholly rewritten costs, and a table of recorded pairs, if they are here."""
    print("\nword edits: one page wholly rewritten\n")
    for line in rewritten(QUICK_CHARS if is_quick else CHARS):
        print(line, flush=True)
    folder = os.environ.get("REWORDED_DATA")
    if folder is None:
        print("\nrecorded pairs: not run, as REWORDED_DATA names no folder")
        return
    for name, keys in PAIRS.items():
        print(f"\n{compared(name, list(recorded(Path(folder) / name, keys)))}", flush=True)


def rewritten(chars: int) -> Iterator[str]:
    """Yield what it costs to compare two unrelated texts of one language: ours, then git's."""
    old, new = (invented(seed, chars) for seed in SEEDS)
    cost_s, size_mb = _in_a_process(old, new)
    is_met = cost_s <= MOST_S and size_mb <= MOST_MB
    required = f"(at most {MOST_S:g} s and {MOST_MB} MB: {'met' if is_met else 'MISSED'})"
    yield f"reword: {cost_s:.2f} s, {size_mb:.0f} MB {required}"
    cost_s, size_mb, _ = _git(old, new)
    yield f"git diff --word-diff: {cost_s:.2f} s, {size_mb:.0f} MB"


def invented(seed: int, chars: int) -> str:
    """Return a text of so many characters."""
    language = Language(seed)
    language.words = Language(SEEDS[0]).words
    said: list[str] = []
    size = 0
    while size < chars:
        said.append(language.summary())
        size += len(said[-1]) + 1
    return " ".join(said)[:chars]


def recorded(folder: Path, keys: Sequence[str]) -> Iterator[Pair]:
    """Yield the pairs of texts of which a change was recorded."""
    with tarfile.open(folder / "text.tar.xz") as archive:
        texts = {m.name: archive.extractfile(m).read().decode() for m in archive if m.isfile()}  # type: ignore[union-attr]
    for line in (folder / "pairs.jsonl").read_text("utf-8").splitlines():
        pair = json.loads(line)
        if all(key in pair for key in keys):
            old, new = (texts[f"{pair[key]}.md"] for key in keys)
            yield old, new


def compared(name: str, pairs: Sequence[Pair]) -> str:
    """Return a table: who marked how many places and words of the pairs, and its CPU."""
    least = sum(Indel.distance(*map(WORD.findall, pair)) for pair in pairs)
    rows = {
        "reword": [_ours(*pair) for pair in pairs],
        "git --word-diff": [_of_git(*pair) for pair in pairs],
        "lxml htmldiff": _told(Path(sys.executable), "htmldiff", pairs),
        "diff-match-patch": _told(PEERS_PYTHON, "match_patch", pairs),
    }
    lines = [f"{name}: {len(pairs)} pairs; the shortest script marks {least:,} words", ""]
    lines.append(f"{'':18}{'edits a pair':>14}{'words marked':>14}{'of shortest':>13}{'CPU, s':>9}")
    for program, marks in rows.items():
        if marks:
            places, words, cost_s = (sum(column) for column in zip(*marks, strict=True))
            cells = f"{places / len(pairs):14.1f}{words:14,}{words / least:13.2f}{cost_s:9.2f}"
            lines.append(f"{program:18}{cells}")
    return "\n".join(lines)


def _ours(old: str, new: str) -> Marks:
    begun = process_time()
    edits = reword(old, new)
    cost_s = process_time() - begun
    return *counted((edit.op == "keep", edit.text) for edit in edits), cost_s


def _of_git(old: str, new: str) -> Marks:
    cost_s, _, shown = _git(old, new)
    runs = [(line[0] not in "+-", line[1:]) for line in _hunks(shown) if line[:1] != "~"]
    return *counted(runs), cost_s


def _hunks(shown: str) -> Iterator[str]:
    """The lines after the header."""
    lines = iter(shown.splitlines())
    for line in lines:
        if line.startswith("@@"):
            break
    yield from (line for line in lines if line)


def _git(old: str, new: str) -> tuple[float, float, str]:
    """What git's word diff costs, in seconds and megabytes, and what it prints."""
    with TemporaryDirectory() as folder:
        for name, text in (("old", old), ("new", new)):
            Path(folder, name).write_text(text, "utf-8")
        command = ["git", "diff", "--no-index", "--word-diff=porcelain", "-U1000000", "old", "new"]
        with Path(folder, "shown").open("wb") as shown:
            process = subprocess.Popen(command, cwd=folder, stdout=shown)
            _, _, usage = os.wait4(process.pid, 0)
            process.returncode = 0
        cost_s = usage.ru_utime + usage.ru_stime
        return cost_s, usage.ru_maxrss / 1024, Path(folder, "shown").read_text("utf-8")


def _told(python: Path, name: str, pairs: Sequence[Pair]) -> list[Marks]:
    """What a peer's own program tells; nothing, where it is not installed."""
    if not python.exists():
        return []
    command = [str(python), str(PROGRAM), name]
    done = subprocess.run(command, input=json.dumps(pairs), capture_output=True, text=True)
    return [tuple(marks) for marks in json.loads(done.stdout)] if done.returncode == 0 else []


def _in_a_process(old: str, new: str) -> tuple[float, float]:
    """The seconds, and the megabytes of a process that holds nothing but the two texts."""
    with get_context("spawn").Pool(1) as pool:
        return pool.apply(_measured, (old, new))


def _measured(old: str, new: str) -> tuple[float, float]:
    begun = process_time()
    reword(old, new)
    cost_s = process_time() - begun
    return cost_s, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
