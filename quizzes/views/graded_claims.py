"""A graded claim as a page shows it: each line beside the key's and beside the words of the chart for it.

Lines are named as the grade names them, "dx:2" in its own record; the ids on the page are "c3-dx-2", where 3
is the item's position, and stay apart where a report has several claims.
"""

from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from typing import Any

from django.utils.safestring import SafeString, mark_safe

from codesets import refs
from codesets.rules.values import Role
from codesets.systems import System, display, normalize
from quizzes.claim_lines import (
    GOOD,
    PARTS,
    AuditCounts,
    audit_outcomes,
    count_outcomes,
    is_counted,
    line_of,
    named_lines,
    system_of_line,
)
from quizzes.claim_scores import Score, explain_scores
from quizzes.grading.claims import grade_claim
from quizzes.grading.values import Policy, Verdict
from quizzes.kinds import Served
from quizzes.kinds.claims import line_codes, plain_claim
from quizzes.marked_chart import Phrase, readable
from quizzes.reports import ItemFeedback
from quizzes.services.facts import NO_FACTS
from quizzes.verdict_words import VERDICT_WORDS, VerdictWords
from quizzes.views.charts import ShownDocument, show_chart
from quizzes.views.claims import Face, show_face
from quizzes.views.links import CodeLink, Links

ICONS = {"right": "ok", "critical": "crit", "warning": "warning", "information": "info"}
ROLES = {
    Role.FIRST_LISTED: "first-listed",
    Role.PRINCIPAL: "principal",
    Role.ADMITTING: "admitting",
}
STOOD = VerdictWords("given", "The line stood in the claim from the start: it neither earns nor costs.")
AUDITED = {
    "kept": ("Right, and left alone", "right"),
    "mended": ("Error found and mended", "right"),
    "half": ("Error found, not mended rightly", "warning"),
    "missed": ("Error missed", "critical"),
    "broken": ("Right line broken", "critical"),
    "added": ("Line added that the key does not have", "critical"),
}


@dataclass(frozen=True)
class ClaimLine:
    """A line of a claim or a key: its code in the books, and what else stands in it, "POA N", "4 units"."""

    link: SafeString
    title: str
    details: str


@dataclass(frozen=True)
class Found:
    """Words of the chart: href leads to their mark; empty where the chart does not have them."""

    words: str
    href: str


@dataclass(frozen=True)
class AuditLine:
    """number: the key's line as the chart numbers it, "2" or "P1"; empty where the key has none.

    tone: right, information, warning or critical. credit: "1", "0.5", "not counted". stood: the half-filled
    claim had it from the start.
    """

    id: str
    name: str
    number: str
    answer: ClaimLine | None
    key: ClaimLine | None
    verdicts: list[VerdictWords]
    tone: str
    icon: str
    credit: str
    why: SafeString
    quote: str
    source: Mapping[str, str] | None
    phrases: list[Found]
    accepted: list[CodeLink]
    optional: bool
    stood: bool

    @property
    def same(self) -> bool:
        return self.answer == self.key


@dataclass(frozen=True)
class NotCoded:
    code: CodeLink
    verdict: VerdictWords


@dataclass(frozen=True)
class Record:
    """A whole record that is as right as the key."""

    why: SafeString
    codes: list[CodeLink]
    counted: bool


@dataclass(frozen=True)
class ShownFinding:
    """What a rule says. lines: "dx 3, dx 4" or "your diagnoses line 3"."""

    severity: str
    icon: str
    lines: str
    message: str
    quote: str
    source: Mapping[str, str] | None
    vintage: str


@dataclass(frozen=True)
class AuditRow:
    """One line of an audit: as it was coded, as the student left it, as the key has it."""

    coded: ClaimLine | None
    left: ClaimLine | None
    key: ClaimLine | None
    words: str
    tone: str
    icon: str


@dataclass(frozen=True)
class AuditTable:
    rows: list[AuditRow]
    counts: AuditCounts


@dataclass(frozen=True)
class GradedClaim:
    """query: the line of the query to the provider, where one was wanted or given."""

    prefix: str
    face: Face
    documents: list[ShownDocument]
    groups: list[tuple[str, list[AuditLine]]]
    query: AuditLine | None
    query_wanted: bool
    scores: list[Score]
    not_coded: list[NotCoded]
    records: list[Record]
    findings: list[ShownFinding]
    audit: AuditTable | None
    has_cpt: bool

    @property
    def lines(self) -> list[AuditLine]:
        return [line for _, lines in self.groups for line in lines] + ([self.query] if self.query else [])

    @property
    def words(self) -> list[VerdictWords]:
        """The verdicts of this claim that are no praise, each once, for the list of what they mean."""
        told = {words.name: words for line in self.lines for words in line.verdicts}
        return list(told.values())


def claim_codes(item: ItemFeedback) -> list[refs.Pair]:
    """Every code that the page of a graded claim shows beside texts."""
    claims = [item.key, item.given, *(item.key.get("alternatives") or []), *_answered(item)]
    pairs = [pair for claim in claims for _, pair in line_codes(claim)]
    for line in _key_lines(item):
        pairs += [_pair(one, line) for one in line.get("accept") or []]
    pairs += [_pair(row, {}) for row in item.key.get("not_coded") or []]
    return pairs


