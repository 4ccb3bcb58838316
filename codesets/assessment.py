"""What a release changes for the content that cites its codes: each piece with what to do, the worst first.

Content chooses its book by its own date. What is dated in the days of the release is read and graded with it
and can be wrong; what is dated before keeps its own book and only grows old. The two are told apart.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from django.db import connection
from django.db.models import F

from accounts.models import User
from codesets import selectors
from codesets.advice import INVALID, CodeChange, Hit, What, advise
from codesets.catalog import release_info
from codesets.diff import NoteDifference, ReleaseDiff, diff_releases
from codesets.impact import Citation, ImpactRow, Question, ask
from codesets.licensing import readable_systems
from codesets.models import Note, NoteKind, Release, ReleaseState
from codesets.note_changes import NoteFate
from codesets.systems import SYSTEMS, display
from codesets.values import ReleaseInfo

CRITICAL, WARNING, INFORMATION = "critical", "warning", "information"
Changes = Mapping[str, list[CodeChange]]  # by stored code
Owner = tuple[str, str]  # of a note: code, block or chapter, and its name
FATES = {NoteFate.ADDED: "new", NoteFate.REMOVED: "gone", NoteFate.REWORDED: "reworded"}
# Everything that stands below the owners of notes. With the collation of the column "~" follows all that a
# code can hold, so the range is what begins with the owner's own characters.
_BELOW = """
WITH owner AS (SELECT * FROM unnest(%(kinds)s::text[], %(names)s::text[]) AS o (kind, name))
SELECT c.code, o.kind, o.name FROM owner o JOIN codesets_code c
    ON o.kind = 'code' AND c.code > o.name AND c.code < o.name || '~'
