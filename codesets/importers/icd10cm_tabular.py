"""The ICD-10-CM tabular list in XML, as CDC/NCHS publishes it: bytes to a Book. Pure.

Layout: `chapter > section > diag`, a diag within a diag to any depth, each with `name` (dotted), `desc` and
containers of `note`. Most seven-character codes are not written out: they follow from the nearest
`sevenChrDef` and the placeholder X. `version` is a fiscal year (October to September).
"""

import gc
import re
import xml.etree.ElementTree as ET
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import date
from xml.parsers import expat

from codesets.importers.base import (
    Book,
    CodeRecord,
    HeadingRecord,
    ImportRefused,
    Level,
    NoteRecord,
    Progress,
    SeventhRecord,
    Source,
)
from codesets.importers.targets import parse_targets
from codesets.systems import System, display

ROOT = "ICD10CM.tabular"
ELEMENTS_LIMIT = 4_000_000  # the official list has about 200,000 tags; a tree costs far more than its bytes
DEPTH_LIMIT = 8
HEADING_LIMIT = 32
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
# S06: "7th characters D and S do not apply to codes in category S06 with 6th character 7 - ..., or 8 - ..."
_EXCEPTION = re.compile(
    r"7th characters (?P<seventh>[A-Z](?:(?:, | and )[A-Z])*) do not apply to codes in category "
    r"(?P<category>[A-Z][0-9A-Z]{2}) with 6th character (?P<sixth>.*)"
)
Definition = list[tuple[str, str]]  # seventh character and its meaning
_SIXTH = re.compile(r"\b([0-9A-Z]) - ")


def parse(sources: list[Source], progress: Progress, base: Book | None = None) -> Book:
    """One XML file; other members of an archive are left alone. Raises ImportRefused."""
    xml = [source for source in sources if source.name.lower().endswith(".xml")]
    candidates = xml or sources
    tabular = [source for source in candidates if "tabular" in source.name.lower()] or candidates
    if len(tabular) != 1:
        raise ImportRefused(
            f"One ICD-10-CM tabular list in XML is needed, and {len(tabular)} files could be it."
        )
    source = tabular[0]
    _guard(source)
    with _no_collector():
        return _read(source, progress)


def _read(source: Source, progress: Progress) -> Book:
    # The tree goes with this frame, before the collector comes back and would walk it.
    root = _tree(source)
    if root.tag != ROOT:
        raise ImportRefused(
            f"{source.name} is not an ICD-10-CM tabular list: it begins with <{root.tag[:40]}>, "
            f"not with <{ROOT}>."
        )
    return _Reader(source, progress).read(root)


class _Stop(Exception):
    pass


def _guard(source: Source) -> None:
    """Looks at what stands before the root element, where alone entities can be declared."""
    if source.data.count(b"<") > ELEMENTS_LIMIT:
        raise ImportRefused(f"{source.name} has far more elements than any tabular list, so it was not read.")

    def doctype(*_: object) -> None:
        raise ImportRefused(
            f"{source.name} declares a document type, which could hold entities; the official list has none, "
            "so the file was not read."
        )

    def root(*_: object) -> None:
        raise _Stop

    parser = expat.ParserCreate()
    parser.StartDoctypeDeclHandler = doctype
    parser.EntityDeclHandler = doctype
    parser.StartElementHandler = root
    try:
        parser.Parse(source.data, True)
    except _Stop:
        pass
    except (expat.ExpatError, ValueError, LookupError) as error:
        raise ImportRefused(_broken(source, error)) from error


@contextmanager
def _no_collector() -> Iterator[None]:
    """A tree of half a million objects keeps the collector busy for nothing: off, reading takes half."""
    collecting = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if collecting:
            gc.enable()


def _tree(source: Source) -> ET.Element:
    try:
        return ET.fromstring(source.data)
    except (ET.ParseError, ValueError, LookupError) as error:
        raise ImportRefused(_broken(source, error)) from error


def _broken(source: Source, error: Exception) -> str:
    line = getattr(error, "lineno", None) or getattr(error, "position", (None,))[0]
    where = f" at line {line:,}" if line else ""
    return (
        f"{source.name} is cut off or is not XML: it cannot be read any further{where}; get the file again."
    )


def _dotted(code: str) -> str:
    return display(System.ICD10CM, code)


def _clean(text: str | None) -> str:
    return " ".join((text or "").split())


def _text(element: ET.Element, tag: str) -> str:
    return _clean(element.findtext(tag))


