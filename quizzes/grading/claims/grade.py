"""The grade of a claim: read, judged by the record that fits best, and told. Pure."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Any

from codesets.rules import check
from codesets.rules.facts import Facts
from codesets.rules.values import (
    Claim,
    Diagnosis,
    Finding,
    Procedure,
    Role,
    Setting,
    Severity,
    Source,
    SourceKind,
)
from codesets.systems import EditTable
from quizzes.grading.claims.judge import Judgement, judge, levels
from quizzes.grading.claims.lines import Line, leader, read_answer, read_records
from quizzes.grading.claims.scores import credit_of, scores_of
from quizzes.grading.claims.words import Speaker
from quizzes.grading.values import Grade, Policy, Verdict, releases_of
from quizzes.grading.values import Line as GradeLine

QUERY = "query"
NOTHING: Mapping[str, Any] = {"claim": {}, "query": None}


def grade_claim(
    key: Mapping[str, Any],
    given: Mapping[str, Any],
    answer: Mapping[str, Any] | None,
    facts: Facts,
    policy: Policy,
    *,
    queries: Sequence[Mapping[str, Any]] = (),
    half: bool = False,
) -> Grade:
    """key, face sheet (`given`) and answer as stored; facts of all their codes; policy with the item's own.

    queries: the choices of a query, {"id", "why"}. half: the form began with the lines of the key that are
    given; they earn nothing, and cost where they are missing or changed. The record that earns the most is
    taken, the key itself before its alternatives.
    """
    lines, query, inpatient = read(answer, given)
    judged = [
        judge(record, lines, query, facts, policy, inpatient=inpatient) for record in read_records(key, half)
    ]
    best = max(judged, key=credit_of)
    told, findings = tell(best, given, answer, facts, queries)
    scores = scores_of(best, policy)
    return Grade(scores["code"], scores, told, findings, releases_of(facts), best.record.alternative)


def read(answer: Mapping[str, Any] | None, given: Mapping[str, Any]) -> tuple[tuple[Line, ...], str, bool]:
    """The answered lines, the id of the query sent or "", and whether the claim is an inpatient's."""
    said = answer or NOTHING
    inpatient = given.get("setting") == Setting.INPATIENT
    return read_answer(said.get("claim") or {}), said.get("query") or "", inpatient


def tell(
    judgement: Judgement,
    given: Mapping[str, Any],
    answer: Mapping[str, Any] | None,
    facts: Facts,
    queries: Sequence[Mapping[str, Any]],
) -> tuple[tuple[GradeLine, ...], tuple[Finding, ...]]:
    """Every line in words, and what the rules and then the grader find."""
    lines, query, inpatient = read(answer, given)
    findings = check(claim_of(given, lines), facts) if lines else []
    speaker = Speaker(judgement, facts, findings, queries, query, inpatient=inpatient)
    told = []
    for mark in judgement.marks:
        words = speaker.words(mark)
        names = (mark.answer.id if mark.answer else None, mark.key.id if mark.key else None)
        if mark.is_query:
            names = (QUERY if query else None, QUERY if judgement.record.query else None)
        told.append(
            GradeLine(
                *names,
                mark.verdicts,
                mark.severity,
                mark.credit,
                words.why,
                words.quote,
                words.source,
            )
        )
    return tuple(told), (*findings, *_levels_found(judgement, facts, inpatient))


def claim_of(given: Mapping[str, Any], lines: Sequence[Line]) -> Claim:
    """The answered lines under the face sheet, as the rules take them; without a role a diagnosis has that of
    its place.
    """
    leads = Role.PRINCIPAL if given["setting"] == Setting.INPATIENT else Role.FIRST_LISTED
    first = leader(lines)
    return Claim(
        setting=given["setting"],
        service_from=_day(given["service_from"]),
        service_to=_day(given.get("service_to")),
        discharged_on=_day(given.get("discharged_on")),
        sex=given.get("sex") or "",
        age=given.get("age"),
        diagnoses=tuple(
            Diagnosis(
                line.number, line.code, line.role or (leads if line == first else Role.SECONDARY), line.poa
            )
            for line in lines
            if line.is_diagnosis
        ),
        procedures=tuple(
            Procedure(line.number, line.system, line.code, line.modifiers, line.units, line.pointers)
            for line in lines
            if not line.is_diagnosis
        ),
    )


def _day(said: Any) -> Any:
    return date.fromisoformat(said) if isinstance(said, str) and said else said or None


def _levels_found(judgement: Judgement, facts: Facts, inpatient: bool) -> Iterator[Finding]:
    """Kind cc_mcc: a CC or an MCC that was missed, added or changed."""
    principal = judgement.record.principal
    for mark in judgement.marks:
        is_principal = mark.key is not None and principal is not None and mark.key.id == principal.id
        if Verdict.MISSING not in mark.verdicts and mark.difference is None and mark.key is not None:
            continue
        if mark.is_query or is_principal:
            continue
        if found := levels(mark, facts, inpatient=inpatient):
            yield _level_found(mark.key, mark.answer, found, facts)


def _level_found(key, answer, found, facts: Facts) -> Finding:
    wanted, given = (f"{level.name.upper()}" if level else "" for level in found)
    table = facts.tables[EditTable.MS_DRG]
    said = []
    if given:
        said.append(f"{answer.shown} is listed as {given}")
    if wanted:
        said.append(f"the key's {key.shown} is listed as {wanted}")
    message = " and ".join(said)
    message = f"{message[0].upper()}{message[1:]}: the claim would change what the MS-DRG rests on."
    lines = (answer.id,) if answer else ()
    codes = tuple(line.code for line in (answer, key) if line)
    source = Source(SourceKind.TABLE, EditTable.MS_DRG, "CC and MCC")
    return Finding("cc_mcc", Severity.WARNING, lines, codes, message, table.vintage, source=source)
