"""``reworded add``: point it at a page."""

from pathlib import Path

import click

from crawler.commands import options


@click.command("add")
@click.argument("target", metavar="URL|FILE")
@options.wishes
@click.pass_obj
def command(path: Path, /, target: str, no_visit: bool, yes: bool, **wishes: str | None) -> int:
    """Find out how a page is to be read, show it, and add it to the configuration.

    The page is asked as every visit asks, or read from a file. What was found is shown as a table,
    with what would be written; then you are asked. A page that is followed already is refused, and
    what is in the configuration stays as it is. The first visit follows.

    Exits 2 when nobody can be asked and --yes is not given; 1 when the page could not be seen.
    Example: reworded add https://www.ice.gov/factsheets
    """
    from crawler.adding import Wishes, add
    from crawler.asking import Asking, first_visit

    asking = Asking(is_agreed=yes)
    config = add(path, target, Wishes(**wishes), asking)
    return first_visit(config, asking, is_wanted=not no_visit)
