"""Which answered line stands for which line of the key: least total cost, and the right codes first. Pure.

Two passes. The first pairs lines whose code is right, exact or accepted: as many as can be, the lines that
count before the optional ones, then so that least is wrong beside the codes, and of lines that are alike in
all that so that fewest pointers are wrong. The second pairs what is left, within one system, by the distance
of the codes below the ceiling: as many as can earn the credit for a near code, then as many as can be, then
so that what stays alone is what costs least there (scores.py), then at the least cost. An unpaired line costs
as much as the ceiling, so more pairs always cost less than fewer. How many pairs there are, and how many may
earn, is settled by the lines alone; which of several equal pairings is taken, by their contents and never by
their places.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from codesets.rules.facts import Facts
from quizzes.grading.claims import compare
from quizzes.grading.claims.compare import Difference
from quizzes.grading.claims.lines import KeyLine, Line, Record
from quizzes.grading.claims.shape import UNRELATED

# Gains in which a higher aim outweighs any sum of lower ones over 60 lines, the most that a claim has.
_COUNTED, _RIGHT, _CREDIT, _EXACT, _SAME_ROLE, _POINTER = 10**15, 10**13, 10**8, 10**6, 10**4, -1
_NEAR, _PAIR, _WHOLE, _COST = 10**12, 10**9, 10**6, 2000
_BEYOND = 10**18  # more than any pairing gains

Edge = tuple[int, int]
Fit = Callable[[KeyLine, Line], tuple[float, int]]


@dataclass(frozen=True)
class Near:
    key: KeyLine
    difference: Difference


@dataclass(frozen=True)
class Pairing:
    """By the id of the answered line. `related`: unpaired lines with a code that would earn in the place of
    some line of the key.
    """

    right: Mapping[str, KeyLine]
    near: Mapping[str, Near]
    related: frozenset[str]


def pair_right(keys: Sequence[KeyLine], lines: Sequence[Line], fit: Fit) -> dict[str, KeyLine]:
    """The key's lines beside those that meet them by a right code. `fit` is what a pair would earn, pointers
    aside, and how many pointers are wrong.
    """
    keys, lines = _ordered(keys), _ordered(lines)
    met: dict[tuple[str, str], list[int]] = defaultdict(list)
    for at, key in enumerate(keys):
        for code in {(key.system, key.code), *key.accepted}:
            met[code].append(at)
    gains = {
        (at, number): _right_gain(keys[at], line, fit)
        for number, line in enumerate(lines)
        for at in met.get((line.system, line.code), ())
    }
    return {lines[number].id: keys[at] for at, number in best_pairs(gains)}


def pair_near(record: Record, lines: Iterable[Line], right: Mapping[str, KeyLine], facts: Facts) -> Pairing:
    """What `right` leaves, beside the lines of the key that count.

    A code that the key has for some line is no slip on another: once more than it has it, it stands alone.
    """
    taken = {key.id for key in right.values()}
    rest = _ordered(
        line
        for line in lines
        if line.id not in right and (line.pool, line.system, line.code) not in record.codes
    )
    keys = _ordered(record.counted)
    costs = {
        (at, number): cost
        for number, line in enumerate(rest)
        for at, key in enumerate(keys)
        if (cost := _cost(record, key, line, facts)).value < UNRELATED
    }
    related = {number for (_, number), cost in costs.items() if cost.earns}
    gains = {
        (at, number): _near_gain(keys[at], rest[number], cost, number in related)
        for (at, number), cost in costs.items()
        if keys[at].id not in taken
    }
    found = {number: keys[at] for at, number in best_pairs(gains)}
    near = {
        rest[number].id: Near(key, compare.compare(key.system, key.code, rest[number].code, facts))
        for number, key in found.items()
    }
    return Pairing(right, near, frozenset(rest[number].id for number in related - found.keys()))


def best_pairs(gains: Mapping[Edge, int]) -> list[Edge]:
    """The pairing of two sides by their numbers with the greatest sum of positive gains.

    Each connected part apart: most lines of a claim have one candidate or none.
    """
    return [pair for part in _parts(gains) for pair in _best_of_part(part)]


def _right_gain(key: KeyLine, line: Line, fit: Fit) -> int:
    credit, wrong_pointers = fit(key, line)
    gain = _RIGHT + wrong_pointers * _POINTER
    if not key.optional:
        gain += _COUNTED + round(credit * 1000) * _CREDIT
    if line.code == key.code:
        gain += _EXACT
    return gain + (_SAME_ROLE if line.role == key.role else 0)


class _Cost(NamedTuple):
    """value: from UNRELATED on the two do not meet. earns: where near codes earn, this one would."""

    value: float
    earns: bool


def _cost(record: Record, key: KeyLine, line: Line, facts: Facts) -> _Cost:
    if key.pool != line.pool or key.system != line.system:
        return _Cost(UNRELATED, False)
    value, near = compare.weigh(line.system, key.code, line.code, facts)
    return _Cost(value, may_earn(record, key, line, near))


def may_earn(record: Record, key: KeyLine, line: Line, near: bool) -> bool:
    """Whether a pair of near codes earns the policy's credit for them."""
    return near and not key.given and (line.system, line.code) not in record.not_coded