def _note_texts(container: ET.Element) -> Iterator[str]:
    for note in container:
        if note.tag == "note" and (text := _clean("".join(note.itertext()) if len(note) else note.text)):
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
        self.known: set[str] = set()
        self.depths: dict[str, int] = {}
        self.exceptions: list[tuple[str, set[str], set[str]]] = []  # category, sixth, seventh

    def read(self, root: ET.Element) -> Book:
        self.read_version(root)
        if root.find(".//diag/name") is None:
            raise ImportRefused(f"{self.source.name} is a tabular list without a single code.")
        self.known = {(name.text or "").strip().replace(".", "") for name in root.iter("name")}
        for chapter in root.iterfind("chapter"):
            self.read_chapter(chapter)
            self.progress("reading", self.book.rows, 0, 0)
        self.check_duplicates()
        return self.book

    def read_version(self, root: ET.Element) -> None:
        version = _text(root, "version")
        self.book.version = version
        if re.fullmatch(r"20[0-9]{2}", version):
            year = int(version)
            self.book.covers = (date(year - 1, 10, 1), date(year, 10, 1))
        else:
            self.findings.error("The file does not say which fiscal year it is for.", line=1)

    def line_of(self, name: str) -> int | None:
        """Line of a code's first `<name>`; looked up only for findings, so reading stays quick."""
        at = self.source.data.find(f"<name>{name}</name>".encode())
        return self.source.data.count(b"\n", 0, at) + 1 if at >= 0 else None

    def read_chapter(self, chapter: ET.Element) -> None:
        name = _text(chapter, "name")
        self.add_heading("chapter", name, _text(chapter, "desc"), "")
        self.add_notes(chapter, "chapter", name)
        for section in chapter.iterfind("section"):
            block = (section.get("id") or "").strip()
            self.add_heading("block", block, _text(section, "desc"), name)
            self.add_notes(section, "block", block)
            for diag in section.iterfind("diag"):
                self.read_diag(diag, "", (name, block), None, 0)

    def add_heading(self, kind: str, name: str, title: str, parent: str) -> None:
        if not name or not title or len(name) > HEADING_LIMIT:
            self.findings.error(f"A {kind} has no title, or no name as the list writes it.", code=name[:32])
        elif any((kind, name) == (heading.kind, heading.name) for heading in self.book.headings):
            self.findings.error(f"The {kind} {name} stands in the file more than once.", code=name)
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
                    name = _clean(element.text)
                case "desc":
                    title = _clean(element.text)
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
        self.add_notes(containers, "code", code)
        if own is not None:
            self.add_definition_notes(own, code)
        if expands and definition:
            self.expand(code, title, place, definition, depth + 1)
        for child in children:
            self.read_diag(child, code, place, definition, depth + 1)

    def place_under(self, parent: str, name: str, code: str, depth: int) -> tuple[str, int]:
        """A code's parent and depth. The list has misplaced a code before: H54.512A under H54.511 in 2021."""
        if code.startswith(parent):
            self.depths[code] = depth
            return parent, depth
        nearest = max((seen for seen in self.depths if code.startswith(seen)), key=len, default="")
        level = Level.WARNING if nearest else Level.ERROR
        kept = f"it was put under {_dotted(nearest)}" if nearest else "and no code above it fits"
        self.findings.add(
            level,
            f"{name} stands under {_dotted(parent)} in the file; {kept}.",
            line=self.line_of(name),
            code=name,
        )
        self.depths[code] = self.depths.get(nearest, -1) + 1
        return nearest, self.depths[code]

    def is_sound(self, name: str, title: str, code: str, depth: int) -> bool:
        problem = ""
        if not _NAME.fullmatch(name):
            problem = f"“{name[:20]}” is not how an ICD-10-CM code is written."
        elif not title:
            problem = f"{name} has no title."
        elif depth > DEPTH_LIMIT:
            problem = f"{name} stands deeper than a code can."
        if problem:
            self.findings.error(problem, line=self.line_of(name), code=name[:32])
        return not problem

    def expand(
        self, base: str, title: str, place: tuple[str, str], definition: Definition, depth: int
    ) -> None:
        """The seven-character codes that follow from the nearest definition, padded with X."""
        stem = base.ljust(6, "X")
        refused = {
            character
            for category, sixth, seventh in self.exceptions
            if base.startswith(category) and stem[5] in sixth
            for character in seventh
        }
        codes = self.book.codes
        codes += [
            CodeRecord(stem + character, f"{title}, {meaning}", True, base, depth, *place, position, False)
            for position, (character, meaning) in enumerate(
                (line for line in definition if line[0] not in refused), start=len(codes)
            )
        ]

    def read_definition(self, element: ET.Element, code: str) -> Definition:
        meanings: dict[str, str] = {}
        for extension in element.iterfind("extension"):
            character, meaning = (extension.get("char") or "").strip(), _clean(extension.text)
            if not re.fullmatch(r"[0-9A-Z]", character) or not meaning:
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
        if exception := _EXCEPTION.match(text):
            sixth = set(_SIXTH.findall(exception["sixth"]))
            self.exceptions.append(
                (exception["category"], sixth, set(re.findall(r"\b[A-Z]\b", exception["seventh"])))
            )
        targets = parse_targets(text, self.known)
        self.book.notes.append(NoteRecord(owner_kind, owner, kind, len(self.book.notes), text, targets))

    def add_definition_notes(self, definition: ET.Element, code: str) -> None:
        """Terms that the list prints below one seventh character, which no element ties to it."""
        character = ""
        for element in definition:
            if element.tag == "extension":
                character = element.get("char") or ""
            elif element.tag == "note" and (text := _clean(element.text)):
                self.add_note("code", code, "note", f"7th character {character}: {text}")

    def check_duplicates(self) -> None:
        times = Counter(record.code for record in self.book.codes)
        for code in times if len(times) < len(self.book.codes) else ():
            if times[code] > 1:
                dotted = _dotted(code)
                self.findings.error(
                    f"{dotted} stands in the file more than once.", line=self.line_of(dotted), code=dotted
                )
        if not self.findings.counts[Level.ERROR] and not self.book.billable:
            self.findings.error("The file holds no code that can be reported.")


def _visual_impairment(table: ET.Element) -> Iterator[str]:
    """The table at H54, one category of impairment a line, its measures in the table's words."""
    for category in table.iterfind("visCategory"):
        value = _text(category, "value")
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
    values = (_text(measure, "value") for measure in category.iterfind(f"visRange/{bound}"))
    return ", ".join(value for value in values if value)
