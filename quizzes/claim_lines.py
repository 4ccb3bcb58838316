"""What the lines of a grade say of a claim: which are right, which count, what became of an audit's errors.

Pure. A line is the grade's JSON, {"answer": "dx:1", "key": "dx:2", "verdicts", "credit", ...}.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from codesets.systems import System, normalize
from quizzes.grading.values import Verdict

PARTS = {"dx": "diagnoses", "px": "procedures"}
GOOD = {Verdict.CORRECT, Verdict.ALTERNATIVE_ACCEPTED}


class Outcome(NamedTuple):
    """Names of lines in what was coded, what was left and the key, or empty; what: see count_outcomes."""

    coded: str
    left: str
    key: str
    what: str


@dataclass(frozen=True)
class AuditCounts:
    """found: errors that were changed, mended: those that are right now; missed; broken: new errors."""

    found: int
    mended: int
    missed: int
    broken: int

    @property
    def errors(self) -> int:
        return self.found + self.missed


def count_outcomes(outcomes: Iterable[Outcome]) -> AuditCounts:
    """What came of a line: kept (right before and after), mended, half (changed, not right), missed, broken,
    added (an extra one)."""
    count = Counter(outcome.what for outcome in outcomes)
    return AuditCounts(
        found=count["mended"] + count["half"],
        mended=count["mended"],
        missed=count["missed"],
        broken=count["broken"] + count["added"],
    )


def line_of(record: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    part, number = name.split(":")
    return record[PARTS[part]][int(number) - 1]


def named_lines(record: Mapping[str, Any]) -> Iterator[tuple[str, Mapping[str, Any]]]:
    for name, part in PARTS.items():
        for number, line in enumerate(record.get(part) or [], start=1):
            yield f"{name}:{number}", line


def system_of_line(line: Mapping[str, Any]) -> str:
    return line.get("system") or System.ICD10CM.value


def is_counted(line: Mapping[str, Any]) -> bool:
    return Verdict.OPTIONAL_IGNORED not in line["verdicts"]


def audit_outcomes(
    judged: Sequence[Mapping[str, Any]],
    lines: Sequence[Mapping[str, Any]],
    coded: Mapping[str, Any],
    left: Mapping[str, Any],
) -> list[Outcome]:
    """judged: the grade's lines of the claim as it was coded; lines: those of the claim as it was left.

    By lines of the key, a query that it wants among them, then what the key does not have. Lines that are
    optional and absent are no matter. The claim as it was coded has no query.
    """
    before = {line["key"]: line for line in judged if line["key"]}
    after = {line["key"]: line for line in lines if line["key"]}
    outcomes = []
    for name in sorted(before.keys() | after.keys(), key=_place):
        was, now = before.get(name), after.get(name)
        if was is None and _is_right(now):
            continue
        unchanged = _answer(was) == _answer(now) == "" or _at(coded, was) == _at(left, now) is not None
        what = _outcome(_is_right(was), _is_right(now), unchanged)
        outcomes.append(Outcome(_answer(was), _answer(now), name, what))
    kept = [line["answer"] for line in lines if not line["key"]]
    for line in judged:
        if line["key"]:
            continue
        still = next((name for name in kept if _code_at(left, name) == _code_at(coded, line["answer"])), None)
        if still:
            kept.remove(still)
        outcomes.append(Outcome(line["answer"], still or "", "", "missed" if still else "mended"))
    return outcomes + [Outcome("", name, "", "added") for name in kept]


def _outcome(was_right: bool, is_right: bool, unchanged: bool) -> str:
    if is_right:
        return "kept" if was_right else "mended"
    if was_right:
        return "broken"
    return "missed" if unchanged else "half"


def _is_right(line: Mapping[str, Any] | None) -> bool:
    """An optional line is never wrong: absent or right."""
    return line is None or line["credit"] == 1 or set(line["verdicts"]) <= {*GOOD, Verdict.OPTIONAL_IGNORED}


def _place(name: str) -> tuple[str, int]:
    """Diagnoses, procedures, the query."""
    part, _, number = name.partition(":")
    return part, int(number or 0)


def _answer(line: Mapping[str, Any] | None) -> str:
    return (line or {}).get("answer") or ""


def _at(record: Mapping[str, Any], line: Mapping[str, Any] | None) -> Mapping[str, Any] | None:
    """What stands there; None for nothing, and for a query, which no coded claim has."""
    if line is None or line["answer"] in (None, "query"):
        return None
    return line_of(record, line["answer"])


def _code_at(record: Mapping[str, Any], name: str) -> tuple[str, str]:
    if name == "query":
        return "query", ""
    line = line_of(record, name)
    return system_of_line(line), normalize(line["code"])
