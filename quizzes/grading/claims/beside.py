"""What is wrong beside a right code: modifiers, units, the POA indicator, pointers. Pure."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from codesets.rules.facts import Facts
from codesets.systems import System
from quizzes.grading.claims.lines import KeyLine, Line
from quizzes.grading.claims.pointers import Reached, faults
from quizzes.grading.values import Policy, Verdict

EXEMPT = frozenset({"", "1"})  # of POA reporting: a blank, and the 1 that older claims had for it


@dataclass(frozen=True)
class Slip:
    """`credit`: what it leaves of the line's. `wanted` and `given` hold the modifiers that differ.
    `elsewhere`: another line is charged for it.
    """

    verdict: Verdict
    credit: float
    wanted: tuple[str, ...] = ()
    given: tuple[str, ...] = ()
    elsewhere: bool = False


@dataclass(frozen=True)
class Setup:
    """What a comparison of lines rests on. `charged`: the ids of the lines that pay for pointers."""

    policy: Policy
    facts: Facts
    inpatient: bool
    reached: Reached
    charged: frozenset[str] = frozenset()


def slips(key: KeyLine, line: Line, setup: Setup) -> list[Slip]:
    """What is wrong beside the code, whether that is right or near."""
    return [*slips_of_line(key, line, setup), *_pointers(key, line, setup)]


def slips_of_line(key: KeyLine, line: Line, setup: Setup) -> list[Slip]:
    """Without pointers, which ask for other lines."""
    if line.is_diagnosis:
        return _role(key, line, setup) or _poa(key, line, setup)
    return [*_modifiers(key, line, setup), *_units(key, line, setup)]


def credit_of(found: Sequence[Slip]) -> float:
    """Several errors count as the worst of them."""
    return min((slip.credit for slip in found), default=1.0)


def _role(key: KeyLine, line: Line, setup: Setup) -> list[Slip]:
    """An admitting diagnosis that is reported as another, or the other way round: it has no POA indicator."""
    if key.pool == line.pool:
        return []
    return [Slip(Verdict.SEQUENCING, setup.policy.sequencing_credit)]


def _poa(key: KeyLine, line: Line, setup: Setup) -> list[Slip]:
    """Of inpatient claims alone, and where the key names an indicator."""
    if not setup.inpatient or not key.poa or key.poa == line.poa or {key.poa, line.poa} <= EXEMPT:
        return []
    return [Slip(Verdict.POA, setup.policy.poa_credit)]


def _modifiers(key: KeyLine, line: Line, setup: Setup) -> list[Slip]:
    """Their order is free. One for one they are wrong; what is left over is missing or extra."""
    wanted, given = Counter(key.modifiers), Counter(line.modifiers)
    missing, extra = sorted((wanted - given).elements()), sorted((given - wanted).elements())
    wrong = min(len(missing), len(extra))
    credit = setup.policy.modifier_credit
    told = (
        (Verdict.MODIFIER_WRONG, tuple(missing[:wrong]), tuple(extra[:wrong])),
        (Verdict.MODIFIER_MISSING, tuple(missing[wrong:]), ()),
        (Verdict.MODIFIER_EXTRA, (), tuple(extra[wrong:])),
    )
    return [Slip(verdict, credit, lacks, has) for verdict, lacks, has in told if lacks or has]


def _units(key: KeyLine, line: Line, setup: Setup) -> list[Slip]:
    if line.system == System.ICD10PCS or key.units == line.units:
        return []
    return [Slip(Verdict.UNITS, setup.policy.units_credit)]


def _pointers(key: KeyLine, line: Line, setup: Setup) -> list[Slip]:
    """A right code that points wrongly earns no less than a near one: see scores.py for what rests on it."""
    if line.is_diagnosis or not faults(key, line, setup.reached):
        return []
    if line.id not in setup.charged:
        return [Slip(Verdict.POINTER, 1.0, elsewhere=True)]
    policy = setup.policy
    return [Slip(Verdict.POINTER, max(policy.pointer_credit, policy.same_category_credit))]
