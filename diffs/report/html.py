"""The report as one self-contained HTML file: its own script and style, nothing to fetch."""

from base64 import b64encode
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING

from diffs.report import charts, freshness, noted, passage, phrases, view
from diffs.report.facts import facts

if TYPE_CHECKING:
    from jinja2 import Environment

_HERE = Path(__file__).parent
# Contexts of one phrase that are told, and phrases that may be chance.
MOST_CONTEXTS = 20
MOST_OTHERS = 100
# Of more changes each is told in brief, and its texts are cut to so many words.
MOST_IN_FULL = 1_000
DENSE_WORDS = 40
# Up to so many sources are named at the top.
MOST_NAMED = 4
# Cards that a browser draws together, and leaves alone while none of them is in sight.
BATCH = 25
_DIGEST_SIGNS = len("sha256:") + 12


def render(report: view.Report) -> str:
    """The whole report as an HTML document."""
    changes = {each.id for each in report.changes}
    sections = view.sections(report)
    is_dense = len(report.changes) > MOST_IN_FULL
    return document(
        "report.html.jinja",
        report=report,
        sections=sections,
        facts=_markup(facts(report, sections)),
        script=_trusted("report.js"),
        script_digest=_script_digest(),
        told=changes,
        dense=is_dense,
        most_contexts=MOST_CONTEXTS // 4 if is_dense else MOST_CONTEXTS,
        lines=[charts.line(trend, _touching(report, trend.term)) for trend in report.trends],
        calendars=[
            charts.calendar(each, (report.until or report.made_at).date())
            for each in report.activity
            if each.days
        ],
    )


def document(template: str, **values: object) -> str:
    """A template of this room as an HTML document, in the style that all have."""
    return environment().get_template(template).render(css=_trusted("report.css"), **values) + "\n"


def _touching(report: view.Report, term: str) -> list[tuple[datetime, int]]:
    """The moments and numbers of the changes that touch a term."""
    return [
        (record.seen.new.captured_at, record.id)
        for record in report.changes
        if any(term in (each.old, each.new) for each in report.watched.get(record.id, ()))
    ]


def _script_digest() -> str:
    """The report's own script as a content security policy names it; no other can run."""
    return f"sha256-{b64encode(sha256(_read('report.js').encode()).digest()).decode()}"


def short_digest(digest: str) -> str:
    """A digest short enough to compare by eye, e.g. ``sha256:9f86d081884c…``."""
    return digest if len(digest) <= _DIGEST_SIGNS + 1 else f"{digest[:_DIGEST_SIGNS]}…"


def environment(folder: Path = _HERE) -> "Environment":
    """The environment of this room's templates, and of those in another folder.

    These may import the macros of the report by the name of ``macros``.
    """
    # Imported here so that the command line starts without it.
    from jinja2 import ChoiceLoader, DictLoader, Environment, FileSystemLoader, StrictUndefined

    macros = _read("report.html.jinja").partition("<!doctype html>")[0]
    environment = Environment(
        loader=ChoiceLoader([FileSystemLoader([folder, _HERE]), DictLoader({"macros": macros})]),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=_finalize,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.globals.update(freshness=freshness, passage=passage, phrases=phrases, view=view)
    environment.globals.update(short_digest=short_digest, charts=charts, notes_told=noted)
    environment.globals.update(
        BATCH=BATCH,
        NAMED=MOST_NAMED,
        OTHERS=MOST_OTHERS,
        DENSE_WORDS=DENSE_WORDS,
        DENSE_CONTEXT=5,
        CONTEXT=passage.CONTEXT_WORDS,
    )
    return environment


def _finalize(value: object) -> object:
    # Markup is what the template itself made; all other text may come from a page.
    from markupsafe import Markup

    is_page_text = isinstance(value, str) and not isinstance(value, Markup)
    return passage.clean(value) if is_page_text and isinstance(value, str) else value


def css() -> str:
    """The style sheet that all documents share."""
    return _read("report.css")


def _trusted(name: str) -> str:
    return _markup(_read(name))


def _markup(text: str) -> str:
    """A text that is not escaped, as it was made here to stand as it is."""
    from markupsafe import Markup

    return Markup(text)


def _read(name: str) -> str:
    return (_HERE / name).read_text(encoding="utf-8")
