"""The alphabetic indexes in XML: of ICD-10-CM (CDC/NCHS, up to four files) and of ICD-10-PCS (CMS). Pure.

Layout: `letter > mainTerm > term@level`, a term within a term to any depth. A `title` has nonessential
modifiers (`nemod`) within its words: "Abandonment<nemod>(causing exposure)</nemod> NEC". Beside it stand

- ICD-10-CM: `code`, `manif` (a second code, in brackets in the book), `see`, `seeAlso`, `seecat` and `subcat`
  (see category, see subcategory); in the neoplasm and drug tables `cell@col`, a code to a column, whose
  headings stand in `indexHeading > head@col`. "C79.8-" is incomplete; "-" and "--" mean that there is none.
- ICD-10-PCS: `code` (7 characters), `codes` (what they begin with), `tab` (a table, 3 characters), `see` and
  `use`, which may hold `codes` or `tab`. Many of its terms have no title: they are a list of references.

`version` is a fiscal year (October to September).
"""

import re
import xml.etree.ElementTree as ET
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from codesets.importers.base import Book, Findings, ImportRefused, IndexRecord, Level, Progress, Source
from codesets.importers.index_codes import CM_CODES, COLUMNS, PCS_CODES, names_codes
from codesets.importers.index_terms import TermReader, leading_nowhere
from codesets.importers.xml import child_text, clean, no_collector, read_tree, root_tag
from codesets.index_paths import CONDITION, IndexPaths, named_part, path_of, resolve_see

FIRST_NAMED = 3  # of the entries that one finding is about
LOST_NAMED = 10
# Of names, in following references: the 2,960 of the official samples take 65,000, so that the index to
# diseases takes about half a million, in less than a second.
LOOKUPS_LIMIT = 1_000_000
QUOTED = 60  # characters of a text that a finding repeats


@dataclass(frozen=True)
class Family:
    """The index of one publisher: its root element, its parts in the order of the book, its codes."""

    name: str
    root: str
    parts: Mapping[str, str]
    codes: Mapping[str, re.Pattern[str]]


CM = Family(
    "ICD-10-CM index",
    "ICD10CM.index",
    {
        "disease": "the index to diseases and injuries",
        "neoplasm": "the neoplasm table",
        "drug": "the table of drugs and chemicals",
        "external_cause": "the external cause index",
    },
    CM_CODES,
)
PCS = Family("ICD-10-PCS index", "ICD10PCS.index", {"pcs": "the ICD-10-PCS index"}, PCS_CODES)


def parse_cm(sources: list[Source], progress: Progress, base: Book | None = None) -> Book:
    """One to four XML files, each part once, all of one year. Raises ImportRefused."""
    return _parse(sources, progress, CM)


def parse_pcs(sources: list[Source], progress: Progress, base: Book | None = None) -> Book:
    """One XML file. Raises ImportRefused."""
    return _parse(sources, progress, PCS)


def _parse(sources: list[Source], progress: Progress, family: Family) -> Book:
    book = Book()
    files = _index_files(sources, family, book.findings)
    with no_collector():
        _read_files(files, family, book, progress)
    if not book.index:
        raise ImportRefused(f"{files[0].name} is an {family.name} without a single main term.")
    _say_nowhere(book)
    _follow_references(book)
    return book


def _index_files(sources: list[Source], family: Family, findings: Findings) -> list[Source]:
    """Those of the family, by their root element; what else an archive holds is left alone, and said."""
    candidates = [source for source in sources if source.name.lower().endswith(".xml")] or sources
    files = [source for source in candidates if root_tag(source) == family.root]
    if not files:
        raise ImportRefused(
            f"{candidates[0].name} is no {family.name}: it does not begin with <{family.root}>."
        )
    others = [source.name for source in sources if source not in files]
    if others:
        findings.add(Level.INFORMATION, f"Left alone, for it is no part of the index: {', '.join(others)}.")
    return files


def _read_files(files: list[Source], family: Family, book: Book, progress: Progress) -> None:
    # The trees go with this frame, before the collector comes back and would walk them.
    parts: dict[str, tuple[Source, ET.Element]] = {}
    for source in files:
        root = read_tree(source)
        part = _part(root, source, family)
        if part in parts:
            raise ImportRefused(
                f"{parts[part][0].name} and {source.name} are both {family.parts[part]}; give one of them."
            )
        parts[part] = (source, root)
    _read_version(parts.values(), book)
    for part in family.parts:
        if part in parts:
            source, root = parts[part]
            _read_part(TermReader(source, part, family.codes, book.index, book.findings), root, progress)
    missing = [name for part, name in family.parts.items() if part not in parts]
    if missing:
        book.findings.add(
            Level.INFORMATION,
            f"Not among the files: {', '.join(missing)}. References into what is missing cannot be followed.",
        )


