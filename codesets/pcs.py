"""Building an ICD-10-PCS code axis by axis, from the details of its table. Pure.

`details` are those of a table's record, as the importer of the tables gives them: the three axes that name
the table, the titles of all seven, and its rows of four axes of [character, label]. A row is the product of
its values, so a beginning that some row has leads to a code. A release of titles alone has no rows.
"""

from typing import NamedTuple

Row = list[list[list[str]]]


class Choice(NamedTuple):
    """A character and what it means: more than one label where the axes to come decide, as in New Technology
    (the qualifier says of which year a device is).
    """

    character: str
    labels: tuple[str, ...]


class Axis(NamedTuple):
    title: str  # "Approach"
    choices: tuple[Choice, ...]


def next_axis(details: dict, beginning: str) -> Axis | None:
    """What can follow the characters chosen so far, which begin with the table's three.

    None once the code is whole, and where no code begins so.
    """
    at = len(beginning)
    rows = _rows(details, beginning)
    if not rows or at == 7:
        return None
    return Axis(details["titles"][at], tuple(_choices([row[at - 3] for row in rows])))


def spell_out(details: dict, beginning: str) -> list[tuple[str, Choice]]:
    """Each character of a code, or of its beginning, by its axis's title. Empty where no code begins so."""
    rows = _rows(details, beginning)
    if not rows:
        return []
    axes = [[[value]] for value in details["axes"]] + [[row[at] for row in rows] for at in range(4)]
    return [
        (title, choice)
        for title, character, values in zip(details["titles"], beginning, axes, strict=False)
        for choice in _choices(values)
        if choice.character == character
    ]


def is_code(details: dict, code: str) -> bool:
    """Whether the table makes this code of seven characters."""
    return len(code) == 7 and bool(_rows(details, code))


def _rows(details: dict, beginning: str) -> list[Row]:
    """The rows that make codes with this beginning, which must be of this table."""
    table = "".join(character for character, _ in details.get("axes", ()))
    if not beginning.startswith(table) or len(beginning) > 7:
        return []
    return [
        row
        for row in details.get("rows", ())
        if all(
            any(character == value[0] for value in values)
            for character, values in zip(beginning[3:], row, strict=False)
        )
    ]


def _choices(axes: list[list[list[str]]]) -> list[Choice]:
    """The values of one axis in several rows, each character once and in the book's order."""
    labels: dict[str, dict[str, None]] = {}
    for character, label in (value for values in axes for value in values):
        labels.setdefault(character, {})[label] = None
    return [Choice(character, tuple(labels[character])) for character in sorted(labels)]
