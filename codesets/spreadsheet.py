"""Tables as CSV files that a spreadsheet opens as text and never runs. Pure."""

import csv
import io
from collections.abc import Iterable, Sequence

FORMULA = ("=", "+", "-", "@", "\t", "\r")
# Spreadsheets take a file for UTF-8 only with the mark at its beginning.
MARK = "\ufeff"


def as_text(cell: str) -> str:
    """A spreadsheet runs a cell that begins like a formula, unless an apostrophe stands before it."""
    return f"'{cell}" if cell.startswith(FORMULA) else cell


def csv_text(rows: Iterable[Sequence[object]]) -> str:
    """The whole file. Numbers stay numbers, even negative ones; every text is guarded."""
    text = io.StringIO()
    text.write(MARK)
    lines = csv.writer(text)
    for row in rows:
        lines.writerow([as_text(cell) if isinstance(cell, str) else cell for cell in row])
    return text.getvalue()
