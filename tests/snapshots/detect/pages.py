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
