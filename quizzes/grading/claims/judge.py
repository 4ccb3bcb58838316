"""What each line is and earns, by one record of the key: no words yet. Pure."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial

from codesets.rules.facts import CATEGORY, Facts
from codesets.rules.values import Severity
from codesets.systems import System
from quizzes.grading.claims import hac, pointers
from quizzes.grading.claims.beside import Setup, Slip, credit_of, slips, slips_of_line
from quizzes.grading.claims.compare import Difference
from quizzes.grading.claims.lines import ADMITTING, DIAGNOSES, PROCEDURES, KeyLine, Line, Record
from quizzes.grading.claims.order import Orders, judge_orders
from quizzes.grading.claims.pairing import Near, Pairing, may_earn, pair_near, pair_right
from quizzes.grading.claims.standing import Standing, standing
from quizzes.grading.values import Critical, Policy, Verdict

PAYMENT_MODIFIERS = frozenset({"25", "59", "50", "26", "TC"})
RIGHT = frozenset({Verdict.CORRECT, Verdict.ALTERNATIVE_ACCEPTED})
UNSUBMITTABLE = frozenset({Verdict.INVALID, Verdict.NOT_IN_FORCE, Verdict.TRUNCATED})


@dataclass(frozen=True)
class Mark:
    """An answered line, its line of the key, or both; neither for the query.

    share: what the line adds to the number of lines that credit is divided by; 0 for one that neither earns
    nor costs. causes: what would make it critical. heavy: whether it weighs more in the weighted score.
    """

    answer: Line | None
    key: KeyLine | None
    verdicts: tuple[Verdict, ...]
    credit: float
    share: float = 1.0
    slips: tuple[Slip, ...] = ()
    difference: Difference | None = None
    standing: Standing | None = None
    causes: frozenset[Critical] = frozenset()
    severity: Severity = Severity.INFORMATION
    heavy: bool = False

    @property
    def is_query(self) -> bool:
        return self.answer is None and self.key is None

    @property
    def is_right(self) -> bool:
        """Nothing is lost by this line."""
        return self.credit == 1 and self.share > 0


@dataclass(frozen=True)
class Judgement:
    """marks: diagnoses, procedures, then the query; answered lines in their order, then missing ones."""

    record: Record
    marks: tuple[Mark, ...]
    orders: Orders


def judge(
    record: Record, lines: Sequence[Line], query: str, facts: Facts, policy: Policy, *, inpatient: bool
) -> Judgement:
    setup, pairing = _pair(record, lines, facts, policy, inpatient)
    near = {name: one.key for name, one in pairing.near.items()}
    orders = judge_orders(record, lines, pairing.right, near)
    taken = {key.id for key in (*pairing.right.values(), *near.values())}
    marks = [_answered(record, line, setup, pairing, orders) for line in lines]
    marks += [_missing(key) for key in record.counted if key.id not in taken]
    marks.sort(key=_is_procedure)
    marks += _query(record, query)
    return Judgement(record, tuple(_weighed(mark, record, setup, orders) for mark in marks), orders)


def _is_procedure(mark: Mark) -> bool:
    line = mark.answer or mark.key
    return line is not None and not line.is_diagnosis


def _pair(
    record: Record, lines: Sequence[Line], facts: Facts, policy: Policy, inpatient: bool
) -> tuple[Setup, Pairing]:
    """Diagnoses before procedures: these point to them. A right code in the place of an admitting diagnosis,
    or the other way round, is one error and no near code.
    """
    setup, right = Setup(policy, facts, inpatient, {}), dict[str, KeyLine]()
    for pools in ({DIAGNOSES}, {ADMITTING}, {DIAGNOSES, ADMITTING}, {PROCEDURES}):
        taken = {key.id for key in right.values()}
        keys = [key for key in record.lines if key.pool in pools and key.id not in taken]
        answered = [line for line in lines if line.pool in pools and line.id not in right]
        right |= pair_right(keys, answered, partial(_fit, setup))
        setup = replace(setup, reached=_reached(lines, right))
    done = [
        (right[line.id], line)
        for line in lines
        if not line.is_diagnosis and line.id in right and not right[line.id].optional
    ]
    setup = replace(setup, charged=pointers.charged(done, setup.reached))
    return setup, pair_near(record, lines, right, facts)


def _reached(lines: Sequence[Line], right: Mapping[str, KeyLine]) -> dict[int, KeyLine]:
    """What each right diagnosis stands for, by its number; a second line of one is pointed to as well."""
    keys = sorted((key for key in right.values() if key.is_diagnosis), key=lambda key: key.content)
    found = {}
    for line in lines:
        met = (key for key in keys if key.pool == line.pool and key.meets(line))
        if line.is_diagnosis and (key := right.get(line.id) or next(met, None)):
            found[line.number] = key
    return found


def _fit(setup: Setup, key: KeyLine, line: Line) -> tuple[float, int]:
    errors = [] if line.is_diagnosis else pointers.faults(key, line, setup.reached)
    return credit_of(slips_of_line(key, line, setup)), len(errors)


def _answered(record: Record, line: Line, setup: Setup, pairing: Pairing, orders: Orders) -> Mark:
    if (key := pairing.right.get(line.id)) is not None:
        mark = _right(record, key, line, setup, orders)
    elif (near := pairing.near.get(line.id)) is not None:
        mark = _near(record, near, line, setup)
    else:
        mark = _extra(record, line, setup, is_related=line.id in pairing.related)
    if _is_misplaced(line, orders):
        said = (verdict for verdict in mark.verdicts if verdict not in RIGHT)
        mark = replace(mark, verdicts=tuple(dict.fromkeys((*said, Verdict.SEQUENCING))))
    return mark


def _is_misplaced(line: Line, orders: Orders) -> bool:
    told = {one.id for one in (orders.first, orders.principal, *orders.more) if one}
    return line.id in told or line.id in orders.late


def _right(record: Record, key: KeyLine, line: Line, setup: Setup, orders: Orders) -> Mark:
    """A line that was given is the form's and earns nothing; what is wrong with it is the student's."""
    if key.optional:
        return Mark(line, key, (Verdict.OPTIONAL_IGNORED,), 0.0, 0.0)
    found = tuple(slips(key, line, setup))
    said = tuple(slip.verdict for slip in found)
    credit = credit_of(found)
    if line.id in orders.charged:
        credit = min(credit, setup.policy.sequencing_credit)
    if key.given:
        is_whole = credit == 1
        verdicts = (Verdict.OPTIONAL_IGNORED, *said) if is_whole else said
        return Mark(line, key, verdicts, 0.0, 0.0 if is_whole else 1.0, found)
    accepted = line.code != key.code or line.system != key.system or record.alternative is not None
    verdict = Verdict.ALTERNATIVE_ACCEPTED if accepted else Verdict.CORRECT
    return Mark(line, key, said or (verdict,), credit, slips=found)


def _near(record: Record, near: Near, line: Line, setup: Setup) -> Mark:
    """What the key says of a code that is not to be coded is said of it before what differs, and after that
    what is wrong beside the code. It earns what a near code earns, whatever is wrong beside it.
    """
    found, key = near.difference, near.key
    beside = tuple(slips(key, line, setup))
    named = record.not_coded.get((line.system, line.code))
    verdicts = (*([Verdict(named[0])] if named else ()), *found.verdicts, *(slip.verdict for slip in beside))
    earns = may_earn(record, key, line, found.near)
    credit = setup.policy.same_category_credit if earns else 0.0
    return Mark(line, key, tuple(dict.fromkeys(verdicts)), credit, slips=beside, difference=found)


def _extra(record: Record, line: Line, setup: Setup, *, is_related: bool) -> Mark:
    """A line of its own. Its share is 1, or less for a slip beside the line of the key that it is near to.

    A near code in the place of a right line costs 1 - c, where c is its credit. Beside the right line it must
    not cost more, or leaving out the right line would pay. Where near codes earn nothing, c is 0.
    """
    named = record.not_coded.get((line.system, line.code))
    stands = standing(line.system, line.code, setup.facts)
    verdict = Verdict(named[0]) if named else Verdict.EXTRA
    share = 1.0 - setup.policy.same_category_credit if is_related else 1.0
    return Mark(line, None, (verdict, *stands.verdicts), 0.0, share, standing=stands)


def _missing(key: KeyLine) -> Mark:
    return Mark(None, key, (Verdict.MISSING,), 0.0)


def _query(record: Record, query: str) -> Iterator[Mark]:
    if not query and not record.query:
        return
    if query == record.query:
        right = Verdict.CORRECT if record.alternative is None else Verdict.ALTERNATIVE_ACCEPTED
        yield Mark(None, None, (right,), 1.0)
    else:
        verdict = (
            Verdict.WRONG_OPTION if query and record.query else Verdict.EXTRA if query else Verdict.MISSING
        )
        yield Mark(None, None, (verdict,), 0.0)


def _weighed(mark: Mark, record: Record, setup: Setup, orders: Orders) -> Mark:
    """With severity and weight by the policy; a line of the key may say for itself whether it is critical."""
    if not mark.share:
        return mark
    policy, critical = setup.policy, mark.key.critical if mark.key else None
    wrong = not RIGHT.issuperset(mark.verdicts)
    causes = frozenset(_causes(mark, record, setup, orders)) & policy.critical if wrong else frozenset()
    is_critical = wrong and (bool(causes) if critical is None else critical)
    severity = Severity.CRITICAL if is_critical else Severity.WARNING if wrong else Severity.INFORMATION
    heavy = is_critical
    if mark.key is not None and not heavy:
        stakes = frozenset(_causes(_missing(mark.key), record, setup, orders)) & policy.critical
        heavy = bool(stakes) if critical is None else critical
    if mark.is_query and record.query:
        heavy = Critical.QUERY in policy.critical
    return replace(mark, causes=causes, severity=severity, heavy=heavy)


def _causes(mark: Mark, record: Record, setup: Setup, orders: Orders) -> Iterator[Critical]:
    said, key, line = frozenset(mark.verdicts), mark.key, mark.answer
    if mark.is_query:
        if Verdict.EXTRA not in said:
            yield Critical.QUERY
        return
    has_right_code = key is not None and line is not None and mark.difference is None
    is_principal = key is not None and record.principal is not None and key.id == record.principal.id
    is_displaced = line is not None and orders.principal is not None and line.id == orders.principal.id
    if (is_principal and not has_right_code) or is_displaced:
        yield Critical.PRINCIPAL
    if key and not key.is_diagnosis and (Verdict.MISSING in said or _is_another_operation(key, line)):
        yield Critical.MISSING_PROCEDURE
    if said & UNSUBMITTABLE:
        yield Critical.INVALID
    if Verdict.UNSUPPORTED in said:
        yield Critical.UNSUPPORTED
    if Verdict.UNBUNDLED in said:
        yield Critical.UNBUNDLED
    if any(PAYMENT_MODIFIERS.intersection((*slip.wanted, *slip.given)) for slip in mark.slips):
        yield Critical.PAYMENT_MODIFIER
    if Verdict.POA in said and key and hac.acquired_condition(key.code, setup.facts):
        yield Critical.POA_HAC
    if not has_right_code and not is_principal and levels(mark, setup.facts, inpatient=setup.inpatient):
        yield Critical.CC_MCC


def _is_another_operation(key: KeyLine, line: Line | None) -> bool:
    """Another body system or root operation is another table of ICD-10-PCS: it earns nothing anywhere."""
    return line is not None and line.system == System.ICD10PCS and line.code[:CATEGORY] != key.code[:CATEGORY]


def levels(mark: Mark, facts: Facts, *, inpatient: bool) -> tuple[hac.Level | None, hac.Level | None] | None:
    """(of the key's code, of the answered code) where they differ: a CC or MCC missed, added or changed."""
    lines = (mark.key, mark.answer)
    if not inpatient or any(line and line.pool != DIAGNOSES for line in lines):
        return None
    wanted, given = (hac.level_of(line.code, facts) if line else None for line in lines)
    same = (wanted.name if wanted else "") == (given.name if given else "")
    return None if same else (wanted, given)
