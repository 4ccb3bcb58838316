from collections import Counter
from datetime import date

from django.core.cache import cache
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from codesets.diff import Change, NoteDifference, ReleaseDiff, compare_releases, diff_releases
from codesets.importers.base import Book
from codesets.models import Code, Note, Release, ReleaseState
from tests.codesets.conftest import READING_2026, READING_2027, stage
from tests.codesets.loaded import codes, heading, load, notes

NOTHING = {"added": [], "deleted": [], "revised": [], "billable": [], "notes": []}


def test_what_a_year_changes(reading):
    new = stage(READING_2027, "2027", date(2026, 10, 1))
    diff = diff_releases(reading.id, new.id)
    upper = Change("R0010", "R00.10", "Page fever of the spine, upper", True, chapter="1")
    lower = Change("R0011", "R00.11", "Page fever of the spine, lower", True, chapter="1")
    assert diff.added == (upper, lower, Change("R02", "R02", "Ink cough", True, chapter="1"))
    assert diff.deleted == (
        Change("R000", "R00.0", "Page fever of the margin", True, successors=(), chapter="1"),
    )
    assert diff.revised == (
        Change("R009", "R00.9", "Page fever, not specified", True, "Page fever, unspecified", chapter="1"),
    )
    (spine,) = diff.billable
    assert spine[:5] == ("R001", "R00.1", "Page fever of the spine", False, True)
    assert [each.code for each in spine.successors] == ["R0010", "R0011"]
    assert spine.split
    assert diff.notes == ()


def test_the_other_way_round(reading):
    new = stage(READING_2027, "2027", date(2026, 10, 1))
    back = diff_releases(new.id, reading.id)
    assert [(change.code, [each.code for each in change.successors]) for change in back.deleted] == [
        ("R0010", ["R001"]),
        ("R0011", ["R001"]),
        ("R02", []),
    ]
    assert back.billable == (Change("R001", "R00.1", "Page fever of the spine", True, False, chapter="1"),)


def test_against_nothing_every_row_is_added_headers_included(reading):
    diff = diff_releases(None, reading.id)
    assert len(diff.added) == 29
    assert diff.added[0].code == "R00"
    assert diff[1:] == ((), (), (), ())


def test_the_same_book_again_changes_nothing(reading):
    again = stage(READING_2026, "again", date(2025, 10, 1))
    assert diff_releases(reading.id, again.id).as_json() == NOTHING


def test_json_holds_what_was_only_where_something_was_and_successors_of_what_went(reading):
    new = stage(READING_2027, "2027", date(2026, 10, 1))
    rows = diff_releases(reading.id, new.id).as_json()
    assert rows["added"][2] == {
        "code": "R02",
        "display": "R02",
        "title": "Ink cough",
        "billable": True,
        "chapter": "1",
    }
    assert rows["deleted"][0]["successors"] == []
    assert rows["billable"][0]["was"] is True
    assert rows["billable"][0]["split"] is True
    assert rows["billable"][0]["successors"][0] == {
        "code": "R0010",
        "display": "R00.10",
        "title": "Page fever of the spine, upper",
        "why": "R00.1 is split into finer codes.",
        "reason": "finer",
    }


def test_what_only_became_invalid_is_told_from_what_is_split(db):
    """HCPCS keeps a discontinued code in the file, with what CMS names in its place."""
    book = codes(("C9001", "Injection, glowmab, 10 mg", True), ("J9001", "Glowmab, by mouth", True))
    old = load("old", Book(codes=book), "hcpcs")
    names = {"C9001": {"cross_references": ["J9001"]}}
    book = codes(("C9001", "Injection, glowmab, 10 mg", False), ("J9001", "Glowmab, by mouth", True), **names)
    new = load("new", Book(codes=book), "hcpcs")
    (change,) = compare_releases(old.pk, new.pk).billable
    assert (change.split, change.billable) == (False, False)
    assert [(each.code, each.reason.value) for each in change.successors] == [("J9001", "cross_reference")]


