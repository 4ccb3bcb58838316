"""The lines of keys and claims, read from JSON: codes as stored, numbers as the record has them. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, TypeVar

from codesets.rules.values import Role
from codesets.systems import System, display, normalize

ADMITTING, DIAGNOSES, PROCEDURES = "admitting", "dx", "px"
LEADING = frozenset({Role.PRINCIPAL, Role.FIRST_LISTED})


@dataclass(frozen=True)
class Line:
    """A line of a claim. `pool`: an admitting diagnosis is compared with nothing but another one."""

    id: str  # "dx:1"
    number: int
    pool: str
    system: str
    code: str
    role: str = ""
    poa: str = ""
    modifiers: tuple[str, ...] = ()
    units: int = 1
    pointers: tuple[int, ...] = ()

    @property
    def shown(self) -> str:
        return display(self.system, self.code)

    @property
    def is_diagnosis(self) -> bool:
        return self.pool != PROCEDURES

    @property
    def content(self) -> tuple:
        """All but its place. Pairing sorts by it, so that the order of the lines decides nothing."""
        return self.system, self.code, self.modifiers, self.units, self.poa, self.role


@dataclass(frozen=True)
class KeyLine(Line):
    """`accepted`: why each (system, code) is as right. An optional line neither earns nor costs; one that was
    `given` does not earn, and costs where it was taken out or changed.
    """

    optional: bool = False
    given: bool = False
    accepted: Mapping[tuple[str, str], str] = field(default_factory=dict)
    why: str = ""
    element: str = ""
    critical: bool | None = None

    @property
    def content(self) -> tuple:
        return *super().content, self.optional, self.given

    def meets(self, line: Line) -> bool:
        """Whether the line's code is right here."""
        return (line.system, line.code) == (self.system, self.code) or (
            line.system,
            line.code,
        ) in self.accepted

    @property
    def is_own(self) -> bool:
        """Whether the line is left to the student, and counts."""
        return not self.optional and not self.given


@dataclass(frozen=True)
class Record:
    """One right way to report a chart: the key, or one of its alternatives.

    before: pairs of lines whose order binds. not_coded: (verdict, why) by (system, code). query: the id of
    the option that is right; empty where none is to be sent.
    """

    lines: tuple[KeyLine, ...]
    before: tuple[tuple[KeyLine, KeyLine], ...] = ()
    not_coded: Mapping[tuple[str, str], tuple[str, str]] = field(default_factory=dict)
    query: str = ""
    alternative: int | None = None
    why: str = ""

    @cached_property
    def principal(self) -> KeyLine | None:
        return leader(self.lines)

    @cached_property
    def codes(self) -> frozenset[tuple[str, str, str]]:
        """(pool, system, code) of every code that is right for some line."""
        return frozenset(
            (line.pool, *code) for line in self.lines for code in ((line.system, line.code), *line.accepted)
        )

    @cached_property
    def counted(self) -> tuple[KeyLine, ...]:
        return tuple(line for line in self.lines if not line.optional)


L = TypeVar("L", bound="Line")


def leader(lines: Iterable[L]) -> L | None:
    """The diagnosis that is principal or first-listed by its role, else the first that is not admitting."""
    reported = [line for line in lines if line.pool == DIAGNOSES]
    return next((line for line in reported if line.role in LEADING), reported[0] if reported else None)


def read_answer(claim: Mapping[str, Any]) -> tuple[Line, ...]:
    return tuple(Line(**one) for one in _read(claim))


def read_records(key: Mapping[str, Any], half: bool) -> list[Record]:
    """The key, then its alternatives. `half`: the form began with the lines that were given.

    The orders and the query of the key hold for its alternatives too, the orders by the codes they name.
    """
    own = _record(key, key, half, None)
    others = key.get("alternatives") or ()
    return [own, *(_record(key, record, half, number) for number, record in enumerate(others))]


def _record(key: Mapping[str, Any], record: Mapping[str, Any], half: bool, alternative: int | None) -> Record:
    lines = tuple(
        KeyLine(**one, **_extras(line, one["system"], half))
        for line, one in zip(_raw(record), _read(record), strict=True)
    )
    return Record(
        lines,
        tuple(_orders(key, lines)),
        {
            (row.get("system") or System.ICD10CM, normalize(row["code"])): (
                row["verdict"],
                row.get("why") or "",
            )
            for row in key.get("not_coded") or ()
        },
        key.get("query") or "",
        alternative,
        record.get("why") or "",
    )


def _extras(line: Mapping[str, Any], system: str, half: bool) -> dict[str, Any]:
    return {
        "optional": bool(line.get("optional")),
        "given": bool(half and line.get("given") and not line.get("optional")),
        "accepted": {
            (other.get("system") or system, normalize(other["code"])): other.get("why") or ""
            for other in line.get("accept") or ()
        },
        "why": line.get("why") or "",
        "element": line.get("element") or "",
        "critical": line.get("critical"),
    }


def _orders(key: Mapping[str, Any], lines: Sequence[KeyLine]) -> Iterable[tuple[KeyLine, KeyLine]]:
    named = {one["id"]: (one["pool"], one["system"], one["code"]) for one in _read(key)}
    found = {(line.pool, line.system, line.code): line for line in reversed(lines)}
    for earlier, later in key.get("before") or ():
        pair = found.get(named[earlier]), found.get(named[later])
        if pair[0] is not None and pair[1] is not None:
            yield pair[0], pair[1]


def _raw(claim: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    return [*(claim.get("diagnoses") or ()), *(claim.get("procedures") or ())]


def _read(claim: Mapping[str, Any]) -> Iterable[dict[str, Any]]:
    for number, line in enumerate(claim.get("diagnoses") or (), start=1):
        role = line.get("role") or ""
        yield {
            "id": f"dx:{number}",
            "number": number,
            "pool": ADMITTING if role == Role.ADMITTING else DIAGNOSES,
            "system": System.ICD10CM.value,
            "code": normalize(line["code"]),
            "role": role,
            "poa": str(line.get("poa") or "").upper(),
        }
    for number, line in enumerate(claim.get("procedures") or (), start=1):
        units = line.get("units")
        yield {
            "id": f"px:{number}",
            "number": number,
            "pool": PROCEDURES,
            "system": line["system"],
            "code": normalize(line["code"]),
            "modifiers": tuple(sorted(normalize(str(each)) for each in line.get("modifiers") or ())),
            "units": 1 if units is None else units,
            "pointers": tuple(line.get("pointers") or ()),
        }
