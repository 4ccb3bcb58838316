"""What addenda make of the codes of the release that they build on, and whether they fit it. Pure.

Addenda belong to the release of the year that they name, with as many codes and headers as they count before
and after. What does not fit is a warning each; it is an error for the whole when the base is clearly another:

- its fiscal year is not the one that the addenda change;
- its codes and headers differ by more than SLACK from what the addenda count;
- more than a tenth of the changes, and more than SLACK of them, do not fit its codes.
"""

import re

from codesets.importers.base import Book, CodeRecord, Findings, Level
from codesets.importers.icd10cm_order import plain
from codesets.importers.icd10cm_tree import dotted
from codesets.importers.order_addenda import Addenda, Entry, Layout, Revision

SLACK = 3  # rows; an oddity of a list or two, and less than any update but the smallest
YEAR = re.compile(r"(?<![0-9])20[0-9]{2}(?![0-9])")
NEW = -1  # position of a code that the base does not have


def fiscal_year(version: str) -> int | None:
    """The year in what a release or a file calls itself: April 2025 and 2025 are both of fiscal year 2025."""
    named = YEAR.search(version)
    return int(named[0]) if named else None


def next_rows(
    base: Book, addenda: Addenda, layout: Layout, version: str, findings: Findings
) -> dict[str, CodeRecord]:
    """The records of the next release, with the places and positions of the base; new ones have neither."""
    applied = _Applied(base, codes_only=layout is Layout.CM_CODES)
    applied.apply(addenda)
    for entry, how in applied.misfits:
        name = dotted(entry.code)
        findings.add(Level.WARNING, f"{name} {how}", line=entry.line, code=name)
    if reason := _other_base(base, addenda, version, len(applied.misfits)):
        findings.error(f"The addenda do not belong to this base: {reason} Choose the release before theirs.")
    _check_totals(addenda, 0, base.codes, "base", findings)
    _check_totals(addenda, 1, list(applied.rows.values()), "result", findings)
    return applied.rows


class _Applied:
    """Deletions first, then additions: what is deleted and added changes its title or its validity."""

    def __init__(self, base: Book, codes_only: bool) -> None:
        self.rows = {record.code: record for record in base.codes}
        self.codes_only = codes_only
        self.deleted: dict[str, CodeRecord] = {}
        self.misfits: list[tuple[Entry, str]] = []

    def apply(self, addenda: Addenda) -> None:
        for entry in addenda.deletions:
            self.delete(entry)
        for entry in addenda.additions:
            self.add(entry)
        for revision in addenda.revisions:
            self.revise(revision)
        if self.codes_only:
            self.follow_with_headers()

    def delete(self, entry: Entry) -> None:
        if self.fits(entry, "is deleted"):
            self.deleted[entry.code] = self.rows.pop(entry.code)

    def add(self, entry: Entry) -> None:
        there = self.rows.get(entry.code)
        becomes_valid = self.codes_only and there is not None and not there.billable
        if there is not None and not becomes_valid:
            self.misfits.append((entry, "is added by the addenda, and the base has it already."))
        self.put(entry, there or self.deleted.pop(entry.code, None))

    def revise(self, revision: Revision) -> None:
        if self.fits(revision.before, "is revised"):
            self.put(revision.after, self.rows[revision.before.code])

    def fits(self, entry: Entry, how: str) -> bool:
        """Whether the base has the code, which is then changed even where the base calls it otherwise."""
        record = self.rows.get(entry.code)
        if record is None:
            self.misfits.append((entry, f"{how} by the addenda, and the base does not have it."))
        elif plain(record.title) != plain(entry.title):
            self.misfits.append(
                (entry, f"{how} by the addenda as “{entry.title}”, and the base calls it “{record.title}”.")
            )
        elif record.billable != entry.billable:
            other = "a header" if entry.billable else "a valid code"
            self.misfits.append((entry, f"{how} by the addenda, and in the base it is {other}."))
        return record is not None

    def put(self, entry: Entry, record: CodeRecord | None) -> None:
        record = record or CodeRecord(entry.code, "", True, "", 0, "", "", NEW)
        details = record.details or {}
        if entry.short:
            details = {**details, "short": entry.short}
        self.rows[entry.code] = record._replace(title=entry.title, billable=entry.billable, details=details)

    def follow_with_headers(self) -> None:
        """Addenda of valid codes say nothing of headers: a code with codes below it now is one, and a header
        that has lost all its codes goes with them.
        """
        above = _beginnings(self.rows)
        for code, record in self.deleted.items():
            if code in above:
                self.rows[code] = record._replace(billable=False)
        while empty := [
            code for code, record in self.rows.items() if not record.billable and code not in above
        ]:
            for code in empty:
                del self.rows[code]
            above = _beginnings(self.rows)


def _beginnings(codes: dict[str, CodeRecord]) -> set[str]:
    return {code[:end] for code in codes for end in range(3, len(code))}


def _other_base(base: Book, addenda: Addenda, version: str, misfits: int) -> str:
    """What shows that the addenda change another release than the base, if anything does."""
    year, own = fiscal_year(base.version), fiscal_year(version)
    years = {fiscal_year(tally.totals[0][1]) for tally in addenda.summaries.values() if tally.totals} - {None}
    if not years and own is not None:
        years = {own - 1, own}  # those of April change a release of their own year
    if year is not None and years and year not in years:
        named = " or ".join(str(each) for each in sorted(filter(None, years)))
        return f"they change the release of {named}, and it is that of {base.version}."
    off = sum(abs(counted - has) for counted, has in _totals(addenda, 0, base.codes).values())
    if off > SLACK:
        return f"it differs by {off:,} codes and headers from what they count before."
    if misfits > max(SLACK, len(addenda) // 10):
        return f"{misfits:,} of their {len(addenda):,} changes do not fit it."
    return ""


def _totals(addenda: Addenda, at: int, codes: list[CodeRecord]) -> dict[str, tuple[int, int]]:
    """How many headers and codes the addenda count before (0) or after (1), and how many there are."""
    valid = sum(record.billable for record in codes)
    has = {"headers": len(codes) - valid, "codes": valid}
    return {
        name: (tally.totals[at][0], has[name])
        for name, tally in addenda.summaries.items()
        if len(tally.totals) > at
    }


def _check_totals(addenda: Addenda, at: int, codes: list[CodeRecord], which: str, findings: Findings) -> None:
    for name, (counted, has) in _totals(addenda, at, codes).items():
        if counted != has:
            when = "after" if at else "before"
            text = f"The addenda count {counted:,} {name} {when} them, and the {which} has {has:,}."
            findings.add(Level.WARNING, text)
