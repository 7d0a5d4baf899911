"""What of a record is its title, its date, its next page: as sites of several vendors set them."""

import pytest
from listed import FIGURES, LINKS, NAMES, TEASERS, WRITTEN, page, rows

from snapshots.extract.detect.detect import detect
from snapshots.extract.extract import extract
from snapshots.records import Read

URL = "https://agency.gov/news"
KIND = "text/html; charset=utf-8"
STAMPS = tuple(str(1_705_000_000 + 2_600_000 * n) for n in range(8))
DAYS = [f"2024-0{month}-1{month}" for month in range(1, 9)]
FILES = tuple(f"{link}.pdf" for link in LINKS)
VIEWS = '<div class="view-content">' + rows(
    '<div class="views-row"><div class="news-title"><a href="{1}">{0}</a></div>'
    '<div class="news-date">{2}</div><div class="news-body">{3}</div></div>',
    *(NAMES, LINKS, WRITTEN, TEASERS),
)


def found_in(content):
    payload = page(content)
    detection = detect(payload, url=URL, content_type=KIND)
    return detection, extract(payload, detection.recipe, url=URL, content_type=KIND).items


def test_a_number_hidden_to_sort_by_is_not_read_with_the_date():
    cells = rows(
        '<tr><td>{0}</td><td><span style="display:none;">{3}</span>{2}</td>'
        '<td><a href="{1}">Agenda</a></td></tr>',
        *(NAMES, FILES, WRITTEN, STAMPS),
    )

    detection, items = found_in(
        f"<table><tr><th>Name</th><th>Date</th><th>File</th></tr>{cells}</table>"
    )

    assert [item.published for item in items] == DAYS
    assert [item.title for item in items] == list(NAMES)
    assert detection.recipe.fields == {}


def test_a_number_hidden_to_sort_by_names_no_records():
    cells = rows(
        '<tr><td>Council</td><td><span style="display: none">{2}</span>{1}</td>'
        '<td><a href="{0}">Agenda</a></td></tr>',
        *(FILES, WRITTEN, STAMPS),
    )

    _, items = found_in(f"<table>{cells}</table>")

    assert [item.title for item in items] == list(WRITTEN)
    assert [item.published for item in items] == DAYS


NAMELESS = {
    "mail_addresses": [f"{name.split()[-1]}@agency.gov" for name in NAMES],
    "web_addresses": [f"https://agency.gov{link}" for link in LINKS],
    "durations": [f"{n} hr {n}5 min" for n in range(8)],
    "sizes": [f"File size: {n}40 KB" for n in range(1, 9)],
}


@pytest.mark.parametrize("said", NAMELESS.values(), ids=NAMELESS)
def test_records_are_not_named_by(said):
    lines = rows(
        '<li><a class="file" href="{0}">{1} Minutes</a><span class="more">{2}</span></li>',
        *(FILES, WRITTEN, said),
    )

    _, items = found_in(f'<ul class="files">{lines}</ul>')

    assert [item.title for item in items] == [f"{day} Minutes" for day in WRITTEN]
    assert [item.published for item in items] == DAYS


def test_figures_that_say_the_day_before_the_month_are_read_as_no_dates():
    days = ["05/01/2024", "07/02/2024", "23/02/2024", "01/03/2024", "04/04/2024", "09/05/2024"]
    cells = rows('<tr><td><a href="{1}">{0}</a></td><td>{2}</td></tr>', NAMES[:6], LINKS[:6], days)

    _, items = found_in(f"<table><tr><th>Name</th><th>Day</th></tr>{cells}</table>")

    assert [item.published for item in items] == [None] * 6
    assert [item.fields["day"] for item in items] == days


def test_what_is_bought_names_a_bid_and_not_its_buyer():
    buyers = "Ann Ames,Bob Burr,Cy Cole,Di Dunn,Ed East,Flo Fox,Gil Gray,Hal Hart".split(",")
    cells = rows(
        '<tr><td><a href="{1}">BD-17</a></td><td>{2}</td><td>{0}</td><td>{3}</td></tr>',
        *(NAMES, LINKS, buyers, FIGURES),
    )
    header = "<td>Bid</td><td>Buyer</td><td>Description</td><td>Opening date</td>"

    detection, items = found_in(
        f"<table><thead><tr>{header}</tr></thead><tbody>{cells}</tbody></table>"
    )

    assert [item.title for item in items] == list(NAMES)
    assert detection.recipe.fields["buyer"] == "td:nth-child(2)"


