"""CPT, from the files that the American Medical Association gives a licence holder: bytes to a Book. Pure.

LONGULT (code, a tab, the long description) says which codes there are. MEDU and SHORTU (code 1/5, a blank,
then at most 48 and 28 characters) add shorter descriptions, MODUL the modifiers, which are rows of their own
that are never billable: their details say {"kind": "modifier"}. Each file begins with a copyright notice. No
finding ever quotes a description: findings may be read and kept without a licence.
"""

import re
from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from pathlib import PurePosixPath

from codesets.importers.base import (
    Book,
    CodeRecord,
    Findings,
    HeadingRecord,
    ImportRefused,
    Level,
    Progress,
    Source,
)
from codesets.importers.order_file import text_lines

LONGEST = 10_000  # characters of a line; the longest description has about a tenth of it
ROWS_IN_A_ROW = 3  # lines that are rows, one after the other, end the copyright notice


class Part(StrEnum):
    LONG = "LONGULT"
    MEDIUM = "MEDU"
    SHORT = "SHORTU"
    MODIFIERS = "MODUL"


_CODE = r"[0-9]{4}[0-9FTUAM]"
_FIXED = re.compile(rf"({_CODE}) (\S[^\t]*)")
_LAYOUTS = {
    Part.LONG: re.compile(rf"({_CODE})\t([^\t]*\S[^\t]*)"),
    Part.MEDIUM: _FIXED,
    Part.SHORT: _FIXED,
    Part.MODIFIERS: re.compile(r"([0-9A-Z]{2})[ \t]+(\S.*)"),
}
_WIDTHS = {Part.LONG: LONGEST, Part.MEDIUM: 54, Part.SHORT: 34, Part.MODIFIERS: LONGEST}
_ROWS = {
    Part.LONG: "a code, a tab and a description",
    Part.MEDIUM: "a code, a blank and a description",
    Part.SHORT: "a code, a blank and a description",
    Part.MODIFIERS: "a modifier of two characters and a description",
}

# The sections in the order of the book, in our own words, and the first codes of each run of codes in them.
EVALUATION, ANESTHESIA, SURGERY = "Evaluation and management", "Anesthesia", "Surgery"
RADIOLOGY, LABORATORY, MEDICINE = "Radiology", "Pathology and laboratory", "Medicine"
CATEGORY_2, CATEGORY_3, PLA = "Category II", "Category III", "Proprietary laboratory analyses"
MODIFIERS = "Modifiers"
SECTIONS = (
    *(
        EVALUATION,
        ANESTHESIA,
        SURGERY,
        RADIOLOGY,
        LABORATORY,
        MEDICINE,
        CATEGORY_2,
        CATEGORY_3,
        PLA,
        MODIFIERS,
    ),
)
_RUNS = (
    ("00000", ANESTHESIA),
    ("10000", SURGERY),
    ("70000", RADIOLOGY),
    ("80000", LABORATORY),
    ("90000", MEDICINE),
    ("99100", ANESTHESIA),
    ("99150", MEDICINE),
    ("99200", EVALUATION),
    ("99500", MEDICINE),
)
_LETTERS = {"F": CATEGORY_2, "T": CATEGORY_3, "U": PLA, "A": MEDICINE, "M": LABORATORY}
# Surgery alone has six thousand codes, so it is parted by what is operated on.
_SURGERY = (
    ("10000", "19999", "Skin and breast"),
    ("20000", "29999", "Bones, joints and muscles"),
    ("30000", "32999", "Nose, airways and lungs"),
    ("33000", "37999", "Heart and vessels"),
    ("38000", "39999", "Blood, lymph and middle of the chest"),
    ("40000", "49999", "Digestive tract"),
    ("50000", "53999", "Urinary tract"),
    ("54000", "55999", "Male genital organs"),
    ("56000", "59999", "Female genital organs and birth"),
    ("60000", "60999", "Hormone glands"),
    ("61000", "64999", "Brain, spine and nerves"),
    ("65000", "68999", "Eye"),
    ("69000", "69999", "Ear, and use of a microscope"),
)

# "copyright 1966, 1970, 1983-2025 American Medical Association", "© 2025"
_COPYRIGHT = re.compile(
    r"(?:copyright|©|\(c\))[^0-9]{0,40}((?:(?:19|20)[0-9]{2}[\s,and–-]*)+)", re.IGNORECASE
)
_BOOK_YEAR = re.compile(
    r"\bCPT\s{0,3}(?:®|™|\(R\)|\(TM\))?\s{1,3}(20[0-9]{2})\b(?!\s+American)"
    r"|\b(20[0-9]{2})\s{1,3}CPT\b"
    r"|\beffective\s{1,3}(?:from\s{1,3})?January\s{1,3}1,?\s{1,3}(20[0-9]{2})\b",
    re.IGNORECASE,
)
_NAME_YEAR = re.compile(r"(?<![0-9])20[0-9]{2}(?![0-9])")


