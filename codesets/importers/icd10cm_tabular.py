"""The ICD-10-CM tabular list in XML, as CDC/NCHS publishes it: bytes to a Book. Pure.

Layout: `chapter > section > diag`, a diag within a diag to any depth, each with `name` (dotted), `desc` and
containers of `note`. Most seven-character codes are not written out: they follow from the nearest
`sevenChrDef` and the placeholder X. `version` is a fiscal year (October to September).
"""

import re
import xml.etree.ElementTree as ET
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from datetime import date
from functools import cached_property

from codesets.importers import oddities
from codesets.importers.base import (
    Book,
    CodeRecord,
    Finding,
    HeadingRecord,
    ImportRefused,
    Level,
    NoteRecord,
    Progress,
    SeventhRecord,
    Source,
)
from codesets.importers.oddities import Kind
from codesets.importers.seventh import Definition, made_of, restrictions
from codesets.importers.targets import parse_targets
from codesets.importers.xml import child_text, clean, no_collector, read_tree, whole_text
from codesets.systems import System, display

ROOT = "ICD10CM.tabular"
DEPTH_LIMIT = 8
HEADING_LIMIT = 32
TEXT_LIMIT = 5_000  # characters; the longest title has 228, the longest note 807
CODES_LIMIT = 300_000  # the official list makes about 100,000
_NAME = re.compile(r"[A-Z][0-9A-Z]{2}(?:\.[0-9A-Z]{1,4})?")
_NOTE_KINDS = {
    "inclusionTerm": "inclusion_term",
    "includes": "includes",
    "excludes1": "excludes1",
    "excludes2": "excludes2",
    "codeFirst": "code_first",
    "useAdditionalCode": "use_additional",
    "codeAlso": "code_also",
    "notes": "note",
    "sevenChrNote": "seventh_character",
}


def parse(source: Source, progress: Progress) -> Book:
    """The whole book of one file. Raises ImportRefused."""
    book, steps = begin(source, progress)
    for _ in steps:
        pass
    return book


def begin(source: Source, progress: Progress) -> tuple[Book, Iterator[None]]:
    """The book and what fills it, a block a step: codes are final as soon as they are read.

    The rest of the book is whole when the steps are over. They raise ImportRefused. A step is small, so that
    the database has rows to work on while the next one is made.
    """
    reader = _Reader(source, progress)
    return reader.book, reader.steps()


def other_root(source: Source, root: str) -> str:
    """What to say of an XML file that begins with another element."""
    return f"{source.name} is not an ICD-10-CM tabular list: it begins with <{root[:40]}>, not with <{ROOT}>."


def _dotted(code: str) -> str:
    return display(System.ICD10CM, code)


def _note_texts(container: ET.Element) -> Iterator[str]:
    for note in container:
        if note.tag == "note" and (text := whole_text(note)):
            yield text


def _terms(containers: Iterable[ET.Element]) -> str:
    """What a code includes, one a line: its inclusion terms and its Includes notes."""
    return "\n".join(
        text
        for container in containers
        if container.tag in ("inclusionTerm", "includes")
        for text in _note_texts(container)
    )


