"""Excludes notes between the diagnoses of a claim. Pure."""

from collections import defaultdict
from collections.abc import Iterator

from codesets.rules.case import Case, Rule, shown, source_of
from codesets.rules.facts import CodeFact
from codesets.rules.notes import NoteLine, is_line_of, read
from codesets.rules.sides import Side, sided
from codesets.rules.values import Finding, Severity

KINDS = frozenset({"excludes1", "excludes2"})
SIDED_CHAPTERS = frozenset({"7", "8", "13", "19"})  # eye, ear, musculoskeletal, injuries


def excludes(case: Case) -> Iterator[Finding]:
    """Official Guidelines I.A.12: Excludes1 and Excludes2 notes, own and inherited, at either code of a pair.

    One finding a pair. Notes of code, subcategory and category go before those of block and chapter, and
    Excludes1 before Excludes2 of the same level; Excludes2 of block and chapter say nothing. Excludes1 is
    never more than a warning, because I.A.12.a allows both codes for unrelated conditions, as those of a left
    and a right eye, ear, joint or limb are.
    """
    for (one, other), lines in _pairs(case).items():
        if _are_apart(case.known[one][1], case.known[other][1]):
            continue
        closest = [line for line in lines if line.note.owner_kind == "code"] or lines
        strict = [line for line in closest if line.note.kind == "excludes1"]
        mild = [line for line in closest if line.note.kind == "excludes2"]
        if strict:
            yield _excludes1(case, (one, other), strict[0], mild)
        elif closest[0].note.owner_kind == "code":
            yield _excludes2(case, (one, other), mild[0])


def _pairs(case: Case) -> dict[tuple[int, int], list[NoteLine]]:
    """By the places of two codes among the known ones, every line at one that names the other."""
    pairs: dict[tuple[int, int], list[NoteLine]] = defaultdict(list)
    if case.tabular is None:
        return pairs
    place = {fact.code: number for number, (_, fact) in enumerate(case.known)}
    ordered = sorted(place)
    for code, number in place.items():
        for line in read(case.tabular, code, KINDS):
            for other in line.named(ordered):
                if not is_line_of(code, other):
                    pairs[min(number, place[other]), max(number, place[other])].append(line)
    return pairs


def _are_apart(one: CodeFact, other: CodeFact) -> bool:
    if one.chapter not in SIDED_CHAPTERS or other.chapter not in SIDED_CHAPTERS:
        return False
    sides = {told.side for fact in (one, other) if (told := sided(fact.title))}
    return sides == {Side.LEFT, Side.RIGHT}


def _excludes1(case: Case, pair: tuple[int, int], line: NoteLine, mild: list[NoteLine]) -> Finding:
    one, other = (case.known[place][0] for place in pair)
    both = f"{shown(one.code)} and {shown(other.code)}"
    quotes = [line.quote]
    if mild:
        quotes.append(mild[0].quote)
        message = (
            f"{both} stand under an Excludes1 and an Excludes2 note: check which of the two describes your "
            "patient before you report both."
        )
    else:
        message = (
            f"Are {both} related? If so, report only one of them; both are right for unrelated conditions."
        )
    return case.finding(
        "excludes1",
        Severity.WARNING,
        (one, other),
        message,
        quote="\n".join(quotes),
        source=source_of(line.note),
    )


def _excludes2(case: Case, pair: tuple[int, int], line: NoteLine) -> Finding:
    one, other = (case.known[place][0] for place in pair)
    message = (
        f"{shown(one.code)} and {shown(other.code)} are two conditions: report both if the record has both."
    )
    return case.finding(
        "excludes2",
        Severity.INFORMATION,
        (one, other),
        message,
        quote=line.quote,
        source=source_of(line.note),
    )


RULES: tuple[Rule, ...] = (excludes,)
