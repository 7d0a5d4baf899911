"""Publications as listing pages: a Drupal view, and the design system that replaced it."""

from collections.abc import Callable

from benchmarks.texts import Publication
from snapshots.records import Read, Recipe

SITE = "https://agency.example"
URL = f"{SITE}/publications-library"
CONTENT_TYPE = "text/html; charset=utf-8"
RECIPE = Recipe(
    read=Read.LISTING,
    item=".views-row, li.usa-collection__item",
    next="a[rel~=next], .pager__item--next a, a.usa-pagination__next-page",
)
MENU_SECTIONS, MENU_LINKS = 7, 9

DRUPAL = """<!DOCTYPE html>
<html lang="en" dir="ltr" prefix="og: https://ogp.me/ns#">
<head>
<meta charset="utf-8">
<title>Publications Library | Agency of Examples</title>
<link rel="canonical" href="{url}">
<link rel="stylesheet" media="all" href="/sites/default/files/css/css_a1.css">
<script src="/core/misc/drupal.js" defer></script>
</head>
<body class="path-publications-library not-front sidebar-first">
<a href="#main-content" class="visually-hidden focusable skip-link">Skip to main content</a>
<header class="region region-header" role="banner">
<div class="site-branding"><a href="/" rel="home"><img src="/logo.svg" alt="Home"></a></div>
{menu}
</header>
<main role="main"><a id="main-content" tabindex="-1"></a>
<div class="layout-content"><div class="region region-content">
<h1 class="page-title">Publications Library</h1>
<div class="views-element-container block">
<div class="view view-publications view-id-publications view-display-id-page js-view-dom-id-1">
<div class="view-content">
{items}
</div>
</div>
</div>
</div></div>
</main>
<footer class="site-footer" role="contentinfo">
{menu}
<p class="footer-note">An example of an official page. Last updated: 12/31/2024</p>
</footer>
</body>
</html>
"""
DRUPAL_ITEM = """\
<div class="views-row">
<article class="node node--type-publication node--view-mode-teaser" data-history-node-id\
="{number}">
<div class="views-field views-field-field-publication-date">
<span class="views-label visually-hidden">Publication date</span>
<div class="field-content"><time datetime="{published}T12:00:00Z" class="datetime">{written}\
</time></div>
</div>
<div class="views-field views-field-title">
<h3 class="field-content node__title"><a href="{path}" rel="bookmark" hreflang="en">{title}</a></h3>
</div>
<div class="views-field views-field-field-image">
<div class="field-content"><img loading="lazy" src="/sites/default/files/styles/thumbnail/public/\
covers/{number}.jpg?itok=h4kTz" width="120" height="155" alt="" class="image-style-thumbnail"></div>
</div>
<div class="views-field views-field-body">
<div class="field-content clearfix text-formatted field field--name-body field__item">
<p>{summary}</p>
</div>
</div>
<div class="views-field views-field-field-attachment">
<span class="views-label views-label-field-attachment">Attachment</span>
<div class="field-content"><span class="file file--mime-application-pdf file--application-pdf">\
<a href="/sites/default/files/publications/{number}.pdf" type="application/pdf">PDF, {size} KB</a>\
</span></div>
</div>
</article>
</div>"""
DRUPAL_MENU = '<nav class="menu--main" role="navigation"><ul class="menu">\n{sections}\n</ul></nav>'

USWDS = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Publications | Agency of Examples</title>
<link rel="stylesheet" href="/assets/uswds/styles.min.css">
</head>
<body>
<a class="usa-skipnav" href="#content">Skip to main content</a>
<section class="usa-banner"><div class="usa-accordion"><p class="usa-banner__header-text">An \
example website</p></div></section>
<header class="usa-header usa-header--extended">
{menu}
</header>
<main id="content" class="usa-section">
<div class="grid-container"><div class="grid-row grid-gap">
<h1 class="margin-0">Publications</h1>
<ul class="usa-collection">
{items}
</ul>
</div></div>
</main>
<footer class="usa-footer usa-footer--big">
{menu}
<div class="usa-identifier"><p>An example agency</p></div>
</footer>
</body>
</html>
"""
USWDS_ITEM = """\
<li class="usa-collection__item" data-entity="{number}">
<div class="usa-collection__calendar-date"><time datetime="{published}T12:00:00Z"><span class="usa-\
collection__calendar-date-month">{month}</span><span class="usa-collection__calendar-date-day">\
{day}</span></time></div>
<img class="usa-collection__img" src="/assets/covers/{number}-320x240.webp" srcset="/assets/covers/\
{number}-320x240.webp 320w, /assets/covers/{number}-640x480.webp 640w" alt="" loading="lazy">
<div class="usa-collection__body">
<h2 class="usa-collection__heading"><a class="usa-link" href="{path}">{title}</a></h2>
<p class="usa-collection__description">{summary}</p>
<ul class="usa-collection__meta" aria-label="More information">
<li class="usa-collection__meta-item position-relative"><svg class="usa-icon" aria-hidden="true" \
focusable="false" role="img"><use href="/assets/img/sprite.svg#file_present"></use></svg>\
<a href="{path}/file.pdf" class="usa-link text-base-dark">PDF, {size} KB</a></li>
</ul>
<ul class="usa-collection__meta" aria-label="Topics">
<li class="usa-collection__meta-item usa-tag usa-tag--new bg-primary-lighter text-primary-dark">\
Reports</li>
</ul>
</div>
</li>"""
USWDS_MENU = '<nav class="usa-nav"><ul class="usa-nav__primary">\n{sections}\n</ul></nav>'


Markup = Callable[[list[Publication]], str]


def drupal(listed: list[Publication]) -> str:
    """Return the listing as a Drupal view; 100 items are about 170 KB."""
    return _page(DRUPAL, DRUPAL_ITEM, DRUPAL_MENU, "menu-item", listed)


def design_system(listed: list[Publication]) -> str:
    """Return the listing in the U.S. Web Design System's markup; no class is as before."""
    return _page(USWDS, USWDS_ITEM, USWDS_MENU, "usa-nav__submenu-item", listed)


def _page(page: str, item: str, menu: str, css: str, listed: list[Publication]) -> str:
    return page.format(
        url=URL,
        menu=menu.format(sections=_menu(css)),
        items="\n".join(item.format(**_said(publication)) for publication in listed),
    )


def _said(item: Publication) -> dict[str, object]:
    return {
        "number": item.number,
        "path": item.path,
        "title": item.title,
        "summary": item.summary,
        "published": item.published.isoformat(),
        "written": f"{item.published:%B %d, %Y}",
        "month": f"{item.published:%b}",
        "day": f"{item.published:%d}",
        "size": 80 + item.number % 900,
    }


def _menu(css: str) -> str:
    return "\n".join(
        f'<li class="{css} {css}--expanded"><a href="/topics/{s}">Topic {s}</a><ul class="menu">\n'
        + "\n".join(
            f'<li class="{css}"><a href="/topics/{s}/{n}">Topic {s}, part {n}</a></li>'
            for n in range(MENU_LINKS)
        )
        + "\n</ul></li>"
        for s in range(MENU_SECTIONS)
    )
