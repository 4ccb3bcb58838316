"""Pointers: which right diagnoses a procedure lacks or should not point to, and which lines pay. Pure.

A diagnosis that is missing or has another code is charged on its own line, so that no pointer is judged by
it; nor by an optional one. What is left is told on every line, and each diagnosis is charged once, on one of
the lines that err about it, different diagnoses on different lines as far as that can be.

The lines that can be charged together are the independent sets of a matroid (they can be matched to
diagnoses that they err about). The charged ones are its first basis in the order of what stands in a line and
in its line of the key, whatever their places are. So the order of the lines changes nothing: how many of the
lines with the same contents are charged is settled by ranks, and which of them are, nobody can tell. Without
one diagnosis the matroid is a quotient of what it was (the diagnosis taken by a line of its own, contracted),
of which the first basis lies in the first basis of the other and has one line less at most: whoever leaves a
diagnosis out frees one charge at most. A line that errs about nothing has no part in it.
"""

from collections.abc import Iterable, Mapping

from quizzes.grading.claims.lines import KeyLine, Line

Reached = Mapping[int, KeyLine]  # the line of the key that an answered diagnosis is right for, by its number


def faults(key: KeyLine, line: Line, reached: Reached) -> list[KeyLine]:
    """The diagnoses about which the line errs: wanted and not pointed to, or the other way round. A line that
    was given began without pointers to what was still to be coded.
    """
    if not key.pointers:
        return []
    pointed = {reached[number].number for number in line.pointers if number in reached}
    return [
        each
        for each in {each.number: each for each in reached.values()}.values()
        if (each.number in key.pointers) != (each.number in pointed)
        and not each.optional
        and (each.given or not key.given)
    ]


def charged(pairs: Iterable[tuple[KeyLine, Line]], reached: Reached) -> frozenset[str]:
    """The ids of the answered lines that pay; `pairs` are the procedures with right codes that count."""
    ordered = sorted(pairs, key=lambda pair: (pair[0].content, pair[1].content))
    causes = [[each.id for each in faults(key, line, reached)] for key, line in ordered]
    payer: dict[str, int] = {}

    def pays(at: int, asked: set[str]) -> bool:
        """An augmenting path; who pays already goes on to pay."""
        for cause in causes[at]:
            if cause in asked:
                continue
            asked.add(cause)
            if cause not in payer or pays(payer[cause], asked):
                payer[cause] = at
                return True
        return False

    for at in range(len(ordered)):
        pays(at, set())
    return frozenset(ordered[at][1].id for at in payer.values())
