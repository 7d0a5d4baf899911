"""Lists are found with their titles, links, dates and summaries, from a page's bytes alone."""

import re

import pytest
from pages import DAYS, FIGURES, LINKS, NAMES, PAGER, TEASERS, WRITTEN, page, rows

from snapshots.errors import ExtractError
from snapshots.extract.detect.detect import detect
from snapshots.extract.extract import extract
from snapshots.records import Read

URL = "https://agency.gov/news"
KIND = "text/html; charset=utf-8"

VIEWS = '<div class="view-content">' + rows(
    '<div class="views-row"><div class="news-title"><a href="{1}">{0}</a></div>'
    '<div class="news-date">{2}</div><div class="news-tag">| Topic of {0}</div>'
    '<div class="news-body">{3}</div></div>',
    *(NAMES, LINKS, WRITTEN, TEASERS),
)
COLLECTION = '<ul class="usa-collection">' + rows(
    '<li class="usa-collection__item"><a href="{1}" title="{0}"><div><time datetime="{2}T08:00:00Z">'
    '{4}</time><h3 class="usa-collection__heading">{0}</h3><p>{3}</p></div></a></li>',
    *(NAMES, LINKS, DAYS, TEASERS, [day[:-6] for day in WRITTEN]),
)
PLACEHOLDER = '<ul class="usa-collection">' + rows(
    '<li class="usa-collection__item"><time datetime="2020-09-30"><span class="d">{2}</span></time>'
    '<h4><a href="{1}">{0}</a></h4><p>{3}</p></li>',
    *(NAMES, LINKS, WRITTEN, TEASERS),
)
WORDPRESS = '<div id="content">' + rows(
    '<article id="post-{4}" class="post-{4} post type-post hentry category-news">'
    '<header class="entry-header"><h2 class="entry-title"><a href="{1}">{0}</a></h2>'
    '<time class="entry-date" datetime="{2}">{2}</time></header>'
    '<div class="entry-summary"><p>{3} <a href="{1}">Read more</a></p></div></article>',
    *(NAMES, LINKS, DAYS, TEASERS, range(4_711, 4_719)),
)
GRID = (
    '<form id="aspnetForm"><table id="ctl00_MainContent_gvReports"><tr><th>Report No.</th>'
    "<th>Title</th><th>Issued</th></tr>"
    + rows(
        '<tr class="{4}"><td>OIG-24-{3}</td><td><a href="{1}">{0}</a></td><td>{2}</td></tr>',
        *(NAMES, LINKS, FIGURES, range(101, 109), ["GridRow", "GridAltRow"] * 4),
    )
    + "</table></form>"
)
NEWS_LIST = "<ul>" + rows('<li><span>{2}</span> <a href="{1}">{0}</a></li>', NAMES, LINKS, FIGURES)
TERMS = "<dl>" + rows(
    '<dt><a href="{1}">{0}</a></dt><dd>{2}</dd><dd>{3}</dd>', *(NAMES, LINKS, WRITTEN, TEASERS)
)
HEADINGS = '<div class="text">' + rows(
    '<h3><a href="{1}">{0}</a></h3><p>{2}</p><p>{3}</p>', *(NAMES, LINKS, WRITTEN, TEASERS)
)
TITLE_ABOVE = '<div class="text">' + rows(
    '<h3>{0}</h3><p>{2}</p><p>{3} <a href="{1}">Download (PDF)</a></p>',
    *(NAMES, LINKS, WRITTEN, TEASERS),
)
RECORD_ROWS = "<table><tbody>" + rows(
    '<tr><td colspan="2"><a href="{1}">2024 AG {4}</a></td></tr>'
    "<tr><td><b>Name</b></td><td>{0}</td></tr><tr><td><b>Released</b></td><td>{2}</td></tr>"
    "<tr><td><b>About</b></td><td>{3}</td></tr>",
    *(NAMES, LINKS, WRITTEN, TEASERS, range(11, 19)),
)
STRIPES = '<div class="panel">' + rows(
    '<div class="{4}"><div class="row"><div class="col-md-3">Name</div><div class="col-md-7">{0}</div>'
    '</div><div class="row"><div class="col-md-3">Release Date</div><div class="col-md-7">{2}</div></div>'
    '<div class="row"><div class="col-md-3"><a href="{1}">Download PDF</a></div>'
    '<div class="col-md-6"><a href="{1}/text">Read in Full</a></div></div></div>',
    *(NAMES, LINKS, FIGURES, TEASERS, ["row shaded", "row"] * 4),
)
RULES = "<div>" + rows(
    '<br>EN BANC<br><b><a href="{1}">2024-KA-0{4}</a></b><br><div><i>{0}</i>; {3}</div>'
    "<span>{2}</span><hr>",
    *(NAMES, LINKS, WRITTEN, TEASERS, range(1001, 1009)),
)
DOCUMENTS = '<div class="field">' + rows(
    '<p><strong>{0}</strong> &ndash; {2} <a href="{1}.pdf">PDF</a></p>', *(NAMES, LINKS, WRITTEN)
)

