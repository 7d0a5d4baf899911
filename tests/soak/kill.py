"""``kill -9`` at random moments of real runs: what was told to be done is there afterwards."""

import os
import re
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from threading import Thread
from time import monotonic, sleep

from snapshots.archive import Archive
from snapshots.records import Read
from soak.ledger import Audit, Fault, audit, visits_of
from soak.press import Press
from soak.publisher import Publication
from soak.visits import CONFIRM, FOR_A_PERSON

REWORDED = str(Path(sys.executable).with_name("reworded"))
COMPLETED = re.compile(r"^([\w-]+): (new|unchanged|partial|blocked|failed|quarantined)\b")
# Pages that became others while no run could end, which the program leaves to a person.
WAITING = re.compile(rf"^([\w-]+): .*(?:{'|'.join(FOR_A_PERSON)})", re.MULTILINE)
# A run is let live for so many requests at most, and then for a moment.
MOST_REQUESTS = 14
LONGEST_MOMENT_S = 0.05
# After so many kills a new archive is begun, for the making of one can be cut short too.
KILLS_OF_AN_ARCHIVE = 25
ALLOWED = 'allow_private = ["127.0.0.1"]\n'
RECIPE = 'item = "li.doc, article.publication, div.views-row"'


@dataclass
class KillCount:
    """What the kills came to."""

    seed: int
    kills: int = 0
    too_late: int = 0
    completed: int = 0
    unfinished: int = 0
    without_archive: int = 0
    seconds: float = 0
    audit: Audit = field(default_factory=Audit)
    faults: list[Fault] = field(default_factory=list)


def kill(folder: Path, kills: int, seed: int) -> KillCount:
    """Kill so many runs, each at a moment of its own; check the archive after each."""
    count = KillCount(seed=seed)
    began = monotonic()
    for start in range(0, kills, KILLS_OF_AN_ARCHIVE):
        number = min(KILLS_OF_AN_ARCHIVE, kills - start)
        place = folder / str(start)
        place.mkdir()
        with ExitStack() as stack:
            _one_archive(place, number, f"{seed}/{start}", count, stack)
    count.seconds = monotonic() - began
    return count


def _one_archive(place: Path, kills: int, seed: str, count: KillCount, stack: ExitStack) -> None:
    random = Random(seed)
    hosts = [_publications(host, seed) for host in range(2)]
    presses = [stack.enter_context(Press(of_host, seed)) for of_host in hosts]
    _configure(place, presses)
    until = count.kills + kills
    while count.kills < until:
        for press in presses:
            for publication in press.publications.values():
                publication.change(random.randint(1, 2))
        _killed_run(place, presses, random, count)
    # Moments are told to the second; the last editions are older than the last runs.
    sleep(1)
    for _ in range(CONFIRM + 1):
        ended = _command(place, "run", "--all")
    for key in WAITING.findall(ended.stderr):
        _check("accept", _command(place, "accept", key), count)
    _check("run", _command(place, "run", "--all"), count)
    _check("verify", _command(place, "verify"), count)
    with Archive.to_read(place / "archive.sqlite") as archive:
        for press in presses:
            for publication in press.publications.values():
                count.audit.add(audit(archive, publication, press.url, CONFIRM))
    count.faults += count.audit.faults
    count.audit.faults = []


def _killed_run(place: Path, presses: list[Press], random: Random, count: KillCount) -> None:
    """Start a run, kill it, and compare what it said with what the archive holds."""
    before = _visits(place)
    asked = sum(press.answers for press in presses) + random.randint(0, MOST_REQUESTS)
    running = _run(place)
    lines: list[str] = []
    reader = Thread(target=lambda: lines.extend(running.stderr or ()))
    reader.start()
    deadline = monotonic() + 20
    while (
        running.poll() is None
        and sum(press.answers for press in presses) < asked
        and monotonic() < deadline
    ):
        sleep(0.002)
    sleep(random.uniform(0, LONGEST_MOMENT_S))
    is_late = running.poll() is not None
    running.send_signal(signal.SIGKILL)
    running.wait()
    reader.join()
    if running.stderr:
        running.stderr.close()
    count.kills += not is_late
    count.too_late += is_late
    told = Counter(found[1] for line in lines if (found := COMPLETED.match(line)))
    count.completed += told.total()
    count.faults += _lost(place, before, told, count, presses)


def _lost(
    place: Path, before: Counter[str], told: Counter[str], count: KillCount, presses: list[Press]
) -> Iterator[Fault]:
    path = place / "archive.sqlite"
    if not path.exists():
        count.without_archive += 1
        return
    if not path.stat().st_size:
        return
    after = _visits(place)
    kept = after - before
    everything = sum(len(press.publications) for press in presses)
    count.unfinished += 0 < kept.total() < everything
    for source, number in (told - kept).items():
        yield Fault(source, count.kills, "lost", f"{number} completed visits")
    for source, number in (kept - told).items():
        # One visit of each host may have been kept when the line was not yet printed.
        if number > 1 or (kept - told).total() > len(presses):
            yield Fault(source, count.kills, "unknown", f"{number} visits that no line told of")
    with Archive.to_read(path) as archive:
        for problem in archive.problems():
            yield Fault("archive", count.kills, "damaged", problem)


def _visits(place: Path) -> Counter[str]:
    """Return how many visits of each source are held."""
    path = place / "archive.sqlite"
    if not path.exists() or not path.stat().st_size:
        return Counter()
    keys = [f"{kind}-{number}" for number in range(6) for kind in ("library", "sheet")]
    with Archive.to_write(path) as archive:
        return Counter({key: len(visits_of(archive, key)) for key in keys})


def _command(place: Path, *arguments: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [REWORDED, *arguments],
        cwd=place,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def _check(name: str, ended: "subprocess.CompletedProcess[str]", count: KillCount) -> None:
    if ended.returncode:
        told = f"{ended.returncode}: {ended.stdout[-500:]} {ended.stderr[-500:]}"
        count.faults.append(Fault(name, count.kills, "exit code", told))


def _run(place: Path) -> "subprocess.Popen[str]":
    return subprocess.Popen(
        [REWORDED, "run", "--all"],
        cwd=place,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONUNBUFFERED": "1"},
    )


def _publications(host: int, seed: str) -> list[Publication]:
    return [
        Publication(
            key=f"{'sheet' if number % 3 == 2 else 'library'}-{number}",
            read=Read.PAGE if number % 3 == 2 else Read.LISTING,
            seed=seed,
            per_page=6,
            size=10,
            validators=("etag", "dated", "none")[number % 3],
        )
        for number in range(3 * host, 3 * host + 3)
    ]


def _configure(place: Path, presses: list[Press]) -> None:
    lines = [f'[archive]\npath = "archive.sqlite"\n[crawler]\ndelay_s = 0\n{ALLOWED}']
    for press in presses:
        for publication in press.publications.values():
            lines.append(
                f'[source.{publication.key}]\nurl = "{press.url}{publication.path}"\n'
                f'read = "{publication.read}"\n'
            )
            if publication.read is Read.LISTING:
                lines.append(f"[source.{publication.key}.recipe]\n{RECIPE}\n")
    (place / "config.toml").write_text("".join(lines), "utf-8")
