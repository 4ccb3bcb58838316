"""The grade of an audit: what was mended, against what there was to mend and what was broken. Pure."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import fsum
from typing import Any

from codesets.rules.facts import Facts
from quizzes.grading.claims.grade import read, tell
from quizzes.grading.claims.judge import Judgement, Mark, judge
from quizzes.grading.claims.lines import Record, read_records
from quizzes.grading.claims.scores import credit_of, is_of_key
from quizzes.grading.values import Grade, Policy, Verdict, releases_of

Name = tuple[str, ...]


@dataclass(frozen=True)
class Task:
    """One unit of the work: a line to mend or an extra line to take off, and what was earned; a line that
    was right and was broken, or a new extra one, earns nothing.
    """

    earned: float
    heavy: bool
    to_mend: bool


def grade_audit(
    key: Mapping[str, Any],
    given: Mapping[str, Any],
    answer: Mapping[str, Any] | None,
    facts: Facts,
    policy: Policy,
    *,
    queries: Sequence[Mapping[str, Any]] = (),
) -> Grade:
    """`given` holds the claim as it was coded under its face sheet; the answer is the claim as it was left.

    Credit is what the mending earned by the lines that needed it and those that it broke: a claim with errors
    that was left alone earns nothing, a right one all. No answer earns nothing. Lines and `record` are those
    of the claim that was left.
    """
    lines, query, inpatient = read(answer, given)
    coded = read({"claim": given}, given)[0]

    def done(record: Record) -> tuple[list[Task], Judgement]:
        before = judge(record, coded, "", facts, policy, inpatient=inpatient)
        after = judge(record, lines, query, facts, policy, inpatient=inpatient)
        return _tasks(before, after), after

    every = [done(record) for record in read_records(key, False)]
    tasks, best = max(every, key=lambda one: (_credit(one[0], 1.0), credit_of(one[1])))
    if answer is None:
        tasks = [Task(0.0, False, True)]
    credit = _credit(tasks, 1.0)
    scores = {
        "code": credit,
        "coder_to_key": _coder_to_key(tasks),
        "record": 1.0 if credit_of(best) == 1 else 0.0,
        "weighted": _credit(tasks, policy.critical_weight),
    }
    told, findings = tell(best, given, answer, facts, queries)
    return Grade(credit, scores, told, findings, releases_of(facts), best.record.alternative)


def _coder_to_key(tasks: Sequence[Task]) -> float:
    """The units that are mended; of a claim that was right, whether it still is."""
    to_mend = [task for task in tasks if task.to_mend]
    if not to_mend:
        return 0.0 if tasks else 1.0
    return fsum(task.earned == 1 for task in to_mend) / len(to_mend)


def _tasks(before: Judgement, after: Judgement) -> list[Task]:
    was, now = _of_key(before), _of_key(after)
    tasks = [
        Task(_mended(was[name], mark), mark.heavy, to_mend=not was[name].is_right)
        for name, mark in now.items()
        if not was[name].is_right or not mark.is_right
    ]
    had, has = _extras(before), _extras(after)
    heavy = {_name(mark): mark.heavy for mark in (*before.marks, *after.marks)}
    for name, times in had.items():
        left = min(times, has[name])
        tasks += [Task(0.0, heavy[name], True)] * left + [Task(1.0, heavy[name], True)] * (times - left)
    new = has - had
    return tasks + [Task(0.0, heavy[name], False) for name in new.elements()]


def _mended(was: Mark, now: Mark) -> float:
    """Of what the line lacked as it was coded, the part that it has now; of several errors beside its code
    that cost no more than one, those that are gone, if no other came.
    """
    if was.is_right:
        return 0.0
    gained = (now.credit - was.credit) / (1 - was.credit)
    had, has = _errors(was), _errors(now)
    gone = len(had - has) / len(had) if had and has <= had else 0.0
    return max(0.0, gained, gone)


def _errors(mark: Mark) -> frozenset[str]:
    """What is wrong with a line of the key: its code, which may be missing, and what stands beside it."""
    if mark.is_query:
        return frozenset() if mark.is_right else frozenset({"query"})
    code = {"code"} if mark.answer is None or mark.difference else set[str]()
    place = {Verdict.SEQUENCING}.intersection(mark.verdicts)
    return frozenset({*code, *place, *(slip.verdict for slip in mark.slips)})


def _of_key(judgement: Judgement) -> dict[Name, Mark]:
    return {_name(mark): mark for mark in judgement.marks if is_of_key(mark, judgement)}


def _extras(judgement: Judgement) -> Counter[Name]:
    """Lines that are none of the key's, by what they are; a query that is not needed is one of them."""
    return Counter(_name(mark) for mark in judgement.marks if mark.share and not is_of_key(mark, judgement))


def _name(mark: Mark) -> Name:
    if mark.key is not None:
        return ("key", mark.key.id)
    return ("extra", mark.answer.pool, mark.answer.system, mark.answer.code) if mark.answer else ("query",)


def _credit(tasks: Sequence[Task], heavy: float) -> float:
    """A broken line earns nothing, though part of it may be right."""
    weights = [(task, heavy if task.heavy else 1.0) for task in tasks]
    whole = fsum(weight for _, weight in weights)
    earned = fsum(task.earned * weight for task, weight in weights if task.to_mend)
    return earned / whole if whole else 1.0
