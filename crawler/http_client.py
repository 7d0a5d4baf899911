"""The door to httpx, without its own command line, which would double the cost of loading it."""

import sys

_COMMAND_LINE = "httpx._main"

# A module that is None cannot be imported; httpx then goes on without it, as it does where
# the packages of its command line are not installed.
_is_loaded = _COMMAND_LINE in sys.modules
if not _is_loaded:
    sys.modules[_COMMAND_LINE] = None  # type: ignore[assignment]

import httpx  # noqa: E402

if not _is_loaded:
    del sys.modules[_COMMAND_LINE]

__all__ = ["httpx"]
