"""ICD-10-PCS, as CMS publishes it and as others carry it: bytes to a Book. Pure.

One release may come as tables in XML, as the order file, as a list of codes and titles in CSV, as order
addenda to a release loaded before, or as tables with one of the others; definitions in XML may be added to
any. The tables say which codes there are and what their characters mean; the official titles stand in the
other files alone. Together, every difference between the two is a finding.
"""

import re
import xml.etree.ElementTree as ET
from collections.abc import Iterable, Mapping
from datetime import date
from enum import StrEnum
from pathlib import PurePosixPath

from codesets.importers import icd10pcs_definitions, icd10pcs_tables
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
from codesets.importers.icd10pcs_definitions import read_definitions
from codesets.importers.icd10pcs_names import BODY_SYSTEMS, SECTIONS, header_title, operation
from codesets.importers.icd10pcs_tables import Table, read_tables
from codesets.importers.icd10pcs_titles import (
    Listed,
    Titles,
    apply_changes,
    check_changes,
    is_list,
    read_changes,
    read_list_titles,
    read_order_titles,
)
from codesets.importers.order_addenda import is_addenda
from codesets.importers.order_file import is_order, text_lines
from codesets.importers.xml import child_text, no_collector, read_tree, root_tag

HEAD = 8192  # bytes at the beginning of a text file, which show its kind
_YEAR = re.compile(r"(?<![0-9])20[0-9]{2}(?![0-9])")
Details = Mapping[str, dict]
"""What an axis-by-axis builder needs of each table, by its three characters."""


class Kind(StrEnum):
    TABLES = "the tables in XML"
    ORDER = "the order file"
    LIST = "a list of codes and titles in CSV"
    ADDENDA = "the order addenda"
    DEFINITIONS = "the definitions in XML"


_ROOTS = {icd10pcs_tables.ROOT: Kind.TABLES, icd10pcs_definitions.ROOT: Kind.DEFINITIONS}
Files = dict[Kind, Source]


def parse(sources: list[Source], progress: Progress, base: Book | None = None) -> Book:
    """A release from its files, told apart by their content; `base` is what addenda build on.

    Codes and their tables stand in the order of their characters, which is the book's. Raises ImportRefused.
    """
    book = Book()
    files = _sort(sources, book.findings)
    _require_enough(files, base)
    with no_collector():
        _read(files, base, book, progress)
    return book


def _sort(sources: list[Source], findings: Findings) -> Files:
    files: Files = {}
    others = []
    for source in sources:
        kind = _kind(source)
        if kind is None:
            others.append(source.name)
        elif kind in files:
            raise ImportRefused(f"{files[kind].name} and {source.name} are both {kind}; give one of them.")
        else:
            files[kind] = source
    if not files:
        kinds = ", ".join(Kind)
        raise ImportRefused(f"{', '.join(others)[:200]} is none of the files of ICD-10-PCS: {kinds}.")
    unknown = [name for name in others if not name.lower().endswith(".pdf")]  # the layouts and read-me files
    if unknown:
        text = f"Left alone, for they are no list of ICD-10-PCS codes: {', '.join(unknown)[:500]}."
        findings.add(Level.INFORMATION, text)
    return files


def _kind(source: Source) -> Kind | None:
    """Raises ImportRefused for broken XML, of which nobody can say what it was."""
    first = source.data[:64].replace(b"\0", b"").lstrip(b"\xef\xbb\xbf\xff\xfe \t\r\n")
    if first.startswith(b"<"):
        return _ROOTS.get(root_tag(source))
    try:
        lines = text_lines(Source(source.name, source.data[:HEAD]))
    except ImportRefused:
        return None  # not a text file
    if is_order(lines):
        return Kind.ORDER
    if is_addenda(lines):
        return Kind.ADDENDA
    return Kind.LIST if is_list(lines) else None


def _require_enough(files: Files, base: Book | None) -> None:
    """Raises ImportRefused where the files do not make a release, or contradict each other."""
    if Kind.ORDER in files and Kind.LIST in files:
        raise ImportRefused(
            f"{files[Kind.ORDER].name} and {files[Kind.LIST].name} both list the titles; give one of them."
        )
    follows = Kind.ADDENDA in files and not files.keys() & {Kind.ORDER, Kind.LIST}
    if follows and base is None:
        raise ImportRefused(
            f"{files[Kind.ADDENDA].name} holds the changes to an earlier release of ICD-10-PCS; choose the "
            "release that they build on, or give the order file beside them."
        )
    if base is not None and not follows:
        name = next(source.name for kind, source in files.items() if kind != Kind.ADDENDA)
        raise ImportRefused(
            f"{name} is of a whole release, which builds on no other: leave the base out, or give addenda "
            "without a list of all codes."
        )
    if files.keys() == {Kind.DEFINITIONS}:
        raise ImportRefused(
            f"{files[Kind.DEFINITIONS].name} holds definitions alone; give it together with the tables, the "
            "order file or a list of the codes."
        )


