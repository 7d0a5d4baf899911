"""Invented publications, and what a year does to them. The same seed gives the same texts."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, timedelta
from itertools import accumulate
from random import Random

VOCABULARY = 20_000
SHORTEST_SUMMARY, LONGEST_SUMMARY = 30, 50
SHORTEST_TITLE, LONGEST_TITLE = 5, 10
BINDING = "the of and to in for a on with by is are as from that which this or be not".split()
STARTS = "b br c ch d dr f fl g gr h j k l m n p pl pr qu r s sh st t th tr v w".split()
VOWELS = "a e i o u ai ea ie oa ou".split()
ENDS = "l ld m n nd nt r rk rm rn s st t th ve x".split()
EPOCH = date(2024, 12, 31)


@dataclass(frozen=True, slots=True)
class Publication:
    """One invented publication; ``number`` tells it from all others."""

    number: int
    title: str
    summary: str
    path: str
    published: date


class Language:
    """An invented language, whose n-th commonest word occurs 1/n as often as the first."""

    def __init__(self, seed: int) -> None:
        self.random = Random(seed)
        self.words = [*BINDING, *self._coined(VOCABULARY - len(BINDING))]
        self.odds = list(accumulate(1 / rank for rank in range(1, len(self.words) + 1)))

    def say(self, count: int) -> list[str]:
        """Return so many words, common ones often."""
        return self.random.choices(self.words, cum_weights=self.odds, k=count)

    def title(self) -> str:
        """Return a title: words of which at least some carry meaning."""
        said = self.say(self.random.randint(SHORTEST_TITLE, LONGEST_TITLE) - 2)
        return " ".join([*said, *self.random.choices(self.words[100:], k=2)]).capitalize()

    def summary(self) -> str:
        """Return some sentences."""
        said = self.say(self.random.randint(SHORTEST_SUMMARY, LONGEST_SUMMARY))
        half = len(said) // 2
        return " ".join(_sentence(part) for part in (said[:half], said[half:]))

    def reworded(self, text: str) -> str:
        """Return a text in which two neighbouring words became two others."""
        words = text.split(" ")
        place = self.random.randrange(1, len(words) - 2)
        words[place : place + 2] = self.random.choices(self.words[100:2000], k=2)
        return " ".join(words)

    def _coined(self, count: int) -> list[str]:
        coined: dict[str, None] = {}
        while len(coined) < count:
            coined[self._word()] = None
        return list(coined)

    def _word(self) -> str:
        pick = self.random.choice
        syllables = range(pick((1, 1, 2, 2, 3)))
        return "".join(pick(STARTS) + pick(VOWELS) for _ in syllables) + pick(ENDS)


def publications(count: int, language: Language) -> list[Publication]:
    """Return so many publications, newest first."""
    return [_publication(number, language) for number in range(count)]


def few_changes(old: list[Publication], language: Language) -> list[Publication]:
    """Return a list of which 2% are reworded, one is gone, and one is new."""
    new, places = _partly_reworded(old, language)
    gone = min(set(range(1, len(old))) - places)
    return [_publication(len(old), language), *new[:gone], *new[gone + 1 :]]


def additions(old: list[Publication], language: Language) -> list[Publication]:
    """Return a list of which 2% are reworded, and to which one is added."""
    new, _ = _partly_reworded(old, language)
    return [_publication(len(old), language), *new]


def redesign(old: list[Publication], language: Language) -> list[Publication]:
    """Return a list whose links are all new, and of which 5% are reworded and retitled."""
    share = max(1, len(old) // 20)
    places = set(language.random.sample(range(len(old)), share))
    moved = [replace(p, path=f"/library/{2025 - p.number % 9}/{p.number:x}-page") for p in old]
    return [_retitled(item, language) if n in places else item for n, item in enumerate(moved)]


Edition = Callable[[list[Publication], Language], list[Publication]]


def _publication(number: int, language: Language) -> Publication:
    title = language.title()
    slug = "-".join(title.lower().split()[:6])
    published = EPOCH - timedelta(days=number % 5000)
    return Publication(
        number, title, language.summary(), f"/publication/{slug}-{number}", published
    )


def _partly_reworded(
    old: list[Publication], language: Language
) -> tuple[list[Publication], set[int]]:
    """Reword 2% of a list, never its first; return it with the places of what was reworded."""
    share = max(1, len(old) // 50)
    places = set(language.random.sample(range(1, len(old)), share))
    new = [_reworded(item, language) if n in places else item for n, item in enumerate(old)]
    return new, places


def _reworded(item: Publication, language: Language) -> Publication:
    return replace(item, summary=language.reworded(item.summary))


def _retitled(item: Publication, language: Language) -> Publication:
    return replace(_reworded(item, language), title=language.reworded(item.title))


def _sentence(words: list[str]) -> str:
    return " ".join(words).capitalize() + "."
