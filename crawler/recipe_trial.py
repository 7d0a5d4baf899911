"""A recipe to be tried: put together from a file or the command line, and what it would alter."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import fields, replace
from pathlib import Path
from typing import Any

from crawler.config import Source, recipes_in, recipes_of
from crawler.rebuilding import errata_now
from diffs.report.phrases import counted
from snapshots.archive import Archive
from snapshots.errors import ConfigError
from snapshots.records import Recipe


def written_recipes(
    source: Source, file: Path | None, given: Mapping[str, Any]
) -> tuple[Recipe, ...]:
    """Return a source's recipes, or a file's, the newest with the selectors that are given.

    ``given`` holds selectors by their names, None where there is none; ``ignore`` and
    ``fields`` (each ``NAME=SELECTOR``) add to those of the recipe.

    Raises:
        ConfigError: a selector is none, or the file cannot be used.
    """
    recipes = recipes_in(file, source.read) if file else source.recipes
    named = dict(_field(written) for written in given["fields"])
    chosen = {k: v for k, v in given.items() if v and k not in ("ignore", "fields")}
    table = {**chosen, "ignore": list(given["ignore"]), "fields": named}
    if not any(table.values()):
        return recipes
    (trial,) = recipes_of(table, source.read, "the command line")
    last = recipes[-1]
    named = {**last.fields, **trial.fields}
    return (*recipes[:-1], replace(_over(last, trial), fields=named))


def would_differ(archive: Archive, source: Source, recipes: tuple[Recipe, ...]) -> str:
    """Return in a sentence which reported changes recipes would tell otherwise."""
    trial = replace(source, recipes=recipes)
    counts = Counter(str(erratum.what) for erratum in errata_now(archive, [trial]))
    held = len(archive.knowledge.changes(sources=(source.key,)))
    told = ", ".join(f"{count} {what}" for what, count in counts.items())
    if not told:
        return f"all of {counted(held, 'reported change')} would come out as before"
    return f"of {counted(held, 'reported change')}, some would differ: {told}"


def _over(recipe: Recipe, trial: Recipe) -> Recipe:
    """A recipe with what another one states in place of its own."""
    stated = {each.name: getattr(trial, each.name) for each in fields(Recipe)}
    chosen = {k: v for k, v in stated.items() if v and k not in ("read", "ignore", "fields")}
    return replace(recipe, **chosen, ignore=(*recipe.ignore, *trial.ignore))


def _field(written: str) -> tuple[str, str]:
    name, sign, css = written.partition("=")
    if not sign or not name or not css:
        raise ConfigError(f"--field {written!r} must be written NAME=SELECTOR")
    return name.strip(), css.strip()