def with_notes(*rows: tuple[str, str, str]) -> Book:
    return Book(
        codes=codes(("R00", "Page fever", True), ("R01", "Lamp glare", True)),
        headings=[heading("chapter", "1", "Reading diseases (R00-R99)")],
        notes=[*notes(*rows), *notes(("1", "includes", "fevers"), owner_kind="chapter")],
    )


def test_a_note_that_changed_its_kind_or_its_words(db):
    old = load("old", with_notes(("R00", "excludes1", "lamp glare (R01)"), ("R01", "includes", "lamp glaer")))
    new = load("new", with_notes(("R01", "includes", "lamp glare"), ("R00", "excludes2", "lamp glare (R01)")))
    kind, words = compare_releases(old.pk, new.pk).notes
    assert kind == NoteDifference(
        code="R00",
        display="R00",
        title="Page fever",
        owner="code",
        change="kind_changed",
        kind="excludes2",
        text="lamp glare (R01)",
        was_kind="excludes1",
        was="lamp glare (R01)",
        chapter="1",
    )
    assert (words.code, words.change, words.was, words.text) == (
        "R01",
        "reworded",
        "lamp glaer",
        "lamp glare",
    )


def test_the_notes_of_a_chapter_or_block_and_a_block_that_was_renamed(db):
    def book(block: str, text: str) -> Book:
        return Book(
            codes=codes(("R00", "Page fever", True)),
            headings=[
                heading("chapter", "1", "Reading diseases (R00-R99)"),
                heading("block", block, f"Fevers of the reading room ({block})", "1"),
            ],
            notes=[
                *notes(("1", "includes", text), owner_kind="chapter"),
                *notes((block, "use_additional", "the reader (Z00)"), owner_kind="block"),
                *notes((block, "excludes1", text), owner_kind="block"),
            ],
        )

    old = load("old", book("R00-R09", "the first edition"))
    new = load("new", book("R00-R0A", "a quite different matter"))
    changed = [
        (each.owner, each.code, each.display, each.title, each.change, each.chapter)
        for each in compare_releases(old.pk, new.pk).notes
    ]
    assert changed == [
        ("block", "R00-R0A", "R00-R0A", "Fevers of the reading room", "removed", "1"),
        ("block", "R00-R0A", "R00-R0A", "Fevers of the reading room", "added", "1"),
        ("chapter", "1", "Chapter 1", "Reading diseases", "removed", "1"),
        ("chapter", "1", "Chapter 1", "Reading diseases", "added", "1"),
    ]


def test_with_a_code_its_notes_come_and_go(db):
    old = load("old", with_notes(("R00", "includes", "a")))
    book = with_notes(("R02", "includes", "b"))
    book.codes = codes(("R01", "Lamp glare", True), ("R02", "Ink cough", True))
    new = load("new", book)
    diff = compare_releases(old.pk, new.pk)
    assert ([c.code for c in diff.added], [c.code for c in diff.deleted]) == (["R02"], ["R00"])
    assert diff.notes == ()


def test_a_file_without_notes_takes_none_away(db):
    """An order file has the codes of the tabular list and no note."""
    old = load("tabular", with_notes(("R00", "includes", "a")))
    order = with_notes()
    order.notes = []
    assert compare_releases(old.pk, load("order", order).pk).as_json() == NOTHING


def test_what_was_computed_once_is_kept_and_read_back_the_same(reading, django_assert_num_queries):
    cache.clear()
    new = stage(READING_2027, "2027", date(2026, 10, 1))
    first = diff_releases(reading.id, new.id)
    # whether both are staged, and the cache's own
    with django_assert_num_queries(2):
        assert diff_releases(reading.id, new.id) == first
    assert first == compare_releases(reading.id, new.id)


def test_of_a_release_that_is_still_importing_nothing_is_kept(reading):
    new = stage(READING_2027, "2027", date(2026, 10, 1))
    Release.objects.filter(pk=new.id).update(state=ReleaseState.IMPORTING)
    before = len(diff_releases(reading.id, new.id).added)
    Code.objects.filter(release=new.id, code="R02").delete()
    assert len(diff_releases(reading.id, new.id).added) == before - 1


