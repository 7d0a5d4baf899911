"""What it costs to know items again: with links and few changes, and with nothing but words."""

from collections.abc import Callable, Sequence
from statistics import median
from time import process_time

from benchmarks.measure import repeats
from benchmarks.table import exponent
from benchmarks.texts import Edition, Language, Publication, few_changes, publications, redesign
from diffs.compare import changes_of, silent_columns
from diffs.links import canonical_link
from diffs.match import match
from diffs.words import fold
from snapshots.records import Item

SIZES = (1_000, 10_000)
LINKED_MS = 20.0
UNLINKED_S = 3.0
LARGEST_EXPONENT = 1.25
SITE = "https://agency.gov"


def run(*, is_quick: bool) -> None:
    """Print what matching and comparing cost, and whether that is as little as is required."""
    sizes = tuple(size // 100 for size in SIZES) if is_quick else SIZES
    for line in lines(sizes):
        print(line)


def lines(sizes: tuple[int, int], *, most: int = 20) -> list[str]:
    """Return the table, as lines: two sizes of listing, three editions, each measured so often."""
    linked = [costs_s(size, few_changes, has_links=True, most=most) for size in sizes]
    moved = [costs_s(size, redesign, has_links=False, most=most) for size in sizes]
    anew = [costs_s(size, rewritten, has_links=False, most=most) for size in sizes]
    told = [
        ("links, few changes", linked, f"at most {LINKED_MS:g} ms"),
        ("no links, redesign", moved, f"at most {UNLINKED_S:g} s"),
        ("no links, all items reworded", anew, f"at most {UNLINKED_S:g} s"),
    ]
    return [
        "",
        f"matching, CPU in ms, {sizes[0]:,} and {sizes[1]:,} items: match, compare, both",
        "",
        *(_line(title, sizes, costs, most) for title, costs, most in told),
    ]


def costs_s(size: int, edition: Edition, *, has_links: bool, most: int) -> tuple[float, float]:
    """Return the CPU seconds of matching, and of comparing, a listing with its next edition."""
    language = Language(1)
    old = publications(size, language)
    new = edition(old, language)

    def once() -> tuple[float, float]:
        for function in (canonical_link, fold):
            _cleared(function)()
        return _timed(_items(old, has_links), _items(new, has_links))

    matched, compared = repeats(once, budget_s=3.0, most=most)
    return median(matched), median(compared)


def rewritten(old: list[Publication], language: Language) -> list[Publication]:
    """Return a list whose links are all new, and of which every item is reworded and retitled."""
    return [_anew(item, language) for item in redesign(old, language)]


def _anew(item: Publication, language: Language) -> Publication:
    return Publication(
        item.number,
        language.reworded(item.title),
        language.reworded(item.summary),
        item.path,
        item.published,
    )


def _timed(old: Sequence[Item], new: Sequence[Item]) -> tuple[float, float]:
    begun = process_time()
    pairs = match(old, new)
    matched = process_time()
    changes_of(old, new, pairs, silent_columns(old, new, pairs))
    return matched - begun, process_time() - matched


def _items(listed: Sequence[Publication], has_links: bool) -> list[Item]:
    """Items as extraction gives them: values of their own, equal to none by identity."""
    return [
        Item(
            key=str(told.number),
            title="".join(list(told.title)),
            url=SITE + told.path if has_links else None,
            summary="".join(list(told.summary)),
            published=told.published.isoformat(),
        )
        for told in listed
    ]


def _cleared(function: Callable[..., object]) -> Callable[[], object]:
    return getattr(function, "cache_clear", bool)


def _line(
    title: str, sizes: tuple[int, int], costs: Sequence[tuple[float, float]], most: str
) -> str:
    parts = [" ".join(f"{s * 1000:.1f}" for s in (*cost, sum(cost))) for cost in costs]
    grown = exponent([*zip(sizes, map(sum, costs), strict=True)])
    required = f"at most {LARGEST_EXPONENT:g}"
    return f"{title:30}{parts[0]:>24}{parts[1]:>28}  ({most}); exponent {grown:.2f} ({required})"
