"""Listings whose pages are counted in their address: ``next = "?page={page}"``."""

import re
from typing import TypeGuard
from urllib.parse import urljoin

# "{page}" is 1 on the second page, as Drupal counts; "{page:2}" says what it is there.
_COUNT = re.compile(r"\{page(?::(\d{1,6}))?\}")
SECOND_PAGE = 1


def is_template(written: str | None) -> TypeGuard[str]:
    """Whether a recipe's ``next`` is an address with a count in it, and no selector."""
    return written is not None and _COUNT.search(written) is not None


def page_url(template: str, base: str, before: int) -> str:
    """Return the address of the page that ``before`` pages come before."""

    def counted(found: re.Match[str]) -> str:
        return str(int(found[1] or SECOND_PAGE) + before - 1)

    return urljoin(base, _COUNT.sub(counted, template))
