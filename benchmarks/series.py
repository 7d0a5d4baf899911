"""A year of a listing, fetched once a day: what a Drupal site says, and what it says to nobody."""

from base64 import b64encode, urlsafe_b64encode
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from random import Random

from benchmarks.pages import drupal
from benchmarks.texts import Language, Publication, publications

SEED = 1
FIRST = datetime(2025, 1, 1, 6, tzinfo=UTC)
# Nothing is published on a Saturday or a Sunday.
SATURDAY = 5
# How often a standing publication is reworded.
REWORDED_A_DAY = 0.2
# The site's styles and scripts are built anew, every so many days.
DAYS_A_BUILD = 14
STYLES = tuple(
    f"/{folder}/{name}.css"
    for folder in ("core/modules/system/css/components", "themes/custom/agency/css/component")
    for name in "ajax-progress align autocomplete container-inline fieldgroup hidden js nowrap "
    "position-container sticky-header tablesort tree-child".split()
)
SEARCH = """<form action="/publications-library" method="get" id="views-exposed-form-publications" \
accept-charset="UTF-8" data-drupal-form-fields="edit-combine,edit-submit">
<div class="form-item js-form-item form-type-textfield"><label for="edit-combine">Search</label>
<input type="text" id="edit-combine" name="combine" value="" size="30" maxlength="128"></div>
<input autocomplete="off" type="hidden" name="form_build_id" value="form-{form}">
<input type="hidden" name="antibot_key" value="{antibot}">
<p class="views-header">Displaying page {page} of {pages}. As of {at:%B %d, %Y, %I:%M %p} UTC.</p>
</form>"""
PAGER = """<nav class="pager" role="navigation" aria-labelledby="pagination-heading">
<ul class="pager__items js-pager__items">
{links}
</ul>
</nav>"""
ENDING = """<script type="application/json" data-drupal-selector="drupal-settings-json">\
{{"path":{{"baseUrl":"/","currentPath":"publications-library","currentQuery":{{"page":"{page}"}}}},\
"pluralDelimiter":"\\u0003","ajaxPageState":{{"libraries":"{libraries}","theme":"agency"}},"views":\
{{"ajax_path":"/views/ajax","ajaxViews":{{"views_dom_id:{view}":{{"view_name":"publications",\
"view_display_id":"page","view_args":"","view_path":"/publications-library","view_dom_id":"{view}",\
"pager_element":0}}}}}},"user":{{"uid":0,"permissionsHash":"{permissions}"}}}}</script>
<script{nonce} src="/core/assets/vendor/jquery/jquery.min.js?{build}"></script>
<script{nonce} src="/themes/custom/agency/js/agency.js?{build}"></script>
</body>"""


@dataclass(frozen=True, slots=True)
class Page:
    """One page as it was served on one day; ``number`` counts the pages of the listing from 0."""

    at: datetime
    number: int
    payload: bytes


def listing(
    *, pages: int, items: int, news: float, days: int = 365, is_strict: bool = False
) -> Iterator[Page]:
    """Yield a listing's pages day by day: ``items`` publications on each, the newest first.

    A working day brings as many ``news`` on average, by which all others slide on; on every fifth
    day one is reworded. Every page is served with a form token, a view's id and a time of its
    own, and by a site that ``is_strict`` about its scripts with a nonce.
    """
    language, site = Language(SEED), _Site(Random(SEED), is_strict)
    listed = publications(pages * items, language)
    for day in range(days):
        if day:
            listed = _next_day(listed, language, FIRST + timedelta(days=day), news)
        shown = listed[: pages * items]
        for number in range(pages):
            on_page = shown[number * items : (number + 1) * items]
            at = FIRST + timedelta(days=day, seconds=2 * number)
            yield Page(at, number, site.served(drupal(on_page), at, number, pages).encode())


def _next_day(
    listed: list[Publication], language: Language, at: datetime, news: float
) -> list[Publication]:
    pick = language.random
    if pick.random() < REWORDED_A_DAY:
        place = pick.randrange(len(listed))
        item = replace(listed[place], summary=language.reworded(listed[place].summary))
        listed = [*listed[:place], item, *listed[place + 1 :]]
    # From none to twice the average, all as likely.
    new = round(pick.uniform(0, 2 * news)) if at.weekday() < SATURDAY else 0
    numbers = range(len(listed), len(listed) + new)
    made = [publications(1, language)[0] for _ in numbers]
    dated = [
        replace(p, number=n, path=f"{p.path.rpartition('-')[0]}-{n}", published=at.date())
        for n, p in zip(numbers, made, strict=True)
    ]
    return [*reversed(dated), *listed]


class _Site:
    """What a site adds to its pages, otherwise at each fetch."""

    def __init__(self, random: Random, is_strict: bool) -> None:
        self._random = random
        self._is_strict = is_strict
        self._libraries = urlsafe_b64encode(random.randbytes(200)).decode()
        self._permissions = random.randbytes(32).hex()
        self._antibot = random.randbytes(16).hex()

    def served(self, page: str, at: datetime, number: int, pages: int) -> str:
        random = self._random
        build = f"s{(at - FIRST).days // DAYS_A_BUILD + 77_000:x}"
        view = random.randbytes(32).hex()
        nonce = b64encode(random.randbytes(16)).decode()
        styles = "\n".join(
            f'<link rel="stylesheet" media="all" href="{style}?{build}">' for style in STYLES
        )
        search = SEARCH.format(
            form=urlsafe_b64encode(random.randbytes(32)).decode().rstrip("="),
            antibot=self._antibot,
            page=number + 1,
            pages=pages,
            at=at,
        )
        ending = ENDING.format(
            page=number,
            libraries=self._libraries,
            view=view,
            permissions=self._permissions,
            nonce=f' nonce="{nonce}"' if self._is_strict else "",
            build=build,
        )
        page = page.replace("</head>", f"{styles}\n</head>")
        page = page.replace("js-view-dom-id-1", f"js-view-dom-id-{view}")
        page = page.replace('<div class="view-content">', f'{search}\n<div class="view-content">')
        page = page.replace("</main>", f"{_pager(number, pages)}\n</main>")
        return page.replace("</body>", ending)


def _pager(number: int, pages: int) -> str:
    if pages == 1:
        return ""
    links = [
        f'<li class="pager__item{" is-active" if n == number else ""}">'
        f'<a href="?page={n}" title="Go to page {n + 1}">{n + 1}</a></li>'
        for n in range(pages)
    ]
    if number + 1 < pages:
        links.append(
            f'<li class="pager__item pager__item--next"><a href="?page={number + 1}" rel="next">'
            "Next</a></li>"
        )
    return PAGER.format(links="\n".join(links))
