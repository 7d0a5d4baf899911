"""``reworded lexicon``: the terms that are watched."""

from pathlib import Path

import click


@click.group("lexicon")
def command() -> None:
    """Look after the terms that are watched.

    Example: reworded lexicon check terms.toml
    """


@command.command("check")
@click.argument("paths", nargs=-1, metavar="[FILE]...", type=click.Path(path_type=Path))
@click.pass_obj
def check(path: Path, paths: tuple[Path, ...]) -> int:
    """Look for what would make a lexicon count wrongly: exit 1 if there is any.

    Duplicates, overlaps, several terms in one, terms that another hides, and terms that can
    never match. Without FILE, the lexicon of the configuration is checked.
    Example: reworded lexicon check terms.toml
    """
    from crawler.config import load
    from crawler.lexicons import pack_in, packs
    from crawler.terminal import say
    from diffs.lexicon_check import findings

    if paths:
        found = [pack_in(each) for each in paths]
    else:
        config = load(path)
        found = packs(config.path, config.lexicon)
    told = findings(found)
    for line in told:
        say(line)
    if not told:
        terms = sum(len(pack.terms) for pack in found)
        say(f"{terms} terms in {len(found)} packs: nothing wrong")
    return 1 if told else 0
