"""Code entry: the coder writes one code. How near a wrong code is decides the verdict, not the credit.

A verdict is given only where code and official title prove it; what they do not prove is `same_category` or
`wrong_category`.
"""

from collections.abc import Mapping, Sequence

from codesets.systems import System, display, normalize
from quizzes.grading.values import (
    BookFacts,
    CodeFacts,
    Finding,
    Grade,
    Line,
    Policy,
    Severity,
    Verdict,
    scores_of_one,
)

SIDES = frozenset({"right", "left", "bilateral"})
UNSPECIFIED = "unspecified"
# Diabetes with an eye complication: the seventh character is the eye, not the encounter.
EYE_CATEGORIES = frozenset({"E08", "E09", "E10", "E11", "E13"})
EYE_SUBCATEGORIES = frozenset({"32", "33", "34", "35", "37"})
NEAR = frozenset({Verdict.LATERALITY, Verdict.SEVENTH_CHARACTER, Verdict.SPECIFICITY, Verdict.SAME_CATEGORY})

WHY = {
    Verdict.CORRECT: "",
    Verdict.MISSING: "No code was entered.",
    Verdict.TRUNCATED: "{answer} is not at its full length: the book divides it further.",
    Verdict.LATERALITY: "{answer} names another side than the record does.",
    Verdict.SPECIFICITY: "{answer} leaves the side unspecified though the record names it.",
    Verdict.SEVENTH_CHARACTER: "Only the seventh character of {answer} differs: read what it stands for.",
    Verdict.SAME_CATEGORY: "{answer} is in the right category; compare the titles within it.",
    Verdict.WRONG_CATEGORY: "{answer} names something else: compare its title with the record.",
    Verdict.INVALID: "{answer} is not a code of the release in force on the date of service.",
    Verdict.NOT_VERIFIABLE: "No release is loaded that could confirm {answer}.",
}


def grade_code_entry(
    key: Mapping[str, str],
    accept: Sequence[Mapping[str, str]],
    answer: Mapping[str, str] | None,
    facts: BookFacts,
    policy: Policy,
) -> Grade:
    """key: {"system", "code"}; accept: the same with "why"; answer: {"system", "code"} or None.

    Codes may carry their dot. Full credit for the key and for what the item accepts; in practice a quarter
    for a reportable code of the same category; nothing otherwise.
    """
    wanted = display(key["system"], normalize(key["code"]))
    if answer is None or not normalize(answer["code"]):
        missing = Line(None, wanted, (Verdict.MISSING,), Severity.CRITICAL, 0.0, WHY[Verdict.MISSING])
        return _grade(missing, facts)
    given = (answer["system"], normalize(answer["code"]))
    shown = display(*given)
    if given == (key["system"], normalize(key["code"])):
        return _grade(Line(shown, wanted, (Verdict.CORRECT,), Severity.INFORMATION, 1.0), facts)
    for other in accept:
        if given == (other["system"], normalize(other["code"])):
            why = other.get("why", "")
            accepted = Line(shown, wanted, (Verdict.ALTERNATIVE_ACCEPTED,), Severity.INFORMATION, 1.0, why)
            return _grade(accepted, facts)
    verdicts = _verdicts((key["system"], normalize(key["code"])), given, facts)
    known = facts.codes.get(given)
    near = known is not None and known.billable and NEAR.issuperset(verdicts)
    line = Line(
        shown,
        wanted,
        verdicts,
        Severity.WARNING if near else Severity.CRITICAL,
        policy.same_category_credit if near else 0.0,
        " ".join(WHY[verdict].format(answer=shown) for verdict in verdicts),
    )
    return _grade(line, facts, _findings(given, shown, known, facts))


def _grade(line: Line, facts: BookFacts, findings: tuple[Finding, ...] = ()) -> Grade:
    return Grade(line.credit, scores_of_one(line.credit), (line,), findings, dict(facts.releases))


def _verdicts(key: tuple[str, str], given: tuple[str, str], facts: BookFacts) -> tuple[Verdict, ...]:
    known = facts.codes.get(given)
    truncated = key[0] == given[0] and key[1].startswith(given[1])
    if given[0] not in facts.releases:
        shape = Verdict.TRUNCATED if truncated else _shape(key, given, None, None)
        return (shape, Verdict.NOT_VERIFIABLE)
    if known is None:
        return (Verdict.TRUNCATED, Verdict.INVALID) if truncated else (Verdict.INVALID,)
    if truncated:
        return (Verdict.TRUNCATED,)
    shape = _shape(key, given, facts.codes.get(key), known)
    return (shape,) if known.billable else (Verdict.TRUNCATED, shape)


def _shape(
    key: tuple[str, str], given: tuple[str, str], wanted: CodeFacts | None, known: CodeFacts | None
) -> Verdict:
    """How two different codes differ. Only ICD-10-CM has categories that a code's characters show."""
    if key[0] != given[0] or key[0] != System.ICD10CM or key[1][:3] != given[1][:3]:
        return Verdict.WRONG_CATEGORY
    side = _side(wanted.title, known.title) if wanted and known else None
    if side:
        return side
    if len(key[1]) == len(given[1]) == 7 and key[1][:6] == given[1][:6]:
        eye = key[1][:3] in EYE_CATEGORIES and key[1][3:5] in EYE_SUBCATEGORIES
        return Verdict.LATERALITY if eye else Verdict.SEVENTH_CHARACTER
    return Verdict.SAME_CATEGORY


def _side(wanted: str, known: str) -> Verdict | None:
    """Titles that differ in nothing but the side that they name."""
    pairs = list(zip(_words(wanted), _words(known), strict=False))
    if len(_words(wanted)) != len(_words(known)):
        return None
    differing = [pair for pair in pairs if pair[0] != pair[1]]
    if not differing or any(first not in SIDES for first, _ in differing):
        return None
    if all(second in SIDES for _, second in differing):
        return Verdict.LATERALITY
    if all(second == UNSPECIFIED for _, second in differing):
        return Verdict.SPECIFICITY
    return None


def _words(title: str) -> list[str]:
    return title.lower().replace(",", " ").split()


def _findings(
    given: tuple[str, str], shown: str, known: CodeFacts | None, facts: BookFacts
) -> tuple[Finding, ...]:
    label = facts.releases.get(given[0])
    if label is None or (known and known.billable):
        return ()
    if known is None:
        return (
            Finding("invalid", Severity.CRITICAL, (shown,), f"{shown} is not in the release {label}.", label),
        )
    message = f"{shown} is a header, not valid for submission: the release {label} divides it further."
    return (Finding("truncated", Severity.CRITICAL, (shown,), message, label, quote=known.title),)
