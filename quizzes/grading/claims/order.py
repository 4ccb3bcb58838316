"""The orders that bind: which diagnosis is principal or first-listed, and the key's `before`. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from quizzes.grading.claims.lines import DIAGNOSES, LEADING, KeyLine, Line, Record, leader


@dataclass(frozen=True)
class Orders:
    """first: the line that wrongly stands first, and principal: the answered line that should.

    more: lines that are marked as leading beside the one that leads. late: by the id of a line that comes too
    late, the line that it should stand before. charged: the ids of those that lose credit.
    """

    first: Line | None = None
    principal: Line | None = None
    more: tuple[Line, ...] = ()
    late: Mapping[str, Line] = field(default_factory=dict)
    charged: frozenset[str] = frozenset()


def judge_orders(
    record: Record, lines: Sequence[Line], right: Mapping[str, KeyLine], near: Mapping[str, KeyLine]
) -> Orders:
    """One slip is charged once: a swap costs the line that belongs first, though both lines are told of it.
    A second line that is marked as leading is an error of its own.

    A broken order of `before` charges the line that comes too late, unless one of its two lines answers for
    another broken order already. So the charged orders are disjoint pairs, taken greedily in the key's
    sequence. Without one line, those pairs are the same but for one alternating path that begins at it:
    at most one charge fewer. Whoever takes a right line away loses it whole and frees at most one charge.
    Only lines with right codes that count are charged or answer for anything, so that no other line, near
    or unrelated, can free them: it may only take the first place from a line that belonged there. Lines that
    were given stand where the form has them, and bind to no order but the first place.
    """
    stands, held = leader(lines), _held(record.principal, lines, right, near)
    is_misplaced = stands is not None and held is not None and held.id != stands.id
    first, principal = (stands, held) if is_misplaced else (None, None)
    others = [line for line in lines if line.pool == DIAGNOSES and line.role in LEADING]
    more = tuple(line for line in others if line not in (stands, principal))
    charged = {line.id for line in (principal, *more) if line and _counts(right.get(line.id))}
    used = {line.id for line in (first, principal) if line and principal and principal.id in charged}
    by_key = {key.id: line for line in lines if (key := right.get(line.id)) is not None}
    late: dict[str, Line] = {}
    for earlier, later in record.before:
        ahead, behind = by_key.get(earlier.id), by_key.get(later.id)
        if ahead is None or behind is None or not (earlier.is_own and later.is_own):
            continue
        if {ahead.id, behind.id} & used or _place(ahead, held) < _place(behind, held):
            continue
        used |= {ahead.id, behind.id}
        charged.add(ahead.id)
        late[ahead.id] = behind
    return Orders(first, principal, more, late, frozenset(charged))


def _counts(key: KeyLine | None) -> bool:
    return key is not None and not key.optional


def _held(
    principal: KeyLine | None,
    lines: Sequence[Line],
    right: Mapping[str, KeyLine],
    near: Mapping[str, KeyLine],
) -> Line | None:
    """The answered line that stands for the key's principal diagnosis."""
    if principal is None:
        return None
    for pairs in (right, near):
        for line in lines:
            if (key := pairs.get(line.id)) is not None and key.id == principal.id:
                return line
    return None


def _place(line: Line, held: Line | None) -> tuple[int, int]:
    """The principal diagnosis stands first wherever its row is, if its role says so."""
    leads = held is not None and line.id == held.id and line.role in LEADING
    return 0 if leads else 1, line.number
