"""What every importer shares: the records it gives, what it has to say, and bounded reading of uploads. Pure.

An importer takes `Source`s (names and bytes) and gives a `Book`. It never touches the database, and what it
reads is bounded before it is read: an upload's size, an archive's members, their size and their ratio.
"""

import hashlib
import struct
import zipfile
import zlib
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from io import BytesIO
from pathlib import Path
from typing import NamedTuple

FILE_LIMIT = 64 * 1024 * 1024  # bytes of one file, packed or unpacked
ARCHIVE_LIMIT = 2 * FILE_LIMIT  # of all that an archive holds: NCCI edits come as text and as a workbook
IMPORT_LIMIT = 4 * FILE_LIMIT  # of all files of an import: a table of NCCI edits comes in four
ARCHIVE_MEMBERS = 20
ARCHIVE_RATIO = 200  # the official files pack about 20 to 1; a bomb a thousand to one
NAME_LIMIT = 255  # characters of a file's name
_ZIP = b"PK\x03\x04"
# Others than these two may take gigabytes to unpack a kilobyte, and no publisher uses them.
_PACKED = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
# What zipfile and what unpacks for it raise over damaged bytes.
_DAMAGE = (
    *(zipfile.BadZipFile, zipfile.LargeZipFile, zlib.error, struct.error),
    *(NotImplementedError, RuntimeError, EOFError, OSError, ValueError),
)
FINDINGS_KEPT = 500  # of each level: a wrong file must not fill a table with its own lines
TEXT_LIMIT = 1_500  # characters of a finding
LINE_LIMIT = 1_000_000  # characters; of nothing but separators it would make a list twenty times its size

Progress = Callable[[str, int, int, int], None]
"""Called with the step (reading, checking, loading, comparing), rows read, rows loaded and rows in all."""


class ImportRefused(Exception):
    """A file that cannot be read as what it should be. The message is one sentence for the person."""


class Level(StrEnum):
    ERROR = "error"
    WARNING = "warning"
    INFORMATION = "information"


@dataclass(frozen=True)
class Finding:
    """One thing an importer has to say. Any error stops the import."""

    level: Level
    text: str
    line: int | None = None
    code: str = ""


class Findings:
    """Collects findings, and stops collecting a level when it has said enough."""

    def __init__(self) -> None:
        self._kept: list[Finding] = []
        self.counts: dict[Level, int] = dict.fromkeys(Level, 0)

    def add(self, level: Level, text: str, *, line: int | None = None, code: str = "") -> None:
        self.counts[level] += 1
        if self.counts[level] <= FINDINGS_KEPT:
            # It may quote what a file holds: one line of what can be shown.
            shown = "".join(sign if sign.isprintable() else " " for sign in text[:TEXT_LIMIT])
            self._kept.append(Finding(level, shown, line, code))

    def error(self, text: str, *, line: int | None = None, code: str = "") -> None:
        self.add(Level.ERROR, text, line=line, code=code)

    def all(self) -> list[Finding]:
        """Errors first, and of a level that was cut short, a last line that says how many there were."""
        found = sorted(self._kept, key=lambda finding: list(Level).index(finding.level))
        return found + [
            Finding(level, f"{count - FINDINGS_KEPT:,} more findings of this kind are not shown.")
            for level, count in self.counts.items()
            if count > FINDINGS_KEPT
        ]


class CodeRecord(NamedTuple):
    """A row of codesets_code, in the order in which it is copied. `code` and `parent` have no dot."""

    code: str
    title: str
    billable: bool
    parent: str
    depth: int
    chapter: str
    block: str
    position: int
    printed: bool = True
    terms: str = ""
    details: dict | None = None


class HeadingRecord(NamedTuple):
    kind: str
    name: str
    title: str
    parent: str
    position: int


class NoteRecord(NamedTuple):
    owner_kind: str
    owner: str
    kind: str
    position: int
    text: str
    targets: list[dict[str, str]]