def _near_gain(key: KeyLine, line: Line, cost: _Cost, related: bool) -> int:
    gain = _PAIR + round((UNRELATED - cost.value) * _COST)
    if cost.earns:
        gain += _NEAR
    if not related:
        gain += _WHOLE
    return gain + (line.role == key.role)


def _ordered(lines):
    return sorted(lines, key=lambda line: line.content)


def _parts(gains: Mapping[Edge, int]) -> Iterable[dict[Edge, int]]:
    """The connected parts of the graph of candidates."""
    of_key: dict[int, list[int]] = defaultdict(list)
    of_line: dict[int, list[int]] = defaultdict(list)
    for at, number in gains:
        of_key[at].append(number)
        of_line[number].append(at)
    seen: set[int] = set()
    for start in of_key:
        if start in seen:
            continue
        part: dict[Edge, int] = {}
        waiting = [start]
        seen.add(start)
        while waiting:
            at = waiting.pop()
            for number in of_key[at]:
                part[at, number] = gains[at, number]
                fresh = [other for other in of_line[number] if other not in seen]
                seen.update(fresh)
                waiting += fresh
        yield part


def _best_of_part(part: Mapping[Edge, int]) -> list[Edge]:
    if len(part) == 1:
        return list(part)
    rows, columns = (sorted({edge[side] for edge in part}) for side in (0, 1))
    turned = len(rows) > len(columns)
    if turned:
        rows, columns = columns, rows
    costs = [[-part.get((column, row) if turned else (row, column), 0) for column in columns] for row in rows]
    pairs = ((rows[at], columns[to]) for at, to in enumerate(_assign(costs)))
    edges = [(column, row) if turned else (row, column) for row, column in pairs]
    return [edge for edge in edges if edge in part]


def _assign(costs: Sequence[Sequence[int]]) -> list[int]:
    """The column of each row at the least total cost, at most as many rows as columns.

    The Hungarian method with potentials (Kuhn 1955, Munkres 1957): rows are added one after the other along
    a shortest augmenting path.
    """
    wide = len(costs[0])
    of_row, of_column = [0] * (len(costs) + 1), [0] * (wide + 1)  # potentials, from 1
    row_at = [0] * (wide + 1)  # the row that has each column
    for row in range(1, len(costs) + 1):
        row_at[0], column = row, 0
        least, came_from = [_BEYOND] * (wide + 1), [0] * (wide + 1)
        visited = [False] * (wide + 1)
        while row_at[column]:
            visited[column] = True
            at, step, following = row_at[column], _BEYOND, 0
            line, base = costs[at - 1], of_row[at]
            for other in range(1, wide + 1):
                if visited[other]:
                    continue
                reduced = line[other - 1] - base - of_column[other]
                if reduced < least[other]:
                    least[other], came_from[other] = reduced, column
                if least[other] < step:
                    step, following = least[other], other
            for other in range(wide + 1):
                if visited[other]:
                    of_row[row_at[other]] += step
                    of_column[other] -= step
                else:
                    least[other] -= step
            column = following
        while column:
            row_at[column] = row_at[came_from[column]]
            column = came_from[column]
    found = [0] * len(costs)
    for column in range(1, wide + 1):
        if row_at[column]:
            found[row_at[column] - 1] = column - 1
    return found
