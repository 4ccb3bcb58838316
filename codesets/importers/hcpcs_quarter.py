"""Which release a HCPCS file is, and what has ended when it comes into force. Pure.

CMS publishes each January and, since 2020, each quarter. `version` is "2019" for a January release, "2025
October" for that of another quarter; `covers` runs from the quarter's first day to the end of its year.

CMS keeps a discontinued code in the file for four years. It is billable unless its last day, in
details.terminated, lies before the day from which the release is in force, the first of a quarter; so a code
that ends within the quarter is billable, and what is dated after its end must look at details.terminated.
"""

import re
from collections import Counter
from datetime import date
from pathlib import PurePosixPath

from codesets import hcpcs_fields
from codesets.importers.base import Book, CodeRecord, Findings, Level

QUARTERS = {1: "January", 4: "April", 7: "July", 10: "October"}
_NAMED_YEAR = re.compile(r"(?<![0-9])20[0-9]{2}(?![0-9])")
_NAMED_QUARTER = re.compile(r"(?<![A-Z])(JAN|APR|JUL|OCT)(?:UARY|IL|Y|OBER)?(?![A-Z])")


def date_book(book: Book, name: str, records: list[CodeRecord]) -> date | None:
    """Sets version and covers; gives the first day, None where neither the codes nor the name tell it."""
    changed = changed_quarter(records)
    year, month = _named_quarter(name)
    if changed is None and year:
        changed = date(year, month or 1, 1)
        text = f"No code has a change with a date, so {_version(changed)} was taken from the file's name."
        book.findings.add(Level.WARNING, text)
    if changed is None:
        text = "Neither a code nor the file's name says which release it is, so no date was checked."
        book.findings.add(Level.WARNING, text)
        return None
    if (year or changed.year, month or changed.month) != (changed.year, changed.month):
        book.findings.add(
            Level.WARNING,
            f"{PurePosixPath(name).name} is named as another release than most of its changes are dated for: "
            f"{changed}. It was taken for the release {_version(changed)}.",
        )
    book.version, book.covers = _version(changed), (changed, date(changed.year + 1, 1, 1))
    return changed


def changed_quarter(records: list[CodeRecord]) -> date | None:
    """The first day of the quarter in which most changed codes were changed, the later of two as many.

    Not the latest date: a release has a few changes of other days, those to come included.
    """
    changes = [_details(record) for record in records if _is_changed(record)]
    days = [date.fromisoformat(details["effective"]) for details in changes]
    counts = Counter(date(day.year, (day.month - 1) // 3 * 3 + 1, 1) for day in days)
    return max(counts, key=lambda quarter: (counts[quarter], quarter), default=None)


def _details(record: CodeRecord) -> dict:
    return record.details or {}


def _is_changed(record: CodeRecord) -> bool:
    action = _details(record).get("action", hcpcs_fields.NO_CHANGE)
    return action != hcpcs_fields.NO_CHANGE and "effective" in _details(record)


def _named_quarter(name: str) -> tuple[int | None, int | None]:
    """Year and first month in a file's name, "HCPC2025_OCT_ANWEB_v3.xlsx"; January's may have no month."""
    given = PurePosixPath(name).name.upper()
    year, quarter = _NAMED_YEAR.search(given), _NAMED_QUARTER.search(given)
    months = {title[:3].upper(): month for month, title in QUARTERS.items()}
    return int(year.group()) if year else None, months[quarter.group(1)] if quarter else None


def _version(first_day: date) -> str:
    return str(first_day.year) if first_day.month == 1 else f"{first_day.year} {QUARTERS[first_day.month]}"


def end_codes(records: list[CodeRecord], first_day: date | None, findings: Findings) -> list[CodeRecord]:
    """Codes that ended before the first day are not billable."""
    if first_day is None:
        return records
    judged, ended = [], 0
    for record in records:
        last_day = _details(record).get("terminated")
        if record.billable and last_day and last_day < first_day.isoformat():
            record, ended = record._replace(billable=False), ended + 1
        judged.append(record)
    if ended:
        findings.add(
            Level.INFORMATION,
            f"Codes that ended before {first_day}: {ended:,}. They are kept as not valid for submission.",
        )
    return judged