PAGES = {
    "views_rows_of_drupal": VIEWS,
    "a_collection_of_the_us_design_system": COLLECTION,
    "a_placeholder_for_each_date": PLACEHOLDER,
    "articles_of_wordpress": WORDPRESS,
    "a_grid_of_asp_net": GRID,
    "a_plain_news_list": NEWS_LIST,
    "a_definition_list": TERMS,
    "headings_and_paragraphs_in_turns": HEADINGS,
    "a_heading_above_each_link": TITLE_ABOVE,
    "rows_of_labels_and_values": RECORD_ROWS,
    "stripes_with_the_same_two_links": STRIPES,
    "flat_text_with_rules": RULES,
    "paragraphs_with_documents": DOCUMENTS,
}


def found_in(content, **more):
    payload = page(content, **more)
    detection = detect(payload, url=URL, content_type=KIND)
    reading = extract(payload, detection.recipe, url=URL, content_type=KIND)
    return detection, reading.items


@pytest.mark.parametrize("content", PAGES.values(), ids=PAGES)
def test_all_records_are_found_with(content):
    detection, items = found_in(content)

    assert detection.recipe.read is Read.LISTING
    assert detection.count == len(items) == len(NAMES)
    links = [f"https://agency.gov{link}" for link in LINKS]
    assert [(item.url or "").removesuffix(".pdf") for item in items] == links
    assert [item.title for item in items] == list(NAMES)
    assert [(item.published or "")[:10] for item in items] == list(DAYS)


@pytest.mark.parametrize(
    "kind",
    [
        "views_rows_of_drupal",
        "a_collection_of_the_us_design_system",
        "a_placeholder_for_each_date",
        "articles_of_wordpress",
        "a_definition_list",
        "headings_and_paragraphs_in_turns",
        "rows_of_labels_and_values",
    ],
)
def test_summaries_are_found_with(kind):
    _, items = found_in(PAGES[kind])

    assert [item.summary.removesuffix(" Read more") for item in items] == list(TEASERS)


@pytest.mark.parametrize("content", PAGES.values(), ids=PAGES)
def test_selectors_last(content):
    recipe = found_in(content)[0].recipe

    written = [recipe.item, recipe.title, recipe.link, recipe.summary, recipe.published]
    written += recipe.fields.values()
    for css in filter(None, written):
        assert css.count(":nth-") <= 1
        names = re.sub(r':nth-child\(\d\)|h[1-6]|"[^"]*"', "", css)
        assert not any(mark.isdigit() for mark in names)


@pytest.mark.parametrize("content", PAGES.values(), ids=PAGES)
def test_the_same_page_is_told_the_same(content):
    assert found_in(content)[0] == found_in(content)[0]


def test_a_recipe_reads_the_next_snapshot():
    recipe = found_in(VIEWS)[0].recipe
    later = page(VIEWS.replace("Annual", "Yearly").replace(NAMES[0], "A new report"))

    items = extract(later, recipe, url=URL, content_type=KIND).items

    titles = [name.replace("Annual", "Yearly") for name in ("A new report", *NAMES[1:])]
    assert [item.title for item in items] == titles


def test_a_record_without_its_link_is_a_record():
    bare = HEADINGS.replace(f'<a href="{LINKS[3]}">{NAMES[3]}</a>', NAMES[3])

    _, items = found_in(bare)

    assert [item.title for item in items] == list(NAMES)
    assert items[3].url is None


def test_table_headers_name_further_columns():
    detection, items = found_in(GRID)

    assert detection.recipe.fields == {"report_no": "td"}
    assert items[0].fields == {"report_no": "OIG-24-101"}


@pytest.mark.parametrize(
    ("header", "values"),
    [
        ("Views", [str(n) for n in range(8)]),
        ("Posted", [f"{n} days ago" for n in range(2, 10)]),
        ("Status", ["New!", "", "New!", "old", "", "", "", "x"]),
        ("Agency", ["ICE"] * 8),
    ],
)
def test_a_column_that_changes_by_itself_is_no_field(header, values):
    content = (
        f"<table><tr><th>Title</th><th>Date</th><th>{header}</th></tr>"
        + rows(
            '<tr><td><a href="{1}">{0}</a></td><td>{2}</td><td>{3}</td></tr>',
            *(NAMES, LINKS, FIGURES, values),
        )
        + "</table>"
    )

    assert found_in(content)[0].recipe.fields == {}


def sections(heading, names):
    """The records below headings, two and two."""
    parts = []
    for place, name in enumerate(names):
        two = slice(2 * place, 2 * place + 2)
        parts.append(f"<{heading}>{name}</{heading}><ul>")
        parts.append(rows('<li><a href="{1}">{0}</a></li>', NAMES[two], LINKS[two]) + "</ul>")
    return f'<div class="lists">{"".join(parts)}</div>'


