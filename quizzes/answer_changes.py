"""Whether changing answers helped: the first whole answer beside the last one, by the real grader."""

from collections.abc import Iterable
from dataclasses import dataclass

from quizzes.reports import ItemFeedback


@dataclass(frozen=True)
class ChangeRow:
    """words: "Wrong to right"; positions: the items, in their order."""

    words: str
    positions: list[int]

    @property
    def count(self) -> int:
        return len(self.positions)


@dataclass(frozen=True)
class Changes:
    """rows: always the four ways that a change can go. said: one sentence with the counts."""

    rows: list[ChangeRow]
    said: str

    @property
    def total(self) -> int:
        return sum(row.count for row in self.rows)


# Whether the first answer was right, whether the last one is.
_WAYS = {
    (False, True): "Wrong to right",
    (True, False): "Right to wrong",
    (False, False): "Wrong to wrong",
    (True, True): "Right to right",
}


def count_changes(items: Iterable[ItemFeedback]) -> Changes:
    """Of the items that count, those whose answer was another one first."""
    ways: dict[tuple[bool, bool], list[int]] = {way: [] for way in _WAYS}
    for item in items:
        if item.scored and item.first:
            ways[item.first.right, item.right].append(item.position)
    rows = [ChangeRow(words, ways[way]) for way, words in _WAYS.items()]
    return Changes(rows, _said(len(ways[False, True]), len(ways[True, False]), sum(map(len, ways.values()))))


def _said(gained: int, lost: int, total: int) -> str:
    if not total:
        return "You changed no answer."
    changed = f"You changed {total} answer{'' if total == 1 else 's'}: {gained} became right, {lost} wrong. "
    if gained == lost:
        return f"{changed}Changing neither helped nor cost you anything here."
    items = abs(gained - lost)
    return (
        f"{changed}Changing {'won' if gained > lost else 'cost'} you {items} item{'' if items == 1 else 's'}."
    )
