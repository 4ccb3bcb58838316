"""The terms of one index file, from its tree to records. Pure."""

import re
import xml.etree.ElementTree as ET
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from codesets.importers.base import Findings, IndexRecord, Level, Source
from codesets.importers.index_codes import COLUMNS, codes_in_reference, read_codes
from codesets.importers.xml import child_text, clean, whole_text
from codesets.importers.xml_lines import Lines
from codesets.index_paths import path_of

CODE_LIMIT = 32  # characters of a code as printed
LETTER_LIMIT = 8
QUOTED = 60
# Where the words of an element go: fields of a record, or its details.
_FIELDS = {
    "code": "code",
    "codes": "code",
    "tab": "code",
    "see": "see",
    "seeAlso": "see_also",
    "manif": "manifestation",
    "seecat": "see_category",
    "subcat": "see_subcategory",
    "use": "use",
}
_REFERENCES = ("see", "seeAlso", "use")
_DETAILS = ("manifestation", "see_category", "see_subcategory", "use")
_CLOSING = re.compile(r" (?=[,;.)])")


@dataclass
class _Row:
    """What stands at one term, before the terms below it."""

    title: str = ""
    nonessential: str = ""
    printed: str = ""  # where title and nonessential in turn are not how the book prints them
    words: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    cells: dict[str, str] = field(default_factory=dict)
    targets: dict[str, None] = field(default_factory=dict)  # in order, each once
    doubts: list[str] = field(default_factory=list)
    below: list[ET.Element] = field(default_factory=list)

    @property
    def details(self) -> dict[str, object]:
        details: dict[str, object] = {name: self.line(name) for name in _DETAILS if name in self.words}
        return details | ({"printed": self.printed} if self.printed else {})

    def line(self, name: str) -> str:
        return "; ".join(self.words[name]) if name in self.words else ""


class TermReader:
    """Walks one file's letters and adds a record for every term, positions running on from the last."""

    def __init__(
        self,
        source: Source,
        part: str,
        codes: Mapping[str, re.Pattern[str]],
        index: list[IndexRecord],
        findings: Findings,
    ) -> None:
        self.source = source
        self.part = part
        self.codes = codes
        self.fields = {tag: name for tag, name in _FIELDS.items() if tag in (*codes, *_REFERENCES)}
        self.index = index
        self.findings = findings
        self.lines = Lines(source)
        self.read: Counter[str] = Counter()
        self.unknown: Counter[str] = Counter()

    def read_letter(self, letter: ET.Element) -> None:
        name = child_text(letter, "title")[:LETTER_LIMIT]
        for child in letter:
            if child.tag == "mainTerm":
                self.read_term(child, None, 0, name)
            elif child.tag != "title":
                self.unknown[child.tag] += 1

    def read_term(self, element: ET.Element, parent: int | None, level: int, letter: str) -> None:
        self.read[element.tag] += 1
        row = self.read_row(element, level)
        position = len(self.index)
        self.index.append(
            IndexRecord(
                self.part,
                position,
                parent,
                level,
                letter,
                row.title,
                row.nonessential,
                row.line("code")[:CODE_LIMIT],
                row.line("see"),
                row.line("see_also"),
                row.cells or None,
                list(row.targets) or None,
                row.details or None,
            )
        )
        for doubt in row.doubts:
            line = self.lines.of(element.tag, self.read[element.tag])
            self.findings.add(Level.WARNING, f"{path_of(self.index, position)}: {doubt}", line=line)
        for child in row.below:
            self.read_term(child, position, level + 1, letter)

    def read_row(self, element: ET.Element, level: int) -> _Row:
        row = _Row()
        if level and element.get("level") != str(level):
            row.doubts.append(
                f"it says level {_quoted(element.get('level'))}, but it stands on level {level}."
            )
        for child in element:
            match child.tag:
                case "title":
                    self.read_title(row, child)
                case "term":
                    row.below.append(child)
                case "cell":
                    self.read_cell(row, child)
                case tag if tag in self.fields:
                    self.read_words(row, child)
                case unknown:
                    self.unknown[unknown] += 1
            if child.tail and not child.tail.isspace():
                row.doubts.append(f"{_quoted(child.tail)} stands outside of every element and was left out.")
        if not row.title and (self.part != "pcs" or not level):
            row.doubts.append("it has no title.")
        if len(row.line("code")) > CODE_LIMIT:
            row.doubts.append(f"its code is longer than any; {CODE_LIMIT} characters of it were kept.")
        return row

    def read_title(self, row: _Row, title: ET.Element) -> None:
        if not len(title):
            row.title = clean(title.text)
            return
        outside, inside = [title.text or ""], []
        for child in title:
            if child.tag == "nemod":
                inside.append(whole_text(child))
            else:
                self.unknown[child.tag] += 1
                outside.append(whole_text(child))
            outside.append(child.tail or "")
        row.title = _joined(outside)
        row.nonessential = _joined(inside)
        printed = _joined(title.itertext())
        if printed != _joined((row.title, row.nonessential)):
            row.printed = printed

    def read_words(self, row: _Row, element: ET.Element) -> None:
        words = [element.text or ""]
        for child in element:
            if child.tag in self.fields:
                self.read_words(row, child)
            else:
                self.unknown[child.tag] += 1
                words.append(whole_text(child))
            words.append(child.tail or "")
        text = _joined(words)
        row.words[self.fields[element.tag]].append(text)
        if element.tag in self.codes:
            self.read_targets(row, element.tag, text)
        elif element.tag in ("see", "seeAlso") and self.part != "pcs":
            row.targets |= dict.fromkeys(codes_in_reference(text))

    def read_targets(self, row: _Row, tag: str, text: str) -> list[str]:
        codes = read_codes(text, self.codes[tag])
        if codes is None:
            row.doubts.append(f"{_quoted(text)} cannot be read as a code.")
            return []
        row.targets |= dict.fromkeys(codes)
        return codes

    def read_cell(self, row: _Row, cell: ET.Element) -> None:
        name, text = cell.get("col", ""), whole_text(cell)
        column = COLUMNS.get(self.part, {}).get(name)
        if column is None:
            row.doubts.append(f"{_quoted(text)} stands in a column {_quoted(name)}, which the table has not.")
            return
        if name in row.cells:
            row.doubts.append(f"column {name} stands there twice; {_quoted(text)} was left out.")
            return
        row.cells[name] = text
        for code in self.read_targets(row, "cell", text):
            if not text.endswith("-") and not column.codes.fullmatch(code):
                row.doubts.append(f"{text} is no code for column {name} ({column.heading}).")


def leading_nowhere(index: list[IndexRecord]) -> Iterator[int]:
    """Positions of entries without code, reference or entry below them."""
    above = {record.parent for record in index}
    for record in index:
        if not (record.code or record.see or record.see_also or record.cells):
            found = record.targets or (record.details or {}).keys() - {"printed"}
            if not found and record.position not in above:
                yield record.position


def _quoted(text: str | None) -> str:
    text = clean(text)
    return f"“{text}”" if len(text) <= QUOTED else f"“{text[:QUOTED]}…”"


def _joined(pieces: Iterable[str]) -> str:
    """Pieces of a title with a space between them, but none before what closes."""
    return _CLOSING.sub("", clean(" ".join(pieces)))