def _part(root: ET.Element, source: Source, family: Family) -> str:
    """Which part a file is: by the heading of its table, its title, its codes; or else by its name."""
    if family is PCS:
        return "pcs"
    heading = child_text(root, "indexHeading/head").lower()
    title = child_text(root, "title").lower()
    cell = child_text(root, ".//cell")
    name = source.name.lower()
    signs = (
        ("drug", "substance" in heading),
        ("neoplasm", "neoplasm" in heading),
        ("external_cause", "external cause" in title),
        ("disease", "disease" in title),
        ("drug", cell.startswith("T")),
        ("neoplasm", cell != ""),
        ("external_cause", "eindex" in name),
        ("disease", "index" in name),
    )
    part = next((part for part, is_it in signs if is_it), "")
    if not part:
        raise ImportRefused(f"{source.name} does not say which part of the {family.name} it is.")
    return part


def _read_version(files: Iterable[tuple[Source, ET.Element]], book: Book) -> None:
    versions = {source.name: child_text(root, "version") for source, root in files}
    years = sorted(set(versions.values()))
    if len(years) > 1:
        each = ", ".join(f"{name} {version[:QUOTED] or 'of no year'}" for name, version in versions.items())
        book.findings.error(f"The files are of different years: {each}. Give those of one year.")
    elif re.fullmatch(r"20[0-9]{2}", years[0]):
        book.version = years[0]
        year = int(years[0])
        book.covers = (date(year - 1, 10, 1), date(year, 10, 1))
    else:
        book.findings.error(f"{', '.join(versions)} does not say which fiscal year it is for.", line=1)


def _read_part(reader: TermReader, root: ET.Element, progress: Progress) -> None:
    unknown = Counter[str]()
    for child in root:
        if child.tag == "letter":
            reader.read_letter(child)
            progress("reading", len(reader.index), 0, 0)
        elif child.tag == "indexHeading":
            _check_headings(child, reader)
        elif child.tag not in ("version", "title"):
            unknown[child.tag] += 1
    for tag, count in (reader.unknown + unknown).items():
        reader.findings.add(
            Level.WARNING,
            f"{reader.source.name} has {count:,} <{tag[:40]}>, which no index had before; left out.",
        )


def _check_headings(headings: ET.Element, reader: TermReader) -> None:
    """Columns that changed places would be read as something else."""
    columns = COLUMNS.get(reader.part, {})
    for head in headings.iterfind("head"):
        column = columns.get(head.get("col", ""))
        if column is not None and column.heading not in clean(head.text).lower():
            reader.findings.error(
                f"{reader.source.name} heads column {head.get('col')} “{clean(head.text)[:60]}”, where the "
                f"table has always had {column.heading}."
            )


def _say_nowhere(book: Book) -> None:
    positions = list(leading_nowhere(book.index))
    if positions:
        named = "; ".join(path_of(book.index, position) for position in positions[:FIRST_NAMED])
        more = "; and others" if len(positions) > FIRST_NAMED else ""
        book.findings.add(
            Level.INFORMATION,
            f"Entries with neither code nor reference and nothing below them, {len(positions):,} in all: "
            f"{named}{more}.",
        )


def _follow_references(book: Book) -> None:
    """Stores the position to which each see and see also leads, and says how many lead nowhere."""
    paths = IndexPaths(book.index)
    followed = Counter[str]()
    lost: dict[str, None] = {}
    for position, record in enumerate(book.index):
        found = {}
        for name, text in (("see", record.see), ("see_also", record.see_also)):
            if not text:
                continue
            target = resolve_see(text, paths, record.part) if paths.looked < LOOKUPS_LIMIT else None
            kind = "entry" if target is not None else _other_kind(text, record)
            followed[kind] += 1
            if target is not None:
                found[f"{name}_position"] = target
            elif kind == "lost":
                lost[text] = None
        if found:
            book.index[position] = record._replace(details=(record.details or {}) | found)
    if followed:
        book.findings.add(Level.INFORMATION, _said_of_references(followed, list(lost)))
    if paths.looked >= LOOKUPS_LIMIT:
        text = "There are far more references than any index has, or far longer ones; not all were followed."
        book.findings.add(Level.WARNING, text)


def _other_kind(text: str, record: IndexRecord) -> str:
    """What a reference leads to if not to an entry: codes, a part as a whole, or nothing that is here."""
    if text.lower() == CONDITION:
        return CONDITION
    if names_codes(text) if record.part != "pcs" else record.code:
        return "codes"
    part, rest = named_part(text)
    return "part" if part and not rest else "lost"


def _said_of_references(followed: Counter[str], lost: list[str]) -> str:
    kinds = {
        "entry": "to an entry",
        "codes": "to codes",
        "part": "to a part as a whole",
        CONDITION: "to the name of the condition",
        "lost": "to no entry that is here",
    }
    counts = ", ".join(f"{followed[kind]:,} {words}" for kind, words in kinds.items() if followed[kind])
    named = "; ".join(f"“{text[:QUOTED]}”" for text in lost[:LOST_NAMED])
    more = " and others" if len(lost) > LOST_NAMED else ""
    return f"Where the {followed.total():,} references lead: {counts}{f': {named}{more}' if lost else ''}."
