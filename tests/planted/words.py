"""Invented publications: titles, sentences and names, from word lists, by a random source.

Words are drawn as they occur in writing: the nth of a list about 1/n as often as the first.
"""

from collections.abc import Sequence
from functools import cache
from itertools import accumulate
from random import Random

NOUNS = (
    "program report agency office policy review rule service process application guidance "
    "information request notice plan system record case employee benefit requirement grant "
    "standard facility official fund assessment procedure decision form training operation "
    "contract audit survey permit license inspection hearing petition fee budget database "
    "network partner contractor vendor region district committee council directive memorandum "
    "manual handbook bulletin circular statute regulation provision amendment waiver exemption "
    "deadline schedule payment invoice reimbursement subsidy tariff loan mortgage pension "
    "insurance claim appeal ruling settlement penalty violation complaint allegation incident "
    "hazard outbreak vaccine hospital clinic laboratory sample specimen dosage airport harbor "
    "bridge tunnel highway railway pipeline reservoir levee dam canal culvert aquifer wetland "
    "forest rangeland fishery hatchery orchard livestock grain dairy poultry pesticide "
    "fertilizer soil erosion drought wildfire hurricane flood landslide earthquake shelter "
    "housing tenant landlord voucher stipend apprentice workforce union wage overtime school "
    "curriculum teacher student scholarship library museum monument archive manuscript exhibit "
    "satellite radar antenna sensor buoy turbine generator reactor battery transformer "
    "substation telescope vessel aircraft locomotive vehicle container parcel customs docket"
).split()
ADJECTIVES = (
    "federal public annual new national local additional eligible current regional final "
    "quarterly interim technical environmental financial administrative joint independent "
    "temporary emergency rural urban coastal tribal seasonal electronic voluntary mandatory "
    "confidential statutory fiscal municipal preliminary supplemental strategic comprehensive "
    "routine periodic external internal bilateral provisional retroactive cumulative "
    "competitive discretionary experimental geological maritime aeronautical agricultural "
    "pharmaceutical veterinary electoral judicial parliamentary archival hydraulic seismic "
    "thermal renewable hazardous perishable inland alpine arid tidal"
).split()
VERBS = (
    "describes reviews provides explains includes requires updates covers lists summarizes "
    "presents examines supports replaces outlines evaluates clarifies implements amends "
    "documents establishes extends identifies assesses withdraws suspends reinstates "
    "consolidates transfers delegates authorizes restricts finances inspects catalogues"
).split()
ADVERBS = "now also generally jointly annually formally promptly usually rarely".split()
WHO = (
    "applicants residents employers officers inspectors managers researchers farmers veterans "
    "travelers importers carriers retailers physicians engineers auditors librarians pilots "
    "growers brokers surveyors"
).split()
MONTHS = (
    "January February March April May June July August September October November December"
).split()
FIRST = (
    "Ash Bel Brim Cald Cor Dun Elm Fal Gar Hal Ing Kel Lor Mar Nor Oak Pem Quin Ros Sel Tam "
    "Ul Ver Wex Yar Zel Thorn Stav Crow Birch"
).split()
MIDDLE = ("a", "e", "in", "o", "er", "en", "ar", "")
LAST = "bury dale field ford gate ham holm mere mouth port ridge stead ton vale wick worth".split()
CODES = "CBA EPR FIS HUR LMS NRO OPA TRC VAB WMD".split()
# Words that an editor may choose among, here this one and there another.
DOING = (
    "begin commence start launch open initiate".split(),
    "end conclude finish close complete terminate".split(),
    "help assist aid serve guide advise".split(),
    "show demonstrate display reveal exhibit indicate".split(),
    "ask inquire request question query solicit".split(),
    "fix repair restore correct remedy rebuild".split(),
    "keep retain hold store preserve maintain".split(),
    "find locate discover detect trace spot".split(),
    "give furnish grant offer supply donate".split(),
    "check verify confirm validate test prove".split(),
)
QUALITIES = (
    "large sizable big vast ample broad".split(),
    "quick rapid prompt swift fast speedy".split(),
    "main principal chief primary leading central".split(),
    "extra surplus spare further added excess".split(),
    "careful diligent thorough prudent cautious attentive".split(),
)
SYNONYMS = {
    word: tuple(other for other in words if other != word)
    for words in (*DOING, *QUALITIES)
    for word in words
}
HELPING = tuple(word for words in zip(*DOING, strict=True) for word in words)
QUALIFYING = tuple(word for words in zip(*QUALITIES, strict=True) for word in words)
SENTENCES = (
    "This {noun} {verb} the {adjective} {noun} for {place} and the {noun} of {adjective} {nouns}.",
    "The {adjective} {noun} {verb} how {who} in {place} {helping} the {qualifying} {noun}.",
    "{Adverb}, {who} must {helping} a {noun} with the {place} {noun} office by {date}.",
    "It {verb} {number} {nouns} and the {adjective} {noun} that {place} completed in {year}.",
    "A {qualifying} {noun} of {number} {nouns} was found during the {place} {noun} {noun}.",
    "Under the {place} {noun} {noun}, {who} may {helping} {adjective} {nouns} after {date}.",
    "The {noun} in {place} {adverb} {verb} each {noun}, {noun} and {adjective} {noun}.",
    "Between {year} and {date}, {number} {who} near {place} received a {adjective} {noun}.",
    "For {adjective} {nouns}, see the {place} {noun} and its {qualifying} {noun} {noun}.",
    "Officials of {place} {adverb} {helping} the {noun} before a {adjective} {noun} {noun}.",
    "Copies of the {adjective} {noun} are held by the {place} {noun} and its {noun} {noun}.",
    "What {who} said about the {place} {noun} {verb} the {qualifying} {adjective} {noun}.",
)
TITLES = (
    "{Adjective} {Noun} {Noun} in {place}",
    "{place} {Noun} {Noun}: {Adjective} {Noun}",
    "{Adjective} {Noun} of {place} {Nouns}",
    "Fact Sheet: {place} {Adjective} {Noun}",
    "{Noun} and {Noun} of the {place} {Noun}",
    "{place} {Noun} {Noun} {year}",
    "Report on {Adjective} {Nouns} near {place}",
    "Guide to the {place} {Noun} for {Who}",
    "{code}-{number} {Adjective} {Noun} {Noun}",
    "{code}-{number} {place} {Noun}",
)
# What many publications are called alike.
SAME_TITLES = ("Annual Report", "Monthly Statistical Bulletin", "Notice to Contractors")
SECTIONS = (
    "Rules and Guidance",
    "Statistics",
    "Fact Sheets",
    "Audits and Reviews",
    "Notices",
    "Research",
)


