"""Lists are found with their titles, links, dates and summaries, from a page's bytes alone."""

import re
import time

import pytest
from listed import (
    DAYS,
    FIGURES,
    GRID,
    HEADINGS,
    LINKS,
    NAMES,
    PAGER,
    PAGES,
    TEASERS,
    VIEWS,
    WRITTEN,
    page,
    rows,
)
from mutated.detecting import detecting

from snapshots.errors import ExtractError
from snapshots.extract.detect.detect import detect
from snapshots.extract.extract import extract
from snapshots.records import Read

URL = "https://agency.gov/news"
KIND = "text/html; charset=utf-8"


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


PAIRS = tuple(zip(NAMES, TEASERS, strict=True))


def test_a_card_that_is_a_link_is_titled_by_its_heading():
    names = [*NAMES[:6], *NAMES[:2]]
    card = (
        '<div><article class="card"><a href="{1}"><div><span>Apr 2{2}</span></div>'
        "<div><h4>{0}</h4><div>Room of the board</div></div></a></article></div>"
    )

    _, items = found_in("<div>" + rows(card, names, LINKS, range(8)))

    assert [item.title for item in items] == names


def test_a_title_that_no_selector_finds_gives_way_to_one_that_is_found():
    row = (
        '<tr><td><b>17/{2} Question</b> <a href="{1}.pdf">PDF</a></td></tr>'
        "<tr><td></td><td>Answer of the office</td></tr><tr><td></td><td>{0}</td></tr>"
    )

    _, items = found_in("<table>" + rows(row, NAMES, LINKS, range(11, 19)) + "</table>")

    assert [item.title for item in items] == [f"17/{n} Question PDF" for n in range(11, 19)]


BARE = {
    "before": '<li>{2}: <a href="{1}">{0}</a></li>',
    "after": '<li><a href="{1}">{0}</a>, <em>media release</em>, {2}</li>',
    "in_brackets": '<li><a href="{1}">{0}</a> ({2})</li>',
    "on_its_own_line": '<li><a href="{1}">{0}</a><br>{2}<br>{3}</li>',
}


@pytest.mark.parametrize("row", BARE.values(), ids=BARE)
def test_dates_are_read_beside_long_titles_in_bare_text(row):
    names = [f"{name}, as of January 1, 2020, {teaser}" for name, teaser in PAIRS]

    _, items = found_in("<ul>" + rows(row, names, LINKS, WRITTEN, TEASERS))

    assert [item.title for item in items] == names
    assert [item.published for item in items] == list(DAYS)


def test_a_label_above_a_heading_is_not_of_the_record_before():
    kinds = [f"{word} of the office" for word in ("Letter", "Report", "Notice", "Order") * 2]
    labelled = '<b class="news_type">{2}</b><h3><a href="{1}">{0}</a></h3><p>{3}</p>'

    _, items = found_in("<div>" + rows(labelled, NAMES, LINKS, kinds, TEASERS))

    assert [item.title for item in items] == list(NAMES)
    assert all({*item.fields.values()} <= {kind} for item, kind in zip(items, kinds, strict=True))


def test_a_table_of_text_is_a_list_when_it_is_dated():
    content = "<table><tr><th>Date</th><th>Decision</th></tr>" + rows(
        "<tr><td>{2}</td><td>{0}</td><td>{3}</td></tr>", *(NAMES, LINKS, FIGURES, TEASERS)
    )

    detection, items = found_in(content)

    assert detection.recipe.link is None
    assert [(item.title, item.published) for item in items] == list(zip(NAMES, DAYS, strict=True))


MINUTES = {
    "lines": '<div class="text">'
    + rows('<p><a href="{0}.pdf">{1} Minutes</a></p>', LINKS, WRITTEN),
    "a_table": "<table><tr><th>Date</th><th>Time</th><th>Papers</th></tr>"
    + rows(
        '<tr><td>{1}</td><td>9:00 AM</td><td><a href="{0}.pdf">Agenda</a></td></tr>', LINKS, WRITTEN
    )
    + "</table>",
}


