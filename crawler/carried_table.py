"""What jobs of other programs came to, as a table for people: lines of text."""

from collections.abc import Iterator, Sequence
from textwrap import wrap

from crawler.config import Source
from crawler.importing_config import Carried
from diffs.report.passage import clean
from diffs.report.phrases import counted

_INDENT = " " * 4


def lines(carried: Sequence[Carried], *, width: int = 80) -> Iterator[str]:
    """Yield a line for each job under its file's name, and below it what else is to be known."""
    keys = [each.addition.source.key for each in carried if each.addition]
    column = min(max(map(len, keys), default=0), 32)
    file = None
    for each in carried:
        if each.file != file:
            yield from ("",) if file is not None else ()
            file = each.file
            yield clean(file)
        yield from _lines(each, column, width)


def summary(carried: Sequence[Carried], *, is_dry: bool) -> str:
    """How many jobs became sources, in a sentence."""
    taken = sum(1 for each in carried if each.addition)
    held = sum(1 for each in carried if each.held_as)
    refused = sum(1 for each in carried if each.is_refused)
    whole = sum(1 for each in carried if each.addition and not each.job.lost)
    would = "would be added" if is_dry else "added"
    return (
        f"{counted(taken, 'source')} {would}, {whole} of them whole; "
        f"{held} followed already, {refused} not taken"
    )


def _lines(each: Carried, column: int, width: int) -> Iterator[str]:
    if each.addition:
        source = each.addition.source
        head = f"+ {source.key:<{column}}  {source.schedule:<14}  {source.url}"
        yield _cut(head, width)
        yield from _below(f"“{source.title}”", width) if source.title != source.key else ()
        yield from _below(_reads(source), width)
        lost = each.job.lost
        yield from _below(f"not carried over: {', '.join(lost)}", width) if lost else ()
        return
    named = f" ({each.job.name})" if each.job.name else ""
    why = f"is followed already, as {each.held_as}" if each.held_as else each.job.refused
    mark = "=" if each.held_as else "-"
    yield _cut(f"{mark} {each.job.place}{named}", width)
    yield from _below(why or "", width)


def _reads(source: Source) -> str:
    recipe = source.recipes[0]
    reads = f"reads {recipe.item}" if recipe.item else "reads the page's main content"
    return f"{reads}, leaves out {', '.join(recipe.ignore)}" if recipe.ignore else reads


def _below(text: str, width: int) -> Iterator[str]:
    told = wrap(clean(text), max(20, width - len(_INDENT)), break_on_hyphens=False)
    yield from (_INDENT + line for line in told)


def _cut(text: str, most: int) -> str:
    text = clean(text).rstrip()
    return text if len(text) <= most else f"{text[: most - 1]}…"
