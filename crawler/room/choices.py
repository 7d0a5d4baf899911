"""What an analyst chooses from: an importance scale and kinds of change, by name and version."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.resources import files

FILE = "edgi.toml"


@dataclass(frozen=True, slots=True, kw_only=True)
class Choices:
    """One list of choices: keys, which notes keep, with their words, which readers see.

    ``vocabulary`` has groups, each of a title and its keys.
    """

    name: str
    importance: Mapping[str, str]
    vocabulary: tuple[tuple[str, Mapping[str, str]], ...]

    @property
    def kinds(self) -> Mapping[str, str]:
        """Every kind of change, of all groups."""
        return {key: words for _, group in self.vocabulary for key, words in group.items()}

    def words(self, key: str) -> str:
        """Return a key's words; the key itself when it is of another list."""
        return self.importance.get(key) or self.kinds.get(key) or key


def choices() -> Choices:
    """Return the list that comes with the program."""
    table = tomllib.loads(files("crawler.room").joinpath(FILE).read_text("utf-8"))
    groups = [dict(group) for group in table["vocabulary"].values()]
    return Choices(
        name=f"{table['name']}/{table['version']}",
        importance=table["importance"],
        vocabulary=tuple((str(group.pop("title")), group) for group in groups),
    )