class SeventhRecord(NamedTuple):
    code: str
    character: str
    meaning: str
    position: int


class IndexRecord(NamedTuple):
    """A main term or subterm of an index, or a row of the neoplasm or drug table.

    `parent` is the position of the term above, None for a main term. `code` is as printed ("C79.8-");
    `cells` are the columns of a table as printed; `targets` the stored codes ("C798") that the row leads to.
    `details` holds what is rare: manifestation, see_category, use.
    """

    part: str  # disease, external_cause, neoplasm, drug, pcs
    position: int
    parent: int | None
    level: int
    letter: str
    title: str
    nonessential: str = ""
    code: str = ""
    see: str = ""
    see_also: str = ""
    cells: dict[str, str] | None = None
    targets: list[str] | None = None
    details: dict | None = None


class DefinitionRecord(NamedTuple):
    """What a value of ICD-10-PCS means: `axis` 1 to 7 within a section."""

    section: str
    axis: int
    title: str
    definition: str
    explanation: str
    includes: str
    position: int


class EditRecord(NamedTuple):
    """A line of an edit table: `edit` says which list it is on; `code` is stored without dot.

    `system` is a code system, or the table itself where the code is one of its own (a place of service).
    """

    edit: str
    system: str
    code: str
    title: str
    position: int
    details: dict | None = None


class PairRecord(NamedTuple):
    """An NCCI procedure-to-procedure edit, in force [effective_from, effective_to), open at None."""

    column1: str
    column2: str
    effective_from: date
    effective_to: date | None
    indicator: str  # 0 never, 1 with a proper modifier, 9 not applicable
    rationale: str


@dataclass
class Book:
    """What a file says: everything a release holds. `covers` is the span its own version allows, if any.

    `table` names which of the edit tables it is, and is empty for every other book.
    """

    version: str = ""
    covers: tuple[date, date] | None = None  # [from, to)
    table: str = ""
    codes: list[CodeRecord] = field(default_factory=list)
    headings: list[HeadingRecord] = field(default_factory=list)
    notes: list[NoteRecord] = field(default_factory=list)
    seventh: list[SeventhRecord] = field(default_factory=list)
    index: list[IndexRecord] = field(default_factory=list)
    definitions: list[DefinitionRecord] = field(default_factory=list)
    edits: list[EditRecord] = field(default_factory=list)
    pairs: Sequence[PairRecord] = ()
    findings: Findings = field(default_factory=Findings)

    @property
    def contents(self) -> dict[str, int]:
        """How many rows of each sort it has, those that it has none of left out."""
        sorts = ("codes", "headings", "notes", "seventh", "index", "definitions", "edits", "pairs")
        counts = {sort: len(getattr(self, sort)) for sort in sorts}
        return {sort: count for sort, count in counts.items() if count}

    @property
    def rows(self) -> int:
        return sum(self.contents.values())

    @property
    def billable(self) -> int:
        return sum(record.billable for record in self.codes)


@dataclass(frozen=True)
class Source:
    """One file as it came, or one member of an archive."""

    name: str
    data: bytes


def silent(step: str, rows_read: int, rows_loaded: int, rows_total: int) -> None:
    """The progress of someone who does not watch."""


