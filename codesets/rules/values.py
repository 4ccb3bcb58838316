"""What goes into a check and what comes out: a claim, and findings. Frozen and pure."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from codesets.systems import System


class Setting(StrEnum):
    """Where the care was given: it decides the claim form, the date of the books and which rules speak."""

    PROFESSIONAL = "professional"
    OUTPATIENT = "outpatient"
    INPATIENT = "inpatient"


class Role(StrEnum):
    FIRST_LISTED = "first_listed"
    PRINCIPAL = "principal"
    ADMITTING = "admitting"
    SECONDARY = "secondary"


class Severity(StrEnum):
    """Worst first."""

    CRITICAL = "critical"
    WARNING = "warning"
    INFORMATION = "information"


@dataclass(frozen=True)
class Diagnosis:
    """`number` counts from 1 among the diagnoses; `code` is as stored, without dot; `poa` may be empty."""

    number: int
    code: str
    role: str
    poa: str = ""

    @property
    def line(self) -> str:
        return f"dx:{self.number}"

    @property
    def system(self) -> str:
        return System.ICD10CM


@dataclass(frozen=True)
class Procedure:
    """`pointers` are numbers of diagnoses."""

    number: int
    system: str
    code: str
    modifiers: tuple[str, ...] = ()
    units: int = 1
    pointers: tuple[int, ...] = ()

    @property
    def line(self) -> str:
        return f"px:{self.number}"


Line = Diagnosis | Procedure


@dataclass(frozen=True)
class Claim:
    """What a coder reports. `sex` is F, M or empty; `age` in years."""

    setting: str
    service_from: date
    service_to: date | None = None
    discharged_on: date | None = None
    sex: str = ""
    age: int | None = None
    diagnoses: tuple[Diagnosis, ...] = ()
    procedures: tuple[Procedure, ...] = ()

    @property
    def on(self) -> date:
        """The date whose books count: of discharge for inpatient records, else of the service."""
        return self.last_day if self.setting == Setting.INPATIENT else self.service_from

    @property
    def last_day(self) -> date:
        return self.discharged_on or self.service_to or self.service_from

    @property
    def days(self) -> int:
        """How many days it spans, 1 where its end is missing or before its beginning."""
        return max((self.last_day - self.service_from).days + 1, 1)

    @property
    def lines(self) -> tuple[Line, ...]:
        return (*self.diagnoses, *self.procedures)

    @property
    def first(self) -> Diagnosis | None:
        """The diagnosis that stands first: an admitting diagnosis is not counted among the others."""
        return next((each for each in self.diagnoses if each.role != Role.ADMITTING), None)

    @property
    def reported(self) -> tuple[Diagnosis, ...]:
        """The diagnoses in their order, without an admitting one."""
        return tuple(each for each in self.diagnoses if each.role != Role.ADMITTING)


class SourceKind(StrEnum):
    """Where a finding can be read up: `owner` is then a stored code, the name of a chapter or block, the
    section of the Official Guidelines ("I.B.14"), an edit table, or the manual of a claim form.
    """

    CODE = "code"
    CHAPTER = "chapter"
    BLOCK = "block"
    GUIDELINE = "guideline"
    TABLE = "table"
    FORM = "form"


@dataclass(frozen=True)
class Source:
    """`note` is the kind of the note, or what the guideline or table is called, in words a person reads."""

    kind: SourceKind
    owner: str
    note: str = ""
    system: str = System.ICD10CM


@dataclass(frozen=True)
class Finding:
    """One thing a rule has to say.

    kind: from the table of kinds ("excludes1"); lines: "dx:1", "px:2", in the order of the claim; codes:
    stored codes that it speaks of, the claim's first; message: one sentence of advice; quote: the words of
    the book; vintage: the label of the release or table that it rests on.
    """

    kind: str
    severity: Severity
    lines: tuple[str, ...]
    codes: tuple[str, ...]
    message: str
    vintage: str
    quote: str = ""
    source: Source | None = None
