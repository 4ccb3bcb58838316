"""What an author writes, read from the controls of a form into the shapes that an item version keeps. Pure.

Unfinished work is kept as it stands: what is wrong with it, the rules for packs say afterwards.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from math import isfinite
from string import ascii_lowercase
from typing import Any

from codesets.systems import SYSTEMS, display, normalize
from quizzes import yaml_text

Controls = Mapping[str, Sequence[str]]
Row = dict[str, str]
TEXT = "text"  # what an option is when it is no code
LONGEST_YAML = 20_000  # characters of a field
OPTION_WORDS = ("text", "why", "misconception")
FIELD_ORDER = {
    name: place
    for place, name in enumerate(
        (
            *("id", "kind", "title", "setting", "service_from", "service_to", "discharged_on", "sex", "age"),
            *("diagnoses", "procedures", "system", "code", "role", "poa", "modifiers", "units", "pointers"),
            *("verdict", "order", "text", "support", "why", "misconception", "accept", "optional", "given"),
            *("before", "alternatives", "not_coded", "query", "guideline", "note"),
        )
    )
}


class WritingError(ValueError):
    """What was written cannot be kept even as a draft.

    problems: a sentence each; part: what of it could be read, as fields of ItemContent.
    """

    def __init__(self, problems: Iterable[str], part: Mapping[str, Any] | None = None) -> None:
        self.problems, self.part = list(problems), dict(part or {})
        super().__init__(" ".join(self.problems))


def text_of(controls: Controls, name: str) -> str:
    """One control's text, without space around it and with the line ends of a pack."""
    return "\n".join([*controls.get(name, ()), ""][0].replace("\0", "").splitlines()).strip()


def number_of(words: str | None) -> int | None:
    """A whole number of at most three digits; None for anything else."""
    return int(words) if words and words.isdecimal() and len(words) <= 3 else None


def rows_of(controls: Controls, name: str) -> list[tuple[int, Row]]:
    """(number, {field: text}) for the controls "<name>-<number>-<field>", in the order of their numbers."""
    pattern = re.compile(rf"{re.escape(name)}-(\d{{1,3}})-([a-z]+)")
    found: dict[int, Row] = {}
    for control in controls:
        if match := pattern.fullmatch(control):
            found.setdefault(int(match[1]), {})[match[2]] = text_of(controls, control)
    return sorted(found.items())


def read_options(controls: Controls) -> list[tuple[int, Row, dict]]:
    """(number, row, option) for each option row that says anything. An option keeps its id for good.

    An answer names ids, and may be graded again with a later version's key.
    """
    rows = rows_of(controls, "option")
    written = [(number, row) for number, row in rows if any(row.get(name) for name in OPTION_WORDS)]
    taken = {row.get("id", "") for _, row in rows}
    free = (letter for letter in ascii_lowercase if letter not in taken)
    return [(number, row, _option(row, row.get("id") or next(free, ""))) for number, row in written]


def _option(row: Row, name: str) -> dict[str, Any]:
    kind, words = row.get("is", TEXT), row.get("text", "")
    what = {"code": code_of(kind, words)} if kind in set(SYSTEMS) else {"text": words}
    said = {"misconception": row["misconception"]} if row.get("misconception") else {}
    return {"id": name, **what, "why": row.get("why", ""), **said}


def code_of(system: str, written: str) -> dict[str, str]:
    return {"system": system, "code": display(system, normalize(written)) if system in SYSTEMS else written}


def option_row(number: int, option: Mapping[str, Any]) -> Row:
    """The controls' values of one option."""
    code = option.get("code")
    return {
        "number": str(number),
        "id": option["id"],
        "is": code["system"] if code else TEXT,
        "text": code["code"] if code else option.get("text", ""),
        "why": option.get("why", ""),
        "misconception": option.get("misconception", ""),
    }


def with_blanks(rows: Sequence[Row], least: int, spare: int = 0) -> list[Row]:
    """The rows, and empty ones after them up to `least`, but always `spare` of them."""
    count = max(least, len(rows) + spare)
    return [*rows, *({"number": str(number)} for number in range(len(rows) + 1, count + 1))]


def plain(value: Any) -> Any:
    """As JSON holds it: YAML reads 2026-05-12 as a date, and an unquoted POA of 1 as a number."""
    if isinstance(value, dict):
        return {str(name): str(one) if name == "poa" else plain(one) for name, one in value.items()}
    if isinstance(value, list):
        return [plain(one) for one in value]
    if isinstance(value, float) and not isfinite(value):
        return str(value)  # JSON has no .inf and no .nan
    return value.isoformat() if isinstance(value, date) else value


def read_mapping(text: str, what: str) -> dict[str, Any]:
    """A mapping from YAML, empty for no text. Raises WritingError with the line that cannot be read."""
    value = _load(text, what) or {}
    if not isinstance(value, dict):
        raise WritingError([f"{what} must be a mapping: names, each with a colon and its value."])
    return plain(value)


def read_list(text: str, what: str) -> list[Any]:
    """A list from YAML, empty for no text. Raises WritingError with the line that cannot be read."""
    value = _load(text, what) or []
    if not isinstance(value, list):
        raise WritingError([f"{what} must be an entry of a list: start it with a dash."])
    return plain(value)


def _load(text: str, what: str) -> Any:
    if len(text) > LONGEST_YAML:
        raise WritingError([f"{what}: write at most {LONGEST_YAML:,} characters."])
    try:
        return yaml_text.load(text)
    except yaml_text.YamlRefused as error:
        where = f"{what}, line {error.line}" if error.line else what
        raise WritingError([f"{where}: {error}."]) from error


def _ordered(value: Any) -> Any:
    """The fields of mappings as people write them: the database keeps them in an order of its own."""
    if isinstance(value, dict):
        names = sorted(value, key=lambda name: FIELD_ORDER.get(name, len(FIELD_ORDER)))
        return {name: _ordered(value[name]) for name in names}
    return [_ordered(one) for one in value] if isinstance(value, list) else value


def as_yaml(value: Any) -> str:
    """YAML that read_mapping reads back as the same value; nothing for nothing."""
    if not value:
        return ""
    return yaml_text.dump(_ordered(value), width=76)