class _Reader:
    """Walks the tree once and fills a Book."""

    def __init__(self, source: Source, progress: Progress) -> None:
        self.source = source
        self.progress = progress
        self.book = Book()
        self.findings = self.book.findings
        self.notes: list[tuple[str, str, str, str]] = []  # as NoteRecord, until every code is known
        self.depths: dict[str, int] = {}
        self.named: set[tuple[str, str]] = set()  # headings
        self.refused: dict[tuple[str, str], set[str]] = defaultdict(set)  # seventh, by category and sixth

    def steps(self) -> Iterator[None]:
        with no_collector():
            yield from self.read()

    def read(self) -> Iterator[None]:
        # The tree goes with this frame, before the collector comes back and would walk it.
        root = read_tree(self.source)
        if root.tag != ROOT:
            raise ImportRefused(other_root(self.source, root.tag))
        self.read_version(root)
        if root.find(".//diag/name") is None:
            raise ImportRefused(f"{self.source.name} is a tabular list without a single code.")
        for chapter in root.iterfind("chapter"):
            yield from self.read_chapter(chapter)
            self.progress("reading", self.book.rows, 0, 0)
        self.check_codes()

    def read_version(self, root: ET.Element) -> None:
        version = child_text(root, "version")
        self.book.version = version
        if re.fullmatch(r"20[0-9]{2}", version):
            year = int(version)
            self.book.covers = (date(year - 1, 10, 1), date(year, 10, 1))
        else:
            self.findings.error("The file does not say which fiscal year it is for.", line=1)

    def line_of(self, name: str) -> int | None:
        """Line of a code's first `<name>`; looked up only for findings, so reading stays quick."""
        return self.lines.get(name.encode())

    @cached_property
    def lines(self) -> dict[bytes, int]:
        lines: dict[bytes, int] = {}
        data, line, last = self.source.data, 1, 0
        for match in re.finditer(rb"<name>([^<]*)</name>", data):
            line += data.count(b"\n", last, match.start())
            last = match.start()
            lines.setdefault(match[1].strip(), line)
        return lines

    def read_chapter(self, chapter: ET.Element) -> Iterator[None]:
        name = child_text(chapter, "name")
        self.add_heading("chapter", name, child_text(chapter, "desc"), "")
        self.add_notes(chapter, "chapter", name)
        for section in chapter.iterfind("section"):
            block = (section.get("id") or "").strip()
            self.add_heading("block", block, child_text(section, "desc"), name)
            self.add_notes(section, "block", block)
            for diag in section.iterfind("diag"):
                self.read_diag(diag, "", (name, block), None, 0)
            yield

    def add_heading(self, kind: str, name: str, title: str, parent: str) -> None:
        if not name or not title or len(name) > HEADING_LIMIT:
            self.findings.error(f"A {kind} has no title, or no name as the list writes it.", code=name[:32])
        elif (kind, name) in self.named:
            self.findings.error(f"The {kind} {name} stands in the file more than once.", code=name)
        self.named.add((kind, name))
        self.book.headings.append(HeadingRecord(kind, name, title, parent, len(self.book.headings)))

    def read_diag(
        self, diag: ET.Element, parent: str, place: tuple[str, str], definition: Definition | None, depth: int
    ) -> None:
        """One code and all below it; `definition` is the nearest one above."""
        children, containers = [], []
        name, title, own = "", "", None
        for element in diag:  # one pass: find() for each would take twice the time of the whole
            match element.tag:
                case "diag":
                    children.append(element)
                case "name":
                    name = clean(element.text)
                case "desc":
                    title = clean(element.text)
                case "sevenChrDef":
                    own = element
                case _:
                    containers.append(element)
        code = name.replace(".", "")
        if not self.is_sound(name, title, code, depth):
            return
        parent, depth = self.place_under(parent, name, code, depth)
        if own is not None:
            definition = self.read_definition(own, code)
        expands = definition is not None and not children and len(code) < 7
        position = len(self.book.codes)
        billable = not (children or expands)
        terms = _terms(containers) if containers else ""
        self.book.codes.append(
            CodeRecord(code, title, billable, parent, depth, *place, position, True, terms)
        )
        if containers:
            self.add_notes(containers, "code", code)
        if own is not None:
            self.add_definition_notes(own, code)
        if expands and definition:
            self.expand(code, title, place, definition, depth + 1)
        for child in children:
            self.read_diag(child, code, place, definition, depth + 1)

    def place_under(self, parent: str, name: str, code: str, depth: int) -> tuple[str, int]:
        """A code's parent and depth; where the file has it under another, below the nearest it belongs to."""
        if code.startswith(parent):
            self.depths[code] = depth
            return parent, depth
        nearest = next((code[:end] for end in range(len(code), 2, -1) if code[:end] in self.depths), "")
        kept = f"it was put under {_dotted(nearest)}" if nearest else "and no code above it fits"
        finding = Finding(
            Level.WARNING if nearest else Level.ERROR,
            f"{name} stands under {_dotted(parent)} in the file; {kept}.",
            line=self.line_of(name),
            code=name,
        )
        oddities.report(self.findings, finding, Kind.MISPLACED, System.ICD10CM, self.book.version)
        self.depths[code] = self.depths.get(nearest, -1) + 1
        return nearest, self.depths[code]

    def is_sound(self, name: str, title: str, code: str, depth: int) -> bool:
        problem = ""
        if not _NAME.fullmatch(name):
            problem = f"“{name[:20]}” is not how an ICD-10-CM code is written."
        elif not 0 < len(title) <= TEXT_LIMIT:
            problem = f"{name} has a title longer than any." if title else f"{name} has no title."
        elif depth > DEPTH_LIMIT:
            problem = f"{name} stands deeper than a code can."
        if problem:
            self.findings.error(problem, line=self.line_of(name), code=name[:32])
        return not problem

    def expand(
        self, base: str, title: str, place: tuple[str, str], definition: Definition, depth: int
    ) -> None:
        """The seven-character codes that follow from the nearest definition."""
        codes = self.book.codes
        codes += [
            CodeRecord(code, made, True, base, depth, *place, position, False)
            for position, (code, made) in enumerate(
                made_of(base, title, definition, self.refused), start=len(codes)
            )
        ]
        if len(codes) > CODES_LIMIT:
            raise ImportRefused(f"{self.source.name} makes far more codes than any list, so it was not read.")

    def read_definition(self, element: ET.Element, code: str) -> Definition:
        meanings: dict[str, str] = {}
        for extension in element.iterfind("extension"):
            character, meaning = (extension.get("char") or "").strip(), clean(extension.text)
            if not re.fullmatch(r"[0-9A-Z]", character) or not 0 < len(meaning) <= TEXT_LIMIT:
                self.findings.error("A seventh character has no sign or no meaning.", code=code)
            elif character in meanings:
                self.findings.error(f"7th character {character} is defined twice.", code=code)
            else:
                self.book.seventh.append(SeventhRecord(code, character, meaning, len(meanings)))
                meanings[character] = meaning
        return list(meanings.items())

    def add_notes(self, containers: Iterable[ET.Element], owner_kind: str, owner: str) -> None:
        for container in containers:
            kind = _NOTE_KINDS.get(container.tag)
            if kind is not None:
                for text in _note_texts(container):
                    self.add_note(owner_kind, owner, kind, text)
            elif container.tag == "visualImpairment":
                # It stands in the last code of H54, and it is the category's: "see table below".
                for text in _visual_impairment(container):
                    self.add_note(owner_kind, owner[:3], "note", text)

    def add_note(self, owner_kind: str, owner: str, kind: str, text: str) -> None:
        if len(text) > TEXT_LIMIT:
            self.findings.error(f"A note has {len(text):,} characters, more than any.", code=owner)
            return
        for category, sixth, seventh in restrictions(text):
            self.refused[category, sixth].add(seventh)
        self.notes.append((owner_kind, owner, kind, text))

    def add_definition_notes(self, definition: ET.Element, code: str) -> None:
        """Terms that the list prints below one seventh character, which no element ties to it."""
        character = ""
        for element in definition:
            if element.tag == "extension":
                character = element.get("char") or ""
            elif element.tag == "note" and (text := clean(element.text)):
                self.add_note("code", code, "note", f"7th character {character}: {text}")

    def check_codes(self) -> None:
        codes = [record.code for record in self.book.codes]
        known = set(codes)
        for code, times in Counter(codes).items() if len(known) < len(codes) else ():
            if times > 1:
                dotted = _dotted(code)
                self.findings.error(
                    f"{dotted} stands in the file more than once.", line=self.line_of(dotted), code=dotted
                )
        if not self.findings.counts[Level.ERROR] and not self.book.billable:
            self.findings.error("The file holds no code that can be reported.")
        self.book.notes = [
            NoteRecord(owner_kind, owner, kind, position, text, parse_targets(text, known))
            for position, (owner_kind, owner, kind, text) in enumerate(self.notes)
        ]


def _visual_impairment(table: ET.Element) -> Iterator[str]:
    """The table at H54, one category of impairment a line, its measures in the table's words."""
    for category in table.iterfind("visCategory"):
        value = child_text(category, "value")
        if not value:
            continue  # the table's own heading
        most = _measures(category, "visMax")
        least = _measures(category, "visMin")
        # "No light perception" and "Undetermined or unspecified" are not bounds.
        says = f"maximum less than {most}" if most[:1].isdigit() else most
        if least:
            says += f"; minimum equal to or better than {least}"
        yield f"Category of visual impairment {value}: {says}"


def _measures(category: ET.Element, bound: str) -> str:
    values = (child_text(measure, "value") for measure in category.iterfind(f"visRange/{bound}"))
    return ", ".join(value for value in values if value)
