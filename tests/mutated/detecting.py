"""Detection on damaged pages: it ends in time, and in nothing but a recipe or a named error."""

from collections import Counter
from collections.abc import Sequence
from random import Random
from time import process_time
from typing import NamedTuple

from mutated.mutations import mutated
from snapshots.errors import ExtractError
from snapshots.extract.detect.detect import detect
from snapshots.extract.extract import extract
from snapshots.extract.selectors import parts, selector_problem

URL = "https://agency.gov/list?page=0"
KIND = "text/html; charset=utf-8"
# Seconds of CPU for one page, at most so many and so many more for each megabyte.
LEAST_S, EACH_MB_S = 1.0, 1.5


class Told(NamedTuple):
    """How often pages were told to be what, and the seeds of those that were told wrongly."""

    kinds: Counter[str]
    faults: list[str]
    slowest_s: float


def detecting(pages: Sequence[bytes], count: int, seed: int) -> Told:
    """Detect in so many damaged pages; each is made by a seed of its own."""
    kinds: Counter[str] = Counter()
    faults, slowest_s = [], 0.0
    for number in range(count):
        own = f"{seed}:{number}"
        random = Random(own)
        page = mutated(random, random.choice(pages))
        begun = process_time()
        try:
            kinds[_told(page)] += 1
        except ExtractError:
            kinds["refused"] += 1
        except Exception as error:
            faults.append(f"{own}: {error!r}")
        took_s = process_time() - begun
        slowest_s = max(slowest_s, took_s)
        if took_s > LEAST_S + EACH_MB_S * len(page) / 1e6:
            faults.append(f"{own}: took {took_s:.1f} s for {len(page):,} bytes")
    return Told(kinds, faults, slowest_s)


def _told(page: bytes) -> str:
    """Detect, and read the page by the recipe that was found."""
    recipe = detect(page, url=URL, content_type=KIND).recipe
    written = (recipe.item, recipe.title, recipe.link, recipe.summary, recipe.published)
    for css in (*written, recipe.section, *recipe.fields.values()):
        assert css is None or (parts(css) and selector_problem(css) is None), css
    extract(page, recipe, url=URL, content_type=KIND)
    return recipe.read
