"""The report as one self-contained HTML file: no script, no outside asset, nothing to fetch."""

from pathlib import Path
from typing import TYPE_CHECKING

from diffs.report import freshness, passage, phrases, view

if TYPE_CHECKING:
    from jinja2 import Environment

_HERE = Path(__file__).parent
_DIGEST_SIGNS = len("sha256:") + 12


def render(report: view.Report) -> str:
    """The whole report as an HTML document."""
    changes = {each.id for each in report.changes}
    return document("report.html.jinja", report=report, told=changes)


def document(template: str, **values: object) -> str:
    """A template of this room as an HTML document, in the style that all have."""
    return _environment().get_template(template).render(css=_style(), **values) + "\n"


def short_digest(digest: str) -> str:
    """A digest short enough to compare by eye, e.g. ``sha256:9f86d081884c…``."""
    return digest if len(digest) <= _DIGEST_SIGNS + 1 else f"{digest[:_DIGEST_SIGNS]}…"


def _environment() -> "Environment":
    # Imported here so that the command line starts without it.
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    environment = Environment(
        loader=FileSystemLoader(_HERE),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=_finalize,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.globals.update(freshness=freshness, passage=passage, phrases=phrases, view=view)
    environment.globals.update(short_digest=short_digest)
    return environment


def _finalize(value: object) -> object:
    # Markup is what the template itself made; all other text may come from a page.
    from markupsafe import Markup

    is_page_text = isinstance(value, str) and not isinstance(value, Markup)
    return passage.clean(value) if is_page_text and isinstance(value, str) else value


def _style() -> str:
    from markupsafe import Markup

    return Markup(_read("report.css"))


def _read(name: str) -> str:
    return (_HERE / name).read_text(encoding="utf-8")