def claim_texts(item: ItemFeedback) -> list[str]:
    """The lines of Markdown on that page."""
    texts = [line["why"] for line in item.lines]
    texts += [one["why"] for line in _key_lines(item) for one in line.get("accept") or []]
    texts += [row["why"] for row in item.key.get("not_coded") or []]
    return texts + [record.get("why", "") for record in item.key.get("alternatives") or []]


def mistakes(item: ItemFeedback) -> str:
    """ "2 missing, 1 laterality": what went wrong, the commonest first."""
    counts: dict[str, int] = {}
    for verdict in item.verdicts:
        if verdict not in GOOD and verdict != Verdict.OPTIONAL_IGNORED:
            name = VERDICT_WORDS[Verdict(verdict)].name
            counts[name] = counts.get(name, 0) + 1
    return ", ".join(f"{n} {name}" for name, n in sorted(counts.items(), key=lambda pair: -pair[1]))


def count_lines(claim: Mapping[str, Any]) -> str:
    """How many lines it has, of a key those that are not optional."""
    kept = [line for part in PARTS.values() for line in claim.get(part) or [] if not line.get("optional")]
    lines = len(kept)
    return f"{lines} line" if lines == 1 else f"{lines} lines"


def show_graded_claim(item: ItemFeedback, links: Links) -> GradedClaim:
    shaper = _Shaper(item, links)
    lines = [shaper.line(line) for line in item.lines]
    audit = shaper.audit() if item.kind == "audit" else None
    return GradedClaim(
        prefix=shaper.prefix,
        face=show_face(item.given),
        documents=shaper.documents,
        groups=[
            (title, found)
            for part, title in (("dx", "Diagnoses"), ("px", "Procedures and drugs"))
            if (found := [line for line in lines if line.name.startswith(part)])
        ],
        query=next((line for line in lines if line.name == "query"), None),
        query_wanted=bool(item.key.get("query")),
        scores=explain_scores(
            item.scores,
            item.lines,
            audit.counts if audit else None,
            Policy().with_data(item.policy).critical_weight,
        ),
        not_coded=[
            NotCoded(
                shaper.code(row, row.get("system", System.ICD10CM)), VERDICT_WORDS[Verdict(row["verdict"])]
            )
            for row in item.key.get("not_coded") or []
        ],
        records=shaper.records(),
        findings=[_finding(one) for one in item.findings],
        audit=audit,
        has_cpt=any(system == System.CPT for system, _ in claim_codes(item)),
    )


class _Shaper:
    """One item's lines, with its links and the marks in its chart."""

    def __init__(self, item: ItemFeedback, links: Links) -> None:
        self.item, self.links = item, links
        self.prefix = f"c{item.position}"
        self.key = _counted_record(item)
        self.answer = next(iter(_answered(item)), {})
        phrases = [phrase for name, _ in named_lines(self.key) for phrase in self._phrases(name)]
        self.documents = show_chart(item.chart, prefix=f"{self.prefix}-", phrases=phrases)
        self._found = {phrase for document in self.documents for phrase in document.found}

    def _phrases(self, name: str) -> list[Phrase]:
        support = line_of(self.key, name).get("support") or []
        dashed = name.replace(":", "-")
        return [
            Phrase(
                words=words,
                label=_number(name),
                said=f"line {name[3:]} of the {PARTS[name[:2]]}",
                line=dashed,
                id=f"{self.prefix}-s-{dashed}-{count}",
                back=f"{self.prefix}-{dashed}",
            )
            for count, words in enumerate([support] if isinstance(support, str) else support, start=1)
        ]

    def line(self, line: Mapping[str, Any]) -> AuditLine:
        name, answered = line["key"] or "", line["answer"] or ""
        is_query = "query" in (name, answered)
        key = {} if is_query or not name else line_of(self.key, name)
        tone = _tone(line)
        stood = bool(key.get("given")) and self.item.served == Served.HALF
        answer = None if is_query or not answered else self.shown(self.answer, answered)
        wanted = None if is_query or not name else self.shown(self.key, name)
        is_said = _is_title(line, answer, wanted)
        return AuditLine(
            id=f"{self.prefix}-{(name or f'x-{answered}').replace(':', '-')}",
            name=name or answered,
            number="" if is_query or not name else _number(name),
            answer=answer,
            key=wanted,
            verdicts=[_words(Verdict(verdict), stood) for verdict in line["verdicts"]],
            tone=tone,
            icon=ICONS[tone],
            credit=_credit(line),
            why=self.links.line(line["why"], self.item.service_date),
            quote="" if is_said else line["quote"],
            source=None if is_said else line["source"],
            phrases=[
                Found(readable(phrase.words), f"#{phrase.id}" if phrase in self._found else "")
                for phrase in (self._phrases(name) if key else [])
            ],
            accepted=[self.code(one, system_of_line(key)) for one in key.get("accept") or []],
            optional=bool(key.get("optional")),
            stood=stood,
        )

    def shown(self, record: Mapping[str, Any], name: str) -> ClaimLine:
        if name == "query":
            return ClaimLine(mark_safe(""), "query to the provider", "")
        line = line_of(record, name)
        code = self.code({"code": line["code"]}, system_of_line(line))
        return ClaimLine(code.link, code.title, _details(line, record))

    def code(self, code: Mapping[str, Any], system: str) -> CodeLink:
        return self.links.code({"system": system, **code}, self.item.service_date)

    def records(self) -> list[Record]:
        return [
            Record(
                self.links.line(record.get("why", ""), self.item.service_date),
                [self.code({"code": code}, system) for _, (system, code) in line_codes(record)],
                number == self.item.alternative,
            )
            for number, record in enumerate(self.item.key.get("alternatives") or [])
        ]

    def audit(self) -> AuditTable:
        """What was coded is judged by the grader itself, against the record of the key that counted."""
        coded = plain_claim(self.item.given)
        lines = {part: self.key.get(part) or [] for part in PARTS.values()}
        key = {**self.item.key, **lines, "alternatives": []}
        judged = grade_claim(key, self.item.given, {"claim": coded, "query": None}, NO_FACTS, Policy())
        outcomes = audit_outcomes(
            [asdict(line) for line in judged.lines], self.item.lines, coded, self.answer
        )
        rows = [
            AuditRow(
                self.shown(coded, was) if was else None,
                self.shown(self.answer, left) if left else None,
                self.shown(self.key, name) if name else None,
                *AUDITED[outcome],
                ICONS[AUDITED[outcome][1]],
            )
            for was, left, name, outcome in outcomes
        ]
        return AuditTable(rows, count_outcomes(outcomes))