def _read(files: Files, base: Book | None, book: Book, progress: Progress) -> None:
    # The trees go with this frame, before the collector comes back and would walk them.
    roots = {kind: read_tree(files[kind]) for kind in _ROOTS.values() if kind in files}
    _read_years(files, roots, book)
    tables: list[Table] = []
    if Kind.TABLES in roots:
        tables = read_tables(roots[Kind.TABLES], files[Kind.TABLES], book.findings)
        progress("reading", sum(len(table.codes) for table in tables), 0, 0)
    titles, followed = _read_titles(files, base, book.findings)
    if Kind.DEFINITIONS in roots:
        source = files[Kind.DEFINITIONS]
        book.definitions = read_definitions(roots[Kind.DEFINITIONS], source, book.findings)
    elif followed is not None:
        book.definitions = followed.definitions
    if tables and titles:
        _compare(tables, titles, book.findings)
    titles = titles or _composed(tables)
    places = _places(tables, followed)
    made = _name_headers(titles, tables, places, Kind.LIST in files, book.findings)
    _arrange({**titles, **made}, places, _details(tables, followed, titles, book.findings), book)
    progress("reading", book.rows, 0, book.rows)


def _read_years(files: Files, roots: Mapping[Kind, ET.Element], book: Book) -> None:
    """The fiscal year, from October on, by what the files say themselves; else by their names."""
    years = {kind: year for kind in files if (year := _year(files[kind], roots.get(kind)))}
    said = "; ".join(f"{kind}, {year}" for kind, year in years.items())
    defined = years.pop(Kind.DEFINITIONS, None)
    if not years:
        text = "No file says for which fiscal year its codes are; make sure of the effective date yourself."
        book.findings.add(Level.WARNING, text)
    elif len(set(years.values())) > 1:
        book.findings.error(f"The files are of different fiscal years: {said}.")
    else:
        year = next(iter(years.values()))
        book.version = str(year)
        book.covers = (date(year - 1, 10, 1), date(year, 10, 1))
        if defined not in (None, year):
            book.findings.add(Level.WARNING, f"The definitions are of another fiscal year: {said}.")


def _year(source: Source, root: ET.Element | None) -> int | None:
    version = "" if root is None else child_text(root, "version")
    for said in (version, PurePosixPath(source.name).name, source.name):
        years = set(_YEAR.findall(said))
        if len(years) == 1:
            return int(years.pop())
    return None


def _read_titles(files: Files, base: Book | None, findings: Findings) -> tuple[Titles, Book | None]:
    """The titles, none where tables stand alone; and the base, where it was changed by addenda."""
    titles: Titles = {}
    changes = read_changes(files[Kind.ADDENDA], findings) if Kind.ADDENDA in files else None
    if Kind.ORDER in files:
        titles = read_order_titles(files[Kind.ORDER], findings)
    elif Kind.LIST in files:
        titles = read_list_titles(files[Kind.LIST], findings)
    elif changes is not None and base is not None:
        return apply_changes(changes, base, findings), base
    if changes is not None:
        check_changes(changes, titles, findings)
    return titles, None


def _composed(tables: Iterable[Table]) -> Titles:
    titles: Titles = {}
    for table in tables:
        titles[table.code] = Listed(table.title, False)
        titles.update((code, Listed(title, True)) for code, title in table.codes.items())
    return titles


def _compare(tables: Iterable[Table], titles: Titles, findings: Findings) -> None:
    """Tables and titles describe one release. A list without headers is not asked for them."""
    has_headers = any(len(code) == 3 for code in titles)
    made: dict[str, str] = {}
    for table in tables:
        made.update(table.codes)
        if has_headers:
            made[table.code] = table.title
    for code in sorted(made.keys() - titles.keys()):
        findings.error(f"The tables have {code}, and the list of titles does not.", code=code)
    for code, listed in titles.items():
        if code not in made:
            text = f"The list of titles has {code}, and the tables do not."
            findings.error(text, line=listed.line, code=code)
        elif len(code) == 3 and listed.title != made[code]:
            text = f"The tables call {code} “{made[code]}”; the title listed is “{listed.title}”."
            findings.add(Level.WARNING, text, line=listed.line, code=code)


