"""The instructional notes of a release's digest: each change in a sentence, with the note's own words.

What a kind of note asks of a coder is the Official Guidelines' word: I.A.12 (Excludes), I.A.13 (code first,
use additional code), I.A.17 (code also).
"""

from collections import defaultdict
from collections.abc import Iterable

from codesets.diff import NoteDifference
from codesets.digest_values import NoteNews
from codesets.likeness import folded
from codesets.models import NoteKind
from codesets.note_changes import NoteFate
from codesets.printed import Word, word_diff

MAY_BOTH = "you may report both codes when the record documents both conditions"
NEED_BOTH = "both codes may be needed, and the encounter decides which comes first"
KIND_CHANGES = {
    (NoteKind.EXCLUDES1, NoteKind.EXCLUDES2): MAY_BOTH,
    (NoteKind.EXCLUDES2, NoteKind.EXCLUDES1): "the two are not reported together any more",
    (NoteKind.EXCLUDES1, NoteKind.CODE_ALSO): NEED_BOTH,
    (NoteKind.EXCLUDES2, NoteKind.CODE_ALSO): NEED_BOTH,
    (NoteKind.USE_ADDITIONAL, NoteKind.CODE_ALSO): NEED_BOTH,
    (NoteKind.CODE_FIRST, NoteKind.CODE_ALSO): NEED_BOTH,
    (NoteKind.CODE_ALSO, NoteKind.CODE_FIRST): "what the note names comes first now",
    (NoteKind.CODE_ALSO, NoteKind.USE_ADDITIONAL): "what the note names comes second now",
}
FATES = {NoteFate.ADDED: "new", NoteFate.REMOVED: "gone", NoteFate.REWORDED: "worded differently"}
SMALL = frozenset({NoteKind.INCLUSION_TERM, NoteKind.INCLUDES})


def news(differences: Iterable[NoteDifference]) -> list[NoteNews]:
    """Changes of kind first, then what is new or gone, then what is small; each by sentence and owner."""
    groups: dict[tuple[str, ...], list[NoteDifference]] = defaultdict(list)
    for each in differences:
        groups[each.owner, each.code, each.change, each.was_kind or "", each.kind].append(each)
    told = [_told(group) for group in groups.values()]
    return sorted(told, key=lambda each: (each.small, not each.was_kind, each.said, each.owner))


def _told(group: list[NoteDifference]) -> NoteNews:
    first = group[0]
    changed = first.change == NoteFate.KIND_CHANGED
    return NoteNews(
        owner_kind=first.owner,
        owner=first.code,
        display=first.display,
        title=first.title,
        said=_kind_change(first)
        if changed
        else f"{NoteKind(first.kind).label}, {FATES[NoteFate(first.change)]}:",
        lines=tuple(_words(each) for each in group),
        small=not changed and (first.kind in SMALL or first.change == NoteFate.REWORDED),
        kind=first.kind,
        was_kind=(first.was_kind or "") if changed else "",
    )


def _kind_change(note: NoteDifference) -> str:
    was, now = NoteKind(note.was_kind or note.kind), NoteKind(note.kind)
    meaning = KIND_CHANGES.get((was, now))
    became = f"{was.label} became {now.label}"
    return f"{became}: {meaning}." if meaning else f"{became}."


def _words(note: NoteDifference) -> tuple[Word, ...]:
    text = note.text.lstrip(" ,")
    was = (note.was or "").lstrip(" ,")
    if note.change == NoteFate.REWORDED or (was and folded(was) != folded(text)):
        return tuple(word_diff(was, text))
    return (Word("", text),)