def _answered(item: ItemFeedback) -> list[Mapping[str, Any]]:
    return [item.answer["claim"]] if item.answer else []


def _counted_record(item: ItemFeedback) -> Mapping[str, Any]:
    """The record of the key to which the grade's lines refer."""
    return item.key if item.alternative is None else item.key["alternatives"][item.alternative]


def _key_lines(item: ItemFeedback) -> Iterator[Mapping[str, Any]]:
    for record in [item.key, *(item.key.get("alternatives") or [])]:
        yield from (line for _, line in named_lines(record))


def _pair(code: Mapping[str, Any], line: Mapping[str, Any]) -> refs.Pair:
    return code.get("system") or system_of_line(line), normalize(code["code"])


def _is_title(line: Mapping[str, Any], *shown: ClaimLine | None) -> bool:
    """Whether the official words are but the title of a code that already stands in the line."""
    titles = tuple(one.title for one in shown if one and one.title)
    return (line["source"] or {}).get("note") == "title" and line["quote"].endswith(titles)


def _words(verdict: Verdict, stood: bool) -> VerdictWords:
    if stood and verdict == Verdict.OPTIONAL_IGNORED:
        return STOOD
    return VERDICT_WORDS[verdict]


def _number(name: str) -> str:
    return name[3:] if name.startswith("dx") else f"P{name[3:]}"


def _details(line: Mapping[str, Any], record: Mapping[str, Any]) -> str:
    """ "principal, POA N" or "modifiers LT 59, 4 units, for E11.22 I10"; secondary lines say no role.

    Pointers are told by the codes they reach: the numbers mean other lines in another record.
    """
    modifiers = line.get("modifiers") or []
    diagnoses = record["diagnoses"]
    reached = [
        display(System.ICD10CM, normalize(diagnoses[number - 1]["code"]))
        for number in line.get("pointers") or []
        if number <= len(diagnoses)
    ]
    units = line.get("units")
    poa = str(line.get("poa") or "")
    parts = [
        ROLES.get(line.get("role", ""), ""),
        f"POA {'exempt' if poa == '1' else poa}" if poa else "",
        f"modifier{'s' if len(modifiers) > 1 else ''} {' '.join(map(str, modifiers))}" if modifiers else "",
        f"{units} units" if units is not None and units != 1 else "",
        f"for {' '.join(reached)}" if reached else "",
    ]
    return ", ".join(part for part in parts if part)


def _tone(line: Mapping[str, Any]) -> str:
    verdicts = set(line["verdicts"])
    if verdicts <= GOOD:
        return "right"
    return "information" if verdicts <= {*GOOD, Verdict.OPTIONAL_IGNORED} else line["severity"]


def _credit(line: Mapping[str, Any]) -> str:
    return f"{line['credit']:.2g}" if is_counted(line) else "not counted"


def _finding(finding: Mapping[str, Any]) -> ShownFinding:
    return ShownFinding(
        severity=finding["severity"],
        icon=ICONS[finding["severity"]],
        lines=", ".join(_said(line) for line in finding["lines"]),
        message=finding["message"],
        quote=finding["quote"],
        source=finding["source"],
        vintage=finding["vintage"],
    )


def _said(name: str) -> str:
    return f"your {PARTS[name[:2]]} line {name[3:]}" if ":" in name else name
