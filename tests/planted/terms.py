"""The systematic substitutions that are planted: terms, their forms, how often and when."""

from dataclasses import dataclass

Pair = tuple[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Campaign:
    """A term that becomes another, in ``items`` of a full corpus, at so many dates.

    ``forms`` are tried in order, each where it stands. ``sentences`` hold the old term.
    ``told_as`` are the pairs of phrases any of which tells it. ``is_reverted``: all that
    was replaced is put back later.
    """

    forms: tuple[Pair, ...]
    told_as: tuple[Pair, ...]
    items: int
    dates: int = 1
    is_reverted: bool = False
    sentences: tuple[str, ...]

    @property
    def name(self) -> str:
        return " → ".join(self.told_as[0])

    def applied(self, text: str) -> str:
        """Return a text with the new term wherever the old one stood."""
        for old, new in self.forms:
            text = text.replace(old, new)
        return text

    def undone(self, text: str) -> str:
        for old, new in self.forms:
            text = text.replace(new, old)
        return text

    def tells(self, old: str, new: str) -> bool:
        """Whether a pair of phrases tells of this campaign, whatever its inflections."""
        return folded(old, new) in {folded(*pair) for pair in self.told_as}

    def is_part(self, old: str, new: str) -> bool:
        """Whether a pair of phrases has some of this campaign's words on both its sides."""
        sides = (set(), set())
        for pair in (*self.forms, *self.told_as):
            for side, phrase in zip(sides, pair, strict=True):
                side |= set(fold(phrase).split())
        both = [set(each.split()) for each in folded(old, new)]
        return bool(both[0] & (sides[0] - sides[1])) and bool(both[1] & (sides[1] - sides[0]))

    @property
    def reverse(self) -> "Campaign":
        """The same term put back."""
        return Campaign(
            forms=tuple(pair[::-1] for pair in self.forms),
            told_as=tuple(pair[::-1] for pair in self.told_as),
            items=self.items,
            dates=self.dates,
            sentences=self.sentences,
        )


def folded(old: str, new: str) -> Pair:
    return fold(old), fold(new)


def fold(phrase: str) -> str:
    """Return a phrase without case, plurals and possessives, by rules that do for these terms."""
    plain = phrase.casefold().replace("’", "'")
    return " ".join(word.removesuffix("'s").removesuffix("s") for word in plain.split())


CAMPAIGNS = (
    Campaign(
        forms=((" an alien", " a noncitizen"), ("alien", "noncitizen"), ("Alien", "Noncitizen")),
        told_as=(("alien", "noncitizen"),),
        items=80,
        sentences=(
            "Each alien in {place} may {helping} the {noun}.",
            "Aliens near {place} and their {nouns} are covered.",
            "It {verb} an alien's {noun} and other aliens of {place}.",
        ),
    ),
    Campaign(
        forms=(("climate change", "extreme weather"), ("Climate change", "Extreme weather")),
        told_as=(("climate change", "extreme weather"),),
        items=40,
        dates=2,
        sentences=(
            "Effects of climate change on the {place} {noun} are told.",
            "Climate change {adverb} burdens the {noun} at {place}.",
        ),
    ),
    Campaign(
        forms=(("An equity", "A fairness"), ("equity", "fairness"), ("Equity", "Fairness")),
        told_as=(("equity", "fairness"),),
        items=30,
        is_reverted=True,
        sentences=(
            "An equity {noun} for {place} is attached.",
            "Equity in {place} guides the {adjective} {noun}.",
        ),
    ),
    Campaign(
        forms=(("unaccompanied refugee children", "displaced unaccompanied children"),),
        told_as=(
            ("unaccompanied refugee children", "displaced unaccompanied children"),
            ("unaccompanied refugee", "displaced unaccompanied"),
        ),
        items=20,
        sentences=(
            "The {noun} for unaccompanied refugee children in {place} was moved.",
            "In {place}, unaccompanied refugee children stay with the {noun}.",
        ),
    ),
    Campaign(
        forms=(("assimilation", "integration"),),
        told_as=(("assimilation", "integration"),),
        items=15,
        dates=3,
        sentences=("Civic assimilation in {place} {verb} the {noun}.",),
    ),
    Campaign(
        forms=(("Bureau of Waterway Affairs", "Inland Shipping Administration"),),
        told_as=(("Bureau of Waterway Affairs", "Inland Shipping Administration"),),
        items=12,
        sentences=("The Bureau of Waterway Affairs runs the {noun} at {place}.",),
    ),
    Campaign(
        forms=(("chairman", "chairperson"), ("Chairman", "Chairperson")),
        told_as=(("chairman", "chairperson"),),
        items=8,
        dates=4,
        sentences=("The chairman's {noun} in {place} was read.",),
    ),
    Campaign(
        forms=(("homeless tenants", "families without housing"),),
        told_as=(("homeless tenants", "families without housing"),),
        items=5,
        sentences=("Homes for homeless tenants in {place} come first.",),
    ),
)