UNIVERSE = [
    "R00",
    "R000",
    "R001",
    "R0010",
    "R0011",
    "R002",
    "R01",
    "S10",
    "S101",
    "S101XXA",
    "S1011XA",
    "S1012",
]
TITLES = [
    "Page fever",
    "Page fever, mild",
    "Lamp glare",
    "Lamp glare of the left eye",
    "Ink cough",
    "Paper cut",
]
KINDS = ["includes", "excludes1", "excludes2"]
TEXTS = ["lamp glare", "lamp glare (R01)", "lamp glaer", "ink cough", "ink cough (S10.-)"]


@st.composite
def books(draw: st.DrawFn) -> Book:
    rows = draw(
        st.lists(
            st.tuples(st.sampled_from(UNIVERSE), st.sampled_from(TITLES), st.booleans()),
            unique_by=lambda row: row[0],
            max_size=len(UNIVERSE),
        )
    )
    noted = [("1", "chapter"), *((row[0], "code") for row in rows)]
    note = st.tuples(st.sampled_from(noted), st.sampled_from(KINDS), st.sampled_from(TEXTS))
    return Book(
        codes=codes(*sorted(rows)),
        headings=[heading("chapter", "1", "Reading diseases")],
        notes=[
            each
            for (owner, owner_kind), kind, text in draw(st.lists(note, max_size=12))
            for each in notes((owner, kind, text), owner_kind=owner_kind)
        ],
    )


def rows_of(release: Release) -> dict[str, tuple[str, bool]]:
    found = Code.objects.filter(release=release).values_list("code", "title", "billable")
    return {code: (title, billable) for code, title, billable in found}


def notes_of(release: Release) -> Counter:
    owned = Note.objects.filter(release=release).values_list("owner_kind", "owner", "kind", "text")
    return Counter(owned)


def apply(rows: dict[str, tuple[str, bool]], diff: dict) -> dict[str, tuple[str, bool]]:
    """The rows of the new release, out of those of the old one and the difference as its JSON has it."""
    result = dict(rows)
    for change in diff["deleted"]:
        assert result.pop(change["code"]) == (change["title"], change["billable"])
    for change in diff["revised"]:
        was, billable = result[change["code"]]
        assert was == change["was"]
        result[change["code"]] = (change["title"], billable)
    for change in diff["billable"]:
        title, was = result[change["code"]]
        assert was == change["was"]
        result[change["code"]] = (title, change["billable"])
    for change in diff["added"]:
        assert change["code"] not in result
        result[change["code"]] = (change["title"], change["billable"])
    return result


def apply_notes(old: Counter, diff: dict) -> Counter:
    result = old.copy()
    for note in diff["notes"]:
        owner = (note["owner"], note["code"])
        if note["change"] != "added":
            gone = (*owner, note.get("was_kind", note["kind"]), note.get("was", note["text"]))
            assert result[gone] > 0
            result[gone] -= 1
        if note["change"] != "removed":
            result[(*owner, note["kind"], note["text"])] += 1
    return +result


def of_both(noted: Counter, old: dict, new: dict) -> Counter:
    """Notes of chapters, and of codes that both releases have."""
    shared = old.keys() & new.keys()
    return Counter({n: count for n, count in noted.items() if n[0] == "chapter" or n[1] in shared})


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(before=books(), after=books())
def test_the_difference_applied_to_the_old_release_gives_the_new_one(db, before, after):
    old, new = load(f"a{Release.objects.count()}", before), load(f"b{Release.objects.count()}", after)
    diff = compare_releases(old.pk, new.pk).as_json()
    old_rows, new_rows = rows_of(old), rows_of(new)
    assert apply(old_rows, diff) == new_rows
    if before.notes and after.notes:
        found = apply_notes(of_both(notes_of(old), old_rows, new_rows), diff)
        assert found == of_both(notes_of(new), old_rows, new_rows)
    for change in [*diff["deleted"], *(each for each in diff["billable"] if not each["billable"])]:
        for successor in change["successors"]:
            assert successor["code"] != change["code"]
            title, billable = new_rows[successor["code"]]
            assert (title, billable) == (successor["title"], old_rows[change["code"]][1])


def test_an_empty_difference_has_its_five_lists():
    assert ReleaseDiff().as_json() == NOTHING