def test_headings_above_lists_are_sections():
    names = ("Reports", "Guidance", "Notices", "Letters")

    _, items = found_in(sections("h2", names))

    assert [item.title for item in items] == list(NAMES)
    assert [item.section for item in items] == [name for name in names for _ in range(2)]


def test_days_above_lists_are_dates():
    detection, items = found_in(sections("h3", WRITTEN[:4]))

    assert detection.recipe.published == "< h3"
    assert [item.published for item in items] == [day for day in DAYS[:4] for _ in range(2)]


def test_a_table_of_text_is_a_list_when_it_is_dated():
    content = "<table><tr><th>Date</th><th>Decision</th></tr>" + rows(
        "<tr><td>{2}</td><td>{0}</td><td>{3}</td></tr>", *(NAMES, LINKS, FIGURES, TEASERS)
    )

    detection, items = found_in(content)

    assert detection.recipe.link is None
    assert [(item.title, item.published) for item in items] == list(zip(NAMES, DAYS, strict=True))


ARTICLE = "<article><h2>Who may apply</h2>" + "".join(
    f'<p>{teaser} See <a href="/form/{place}">the form</a> for what else is needed. {teaser}</p>'
    for place, teaser in enumerate(TEASERS)
)
NO_LISTS = {
    "an_article_with_links": ARTICLE,
    "a_search_form": "<form><input name=q><select><option>One</option></select></form>",
    "an_empty_list": '<div class="view-empty"><p>There are no results.</p></div>',
    "nothing": "",
    "a_single_record": f'<div class="views-row"><h3><a href="/1">{NAMES[0]}</a></h3></div>',
    "headings_and_text": rows("<h2>{0}</h2><p>{1}</p>", NAMES, TEASERS),
    "a_table_of_fees": "<table>" + rows("<tr><td>{0}</td><td>$1{1}</td></tr>", NAMES, range(8)),
}


@pytest.mark.parametrize("content", NO_LISTS.values(), ids=NO_LISTS)
def test_no_list_is_seen_in(content):
    detection, _ = found_in(content)

    assert detection.recipe.read is Read.PAGE
    assert detection.count == 0
    assert detection.reasons


def test_a_page_says_what_it_is():
    head = (
        '<link rel="alternate" type="application/rss+xml" href="/rss.xml">'
        '<script type="application/ld+json">{"@type": "CollectionPage", "name": "News"}</script>'
    )

    detection, _ = found_in(VIEWS, head=head)

    assert "it has a feed: /rss.xml" in detection.reasons
    assert "the page declares itself a list (CollectionPage in JSON-LD)" in detection.reasons
    assert detection.shares["title"] == detection.shares["published"] == 1.0
    assert detection.confidence >= 0.9


def test_bulleted_records_of_a_text_are_a_list():
    text = rows("• {0}\n    {1}\n", NAMES, TEASERS).encode()

    detection = detect(text, url=URL, content_type="text/plain")

    assert (detection.recipe.read, detection.count) == (Read.LISTING, 8)


def test_paragraphs_of_a_text_are_none():
    text = "\n\n".join(TEASERS).encode()

    detection = detect(text, url=URL, content_type="text/plain")

    assert (detection.recipe.read, detection.count) == (Read.PAGE, 0)


def test_what_is_no_page_is_refused():
    with pytest.raises(ExtractError, match="neither HTML nor text"):
        detect(b"%PDF-1.7", url=URL, content_type="application/pdf")


NEXT = {
    "the_usual_pager": (PAGER, None, "https://agency.gov/news?page=1"),
    "older_posts": (
        '<div class="nav-links"><div class="nav-previous"><a href="/news/page/2/">Older posts</a>',
        '.nav-previous a:lexbor-contains("Older posts")',
        "https://agency.gov/news/page/2/",
    ),
    "a_named_link": (
        '<div class="pagination"><a class="prev" href="/news">«</a><a class="next-page" href="?p=2">»</a>',
        "a.next-page",
        "https://agency.gov/news?p=2",
    ),
    "an_arrow": (
        '<div class="pagination"><a href="?p=2">›</a><a href="?p=9">last »</a></div>',
        '.pagination a:lexbor-contains("›")',
        "https://agency.gov/news?p=2",
    ),
    "numbers_alone": (
        '<div class="pagination"><b>1</b><a href="/news?page=2">2</a><a href="/news?page=3">3</a>',
        "https://agency.gov/news?page={page:2}",
        "https://agency.gov/news?page=2",
    ),
    "a_sorted_column": ('<div class="paging"><a href="?sort=next">next</a></div>', None, None),
    "no_pager": ("", None, None),
}


@pytest.mark.parametrize(("pager", "css", "address"), NEXT.values(), ids=NEXT)
def test_the_next_page_is_found_by(pager, css, address):
    detection, _ = found_in(f"{VIEWS}</div>{pager}")

    assert (detection.recipe.next, detection.next_url) == (css, address)
