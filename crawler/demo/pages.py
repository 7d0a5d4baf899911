"""The HTML of an edition, before and after its redesign. Never touches the network."""

from datetime import timedelta
from hashlib import sha256
from html import escape
from itertools import groupby

from crawler.demo.editions import Edition
from crawler.demo.texts import Block, Publication

PER_PAGE = 10

_MAINTENANCE = """<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8"><title>Scheduled maintenance</title></head>
<body><h1>Scheduled maintenance</h1>
<p>The library is undergoing scheduled maintenance. Please check back later.</p></body></html>
"""
_NAV = """<ul><li><a href="/">Home</a></li><li><a href="/fact-sheets">Fact Sheets</a></li>
<li><a href="/library">Library</a></li><li><a href="/contact">Contact</a></li></ul>"""
_LINKS = """<ul><li><a href="/newsroom">Newsroom</a></li>
<li><a href="/records">Request a Record</a></li></ul>"""
_SHARE = '<a href="/share/facebook">Facebook icon</a> <a href="/share/email">Email icon</a>'
_BANNER = "<p>An official website of the Harbor and Border Service</p>"
_FRAME = """<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8"><title>{title} | Harbor and Border Service</title>
<script nonce="{nonce}">document.documentElement.className += " js";</script></head>
{body}
<!-- page generated at {moment:%Y-%m-%dT%H:%M:%SZ}, visitor {visitor} --></html>
"""
_DRUPAL = """<body class="path-node"><div class="gov-banner">{banner}</div>
<header id="header" role="banner"><div class="site-name">Harbor and Border Service</div>
<form action="/search"><input type="hidden" name="form_build_id" value="form-{form}"></form>
<nav class="menu--main">{nav}</nav></header>
<div class="breadcrumb"><a href="/">Home</a> <span>{title}</span></div>
<div class="share-icons">{share}</div>
<main id="content" role="main"><h1 class="page-title">{title}</h1>
<div class="view view-id-page js-view-dom-id-{view}">{content}</div></main>
<aside class="related-links"><h2>Related Links</h2>{links}</aside>
<footer class="site-footer">{nav}</footer></body>"""
_USWDS = """<body class="usa-body"><section class="usa-banner">{banner}</section>
<header class="usa-header usa-header--basic"><em class="usa-logo">Harbor and Border Service</em>
<form class="usa-search" action="/search"><input type="hidden" name="token" value="{form}"></form>
<nav class="usa-nav">{nav}</nav></header>
<nav class="usa-breadcrumb" aria-label="Breadcrumbs"><ol><li><a href="/">Home</a></li>
<li>{title}</li></ol></nav><div class="usa-social">{share}</div>
<main class="usa-section" id="main-content"><div class="grid-container" data-view="{view}">
<h1 class="font-heading-xl">{title}</h1>{content}</div></main>
<aside class="usa-sidenav-wrap"><h2>Related Links</h2>{links}</aside>
<footer class="usa-footer">{nav}</footer></body>"""
_ROW = """<div class="views-row"><h3 class="views-field-title"><a href="{href}">{title}</a></h3>
<div class="views-field-body"><p>{summary}</p></div>
<span class="views-field-date">{time}</span></div>"""
_CARD = """<li class="usa-collection__item"><div class="usa-collection__body">
<h4 class="usa-collection__heading"><a class="usa-link" href="{href}">{title}</a></h4>
<p class="usa-collection__description">{summary}</p>
{time}</div></li>"""
_DRUPAL_PAGER = """
<nav class="pager"><ul class="pager__items"><li class="pager__item--next">
<a rel="next" href="?page={page}">Next page</a></li></ul></nav>"""
_USWDS_PAGER = """
<nav class="usa-pagination"><ul class="usa-pagination__list"><li class="usa-pagination__arrow">
<a class="usa-pagination__next-page" rel="next" href="?page={page}">Next page</a></li></ul></nav>"""


def library_page(edition: Edition, page: int, serial: int = 0) -> str:
    """Return one page of the library; page 0 is the first, and one past the last lists nothing.

    ``serial`` counts requests; it seeds the parts of a page that mean nothing.
    """
    if edition.is_maintenance:
        return _MAINTENANCE
    items = edition.listed[page * PER_PAGE : (page + 1) * PER_PAGE]
    is_last = (page + 1) * PER_PAGE >= len(edition.listed)
    pager = "" if is_last else _pager(edition, page + 1)
    return _framed(edition, serial, "Publications Library", _rows(edition, items) + pager)


def fact_sheets(edition: Edition, serial: int = 0) -> str:
    """Return the fact sheets page."""
    if edition.is_maintenance:
        return _MAINTENANCE
    heading, *blocks = edition.blocks
    runs = groupby(blocks, key=lambda block: block.tag)
    content = "\n".join(_run(edition, tag, list(run)) for tag, run in runs)
    return _framed(edition, serial, heading.text, content)


def publication(edition: Edition, slug: str, serial: int = 0) -> str | None:
    """Return a publication's own page; None when it is not online, also under maintenance."""
    for item in edition.listed + edition.unlisted:
        if item.slug == slug:
            content = f"<p>{escape(item.summary)}</p>\n<p>Published {_time(item)}</p>"
            return _framed(edition, serial, item.title, content)
    return None


def _rows(edition: Edition, items: tuple[Publication, ...]) -> str:
    if edition.is_redesigned:
        return f'<ul class="usa-collection">{_each(_CARD, items)}</ul>'
    return f'<div class="view-content">{_each(_ROW, items)}</div>'


def _each(template: str, items: tuple[Publication, ...]) -> str:
    return "\n".join(
        template.format(
            href=f"/publication/{item.slug}",
            title=escape(item.title),
            summary=escape(item.summary),
            time=_time(item),
        )
        for item in items
    )


def _time(item: Publication) -> str:
    day = item.published
    return f'<time datetime="{day}T12:00:00Z">{day:%B} {day.day}, {day.year}</time>'


def _pager(edition: Edition, page: int) -> str:
    template = _USWDS_PAGER if edition.is_redesigned else _DRUPAL_PAGER
    return template.format(page=page)


def _run(edition: Edition, tag: str, blocks: list[Block]) -> str:
    parts = "\n".join(f"<{tag}>{escape(block.text)}</{tag}>" for block in blocks)
    name = "usa-list" if edition.is_redesigned else "bullets"
    return f'<ul class="{name}">{parts}</ul>' if tag == "li" else parts


def _framed(edition: Edition, serial: int, title: str, content: str) -> str:
    """Return a whole page: the content amid the site's furniture and its volatile noise."""
    moment = edition.cached_at or edition.at + timedelta(seconds=serial)
    noise = sha256(moment.isoformat().encode()).hexdigest()
    body = (_USWDS if edition.is_redesigned else _DRUPAL).format(
        title=escape(title), content=content, form=noise[:24], view=noise[24:48],
        banner=_BANNER, nav=_NAV, links=_LINKS, share=_SHARE,
    )  # fmt: skip
    return _FRAME.format(
        title=escape(title), body=body, nonce=noise[48:], moment=moment, visitor=int(noise[:5], 16)
    )
