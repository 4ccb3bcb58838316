"""What is new in a release, for those who study: by chapter what came, what went, and what to code now.

Made of the difference from the release before it, and kept like that: the rows of a release never change.
Its days may, so no sentence with a date is kept.
"""

from collections import defaultdict
from collections.abc import Collection

from django.db.models import QuerySet

from codesets import diff, digest_codes, digest_notes, hierarchy, selectors
from codesets.comparison import chapter_titles
from codesets.digest_codes import Row
from codesets.digest_values import Digest, DigestChapter
from codesets.kept import kept
from codesets.models import Code, Release, ReleaseState
from codesets.systems import SYSTEMS
from codesets.values import ReleaseInfo

# With more titles changed than this share of its codes, it is the files that write titles in another way.
ANOTHER_HAND = 0.2


def with_predecessor(release_id: int) -> tuple[Release, Release | None] | None:
    """A release of a code system, loaded whole, and the published one whose days it takes, or would take."""
    release = _releases().filter(pk=release_id).first()
    return None if release is None else (release, selectors.predecessor(release))


def comparable(systems: Collection[str], states: Collection[str]) -> list[tuple[Release, Release]]:
    """Releases with the one that each takes over from, the newest first. One query."""
    rows = list(_releases().filter(system__in=systems).order_by("-effective_from", "system", "-pk"))
    pairs = []
    for row in rows:
        before = next((each for each in rows if _is_before(each, row)), None)
        if before is not None and row.state in states:
            pairs.append((row, before))
    return pairs


def _is_before(other: Release, release: Release) -> bool:
    """Of releases that run from the newest on, the first of these is its predecessor."""
    return (
        other.system == release.system
        and other.state == ReleaseState.PUBLISHED
        and other.pk != release.pk
        and other.effective_from <= release.effective_from
    )


def _releases() -> QuerySet[Release]:
    return Release.objects.filter(system__in=SYSTEMS).exclude(state=ReleaseState.IMPORTING)


def digest(release: ReleaseInfo, predecessor: ReleaseInfo | None) -> Digest:
    if predecessor is None:
        return Digest(release, None)
    chapters, reworded = kept("digest", predecessor.id, release.id, lambda: _make(release, predecessor))
    return Digest(release, predecessor, chapters, reworded)


def _make(release: ReleaseInfo, predecessor: ReleaseInfo) -> tuple[tuple[DigestChapter, ...], int]:
    found = diff.diff_releases(predecessor.id, release.id)
    reworded = len(found.revised)
    if reworded <= ANOTHER_HAND * release.codes_total:
        reworded = 0
    else:
        found = found._replace(revised=())
    titles = chapter_titles(predecessor.id, release.id)
    parts = _by_chapter(found)
    # Without chapters in the file every code stands in one that has no name.
    names = [name for name in dict.fromkeys([*titles, "", *parts]) if name in parts]
    rows = _rows(release, found)
    made = (_chapter(release.system, name, titles.get(name, ""), parts[name], rows) for name in names)
    return tuple(chapter for chapter in made if chapter.totals), reworded


def _by_chapter(found: diff.ReleaseDiff) -> dict[str, diff.ReleaseDiff]:
    lists: dict[str, dict[str, list]] = defaultdict(lambda: defaultdict(list))
    for name, changes in found._asdict().items():
        for change in changes:
            lists[change.chapter][name].append(change)
    return {
        chapter: diff.ReleaseDiff(**{name: tuple(changes) for name, changes in parts.items()})
        for chapter, parts in lists.items()
    }


def _rows(release: ReleaseInfo, found: diff.ReleaseDiff) -> dict[str, Row]:
    """The changed codes that the new release has, and what stands above them."""
    came = {change.code for change in found.added}
    changed = came | {change.code for change in (*found.revised, *found.billable)}
    wanted = {code for each in changed for code in hierarchy.beginnings(each)}
    codes = Code.objects.filter(release=release.id, code__in=wanted)
    values = codes.values_list("code", "title", "parent", "position")
    return {code: Row(title, parent, place, code in came) for code, title, parent, place in values}


def _chapter(
    system: str, name: str, title: str, part: diff.ReleaseDiff, rows: dict[str, Row]
) -> DigestChapter:
    split = digest_codes.split(system, part.billable, rows)
    below = [each.code for change in part.billable if change.split for each in change.successors or ()]
    valid = [change.code for change in part.billable if change.billable]
    return DigestChapter(
        name=name,
        title=title,
        came=tuple(digest_codes.came(system, part.added, rows, below)),
        valid=tuple(digest_codes.units(system, valid, rows)),
        went=tuple(digest_codes.went(system, part.deleted, part.billable)),
        split=tuple(split),
        retitled=tuple(digest_codes.retitled(part.revised, rows)),
        notes=tuple(digest_notes.news(part.notes)),
    )
