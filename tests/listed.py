"""Pages with one list each, set as sites set them, with what lies around it."""

NAMES = (
    "Border wait times fall at four crossings",
    "Guidance on asylum interviews revised",
    "Detention standards for family centers",
    "Annual report of the ombudsman",
    "Fee schedule for naturalization changes",
    "Agreement signed on joint patrols",
    "Inspection results of county jails",
    "Notice of temporary protected status",
)
TEASERS = (
    "The department describes how waiting times were measured, and where they fell most.",
    "Officers are told how interviews are held from now on, and which questions they ask.",
    "The standards say what families may expect of a center, and who sees to it.",
    "The ombudsman tells what people complained of during the year, and what came of it.",
    "From the first of next month, applicants pay other fees; those on low incomes pay none.",
    "Two agencies patrol a stretch of the river together, each under its own command.",
    "Inspectors visited nine jails and tell what they found lacking in each of them.",
    "Nationals of two countries may stay until conditions there allow for their return.",
)
DAYS = tuple(f"2024-0{month}-1{month}" for month in range(1, 9))
WRITTEN = tuple(
    f"{name} 1{place}, 2024"
    for place, name in enumerate(
        "January February March April May June July August".split(), start=1
    )
)
FIGURES = tuple(f"0{month}/1{month}/2024" for month in range(1, 9))
LINKS = tuple(f"/news/{place}-release" for place in range(1, 9))
ROWS = tuple(zip(NAMES, LINKS, WRITTEN, TEASERS, strict=True))

MENU = "".join(f'<li class="leaf"><a href="/menu/{n}">Menu entry {n}</a></li>' for n in range(30))
FACETS = "".join(f'<li><a href="?topic={n}">Topic {n} (1{n})</a></li>' for n in range(12))
SHARE = "".join(f'<li><a href="https://{n}.example/share">{n}</a></li>' for n in ("one", "two"))
PAGER = (
    '<ul class="pager"><li><a href="?page=0">1</a></li><li><a href="?page=1">2</a></li>'
    '<li class="pager__item pager__item--next"><a href="?page=1" rel="next">Next</a></li></ul>'
)


def page(content, *, head=""):
    """A page with a menu, facets, share links and a footer around its content."""
    return (
        f"<!DOCTYPE html><html><head><title>News</title>{head}</head><body>"
        f'<header><div class="logo"><a href="/">Agency</a></div></header>'
        f'<nav><ul class="menu">{MENU}</ul></nav>'
        f'<ol class="breadcrumb"><li><a href="/">Home</a></li><li><a href="/n">News</a></li></ol>'
        f'<main><h1>News</h1><div class="facets"><ul>{FACETS}</ul></div>{content}'
        f'<ul class="share">{SHARE}</ul></main>'
        f'<div class="footer-links"><ul>{MENU}</ul></div><footer><ul>{MENU}</ul></footer>'
        "</body></html>"
    ).encode()


def rows(template, *columns):
    """A template for each row of the columns, in order."""
    return "".join(template.format(*row) for row in zip(*columns, strict=True))


VIEWS = '<div class="view-content">' + rows(
    '<div class="views-row"><div class="news-title"><a href="{1}">{0}</a></div>'
    '<div class="news-date">{2}</div><div class="news-tag">| Topic of {0}</div>'
    '<div class="news-body">{3}</div></div>',
    *(NAMES, LINKS, WRITTEN, TEASERS),
)
COLLECTION = '<ul class="usa-collection">' + rows(
    '<li class="usa-collection__item"><a href="{1}" title="{0}"><div>'
    '<time datetime="{2}T08:00:00Z">'
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
DATE_ABOVE = '<div class="text">' + rows(
    '<p>{2}</p><h3><a href="{1}">{0}</a></h3><p>{3}</p><hr>', *(NAMES, LINKS, WRITTEN, TEASERS)
)
SPAN_ABOVE = "<div>" + rows(
    '<span class="date">{2}</span><h3><a href="{1}">{0}</a></h3><p>{3}</p>',
    *(NAMES, LINKS, FIGURES, TEASERS),
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
    '<div class="{4}"><div class="row"><div class="col-md-3">Name</div>'
    '<div class="col-md-7">{0}</div>'
    '</div><div class="row"><div class="col-md-3">Release Date</div>'
    '<div class="col-md-7">{2}</div></div>'
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
_CELLS = rows(
    "<tr><td>{2}</td><td><a href={1}>{0}</a></td><td>Majority</td></tr>", *(NAMES, LINKS, FIGURES)
)
LAYOUT = (
    "<table><tr><td>Sign up for <a href=/mail>mail</a></td></tr>"
    "<tr><td><p>About the <a href=/about>office</a></p><table>"
    f"<tr><td>Date</td><td>Title</td><td>Contains</td></tr>{_CELLS}</table></td></tr>"
    "<tr><td>Write to <a href=/desk>the desk</a></td></tr></table>"
)
_TABLE = '<table class="table"><tbody>{}</tbody></table>'
OTHER_TABLE = _TABLE.format(
    rows(
        '<tr><td><div class="title"><a href="{1}">{0}</a></div></td><td>{2}</td><td>{3}</td></tr>',
        *(NAMES, LINKS, WRITTEN, TEASERS),
    )
) + _TABLE.format(
    rows(
        '<tr><td>{0}</td><td>Room</td><td><div><a href="/d/{1}">Paper</a></div></td></tr>',
        *(("Chair", "Clerk", "Guest"), range(3)),
    )
)
PAGED = '<div class="text">' + rows(
    '<div><h4><a href="{1}">{0}</a></h4><p>{3}</p><p class="meta">{2}</p></div>',
    *(NAMES, LINKS, WRITTEN, TEASERS),
)
PAGED += (
    '<nav><h4>Pages</h4><div><div><a href="?page=0">1</a></div><div><a href="?page=1" rel="next">'
    "Next</a></div></div></nav>"
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
    "a_date_above_each_heading": DATE_ABOVE,
    "a_date_with_a_name_above_each_heading": SPAN_ABOVE,
    "rows_of_labels_and_values": RECORD_ROWS,
    "a_table_within_the_table_that_sets_the_page": LAYOUT,
    "another_table_of_the_same_name": OTHER_TABLE,
    "a_pager_among_the_records": PAGED,
    "stripes_with_the_same_two_links": STRIPES,
    "flat_text_with_rules": RULES,
    "paragraphs_with_documents": DOCUMENTS,
}