@dataclass(frozen=True)
class _File:
    """One of the AMA's files: its lines, and at which of them, counted from 0, the rows begin."""

    path: str  # within its archive, if it came in one
    name: str
    part: Part
    lines: list[str]
    start: int

    @property
    def notice(self) -> str:
        return "\n".join(line[:LONGEST] for line in self.lines[: self.start])


@dataclass(frozen=True)
class _Row:
    line: int
    text: str


def _basename(path: str) -> str:
    return PurePosixPath(path).name[:80]


def parse(sources: list[Source], progress: Progress, base: Book | None = None) -> Book:
    """LONGULT and any of the others. Raises ImportRefused without LONGULT, or with two of a kind."""
    book = Book()
    files = _pick(sources, book.findings)
    rows = {part: _read(file, book.findings) for part, file in files.items()}
    _cross_check(files, rows, book.findings)
    _date(book, list(files.values()))
    _arrange(book, rows)
    progress("reading", book.rows, 0, book.rows)
    return book


def _pick(sources: list[Source], findings: Findings) -> dict[Part, _File]:
    """The files by what they hold. Raises ImportRefused."""
    found: dict[Part, list[_File]] = {part: [] for part in Part}
    left = []
    for source in sources:
        file = _recognize(source)
        if file is None:
            left.append(_basename(source.name))
        else:
            found[file.part].append(file)
    if not found[Part.LONG]:
        raise ImportRefused(
            "None of the files is LONGULT, the AMA's list of codes with a tab and their long description."
        )
    picked = {part: _one(part, files) for part, files in found.items() if files}
    left += [file.name for files in found.values() for file in files if file not in picked.values()]
    for name in left:
        text = f"{name} is none of the AMA's files that are read here; it was left alone."
        findings.add(Level.INFORMATION, text)
    return picked


def _one(part: Part, files: list[_File]) -> _File:
    """Of several files laid out alike the one that has the AMA's name: LONGULT has a twin in capitals."""
    named = [file for file in files if part in file.name.upper()] if len(files) > 1 else files
    if len(named) != 1:
        names = " and ".join(file.name for file in files[:3])
        raise ImportRefused(f"{names} each look like the AMA's {part} file; give one of them.")
    return named[0]


def _recognize(source: Source) -> _File | None:
    """By its lines; MEDU and SHORTU, which are laid out alike, by name and then by how long they are."""
    try:
        lines = text_lines(source)
    except ImportRefused:
        return None
    name = _basename(source.name)
    for part in (Part.LONG, Part.SHORT, Part.MODIFIERS):
        start = _start(lines, _LAYOUTS[part])
        if start is None:
            continue
        if part == Part.SHORT:
            part = _medium_or_short(name.upper(), lines[start:])
        return _File(source.name, name, part, lines, start)
    return None


def _medium_or_short(name: str, lines: list[str]) -> Part:
    for part in (Part.MEDIUM, Part.SHORT):
        if part[:-1] in name:
            return part
    return Part.MEDIUM if any(len(line) > _WIDTHS[Part.SHORT] for line in lines) else Part.SHORT


def _start(lines: list[str], layout: re.Pattern[str]) -> int | None:
    """Where the rows begin: the copyright notice ends at the last blank line before the first row.

    What stands between the two is a damaged row, unless it goes on about the copyright. None without rows.
    """
    run = 0
    for at, line in enumerate(lines):
        run = run + 1 if layout.fullmatch(line[:LONGEST]) else 0
        if run == ROWS_IN_A_ROW or (run and at == len(lines) - 1):
            first = at - run + 1
            break
    else:
        return None
    blank = next((at for at in range(first - 1, -1, -1) if not lines[at]), -1)
    between = " ".join(line[:LONGEST] for line in lines[blank + 1 : first]).lower()
    return first if "copyright" in between or "american medical" in between else blank + 1


def _read(file: _File, findings: Findings) -> dict[str, _Row]:
    """Descriptions by code or modifier. Whatever is no row, or one that was there before, is an error."""
    rows: dict[str, _Row] = {}
    layout, width = _LAYOUTS[file.part], _WIDTHS[file.part]
    for at, line in enumerate(file.lines[file.start :], start=file.start + 1):
        match = layout.fullmatch(line) if len(line) <= LONGEST else None
        if match is None:
            if line:
                findings.error(_damage(file, line), line=at, code=line[:5].strip())
            continue
        code = match[1]
        if code in rows:
            twice = f"{code} stands in {file.name} more than once, first in line {rows[code].line:,}."
            findings.error(twice, line=at, code=code)
            continue
        if len(line) > width:
            wide = f"The line of {file.name} has {len(line):,} characters; the layout allows {width}."
            findings.add(Level.WARNING, wide, line=at, code=code)
        rows[code] = _Row(at, " ".join(match[2].split()))
    return rows