@pytest.mark.parametrize("content", MINUTES.values(), ids=MINUTES)
def test_minutes_are_named_by_their_dates(content):
    _, items = found_in(content)

    assert [(item.title or "").removesuffix(" Minutes") for item in items] == list(WRITTEN)
    assert [item.published for item in items] == list(DAYS)
    assert [item.url for item in items] == [f"https://agency.gov{link}.pdf" for link in LINKS]


def test_a_row_of_the_same_table_is_a_record_without_its_link():
    cancelled = MINUTES["a_table"].replace(
        f'9:00 AM</td><td><a href="{LINKS[3]}.pdf">Agenda</a></td>',
        "</td><td><b><a href=/why>Cancelled</a></b></td>",
    )

    _, items = found_in(cancelled)

    assert [item.published for item in items] == list(DAYS)


@pytest.mark.parametrize("name", ["tabs", "page-with-sidebar", "widgets sidebar"])
def test_dated_documents_are_found_in(name):
    about = rows("<p>{0}</p>", TEASERS * 5)

    _, items = found_in(f'<div>{about}</div><div class="{name}">{MINUTES["lines"]}</div></div>')

    assert [item.published for item in items] == list(DAYS)


ARTICLE = "<article><h2>Who may apply</h2>" + "".join(
    f'<p>{teaser} See <a href="/form/{place}">the form</a> for what else is needed. {teaser}</p>'
    for place, teaser in enumerate(TEASERS)
)
NO_LISTS = {
    "an_article_with_links": ARTICLE,
    "related_links_beside_an_article": ARTICLE.replace("a href", "a name")
    + rows('<div><h4><a href="{1}">{0}</a></h4>{2}</div>', NAMES[:4], LINKS[:4], WRITTEN[:4]),
    "an_article_with_two_documents": f"<div><p>{TEASERS[0]} Hear <a href=/call.mp3>here</a>.</p>"
    f"<p>{TEASERS[1]} <b>{NAMES[0]}, said the officer.</b></p><p>{TEASERS[2]}</p>"
    "<p>A copy of the complaint can be found <a href=/complaint.pdf>here</a>.</p></div>",
    "a_search_form": "<form><input name=q><select><option>One</option></select></form>",
    "an_empty_list": '<div class="view-empty"><p>There are no results.</p></div>',
    "nothing": "",
    "a_single_record": f'<div class="views-row"><h3><a href="/1">{NAMES[0]}</a></h3></div>',
    "headings_and_text": rows("<h2>{0}</h2><p>{1}</p>", NAMES, TEASERS),
    "a_table_of_fees": "<table>" + rows("<tr><td>{0}</td><td>$1{1}</td></tr>", NAMES, range(8)),
}