class Writer:
    """Writes what agencies write, the same again by its random source."""

    def __init__(self, random: Random) -> None:
        self.random = random

    def word(self, words: Sequence[str]) -> str:
        return self.random.choices(words, cum_weights=_falling(len(words)))[0]

    def place(self) -> str:
        """Return a name; most occur in one publication or two."""
        name = self.random.choice(FIRST) + self.random.choice(MIDDLE) + self.random.choice(LAST)
        return f"{name} {self.random.choice(('County', 'Valley', 'Basin', 'Harbor', 'Creek'))}"

    def date(self) -> str:
        return f"{self.random.choice(MONTHS)} {self.random.randint(1, 28)}, {self.year()}"

    def year(self) -> str:
        return str(self.random.randint(1994, 2018))

    def sentence(self) -> str:
        return self.filled(self.random.choice(SENTENCES))

    def title(self) -> str:
        return self.filled(self.random.choice(TITLES))

    def title_without_number(self) -> str:
        return self.filled(self.random.choice([t for t in TITLES if "{code}" not in t]))

    def sentences(self, fewest: int, most: int) -> str:
        return " ".join(self.sentence() for _ in range(self.random.randint(fewest, most)))

    def heading(self) -> str:
        return self.filled("{Adjective} {nouns} of {place}")

    def filled(self, pattern: str) -> str:
        """Return a pattern with every blank filled, each by itself."""
        parts = pattern.replace("}", "{").split("{")
        return "".join(self._blank(p) if n % 2 else p for n, p in enumerate(parts))

    def _blank(self, name: str) -> str:
        lists = {
            "noun": NOUNS,
            "adjective": ADJECTIVES,
            "verb": VERBS,
            "adverb": ADVERBS,
            "who": WHO,
            "helping": HELPING,
            "qualifying": QUALIFYING,
            "code": CODES,
        }
        if name.lower() in lists:
            word = self.word(lists[name.lower()])
            return word.capitalize() if name[0].isupper() else word
        if name.lower() == "nouns":
            plural = plural_of(self.word(NOUNS))
            return plural.capitalize() if name[0].isupper() else plural
        if name == "number":
            return str(self.random.randint(13, 9800))
        return str(getattr(self, name)())


def plural_of(noun: str) -> str:
    if noun.endswith("y") and noun[-2] not in "aeo":
        return f"{noun[:-1]}ies"
    return f"{noun}es" if noun.endswith(("s", "x", "ch", "sh")) else f"{noun}s"


@cache
def _falling(length: int) -> list[float]:
    """Cumulative weights by Zipf's law, as Mandelbrot has mended it for the commonest words."""
    return list(accumulate(1 / (rank + 2.7) for rank in range(1, length + 1)))