WHERE c.release_id = ANY(%(releases)s)
UNION
SELECT c.code, o.kind, o.name FROM owner o JOIN codesets_code c ON o.kind = 'block' AND c.block = o.name
WHERE c.release_id = ANY(%(releases)s)
UNION
SELECT c.code, o.kind, o.name FROM owner o JOIN codesets_code c ON o.kind = 'chapter' AND c.chapter = o.name
WHERE c.release_id = ANY(%(releases)s)
"""


@dataclass(frozen=True)
class Touched:
    """A piece of content with the changed codes that it cites, the worst first."""

    row: ImpactRow
    inside: bool  # dated in the days of the release, not before
    hits: tuple[Hit, ...]
    severity: str
    advice: str


@dataclass(frozen=True)
class Assessment:
    """`against` is the release whose days this one takes, None where there is none: then nothing is touched.

    Both groups run from the worst to the slightest, and within that by how many students met the content.
    """

    release: ReleaseInfo
    against: ReleaseInfo | None
    inside: tuple[Touched, ...] = ()
    before: tuple[Touched, ...] = ()

    @property
    def rows(self) -> tuple[Touched, ...]:
        return self.inside + self.before


def assess(release_id: int) -> Assessment:
    """Takes a release in any state but importing; what it would change while it is not in force."""
    release = Release.objects.get(pk=release_id)
    against = selectors.predecessor(release)
    if against is None:
        return Assessment(release_info(release), None)
    changes = _changes(against, release)
    gone = (code for code, told in changes.items() if any(each.what == What.DELETED for each in told))
    deleted = frozenset(gone)
    start = release.effective_from
    inside = Question(release.system, frozenset(changes), start, _end(release), deleted)
    before = Question(release.system, frozenset(changes), date.min, start, deleted)
    return Assessment(
        release_info(release),
        release_info(against),
        _group(inside, changes, start),
        _group(before, changes, start),
    )


def recent_releases(user: User, since: datetime | None = None) -> list[ReleaseInfo]:
    """What is new to somebody who teaches: every staged release, and of each system the last one published.

    Of code systems that the person may read, and only what differs from a release before it. With `since`,
    a published one only if it was published after. One query.
    """
    rows = Release.objects.filter(
        system__in=readable_systems(user) & set(SYSTEMS),
        state__in=[ReleaseState.STAGED, ReleaseState.PUBLISHED],
    ).order_by(F("published_at").desc(nulls_last=True), "-effective_from", "system")
    published = [row for row in rows if row.state == ReleaseState.PUBLISHED]
    news = [row for row in rows if _differs(row, published)]
    last: dict[str, Release] = {}
    for row in news:
        if row.state == ReleaseState.PUBLISHED:
            last.setdefault(row.system, row)
    fresh = [row for row in last.values() if since is None or (row.published_at or since) > since]
    staged = [row for row in news if row.state == ReleaseState.STAGED]
    return [release_info(row) for row in (*staged, *fresh)]


def _differs(release: Release, published: list[Release]) -> bool:
    """Whether one is in force on its first day, or was: the windows of a system have no gap between them."""
    others = [other for other in published if other.system == release.system and other.pk != release.pk]
    return any(other.effective_from <= release.effective_from for other in others)


def _end(release: Release) -> date | None:
    if release.state == ReleaseState.PUBLISHED:
        return release.effective_to
    after = selectors.published_after(release)
    return after.effective_from if after else None


def _group(question: Question, changes: Changes, start: date) -> tuple[Touched, ...]:
    """What people meet today; versions that were replaced keep their grades and their book."""
    if not changes:
        return ()
    inside = question.start == start
    found = []
    for row in ask(question):
        hits = _hits(row, question.system, changes)
        if row.current and hits:
            advice = row.advice or advise(hits[0], start, inside=inside)
            found.append(Touched(row, inside, hits, _severity(hits[0], inside), advice))
    return tuple(sorted(found, key=_rank))


def _hits(row: ImpactRow, system: str, changes: Changes) -> tuple[Hit, ...]:
    """The worst first. What happened to several of the codes alike is told once, with all of them."""
    cited: dict[tuple[CodeChange, bool], list[Citation]] = defaultdict(list)
    for cite in row.cites:
        for change in changes.get(cite.code, ()):
            cited[change, cite.graded].append(cite)
    hits = [
        Hit(
            ", ".join(display(system, cite.code) for cite in cites),
            change,
            tuple(dict.fromkeys(part for cite in cites for part in cite.parts)),
            graded,
        )
        for (change, graded), cites in cited.items()
    ]
    return tuple(sorted(hits, key=lambda hit: (hit.weight, not hit.graded)))


def _severity(hit: Hit, inside: bool) -> str:
    if not inside:
        return WARNING if hit.change.what in INVALID else INFORMATION
    if hit.breaks_key or hit.change.what == What.DELETED:
        return CRITICAL
    return WARNING if hit.change.what in (What.HEADER, What.KIND_OF_NOTE) else INFORMATION


def _rank(touched: Touched) -> tuple[int, int, str, str]:
    row = touched.row
    return touched.hits[0].weight, -row.students, row.kind, row.label


def _changes(old: Release, new: Release) -> Changes:
    """What the new release does to each code: to itself, and to the notes that hold for it."""
    diff = diff_releases(old.pk, new.pk)
    found: dict[str, list[CodeChange]] = defaultdict(list)
    for code, change in _code_changes(diff):
        found[code].append(change)
    told = _note_changes(note for note in diff.notes if note.owner == Note.Owner.CODE)
    for (_, code), changes in told.items():
        found[code] += changes
    # An inclusion term speaks of its own code only.
    handed_down = _note_changes(note for note in diff.notes if note.kind != NoteKind.INCLUSION_TERM)
    for code, owner in _below(handed_down, [old.pk, new.pk]):
        found[code] += handed_down[owner]
    return found


def _code_changes(diff: ReleaseDiff) -> Iterable[tuple[str, CodeChange]]:
    for change in diff.deleted:
        instead = tuple(each.display for each in change.successors or ())
        yield change.code, CodeChange(What.DELETED, "deleted", successors=instead)
    for change in diff.billable:
        instead = tuple(each.display for each in change.successors or ())
        what, words = (What.BILLABLE, "can be reported") if change.billable else (What.HEADER, "a header")
        yield change.code, CodeChange(what, words, successors=instead)
    for change in diff.revised:
        yield change.code, CodeChange(What.RETITLED, "retitled", f"was: {change.was}")


def _note_changes(notes: Iterable[NoteDifference]) -> dict[Owner, list[CodeChange]]:
    """By owner; lines of one kind that fared alike are told together."""
    quotes: dict[Owner, dict[tuple[What, str], list[str]]] = defaultdict(lambda: defaultdict(list))
    for note in notes:
        quotes[note.owner, note.code][_told(note)].append(note.text)
    return {
        owner: [CodeChange(what, words, "; ".join(texts)) for (what, words), texts in told.items()]
        for owner, told in quotes.items()
    }


def _told(note: NoteDifference) -> tuple[What, str]:
    kind = NoteKind(note.kind).label
    place = {Note.Owner.CHAPTER: f"chapter {note.code}", Note.Owner.BLOCK: note.code}.get(
        Note.Owner(note.owner), note.display
    )
    if note.change == NoteFate.KIND_CHANGED and note.was_kind:
        return What.KIND_OF_NOTE, f"{NoteKind(note.was_kind).label} became {kind} at {place}"
    return What.NOTE, f"{kind} {FATES[NoteFate(note.change)]} at {place}"


def _below(owners: Iterable[Owner], release_ids: list[int]) -> list[tuple[str, Owner]]:
    """Each code below an owner, of either release, beside the owner."""
    pairs = list(owners)
    if not pairs:
        return []
    kinds, names = zip(*pairs, strict=True)
    with connection.cursor() as cursor:
        cursor.execute(_BELOW, {"kinds": list(kinds), "names": list(names), "releases": release_ids})
        return [(code, (kind, name)) for code, kind, name in cursor.fetchall()]
