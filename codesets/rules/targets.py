"""Spans of codes, as notes and rules name them, and whether a code is among them. Pure."""

import re
from collections.abc import Iterable

Target = tuple[str, str]

_ENDS = re.compile(r"([A-Z0-9.]+)(?:-([A-Z0-9.]+))?")


def targets(written: str) -> tuple[Target, ...]:
    """ "N18.1-N18.6 N18.9" as targets."""
    return tuple((first, last or first) for first, last in _ENDS.findall(written.replace(".", "")))


def covers(target: Target, code: str) -> bool:
    """Ends are included with what is below them: (E08, E13) covers E1122, (O244, O244) covers O24410."""
    first, last = target
    return first <= code[: len(first)] and code[: len(last)] <= last


def named(targets: Iterable[Target], code: str) -> Target | None:
    """The first of the targets that covers the code."""
    return next((target for target in targets if covers(target, code)), None)
