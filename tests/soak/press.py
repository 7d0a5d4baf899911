"""A web server of several publications on loopback, whose answers misbehave by seed."""

from collections import Counter
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from random import Random

from misbehaving import MISBEHAVIOURS, ROBOTS
from support import NOT_FOUND, Answer, Request, Site, page

from soak.publisher import FATES, Publication

EPOCH = datetime(2020, 1, 1, tzinfo=UTC)
HTTP_DATE = "%a, %d %b %Y %H:%M:%S GMT"
# These take real time, and are met more seldom.
SLOW = frozenset(name for name in MISBEHAVIOURS if "stall" in name or "for_ever" in name)
SLOWEST = frozenset({"endless_trickle"})
ROBOTS_STATES = tuple(name for name in ROBOTS if name not in ("never_comes", "is_huge"))
# What only this server can do, for it knows what was asked.
OWN = ("stale_304", "unasked_304", "no_304", "another_tag", "gzipped")
# Of one publication's link these would be the truth, for all that a visitor can know.
TRUE_OF_A_LINK = frozenset({"not_found", "gone", "soft_404", "a_pdf"})


class Press(Site):
    """A site that shows publications; ``share`` of its answers misbehave.

    ``begin`` names the visit that the next requests belong to; what happens in it follows
    from the seed and its number alone.
    """

    def __init__(self, publications: list[Publication], seed: str) -> None:
        super().__init__()
        self.publications = {each.path: each for each in publications}
        self.seed = seed
        self.share = 0.0
        self.answers = 0
        self.misbehaved: Counter[str] = Counter()
        self._random = Random(seed)
        self._edit_at = 0
        self._edited: Publication | None = None
        self._stale: set[str] = set()
        self.kinds = (*MISBEHAVIOURS, *OWN)
        self.weights = [_weight(name) for name in self.kinds]

    def begin(self, visit: int, publication: Publication | None, share: float) -> None:
        """Start a visit; sometimes the publication is changed while it lasts."""
        self._random = Random(f"{self.seed}/{visit}")
        self.share = share
        is_edited = publication is not None and share > 0 and self._random.random() < 0.15
        self._edited = publication if is_edited else None
        self._edit_at = self._random.randint(1, 4)
        self._stale = set()

    def answer(self, request: Request) -> Answer:
        with self.news:
            self.requests.append(request)
            self.answers += 1
            if self._edited:
                self._edit_at -= 1
                if self._edit_at < 0:
                    self._edited.change(self._random.randint(1, 2))
                    self._edited = None
            healthy = self._healthy(request)
            if self._random.random() >= self.share:
                return healthy
            return self._misbehaving(request, healthy)

    def _misbehaving(self, request: Request, healthy: Answer) -> Answer:
        if request.target == "/robots.txt" and self._random.random() < 0.5:
            state = self._random.choice(ROBOTS_STATES)
            self.misbehaved[f"robots_{state}"] += 1
            return ROBOTS[state][0]
        kind = self._random.choices(self.kinds, self.weights)[0]
        if self._is_beyond(kind, request):
            kind = "forbidden"
        self.misbehaved[kind] += 1
        if kind in OWN:
            return self._own(kind, request, healthy)
        return MISBEHAVIOURS[kind].answer(healthy, self._random)

    def _is_beyond(self, kind: str, request: Request) -> bool:
        """Whether nobody could see through this: what a link answers is all that is known of it."""
        is_link = request.target.partition("?")[0] not in self.publications
        return is_link and (kind in TRUE_OF_A_LINK or kind.startswith("redirect"))

    def _own(self, kind: str, request: Request, healthy: Answer) -> Answer:
        is_conditional = bool({"if-none-match", "if-modified-since"} & request.headers.keys())
        # Told the same lie by both walks of a visit, nobody could know better.
        is_new_lie = request.target not in self._stale
        if kind == "unasked_304" or (kind == "stale_304" and is_conditional and is_new_lie):
            self._stale.add(request.target)
            return Answer(status=304)
        if kind == "another_tag" and healthy.status == 200:
            return Answer(body=healthy.body).having(ETag=f'"{self._random.random()}"')
        if kind == "gzipped" and healthy.status == 200:
            return healthy.coded(self._random.choice(("gzip", "br", "zstd")))
        whole = Request(request.method, request.target, {})
        return self._healthy(whole) if kind == "no_304" else healthy

    def _healthy(self, request: Request) -> Answer:
        path, _, query = request.target.partition("?")
        publication = self.publications.get(path)
        if publication is None:
            return self._document(path)
        number = int(query.removeprefix("page=") or 0)
        body = publication.print_page(number, self.answers)
        if body is None:
            return NOT_FOUND
        sent = _validators(publication, body)
        asked = (("if-none-match", "ETag"), ("if-modified-since", "Last-Modified"))
        held = [request.headers.get(name) == sent[tag] for name, tag in asked if tag in sent]
        return (Answer(status=304) if any(held) else Answer(body=body)).having(**sent)

    def _document(self, path: str) -> Answer:
        """Answer for a publication's own link, by what became of it."""
        number = path.rpartition("/")[2].partition("-v")[0]
        if not number.isdigit():
            return NOT_FOUND if path == "/robots.txt" else page("A page about something else.")
        publication = self.publications.get(f"/{path.split('/')[1]}")
        is_listed = publication is not None and int(number) in publication.edition.numbers
        fate = "listed" if is_listed else FATES[int(number) % len(FATES)]
        if fate == "gone":
            return NOT_FOUND
        if fate == "redirected":
            return Answer(status=301).having(Location="/elsewhere")
        return page(f"This is publication {number}, as it always was.", "It says a good deal.")


def _weight(name: str) -> float:
    if name in SLOWEST:
        return 0.1
    return 0.4 if name in SLOW else 3.0 if name in ("stale_304", "no_304") else 1.0


def _validators(publication: Publication, body: bytes) -> dict[str, str]:
    tag = f'"{sha256(body).hexdigest()[:20]}"'
    dated = EPOCH + timedelta(seconds=len(publication.past))
    return {
        "etag": {"ETag": tag},
        "weak": {"ETag": f"W/{tag}"},
        "dated": {"Last-Modified": dated.strftime(HTTP_DATE)},
        "none": {},
    }[publication.validators]