def test_meetings_are_named_by_the_dates_before_their_links():
    lines = rows(
        '<li>{2} - <a href="{0}">Agenda</a> | <a href="{1}">Minutes</a></li>',
        *(FILES, [f"/minutes{file}" for file in FILES], WRITTEN),
    )

    detection, items = found_in(f'<ul class="meetings">{lines}</ul>')

    assert detection.recipe.title == "a@text-before"
    assert [item.published for item in items] == DAYS
    assert [item.url for item in items] == [f"https://agency.gov{file}" for file in FILES]


def test_a_first_cell_that_says_the_same_in_all_rows_is_no_label():
    cells = rows(
        '<tr><td>Planning Commission</td><td>{1}</td><td><a href="{0}">Agenda</a></td></tr>',
        *(FILES, WRITTEN),
    )

    detection, _ = found_in(f"<table>{cells}</table>")

    assert detection.recipe.published == "td:nth-child(2)"


def test_what_changes_by_itself_is_no_field_though_its_header_names_it():
    cells = rows(
        '<tr><td><a href="{1}">{0}</a></td><td>{2}</td><td>{3}</td></tr>',
        *(NAMES, LINKS, [f"C-{n}" for n in range(8)], [f"{n * 7} of them" for n in range(8)]),
    )
    header = "<td>Topic</td><td>Case</td><td>Replies</td>"

    detection, _ = found_in(f"<table><thead><tr>{header}</tr></thead>{cells}</table>")

    assert detection.recipe.fields == {"case": "td:nth-child(2)"}


def test_files_beside_links_that_open_a_player_are_a_list():
    cells = rows(
        '<tr><td>{1}</td><td><a href="javascript:void(0);">Play</a></td>'
        '<td><a href="{0}">MP3</a></td></tr>',
        *(FILES, WRITTEN),
    )

    detection, items = found_in(f"<div>{TEASERS[0] * 20}</div><table>{cells}</table>")

    assert detection.count == len(FILES)
    assert [item.url for item in items] == [f"https://agency.gov{file}" for file in FILES]


PARTS = {
    "Basic information": "<p>2022/2201(INI)</p><p>Own initiative procedure</p>" * 2,
    "Key players": "<table><tr><td>Committee</td><td><b>Rapporteur</b></td></tr></table>" * 5,
    "Key events": "<ol><li>Decided in plenary by <em>roll call</em></li></ol>" * 9,
    "Technical information": "<dl><dt>Type</dt><dd>Own <span>initiative</span></dd></dl>" * 6,
}
SECTIONS = "".join(
    f'<div class="section"><h2>{name}</h2><ul><li><a href="/file?of={n}">PDF</a></li></ul>'
    f"{part}</div>"
    for n, (name, part) in enumerate(PARTS.items())
)
STYLED = "<style>.button{0}:link, .button{0}:visited {{{{ {1} }}}}</style>"
BUTTONS = "".join(
    f'<div class="col"><a class="button" href="https://{word.lower()}.example/">'
    f"{STYLED.format(word, 'color: red; ' * 60)}<span>{word}</span></a></div>"
    for word in "Jobs Boards Payments Reports Permits Classes Maps Alerts".split()
)
DOCKET = rows(
    "<tr><th>{0}</th><td>Clerk</td><td><b>{1}</b></td></tr>"
    "<tr><th></th><td>Paid in full by a party</td><td></td></tr>",
    *(WRITTEN * 2, NAMES * 2),
)


@pytest.mark.parametrize(
    "content",
    [SECTIONS, f"<div>{BUTTONS}</div><p>{TEASERS[0] * 3}</p>", f"<table>{DOCKET}</table>"],
    ids=["sections_of_one_page", "buttons_with_styles", "a_docket_of_layout_rows"],
)
def test_no_records_are_seen_in(content):
    assert found_in(content)[0].recipe.read is Read.PAGE


MONTHS = {
    "by_its_parameter": "/agenda?month=8&year=2022",
    "by_its_path": "/event/2022/08/month/all",
}


@pytest.mark.parametrize("address", MONTHS.values(), ids=MONTHS)
def test_a_calendars_next_month_is_no_next_page_told(address):
    detection, _ = found_in(f'{VIEWS}</div><div class="pager"><a href="{address}">Next »</a></div>')

    assert detection.next_url is None


def test_a_page_of_one_month_has_a_next_page():
    address = "/agenda?month=8&page=2"

    detection, _ = found_in(f'{VIEWS}</div><div class="pager"><a href="{address}">Next »</a></div>')

    assert detection.next_url == f"https://agency.gov{address}"
