"""The XPath that people write in job files, as CSS; what has no CSS of the same meaning is None.

Source: XPath 1.0 (W3C, 1999), sections 2.1 to 2.5; Selectors Level 4.
"""

import re

_STEP = re.compile(r"(?P<axis>//?)(?P<tag>[A-Za-z][\w-]*|\*)(?P<tests>(?:\[[^\[\]]*\])*)")
_TEST = re.compile(r"\[([^\[\]]*)\]")
_NAME = r"@(?P<name>[A-Za-z][\w-]*)"
_VALUE = r"""(?P<quote>["'])(?P<value>[^"'\\]*)(?P=quote)"""
_EQUALS = re.compile(rf"\s*{_NAME}\s*=\s*{_VALUE}\s*")
_HAS = re.compile(rf"\s*{_NAME}\s*")
_CALL = re.compile(rf"\s*(?P<call>contains|starts-with)\(\s*{_NAME}\s*,\s*{_VALUE}\s*\)\s*")
# "a class among others", as XPath 1.0 has to write it.
_WORD = re.compile(
    r"\s*contains\(\s*concat\(\s*(['\"]) \1\s*,\s*(?:normalize-space\(\s*@class\s*\)|@class)\s*,"
    r"\s*(['\"]) \2\s*\)\s*,\s*(['\"]) (?P<value>[\w-]+) \3\s*\)\s*"
)
_MARKS = {"contains": "*=", "starts-with": "^="}
_PLAIN = re.compile(r"[A-Za-z_][\w-]*", re.ASCII)
MOST_CHARS = 500


def css_of(xpath: str) -> str | None:
    """Return the CSS that selects what a path selects, or None where that cannot be said.

    Steps down the tree and tests of attributes can be carried; places, other
    axes, functions of the text, and attributes as the outcome cannot.
    """
    written = xpath.strip()
    if not written or len(written) > MOST_CHARS:
        return None
    branches = [_branch(part.strip()) for part in written.split("|")]
    return ", ".join(filter(None, branches)) if all(branches) else None


def quoted(value: str) -> str:
    """Return a text as a CSS string."""
    escaped = value.replace("\\", "\\\\").replace('"', '\\"')
    return '"' + re.sub(r"[\x00-\x1f\x7f]", " ", escaped) + '"'


def by_id(value: str) -> str:
    """Return the selector of an element by its id."""
    return f"#{value}" if _PLAIN.fullmatch(value) else f"[id={quoted(value)}]"


def by_class(value: str) -> str:
    """Return the selector of elements that have a class among others."""
    return f".{value}" if _PLAIN.fullmatch(value) else f"[class~={quoted(value)}]"


def _branch(path: str) -> str | None:
    path = path.removeprefix(".")
    steps: list[str] = []
    place = 0
    while place < len(path):
        step = _STEP.match(path, place)
        told = _step(step) if step else None
        if step is None or told is None:
            return None
        if not steps and step["axis"] == "/" and step["tag"] != "html":
            return None
        joined = " > " if step["axis"] == "/" else " "
        steps.append(told if not steps else joined + told)
        place = step.end()
    return "".join(steps) or None


def _step(step: re.Match[str]) -> str | None:
    tests = [_test(test) for test in _TEST.findall(step["tests"])]
    if None in tests:
        return None
    told = "".join(filter(None, tests))
    return told if step["tag"] == "*" and told else step["tag"].lower() + told


def _test(test: str) -> str | None:
    parts = [_attribute(part) for part in re.split(r"\s+and\s+", test)]
    return "".join(filter(None, parts)) if all(parts) else None


def _attribute(test: str) -> str | None:
    if word := _WORD.fullmatch(test):
        return by_class(word["value"])
    called = _CALL.fullmatch(test)
    if called and called["value"]:
        return f"[{called['name']}{_MARKS[called['call']]}{quoted(called['value'])}]"
    if found := _EQUALS.fullmatch(test):
        if found["name"] == "id":
            return by_id(found["value"])
        return f"[{found['name']}={quoted(found['value'])}]"
    if held := _HAS.fullmatch(test):
        return f"[{held['name']}]"
    return None