CARDS = rows(
    '<div class="card"><h4><a href="{1}">{0}</a></h4>{2}<br>{3}</div>',
    NAMES, LINKS, WRITTEN, TEASERS,
)  # fmt: skip
PROSE = rows("<p>{0} {0} {1}</p>", TEASERS * 3, NAMES * 3)
PUBLISHED = '<meta property="article:published_time" content="2024-03-05T09:00:00Z">'
BY_JSON = '<script type="application/ld+json">{}</script>'
FEW_WORDS = PROSE[: PROSE.index("</p>", len(PROSE) // 5) + 4]
ARTICLES = {
    "says_when_it_was_published": (FEW_WORDS, CARDS, PUBLISHED),
    "is_declared_in_json": (FEW_WORDS, CARDS, BY_JSON.format('{"@type": "NewsArticle"}')),
    "is_declared_in_a_graph": (
        FEW_WORDS,
        CARDS,
        BY_JSON.format('{"@graph": [{"@type": "WebPage"}, {"@type": ["BlogPosting"]}]}'),
    ),
    "is_what_a_page_is_about": (
        FEW_WORDS,
        CARDS,
        BY_JSON.format('{"@type": "WebPage", "mainEntity": {"@type": "Article"}}'),
    ),
    "is_marked_where_it_stands": (
        '<div itemscope itemtype="https://schema.org/Article">' + FEW_WORDS + "</div>",
        CARDS,
        "",
    ),
    "outweighs_the_cards_below": (PROSE * 3, CARDS, ""),
    "is_commented": (f"<p>{TEASERS[0] * 3}</p>", f'<ol class="comment-list">{CARDS}</ol>', ""),
    "has_footnotes": (PROSE, f'<div class="references">{CARDS}</div>', ""),
}


@pytest.mark.parametrize(("prose", "beside", "head"), ARTICLES.values(), ids=ARTICLES)
def test_no_list_is_seen_beside_an_article_that(prose, beside, head):
    detection, _ = found_in(f"<main><h2>A decision</h2>{prose}{beside}</main>", head=head)

    assert detection.recipe.read is Read.PAGE
    assert detection.reasons[0] == "what repeats stands in an article, or beside one"


LISTS_ALL_THE_SAME = {
    "several_articles_in_json": BY_JSON.format('[{"@type": "Article"}, {"@type": "Article"}]'),
    "a_list_with_an_article": BY_JSON.format(
        '{"@graph": [{"@type": "CollectionPage"}, {"@type": "Article"}]}'
    ),
    "open_graph_alone": '<meta property="og:type" content="article">',
    "an_article_of_one_paragraph": BY_JSON.format('{"@type": "Article"}'),
    "json_that_is_none": BY_JSON.format('{"@type": "Article"'),
}


@pytest.mark.parametrize("head", LISTS_ALL_THE_SAME.values(), ids=LISTS_ALL_THE_SAME)
def test_a_list_is_seen_all_the_same_where_a_page_declares(head):
    assert found_in(f"<main><p>{TEASERS[0] * 3}</p>{CARDS}</main>", head=head)[0].count == len(
        NAMES
    )


def test_documents_are_a_list_on_a_page_that_calls_itself_an_article():
    detection, _ = found_in(f"<main>{FEW_WORDS}{MINUTES['lines']}</main>", head=PUBLISHED)

    assert detection.count == len(WRITTEN)


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


def test_damaged_pages_end_in_a_recipe_or_a_named_error():
    told = detecting([page(content) for content in PAGES.values()], count=300, seed=1)

    assert told.faults == []
    assert set(told.kinds) <= {"listing", "page", "refused"}


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
        '<div class="pagination"><a class="prev" href="/news">«</a>'
        '<a class="next-page" href="?p=2">»</a>',
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
    "an_arrow_that_only_its_address_tells": (
        '<div><a href="/news?page=1">1</a> <a href="/news?page=2">2</a> '
        '<span><a class="UnselectedNext" href="/news?page=2">&gt;</a></span></div>',
        "a.UnselectedNext",
        "https://agency.gov/news?page=2",
    ),
    "a_count_that_only_its_address_tells": (
        '<table><tr><td>1</td><td><a href="/news?page=2">2</a></td></tr></table>',
        "https://agency.gov/news?page={page:2}",
        "https://agency.gov/news?page=2",
    ),
    "a_bare_link_among_the_pages_numbers": (
        '<p class="pages"><b>1</b> <a href="/news/p2">2</a> <a href="/news/p2">Next&nbsp;&gt;</a>',
        '.pages a:lexbor-contains("Next")',
        "https://agency.gov/news/p2",
    ),
    "a_bare_link_without_numbers": ('<p><a href="/news/story-2">Next</a></p>', None, None),
    "a_sorted_column": ('<div class="paging"><a href="?sort=next">next</a></div>', None, None),
    "no_pager": ("", None, None),
}


@pytest.mark.parametrize(("pager", "css", "address"), NEXT.values(), ids=NEXT)
def test_the_next_page_is_found_by(pager, css, address):
    detection, _ = found_in(f"{VIEWS}</div>{pager}")

    assert (detection.recipe.next, detection.next_url) == (css, address)


def test_items_that_speak_of_what_is_next_take_no_longer():
    rows = "".join(
        f'<li><a href="/doc/{n}">Next report number {n} on the supply</a></li>' for n in range(8000)
    )

    started = time.process_time()
    detection = detect(f"<ul>{rows}</ul>".encode(), url=URL, content_type=KIND)

    assert (detection.count, detection.recipe.next) == (8000, None)
    assert time.process_time() - started < 2
