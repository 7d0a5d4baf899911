"""One listing in two layouts that share no class name and no address: Drupal 7, then USWDS."""

from dataclasses import dataclass, replace

from support import Answer, html

KINDS = ("Fact Sheet", "Annual Report", "Privacy Assessment", "Directive", "Audit")
PLACES = ("Aurora", "Boulder", "Camden", "Dayton", "Elgin", "Fargo", "Gary", "Helena")
MATTERS = (
    "the custody of criminal aliens held under agreements with counties",
    "how detention beds are counted at the end of each fiscal year",
    "what records are kept of visits by family and by counsel",
    "the transport of persons between field offices and airports",
    "medical screening on arrival and the care that follows it",
)


@dataclass(frozen=True)
class Publication:
    """One item, the same in both layouts but for its address."""

    number: int
    title: str
    summary: str
    day: str
    code: str

    @property
    def slug(self) -> str:
        return "-".join(self.title.lower().split())


def publications() -> list[Publication]:
    """Forty publications, no two of one title."""
    return [_publication(number) for number in range(40)]


def _publication(number: int) -> Publication:
    place, kind = PLACES[number // 5], KINDS[number % 5]
    return Publication(
        number=number,
        title=f"{place} Field Office {kind} {2010 + number % 11}",
        summary=f"It tells of {place} and {MATTERS[number % 5]}, case by case.",
        day=f"2021-{1 + number // 20:02}-{1 + number % 20:02}",
        code=f"FOIA-{number:04}",
    )


def reworded(publication: Publication) -> Publication:
    return replace(publication, summary=publication.summary.replace("aliens", "noncitizens"))


NEW = Publication(
    number=99,
    title="Lisbon Sub-Office Opening Notice",
    summary="A new office opens its doors to the public at the end of May.",
    day="2021-05-03",
    code="FOIA-0099",
)
MENU = ("Home", "About Us", "Newsroom", "Library", "Contact", "Careers")


def drupal(shown: list[Publication]) -> Answer:
    """The list as Drupal 7 and its Views print it."""
    menu = "".join(f'<li class="leaf"><a href="/{m.lower()}">{m}</a></li>' for m in MENU)
    rows = "".join(
        f'<div class="views-row views-row-{n + 1}"><div class="views-field views-field-title">'
        f'<h3 class="field-content"><a href="/node/{p.number + 100}">{p.title}</a></h3></div>'
        f'<div class="views-field-body"><p>{p.summary}</p></div>'
        f'<span class="views-field-code">{p.code}</span>'
        f'<span class="date-display-single">{p.day}</span></div>'
        for n, p in enumerate(shown)
    )
    return html(
        f'<div id="header"><ul class="menu">{menu}</ul></div><div class="region-content">'
        f'<h1 class="page-title">Library</h1><div class="view-content">{rows}</div></div>'
        '<div id="footer">Contact the office of public affairs.</div>'
    )


def uswds(shown: list[Publication], *, has_codes: bool = True) -> Answer:
    """The same list in the U.S. Web Design System, every address new."""
    menu = "".join(
        f'<li class="usa-nav__primary-item"><a class="usa-nav__link" href="/{m.lower()}/">{m}</a>'
        "</li>"
        for m in MENU
    )
    cards = "".join(
        '<li class="usa-collection__item"><div class="usa-collection__body">'
        f'<h4 class="usa-collection__heading"><a class="usa-link" href="/publications/{p.slug}">'
        f'{p.title}</a></h4><p class="usa-collection__description">{p.summary}</p>'
        '<ul class="usa-collection__meta">'
        f'<li class="usa-collection__meta-item"><time datetime="{p.day}">{p.day}</time></li>'
        + (f'<li class="usa-collection__meta-code">{p.code}</li>' if has_codes else "")
        + "</ul></div></li>"
        for p in shown
    )
    return html(
        f'<header class="usa-header"><ul class="usa-nav__primary">{menu}</ul></header>'
        f'<main class="usa-layout"><h2 class="usa-heading">Library</h2>'
        f'<ul class="usa-collection">{cards}</ul></main>'
        '<footer class="usa-footer">Contact the office of public affairs.</footer>'
    )
