"""How others mark what changed between texts: a program of its own, in their environment.

``python marked.py NAME`` reads a JSON list of pairs of texts, and prints for each pair how
many places were marked, how many words, and the seconds of CPU: a JSON list of lists.
"""

import json
import re
import sys
from collections.abc import Callable, Iterable
from html import escape
from time import process_time

WORD = re.compile(r"\w+")
# Runs of marked text, each with whether it is kept.
Runs = Iterable[tuple[bool, str]]


def counted(runs: Runs) -> tuple[int, int]:
    """Return how many places are marked, and how many words in them."""
    places = words = 0
    was_kept = True
    for is_kept, text in runs:
        if not is_kept:
            places += was_kept
            words += len(WORD.findall(text))
        was_kept = is_kept or (was_kept and not text)
    return places, words


def htmldiff(old: str, new: str) -> Runs:
    from lxml.html.diff import htmldiff as compare

    marked = compare(*(f"<p>{escape(text, quote=False)}</p>" for text in (old, new)))
    parts = re.split(r"(<(?:ins|del)>.*?</(?:ins|del)>)", marked, flags=re.DOTALL)
    shown = [(not p.startswith(("<ins>", "<del>")), re.sub(r"<[^>]*>", "", p)) for p in parts]
    return [(is_kept, text) for is_kept, text in shown if text.strip()]


def match_patch(old: str, new: str) -> Runs:
    from diff_match_patch import diff_match_patch

    program = diff_match_patch()
    # It stops looking for a better answer after a second, as it comes.
    found = program.diff_main(old, new)
    program.diff_cleanupSemantic(found)
    return [(op == 0, text) for op, text in found]


PROGRAMS: dict[str, Callable[[str, str], Runs]] = {
    "htmldiff": htmldiff,
    "match_patch": match_patch,
}


def main() -> None:
    compare = PROGRAMS[sys.argv[1]]
    told = []
    for old, new in json.load(sys.stdin):
        begun = process_time()
        runs = compare(old, new)
        cost = process_time() - begun
        told.append((*counted(runs), cost))
    print(json.dumps(told))


if __name__ == "__main__":
    main()