def read_sources(paths: Iterable[Path | str], names: Sequence[str] = ()) -> list[Source]:
    """Reads files, unpacking zip archives, within the limits. Raises ImportRefused.

    `names` are the files' names as the person knows them, where the paths' own differ: a kept upload may lie
    under another name, and a name may say which year the file is for.
    """
    sources: list[Source] = []
    files = [Path(path) for path in paths]
    for path, given in zip(files, names or [path.name for path in files], strict=True):
        name = _shown(given)
        try:
            size = path.stat().st_size
            if size > FILE_LIMIT:
                raise ImportRefused(
                    f"{name} has {size / 2**20:,.0f} MB; a code set file may have {FILE_LIMIT // 2**20} MB."
                )
            data = path.read_bytes()
        except OSError as error:
            reason = (error.strerror or "unknown reason").lower()
            raise ImportRefused(f"{name} cannot be read: {reason}.") from error
        if not data:
            raise ImportRefused(f"{name} is empty.")
        packed = data.startswith(_ZIP) and not is_workbook(data)
        sources += _unpack(name, data) if packed else [Source(name, data)]
        if sum(len(source.data) for source in sources) > IMPORT_LIMIT:
            raise ImportRefused(
                f"Together the files hold more than {IMPORT_LIMIT // 2**20} MB, which no release does."
            )
    return sources


def is_workbook(data: bytes) -> bool:
    """Whether an archive is a spreadsheet (.xlsx, .ods), which stays one source: its parts are no files.

    Nothing of it is unpacked here; codesets.importers.sheets bounds its parts before it reads them.
    """
    if not data.startswith(_ZIP):
        return False
    try:
        with zipfile.ZipFile(BytesIO(data)) as archive:
            parts = archive.namelist()
    except _DAMAGE:
        return False
    excel = "[Content_Types].xml" in parts and any(part.startswith("xl/") for part in parts)
    return excel or {"mimetype", "content.xml"} <= set(parts)


def _unpack(name: str, data: bytes) -> list[Source]:
    try:
        with zipfile.ZipFile(BytesIO(data)) as archive:
            members = [member for member in archive.infolist() if not member.is_dir()]
            if len(members) > ARCHIVE_MEMBERS:
                raise ImportRefused(
                    f"{name} holds {len(members):,} files; an archive may hold {ARCHIVE_MEMBERS}."
                )
            unpacked = sum(member.file_size for member in members)
            largest = max((member.file_size for member in members), default=0)
            if largest > FILE_LIMIT or unpacked > min(ARCHIVE_LIMIT, ARCHIVE_RATIO * len(data)):
                raise ImportRefused(f"{name} would unpack to more than it may, so it was not unpacked.")
            if any(member.compress_type not in _PACKED for member in members):
                raise ImportRefused(
                    f"{name} is packed as no official archive is; unpack it, and load what it holds."
                )
            return [
                Source(_shown(member.filename), _read_member(archive, member, name)) for member in members
            ]
    except _DAMAGE as error:
        raise ImportRefused(f"{name} is a damaged or locked archive; get the file again.") from error


def _shown(name: str) -> str:
    """A name fit for a sentence: of one line, and no longer than a file's name can be."""
    return "".join(sign if sign.isprintable() else " " for sign in name)[-NAME_LIMIT:]


def _read_member(archive: zipfile.ZipFile, member: zipfile.ZipInfo, name: str) -> bytes:
    # The size in the directory is what the maker claims: read no more than that, whatever is inside.
    with archive.open(member) as packed:
        data = packed.read(member.file_size + 1)
    if len(data) > member.file_size:
        raise ImportRefused(f"{name} would unpack to more than it may, so it was not unpacked.")
    return data


def decode(source: Source) -> str:
    """Text of a source: by its byte order mark, else UTF-8, else cp1252, in which CMS writes."""
    wide = source.data.startswith((b"\xff\xfe", b"\xfe\xff"))
    encodings = ["utf-16"] if wide else ["utf-8-sig", "cp1252"]
    for encoding in encodings:
        try:
            text = source.data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\0" not in text:
            if len(max(text.splitlines(), key=len, default="")) > LINE_LIMIT:
                raise ImportRefused(f"{source.name} has a line far longer than any in an official file.")
            return text
    raise ImportRefused(f"{source.name} is not a text file.")


def digest(sources: Iterable[Source]) -> str:
    """SHA-256 over the bytes of all sources, in their order."""
    total = hashlib.sha256()
    for source in sources:
        total.update(source.data)
    return total.hexdigest()
