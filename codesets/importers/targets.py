"""The codes and ranges that a note's text names. Pure."""

import re
from collections.abc import Container

# The look-behind stands after the first letter, so that the engine can skip to capitals.
_FIRST = r"[A-Z](?<![A-Za-z0-9.][A-Z])[0-9A-Z]{2}(?:\.[0-9A-Z]{0,4})?"
_LAST = r"[A-Z][0-9A-Z]{2}(?:\.[0-9A-Z]{0,4})?"
# Ranges as the file writes them: "S32.1-S32.9", also with the dash of "all below", "S32.1--S32.9",
# "Q70.0- -Q70.3-", "S06.1- to S06.6-".
_NAMED = re.compile(rf"({_FIRST})(?:-?(?: ?- ?| to )({_LAST}))?(?![A-Za-z0-9])")


def parse_targets(text: str, known: Container[str]) -> list[dict[str, str]]:
    """Codes and ranges in the order of the text, without dots, both ends included with what is below them.

    `known` holds the release's codes without dot. A single code must be among them, so that "vitamin B12" is
    not a target; of a range only the first end must, for the books name ends that no longer exist (I60-I64).
    `Z16.-` and `Z16` give the same: {"from": "Z16", "to": "Z16"}.
    """
    found: dict[tuple[str, str], None] = {}
    for first, last in _NAMED.findall(text):
        first = first.replace(".", "")
        last = last.replace(".", "") or first
        if first in known and first <= last:
            found[first, last] = None
    return [{"from": first, "to": last} for first, last in found]
