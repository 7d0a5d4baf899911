"""Everything that can go wrong and be told in one sentence.

    RewordedError
    ├── ConfigError     config.toml or a command's arguments cannot be used
    ├── FetchError      a source gave no usable answer
    │   ├── NoAnswerError           its host gave none at all, or not the whole
    │   ├── ForbiddenAddressError   its host is at an address that is not asked
    │   ├── RestingError            its host wants to be left alone for a while
    │   └── MementoError            a web archive does not give what it lists
    ├── ExtractError    a payload cannot be read as items
    └── ArchiveError    the archive cannot be used; the evidence is at stake
        └── ArchiveBusyError    another process is writing to it; nothing is wrong

Fetch and extract errors are normal life: they are recorded, and the run goes on.
Archive errors stop the run. Anything else is a bug and keeps its traceback.
"""


class RewordedError(Exception):
    """The base of every error whose message is meant for the user."""


class ConfigError(RewordedError):
    """The configuration or the command line is wrong; the message says how to mend it."""


class FetchError(RewordedError):
    """A URL gave no usable answer.

    ``is_blocked`` tells a refusal (robots.txt, 401, 403, 429) from a failure.
    """

    def __init__(self, url: str, fact: str, *, is_blocked: bool = False) -> None:
        super().__init__(f"{url}: {fact}")
        self.url = url
        self.fact = fact
        self.is_blocked = is_blocked


class NoAnswerError(FetchError):
    """The host gave no whole answer: a failure of its own, and no refusal of ours."""


class ForbiddenAddressError(FetchError):
    """The host is at an address that is not on the public internet, and is not asked."""


class RestingError(FetchError):
    """The host wants to be left alone, for longer than is waited for or again and again."""


class MementoError(FetchError):
    """A web archive does not give a memento that it lists, or gives something else.

    ``is_lacking`` tells that there is none at all at the address.
    """

    def __init__(self, url: str, fact: str, *, is_lacking: bool = False) -> None:
        super().__init__(url, fact)
        self.is_lacking = is_lacking


class ExtractError(RewordedError):
    """A payload cannot be read with its recipe."""


class ArchiveError(RewordedError):
    """The archive cannot be opened, read or written."""


class ArchiveBusyError(ArchiveError):
    """Another process writes to the archive at this moment."""