def _damage(file: _File, line: str) -> str:
    if len(line) > LONGEST:
        return f"The line of {file.name} has {len(line):,} characters, more than any description."
    return f"The line of {file.name} is not {_ROWS[file.part]}."


def _cross_check(files: dict[Part, _File], rows: dict[Part, dict[str, _Row]], findings: Findings) -> None:
    """Every code stands in each of the files; a list of codes that lacks some is not the whole book."""
    codes = rows[Part.LONG]
    listed = files[Part.LONG].name
    for part in (Part.MEDIUM, Part.SHORT):
        if part not in files:
            continue
        name = files[part].name
        for code, row in rows[part].items():
            if code not in codes:
                text = (
                    f"{code} is in {name} and not in {listed}, which may be cut off or of another year. "
                    f"Get the files again, or load {listed} without {name}."
                )
                findings.error(text, line=row.line, code=code)
        for code, row in codes.items():
            if code not in rows[part]:
                findings.add(Level.WARNING, f"{code} is not in {name}.", line=row.line, code=code)


def _date(book: Book, files: list[_File]) -> None:
    """The year of the book: as a file says, else as LONGULT's or another's name says, else nobody knows.

    The year of the copyright is no sign: the book of a year is printed, and its copyright taken, in the year
    before.
    """
    years = {file.name: _book_years(file.notice) for file in files}
    said = {year: name for name, each in years.items() if len(each) == 1 for year in each}
    if len(said) > 1:
        words = ", ".join(f"{name} says {year}" for year, name in sorted(said.items()))
        book.findings.error(f"The files are of different years: {words}.")
        return
    named = {year for file in files for year in _NAME_YEAR.findall(file.path)}
    if said or len(named) == 1:
        year = int(next(iter(said or named)))
        book.version = str(year)
        book.covers = (date(year, 1, 1), date(year + 1, 1, 1))
        if not said:
            text = f"No file says which year's CPT it is; {year} is taken from the name."
            book.findings.add(Level.INFORMATION, text)
        return
    text = "No file says which year's CPT it is: make sure that the date is right."
    if owned := [int(year) for file in files for year in _copyright_years(file.notice)]:
        book.version = f"copyright {max(owned)}"
        text += f" The copyright is of {max(owned)}, as it would be for the book of {max(owned) + 1}."
    book.findings.add(Level.WARNING, text)


def _book_years(notice: str) -> set[str]:
    said = _BOOK_YEAR.finditer(_COPYRIGHT.sub(" ", notice))
    return {next(year for year in match.groups() if year) for match in said}


def _copyright_years(notice: str) -> list[str]:
    lists = _COPYRIGHT.findall(notice)
    return [year for years in lists for year in re.findall(r"[0-9]{4}", years)]


def _arrange(book: Book, rows: dict[Part, dict[str, _Row]]) -> None:
    """Sections in the order of the book, codes in order within, then the modifiers."""
    records = [_record(code, row.text, rows) for code, row in rows[Part.LONG].items()]
    records += [
        CodeRecord(code, row.text, False, "", 0, MODIFIERS, "", 0, details={"kind": "modifier"})
        for code, row in rows.get(Part.MODIFIERS, {}).items()
    ]
    records.sort(key=lambda record: (SECTIONS.index(record.chapter), record.code))
    book.codes = [record._replace(position=position) for position, record in enumerate(records)]
    book.headings = _headings(book.codes)


def _record(code: str, title: str, rows: dict[Part, dict[str, _Row]]) -> CodeRecord:
    details = {"kind": "code"}
    for name, part in (("medium", Part.MEDIUM), ("short", Part.SHORT)):
        if code in rows.get(part, {}):
            details[name] = rows[part][code].text
    section = section_of(code)
    block = _surgery_block(code)[0] if section == SURGERY else ""
    return CodeRecord(code, title, True, "", 0, section, block, 0, details=details)


def section_of(code: str) -> str:
    """The section of a code by its number, or by the letter at its end."""
    if code[-1] in _LETTERS:
        return _LETTERS[code[-1]]
    return _RUNS[bisect_right(_RUNS, code, key=lambda run: run[0]) - 1][1]


def _surgery_block(code: str) -> tuple[str, str]:
    """The name and title of the block."""
    first, last, title = _SURGERY[bisect_right(_SURGERY, code, key=lambda part: part[0]) - 1]
    return f"{first}-{last}", title


def _headings(codes: Iterable[CodeRecord]) -> list[HeadingRecord]:
    """Sections that hold codes, each with its blocks behind it, in the order of the book."""
    found: dict[tuple[str, str], HeadingRecord] = {}
    for record in codes:
        section = HeadingRecord("chapter", record.chapter, record.chapter, "", 0)
        found.setdefault((record.chapter, ""), section)
        if record.block:
            name, title = _surgery_block(record.code)
            found.setdefault((record.chapter, name), HeadingRecord("block", name, title, record.chapter, 0))
    return [heading._replace(position=position) for position, heading in enumerate(found.values())]
