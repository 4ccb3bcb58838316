"""Code entry: the coder writes one code. How near a wrong one is decides its verdict and what it earns."""

from collections.abc import Mapping, Sequence

from codesets.rules.facts import Facts
from codesets.systems import SYSTEMS, System, display, normalize
from quizzes.grading.claims.compare import Difference, compare, official_words
from quizzes.grading.claims.standing import standing
from quizzes.grading.values import Finding, Grade, Line, Policy, Severity, Verdict, releases_of, scores_of_one

Entry = tuple[str, str]  # system and stored code


def grade_code_entry(
    key: Mapping[str, str],
    accept: Sequence[Mapping[str, str]],
    answer: Mapping[str, str] | None,
    facts: Facts,
    policy: Policy,
) -> Grade:
    """key: {"system", "code"}; accept: the same with "why"; answer: {"system", "code"} or None.

    Codes may carry their dot. Full credit for the key and for what the item accepts; the policy's share for a
    reportable code of the same category; nothing otherwise.
    """
    wanted, given = _entry(key), _entry(answer) if answer else ("", "")
    right = display(*wanted)
    if not given[1]:
        words = official_words(*wanted, facts)
        line = Line(None, right, (Verdict.MISSING,), Severity.CRITICAL, 0.0, "No code was entered.", *words)
        return _grade(line, facts)
    whys = {_entry(other): other.get("why", "") for other in accept}
    if given == wanted or given in whys:
        verdict = Verdict.CORRECT if given == wanted else Verdict.ALTERNATIVE_ACCEPTED
        why = "" if given == wanted else whys[given]
        words = official_words(*given, facts)
        line = Line(display(*given), right, (verdict,), Severity.INFORMATION, 1.0, why, *words)
        return _grade(line, facts)
    found = _difference(wanted, given, facts)
    line = Line(
        display(*given),
        right,
        found.verdicts,
        Severity.WARNING if found.near else Severity.CRITICAL,
        policy.same_category_credit if found.near else 0.0,
        found.why,
        found.quote,
        found.source,
    )
    finding = standing(*given, facts).finding
    return _grade(line, facts, (finding,) if finding else ())


def _entry(code: Mapping[str, str]) -> Entry:
    return code["system"], normalize(code["code"])


def _difference(wanted: Entry, given: Entry, facts: Facts) -> Difference:
    """The same characters in another system are another code."""
    if wanted[0] == given[0]:
        return compare(wanted[0], wanted[1], given[1], facts)
    stands = standing(*given, facts)
    verdicts = tuple(dict.fromkeys((Verdict.WRONG_CATEGORY, *stands.verdicts)))
    systems = [SYSTEMS[System(entry[0])].name for entry in (given, wanted)]
    why = f"{display(*given)} is entered as {systems[0]}; report {display(*wanted)} of {systems[1]}."
    return Difference(verdicts, 1.0, False, why, *official_words(*wanted, facts))


def _grade(line: Line, facts: Facts, findings: tuple[Finding, ...] = ()) -> Grade:
    return Grade(line.credit, scores_of_one(line.credit), (line,), findings, releases_of(facts))
