"""Options that several commands share."""

import click

from crawler.terminal import parse_end, parse_moment

as_text_or_jsonl = click.option(
    "--format",
    "form",
    type=click.Choice(["text", "jsonl"]),
    default="text",
    show_default=True,
    help="For people, or one JSON object a line.",
)
since = click.option(
    "--since", callback=parse_moment, metavar="DATE", help="Only what was found from then on."
)
until = click.option(
    "--until", callback=parse_end, metavar="DATE", help="Only what was found up to then."
)
sources = click.argument("sources", nargs=-1, metavar="[SOURCE]...")
