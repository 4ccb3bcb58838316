"""The frozen values that the catalog gives. Pure."""

from dataclasses import dataclass, field
from datetime import date

from codesets.systems import EDIT_TABLES, LOADABLE, EditTable, System


@dataclass(frozen=True)
class ReleaseInfo:
    """A release as pages and graders see it; its window is [effective_from, effective_to), open at None."""

    id: int
    system: str
    label: str
    effective_from: date
    effective_to: date | None
    state: str = "published"
    codes_total: int = 0
    codes_billable: int = 0
    table: str = ""  # of the edits: which of their tables

    @property
    def tag(self) -> str:
        return LOADABLE[self.system].tag

    @property
    def css(self) -> str:
        return LOADABLE[self.system].css

    @property
    def system_name(self) -> str:
        return EDIT_TABLES[EditTable(self.table)] if self.table else LOADABLE[self.system].name


@dataclass(frozen=True)
class CodeInfo:
    """A code of one release. `code` and `parent` are stored forms without dot, `display` has it."""

    system: str
    code: str
    display: str
    title: str
    billable: bool
    release: ReleaseInfo
    parent: str = ""
    depth: int = 0
    kind: str = "code"  # or "modifier": reported on a code's line, never by itself

    @property
    def is_header(self) -> bool:
        """Codes valid for submission stand below it. What HCPCS ended is not billable, and no header."""
        return not self.billable and self.system in (System.ICD10CM, System.ICD10PCS)


@dataclass(frozen=True)
class HeadingInfo:
    """A chapter or block; `parent` is a block's chapter."""

    kind: str
    name: str
    title: str
    parent: str = ""


@dataclass(frozen=True)
class NoteInfo:
    """A note as the book prints it, and whose it is: `owner` is a stored code or a heading's name."""

    kind: str
    text: str
    targets: tuple[dict, ...]
    owner_kind: str
    owner: str
    owner_display: str
    owner_title: str


@dataclass(frozen=True)
class SeventhInfo:
    """The seventh characters that a code takes, and the code where the book defines them."""

    owner: CodeInfo
    characters: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class CodePage:
    """All that the book says about a code. Inherited notes run from the chapter down to the parent.

    `details` are the code's own, and of an ICD-10-PCS code those of its table.
    """

    code: CodeInfo
    chapter: HeadingInfo | None
    block: HeadingInfo | None
    ancestors: list[CodeInfo]
    children: list[CodeInfo]
    notes_own: list[NoteInfo]
    notes_inherited: list[NoteInfo]
    seventh: SeventhInfo | None
    previous: CodeInfo | None
    next: CodeInfo | None
    details: dict = field(default_factory=dict)


@dataclass(frozen=True)
class Browse:
    """One level of the books: the chapters, or a chapter's blocks, or the categories of a block.

    `trail` runs from the chapter to the heading that was asked for; a chapter without blocks gives its codes.
    """

    release: ReleaseInfo
    trail: list[HeadingInfo]
    headings: list[HeadingInfo]
    codes: list[CodeInfo]
    notes: list[NoteInfo]


@dataclass(frozen=True)
class SearchHit:
    """`why` says what matched: "Code", "Title", "Inclusion term: ..." or "Index: ..." with its words; and how
    what was typed was read: "; MI = myocardial infarction", "; diabtes read as diabetes".
    """

    code: CodeInfo
    why: str
