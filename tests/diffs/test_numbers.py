"""Document numbers: found where there are any, and nowhere else."""

import pytest

from diffs.numbers import document_numbers, numbers_of, same_edition
from snapshots.records import Item


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("DHS/ICE/PIA-049 Surveillance", "DHS-ICE-PIA-049"),
        ("DHS/ICE/PIA-049(a) Surveillance", "DHS-ICE-PIA-049(a)"),
        ("Report OIG-21-12 on custody", "OIG-21-12"),
        ("GAO-20-123, Border Security", "GAO-20-123"),
        ("Form I-485, Application to Adjust Status", "I-485"),
        ("ICE Directive 11062.2: Crime Victims", "DIRECTIVE 11062.2"),
        ("Directive No. 3340-049A on devices", "DIRECTIVE 3340-049A"),
        ("FR 86-1234 Notice", "FR-86-1234"),
        ("86 FR 1234", "86-FR-1234"),
        ("Docket No. USCIS-2021-0013", "USCIS-2021-0013"),
        ("24A-JC-2557 In the Matter of A. P.", "24A-JC-2557"),
        ("Executive Order 13768", "ORDER 13768"),
        ("EXECUTIVE ORDER 13768", "ORDER 13768"),
        ("ICE DIRECTIVE 11062.2: CRIME VICTIMS", "DIRECTIVE 11062.2"),
        ("SURVEILLANCE UNDER DHS/ICE/PIA-049 IN BRIEF", "DHS-ICE-PIA-049"),
    ],
)
def test_a_document_number_is_found_in(text, number):
    assert document_numbers(text) == {number}


@pytest.mark.parametrize(
    "text",
    [
        "Budget in Brief, FY 2021",
        "FY-2021 Budget",
        "COVID-19 Response",
        "Title 42 Expulsions",
        "H-1B Visas",
        "Section 287(g) Agreements",
        "Statistics, March 2021",
        "In order 12 of 20 came",
        "REPORT ON ALIEN DETENTION 12",
        None,
    ],
)
def test_no_document_number_is_found_in(text):
    assert document_numbers(text) == set()


def test_a_summary_that_speaks_of_several_documents_names_none():
    assert numbers_of(Item(key="a", summary="Updates OIG-20-01 and OIG-19-02.")) == set()
    assert numbers_of(Item(key="a", summary="See OIG-20-01.")) == {"OIG-20-01"}


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("OIG-21-12 Custody", "OIG-21-12 Detention Standards", True),
        ("OIG-21-12 Custody", "OIG-21-12 Custody (Revised)", False),
        ("Form I-485, 2020", "Form I-485, 2021", False),
        ("Form I-485 (Spanish)", "Form I-485", False),
        ("I-94 Automation", "I-94 Fees at the Border", False),
        ("Form I-485 Application", "Application I-485", True),
    ],
)
def test_titles_that_share_a_number_name_one_edition(old, new, expected):
    assert same_edition(Item(key="a", title=old), Item(key="b", title=new)) is expected
