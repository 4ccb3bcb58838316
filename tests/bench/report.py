"""What was measured, beside its budget: the table, the JSON, the exit code. Pure."""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from typing import Any


@dataclass(frozen=True)
class Row:
    """One line of the table.

    measured and budget are in the same unit; `x` is a multiple of what is measured beside it in the run. A
    gate that is over makes the run fail; an aim is only reported: absolute times drift on shared machines.
    """

    key: str
    what: str
    figure: str
    measured: float | None  # None where the measurement itself broke; the note says how
    unit: str
    budget: float
    gate: bool
    at_least: bool = False
    note: str = ""
    parts: dict[str, float] = field(default_factory=dict)  # what the figure was chosen from

    @property
    def verdict(self) -> str:
        if self.measured is None:
            return "broken"
        kept = self.measured >= self.budget if self.at_least else self.measured <= self.budget
        if kept:
            return "ok"
        return "over" if self.gate else "aim missed"

    @property
    def fails(self) -> bool:
        return self.verdict in {"over", "broken"}


def broken(key: str, error: Exception) -> Row:
    words = " ".join(f"{type(error).__name__}: {error}".split())
    return Row(key, f"{key}: not measured", "", None, "", 0, gate=True, note=words[:200])


def amount(value: float, unit: str) -> str:
    whole = value == int(value) or value >= 100
    number = f"{value:,.0f}" if whole else f"{value:.1f}"
    return f"{number}{unit}" if unit == "x" else f"{number} {unit}".rstrip()


def heading(about: dict[str, Any]) -> str:
    yard, machine = about["yardstick"], about["machine"]
    words = f"{machine['cores']} cores, load {machine['load']:.1f}, {about['seconds']} s in all."
    if yard is None:
        return words
    return (
        f"{words}\n"
        f"A multiple is of the yardstick, asked in turn with what it is compared with: {yard['what']}.\n"
        f"It took p50 {yard['wall_p50_ms']} ms, p95 {yard['wall_p95_ms']} ms from one client, and "
        f"{yard['cpu_ms']} ms of CPU (web server, PostgreSQL and Valkey).\n"
    )


def table(rows: Sequence[Row]) -> str:
    lines = [("what", "figure", "budget", "ratio", "")] + [_cells(row) for row in rows]
    widths = [max(len(line[column]) for line in lines) for column in range(5)]
    text = []
    for row, line in zip([None, *rows], lines, strict=True):
        cells = [cell.ljust(width) for cell, width in zip(line, widths, strict=True)]
        text.append("  ".join(cells).rstrip())
        if row is not None and row.note:
            text.append(f"    {row.note}")
        if row is not None and row.parts:
            listed = ", ".join(f"{name} {value:g}" for name, value in row.parts.items())
            text.append(f"    {listed}")
    return "\n".join(text)


def _cells(row: Row) -> tuple[str, str, str, str, str]:
    if row.measured is None:
        return row.what, "", "", "", row.verdict
    limit = "at least" if row.at_least else "at most"
    budget = f"{limit} {amount(row.budget, row.unit)}{'' if row.gate else ' (aim)'}"
    ratio = amount(row.measured, "x") if row.unit == "x" else ""
    return row.what, row.figure, budget, ratio, row.verdict


def as_json(rows: Sequence[Row], about: dict[str, Any]) -> str:
    given = {**about, "rows": [{**asdict(row), "verdict": row.verdict} for row in rows]}
    return json.dumps(given, indent=2, ensure_ascii=False)


def exit_code(rows: Sequence[Row]) -> int:
    return 1 if any(row.fails for row in rows) else 0
