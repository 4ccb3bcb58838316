"""Two versions of a text line by line, and inside changed lines word by word. Pure."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher

_WORDS = re.compile(r"\s+|[^\s]+")
CONTEXT = 2


@dataclass(frozen=True)
class Span:
    text: str
    changed: bool


@dataclass(frozen=True)
class DiffRow:
    """kind: same, changed, removed, added, or gap (`skipped` lines left out). Lines count from 1."""

    kind: str
    old_line: int | None = None
    new_line: int | None = None
    old: tuple[Span, ...] = ()
    new: tuple[Span, ...] = ()
    skipped: int = 0


def compare(old: str, new: str, *, context: int = CONTEXT) -> list[DiffRow]:
    """Rows for a two-column table; unchanged stretches keep `context` lines beside each change."""
    before, after = old.splitlines(), new.splitlines()
    rows: list[DiffRow] = []
    matcher = SequenceMatcher(None, before, after, autojunk=False)
    for tag, i1, i2, j1, j2 in matcher.get_opcodes():
        if tag == "equal":
            rows.extend(
                DiffRow("same", i + 1, j + 1, (Span(before[i], False),), (Span(after[j], False),))
                for i, j in zip(range(i1, i2), range(j1, j2), strict=True)
            )
        else:
            rows.extend(_changed(before[i1:i2], after[j1:j2], i1, j1))
    return list(_folded(rows, context))


def _changed(before: list[str], after: list[str], i1: int, j1: int) -> Iterator[DiffRow]:
    for offset in range(max(len(before), len(after))):
        has_old, has_new = offset < len(before), offset < len(after)
        if has_old and has_new:
            old, new = _words(before[offset], after[offset])
            yield DiffRow("changed", i1 + offset + 1, j1 + offset + 1, old, new)
        elif has_old:
            yield DiffRow("removed", old_line=i1 + offset + 1, old=(Span(before[offset], True),))
        else:
            yield DiffRow("added", new_line=j1 + offset + 1, new=(Span(after[offset], True),))


def _words(before: str, after: str) -> tuple[tuple[Span, ...], tuple[Span, ...]]:
    old_words, new_words = _WORDS.findall(before), _WORDS.findall(after)
    old, new = [], []
    for tag, i1, i2, j1, j2 in SequenceMatcher(None, old_words, new_words, autojunk=False).get_opcodes():
        if i1 < i2:
            old.append(Span("".join(old_words[i1:i2]), tag != "equal"))
        if j1 < j2:
            new.append(Span("".join(new_words[j1:j2]), tag != "equal"))
    return tuple(old), tuple(new)


def _folded(rows: list[DiffRow], context: int) -> Iterator[DiffRow]:
    changed = [index for index, row in enumerate(rows) if row.kind != "same"]
    near = {index + step for index in changed for step in range(-context, context + 1)}
    skipped = 0
    for index, row in enumerate(rows):
        if row.kind == "same" and index not in near:
            skipped += 1
            continue
        if skipped:
            yield DiffRow("gap", skipped=skipped)
            skipped = 0
        yield row
    if skipped:
        yield DiffRow("gap", skipped=skipped)
