"""Every measurement after the other; one that breaks is a row that says so, and the others go on."""

import sys
import traceback
from collections.abc import Callable

from tests.bench import (
    exam_pages,
    first_visit,
    grading,
    importing,
    overdue,
    rules,
    saving,
    search,
    sitting_load,
)
from tests.bench.beside import Bench
from tests.bench.report import Row, broken

# The import is late: its second release would lie in the tables that the others read. The load is last, and
# reads no codes: it leaves half a million answers behind.
MEASUREMENTS: dict[str, Callable[[Bench], list[Row]]] = {
    module.KEY: module.measure
    for module in (search, rules, grading, saving, exam_pages, first_visit, overdue, importing, sitting_load)
}


def measure_all(bench: Bench, only: set[str]) -> list[Row]:
    """`only` names the measurements; all of them when it is empty."""
    rows: list[Row] = []
    for key, measure in MEASUREMENTS.items():
        if only and key not in only:
            continue
        sys.stderr.write(f"Measuring: {key}\n")
        try:
            rows += measure(bench)
        except Exception as error:
            traceback.print_exc()
            rows.append(broken(key, error))
    return rows