def _places(tables: Iterable[Table], followed: Book | None) -> dict[str, str]:
    """Names of the sections ("0") and body systems ("00"): the files' own before those of other years."""
    places = {**SECTIONS, **BODY_SYSTEMS}
    if followed is not None:
        places.update((heading.name, heading.title) for heading in followed.headings)
    for table in tables:
        (section, label), (system, system_label), _ = table.axes
        places.update({section: label, section + system: system_label})
    return places


def _name_headers(
    titles: Titles, tables: Iterable[Table], places: Mapping[str, str], is_list: bool, findings: Findings
) -> Titles:
    """Headers for the tables that the titles have none of, which is as it should be in a list alone."""
    named = {table.code: table.title for table in tables}
    made: Titles = {}
    for code in sorted({code[:3] for code in titles} - titles.keys()):
        title = named.get(code) or _header_title(code, places, findings)
        made[code] = Listed(title, False)
        if not is_list:
            text = f"Table {code} has codes and no header; it was called “{title}”."
            findings.add(Level.WARNING, text, code=code)
    if made and is_list:
        text = f"The list has no headers for {len(made):,} tables; their titles were put together from names"
        findings.add(Level.INFORMATION, f"{text} of sections, body systems and operations.")
    return made


def _header_title(code: str, places: Mapping[str, str], findings: Findings) -> str:
    section, system = (places.get(place) or _nameless(place) for place in (code[:1], code[:2]))
    named = operation(code)
    if not named:
        text = f"Operation {code[2]} of section {code[0]}: what it is cannot be told without the tables."
        findings.add(Level.INFORMATION, text, code=code)
    return header_title(section, system, named or f"Operation {code[2]}")


def _details(tables: Iterable[Table], followed: Book | None, titles: Titles, findings: Findings) -> Details:
    """Those of the tables; without them, those of the base for tables that still make the same codes."""
    details = {table.code: table.details for table in tables}
    if details or followed is None:
        return details
    before = {record.code for record in followed.codes}
    changed = {code[:3] for code in before.symmetric_difference(titles)}
    kept = {record.code: record.details for record in followed.codes if record.details and record.depth == 0}
    if lost := sorted(kept.keys() & changed):
        named = ", ".join(lost[:10]) + (f" and {len(lost) - 10:,} more" if len(lost) > 10 else "")
        text = f"The addenda change the codes of these tables, and do not say how their rows change: {named}."
        text += " They are kept without rows; to have them, give the tables of the year with the addenda."
        findings.add(Level.WARNING, text)
    return {code: kept[code] for code in kept.keys() - changed}


def _arrange(titles: Titles, places: Mapping[str, str], details: Details, book: Book) -> None:
    """Fills the book in the order of the characters, in which a table stands right before its codes."""
    book.headings = _headings(titles, places, book.findings)
    for position, code in enumerate(sorted(titles)):
        title, table, place = titles[code].title, code[:3], (code[:1], code[:2])
        if code == table:
            record = CodeRecord(code, title, False, "", 0, *place, position, details=details.get(code))
        else:
            record = CodeRecord(code, title, True, table, 1, *place, position)
        book.codes.append(record)
    if not book.billable and not book.findings.counts[Level.ERROR]:
        book.findings.error("The files hold no code that can be reported.")


def _headings(titles: Titles, places: Mapping[str, str], findings: Findings) -> list[HeadingRecord]:
    """Each section as a chapter, its body systems as the blocks after it."""
    headings: list[HeadingRecord] = []
    for name in sorted({code[:length] for code in titles for length in (1, 2)}):
        title = places.get(name, "")
        if not title:
            title = _nameless(name)
            text = f"{title}: what it is called cannot be told without the tables."
            findings.add(Level.INFORMATION, text, code=name)
        kind, parent = ("block", name[0]) if len(name) == 2 else ("chapter", "")
        headings.append(HeadingRecord(kind, name, title, parent, len(headings)))
    return headings


def _nameless(place: str) -> str:
    return f"Body system {place}" if len(place) == 2 else f"Section {place}"
