"""``reworded recipe``: history is the test of a selector."""

from pathlib import Path

import click

from crawler.commands import options

SELECTORS = ("item", "title", "link", "summary", "published", "section", "next")


@click.group("recipe")
def command() -> None:
    """Try how sources are read.

    Example: reworded recipe test ice-factsheets --item "article.fact-sheet"
    """


def _selectors(function: click.decorators.FC) -> click.decorators.FC:
    """Add an option for each selector of a recipe."""
    for name in reversed(SELECTORS):
        function = click.option(f"--{name}", metavar="SELECTOR", help=f"Another {name!r}.")(
            function
        )
    return function


@command.command("test")
@click.argument("key", metavar="SOURCE", shell_complete=options.source_keys)
@click.option(
    "--recipe",
    "file",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FILE",
    help="Try the recipe in this file.",
)
@_selectors
@click.option("--ignore", multiple=True, metavar="SELECTOR", help="Leave this out, too.")
@click.option("--field", "fields", multiple=True, metavar="NAME=SELECTOR", help="A named field.")
@options.as_text_or_jsonl
@click.pass_obj
def test(
    path: Path,
    /,
    key: str,
    file: Path | None,
    ignore: tuple[str, ...],
    fields: tuple[str, ...],
    form: str,
    **selectors: str | None,
) -> int:
    """Read all held history of a source with a recipe. Nothing is stored.

    Shows for each snapshot how many items are read, and what share of them has each field;
    marked with ! where a selector stops matching. The recipe is the configuration's, with the
    selectors given here in place of its own (in the newest, where there are several), or that
    of FILE: a TOML file with the keys of a recipe. Against the recipe in force it counts items
    lost and gained, and the reported changes that would differ.

    Exits 1 when a snapshot gives no items. Example: reworded recipe test ice --title h3
    """
    from crawler.config import load
    from crawler.recipe_testing import try_recipe
    from crawler.recipe_trial import would_differ, written_recipes
    from crawler.showing import show_tried
    from crawler.terminal import measured, remark
    from snapshots.archive import Archive

    config = load(path)
    source = config.source(key)
    recipes = written_recipes(source, file, {**selectors, "ignore": ignore, "fields": fields})
    with Archive.to_read(config.archive) as archive:
        visits = archive.evidence.count_readable(key)
        with measured("reading history", visits) as done:
            tried = []
            for each in try_recipe(archive, source, recipes):
                tried.append(each)
                done(len(tried))
        show_tried(source.key, tried, form)
        if recipes != source.recipes:
            remark(would_differ(archive, source, recipes))
    return int(any(not each.items and not each.is_thinned for each in tried))
