"""Links, canonicalised: when two addresses written differently name one document."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from diffs.links import canonical_link

LINK = "https://www.dhs.gov/publication/pia-049?doc=7"


@pytest.mark.parametrize(
    "written",
    [
        pytest.param("http://www.dhs.gov/publication/pia-049?doc=7", id="another scheme"),
        pytest.param("https://dhs.gov/publication/pia-049?doc=7", id="no www"),
        pytest.param("https://www.dhs.gov./publication/pia-049?doc=7", id="a dot after the host"),
        pytest.param("https://WWW.DHS.GOV/publication/pia-049?doc=7", id="capitals in the host"),
        pytest.param("https://www.dhs.gov:443/publication/pia-049?doc=7", id="the default port"),
        pytest.param("https://www.dhs.gov/publication/pia-049/?doc=7", id="a slash at the end"),
        pytest.param("https://www.dhs.gov/publication/pia-049?doc=7#top", id="a fragment"),
        pytest.param("https://www.dhs.gov/publication/pia-049?doc=7&utm_source=x", id="tracking"),
        pytest.param("https://www.dhs.gov/publication/pia-049?fbclid=1&doc=7", id="more tracking"),
        pytest.param("https://www.dhs.gov/publication/pia-049?doc=7&empty=", id="an empty one"),
        pytest.param("https://www.dhs.gov/a/../publication/./pia-049?doc=7", id="dots"),
        pytest.param("https://www.dhs.gov/publication/pia%2D049?doc=7", id="needless escapes"),
        pytest.param(" https://www.dhs.gov/publication/pia-049?doc=7 ", id="spaces around"),
        pytest.param(
            "https://web.archive.org/web/20210501060000/https://www.dhs.gov/publication/"
            "pia-049?doc=7",
            id="an archive's prefix",
        ),
        pytest.param(
            "https://web.archive.org/web/20210501060000id_/https://www.dhs.gov/publication/"
            "pia-049?doc=7",
            id="an archive's raw prefix",
        ),
        pytest.param(
            "http://web.archive.org/web/2021/http:/www.dhs.gov/publication/pia-049?doc=7",
            id="an archive that left one slash",
        ),
        pytest.param(
            "https://wayback.archive-it.org/1234/20210501060000/https://www.dhs.gov/publication/"
            "pia-049?doc=7",
            id="an archive with collections",
        ),
        pytest.param(
            "https://archive.ph/20210501/https://www.dhs.gov/publication/pia-049?doc=7",
            id="a private archive",
        ),
        pytest.param(
            "https://web.archive.org/web/20210501060000/www.dhs.gov/publication/pia-049?doc=7",
            id="an archived address without scheme",
        ),
        pytest.param(
            "https://arquivo.pt/wayback/20210501060000/https://web.archive.org/web/20200101000000/"
            "https://www.dhs.gov/publication/pia-049?doc=7",
            id="an archive in an archive",
        ),
        pytest.param("https://dhs.gov/publication/pia-049;jsessionid=A1?doc=7", id="a session"),
        pytest.param("https://dhs.gov/publication/pia-049?doc=7&PHPSESSID=1", id="its parameter"),
        pytest.param("https://dhs.gov/x/%2e%2E/publication/pia-049?doc=7", id="escaped dots"),
    ],
)
def test_one_document_is_named_in_spite_of(written):
    assert canonical_link(written) == canonical_link(LINK)


@pytest.mark.parametrize(
    "other",
    [
        pytest.param("https://www.dhs.gov/publication/pia-049?doc=8", id="another parameter"),
        pytest.param("https://www.dhs.gov/publication/pia-049", id="no parameter"),
        pytest.param("https://www.dhs.gov/publication/pia-049?7", id="a number alone"),
        pytest.param("https://www.dhs.gov/publication/pia-049?2013cv7-36", id="a docket alone"),
        pytest.param("https://www.dhs.gov/publication/pia-050?doc=7", id="another path"),
        pytest.param("https://www.dhs.gov/publication/PIA-049?doc=7", id="capitals in the path"),
        pytest.param("https://www.ice.gov/publication/pia-049?doc=7", id="another host"),
        pytest.param("https://edit.dhs.gov/publication/pia-049?doc=7", id="another subdomain"),
        pytest.param("https://www.dhs.gov:8443/publication/pia-049?doc=7", id="another port"),
    ],
)
def test_another_document_is_named_by(other):
    assert canonical_link(other) != canonical_link(LINK)


def test_a_number_alone_selects_a_document():
    assert canonical_link("https://x.gov/a?123") != canonical_link("https://x.gov/a?124")


def test_a_docket_alone_selects_a_document():
    dockets = ["https://ecf.gov/show?1981cr0306-455", "https://ecf.gov/show?1981cr0306-456"]

    assert len(set(map(canonical_link, dockets))) == 2
    assert canonical_link("https://ecf.gov/show?print") == canonical_link("https://ecf.gov/show")


def test_the_order_of_parameters_does_not_matter():
    assert canonical_link("https://x.gov/a?b=1&a=2") == canonical_link("https://x.gov/a?a=2&b=1")


@pytest.mark.parametrize("broken", ["http://[broken", "https://x.gov:port/", "http://x:99999/"])
def test_an_address_that_cannot_be_read_is_its_own_form(broken):
    assert canonical_link(broken) == broken


@given(st.text(alphabet=st.characters(exclude_categories=["Cs"])))
def test_any_text_has_a_canonical_form(text):
    assert isinstance(canonical_link(text), str)
