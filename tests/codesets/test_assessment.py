"""What the drawn release of 2027 changes for content, by sources that answer as those of the apps above do.

2027 deletes R00.0, makes R00.1 a header over R00.10 and R00.11 and retitles R00.9; see tests/data/codesets.
The variant here changes notes too: R00 excludes lamp glare otherwise and includes book heat, the
block and the chapter say more, and R00.9 has another inclusion term.
"""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

import pytest
from django.utils import timezone

from codesets import impact
from codesets.advice import What
from codesets.assessment import assess, recent_releases
from codesets.diff import diff_releases
from codesets.impact import Citation, ImpactRow, Question
from codesets.models import Release, ReleaseState
from codesets.services.releases import publish_release
from tests.codesets.conftest import READING_2026, READING_2027, stage

OCTOBER = date(2026, 10, 1)
MAY, NOVEMBER = date(2026, 5, 6), date(2026, 11, 5)
NOTES = {
    "<excludes2>\n          <note>lamp glare (R01.-)</note>": (
        "<excludes1><note>lamp glare (R01.-)</note></excludes1>\n<excludes2>"
    ),
    "code to identify bad luck (T07)": "code to identify any bad luck (T07)",
    "<note>injuries of readers (S00-T99)</note>": (
        "<note>injuries of readers (S00-T99)</note><note>fevers of writers (Z99)</note>"
    ),
    "Page fever NOS": "Page fever of no known page",
    "<desc>Page fever</desc>": "<desc>Page fever</desc><inclusionTerm><note>Book heat</note></inclusionTerm>",
}


@dataclass
class Content:
    """Something that cites codes on a date, asked as the apps' sources are."""

    label: str
    on: date
    cites: dict[str, tuple[str, ...]]
    graded: frozenset[str] = frozenset()
    students: int = 0
    kind: str = "item"
    current: bool = True
    advice: str = ""

    def row(self, question: Question) -> ImpactRow | None:
        dated = question.start <= self.on and (question.end is None or self.on < question.end)
        cites = tuple(
            Citation(code, parts, code in self.graded)
            for code, parts in self.cites.items()
            if question.codes is None or code in question.codes
        )
        if question.system != "icd10cm" or not dated or not cites:
            return None
        fields = {"current": self.current, "cites": cites, "advice": self.advice}
        return ImpactRow(self.kind, self.label, "/x", self.on, self.students, False, **fields)


@pytest.fixture
def school(monkeypatch) -> list[Content]:
    contents: list[Content] = []
    monkeypatch.setattr(
        impact, "_sources", [lambda question: [row for each in contents if (row := each.row(question))]]
    )
    return contents


@pytest.fixture
def next_year(reading) -> Release:
    release = stage(READING_2027, "2027", OCTOBER)
    return Release.objects.get(pk=release.id)


@pytest.fixture
def with_notes(reading, tmp_path) -> Release:
    text = READING_2027.read_text(encoding="utf-8")
    for old, new in NOTES.items():
        assert text.count(old) == 1, old
        text = text.replace(old, new)
    file = tmp_path / "notes.xml"
    file.write_text(text, encoding="utf-8")
    return Release.objects.get(pk=stage(file, "2027 notes", OCTOBER).id)


def told(found) -> list[tuple]:
    return [
        (hit.display, hit.change.what, hit.change.words, hit.change.quote, hit.change.successors)
        for touched in found
        for hit in touched.hits
    ]


def test_what_is_dated_in_its_days_is_told_apart_from_what_ages(school, next_year):
    for label, on in (("eve", date(2026, 9, 30)), ("first day", OCTOBER), ("old", date(2020, 1, 1))):
        school.append(Content(label, on, {"R000": ("the text",)}))
    found = assess(next_year.pk)
    assert (found.release.label, found.against.label) == ("2027", "2026")
    assert [(each.row.label, each.inside, each.severity) for each in found.rows] == [
        ("first day", True, "critical"),
        ("eve", False, "warning"),
        ("old", False, "warning"),
    ]
    assert found.rows == found.inside + found.before


@pytest.mark.parametrize("state", [ReleaseState.STAGED, ReleaseState.PUBLISHED])
def test_its_days_end_where_the_next_release_begins(school, next_year, tmp_path, state):
    file = tmp_path / "2028.xml"
    file.write_text(READING_2027.read_text(encoding="utf-8").replace(">2027<", ">2028<"), encoding="utf-8")
    publish_release(release_id=stage(file, "2028", date(2027, 10, 1)).id, by=None)
    if state == ReleaseState.PUBLISHED:
        publish_release(release_id=next_year.pk, by=None)
    school.append(Content("its last day", date(2027, 9, 30), {"R000": ("the text",)}))
    school.append(Content("the next year", date(2027, 10, 1), {"R000": ("the text",)}))
    found = assess(next_year.pk)
    assert [each.row.label for each in found.rows] == ["its last day"]
    assert found.against.label == "2026"


def test_deleted_split_and_retitled_with_what_takes_their_place(school, next_year):
    school.append(
        Content("all", NOVEMBER, dict.fromkeys(("R009", "R001", "R000", "R01", "R00"), ("the text",)))
    )
    deleted, split, retitled = told(assess(next_year.pk).inside)
    (gone,) = diff_releases(Release.objects.get(label="2026").pk, next_year.pk).deleted
    instead = tuple(each.display for each in gone.successors)
    assert deleted == ("R00.0", What.DELETED, "deleted", "", instead)
    assert split == ("R00.1", What.HEADER, "a header", "", ("R00.10", "R00.11"))
    assert retitled == ("R00.9", What.RETITLED, "retitled", "was: Page fever, unspecified", ())


def test_a_code_that_can_be_reported_again(school, reading, tmp_path):
    file = tmp_path / "2028.xml"
    file.write_text(READING_2026.read_text(encoding="utf-8").replace(">2026<", ">2028<"), encoding="utf-8")
    publish_release(release_id=stage(READING_2027, "2027", OCTOBER).id, by=None)
    back = stage(file, "2028", date(2027, 10, 1))
    school.append(Content("spine", date(2027, 11, 1), {"R001": ("the key",)}, graded=frozenset({"R001"})))
    (touched,) = assess(back.id).inside
    assert told([touched]) == [("R00.1", What.BILLABLE, "can be reported", "", ())]
    assert touched.severity == "information"


def test_the_worst_comes_first_and_then_what_most_students_met(school, next_year):
    key = frozenset({"R001"})
    school += [
        Content("retitled", NOVEMBER, {"R009": ("the text",)}, students=90),
        Content("split", NOVEMBER, {"R001": ("option a",)}, students=70),
        Content("deleted, few", NOVEMBER, {"R000": ("the text",)}, students=2),
        Content("deleted, many", NOVEMBER, {"R000": ("the text",), "R009": ("the text",)}, students=30),
        Content("key", NOVEMBER, {"R009": ("the stem",), "R001": ("the key",)}, graded=key),
        Content("a key of another", NOVEMBER, {"R009": ("the key",)}, graded=frozenset({"R009"})),
    ]
    found = assess(next_year.pk)
    assert [(each.row.label, each.severity, [hit.display for hit in each.hits]) for each in found.inside] == [
        ("key", "critical", ["R00.1", "R00.9"]),
        ("deleted, many", "critical", ["R00.0", "R00.9"]),
        ("deleted, few", "critical", ["R00.0"]),
        ("split", "warning", ["R00.1"]),
        ("retitled", "information", ["R00.9"]),
        ("a key of another", "information", ["R00.9"]),
    ]
    assert found.inside[0].advice == (
        "Its key R00.1 is not valid from 1 October 2026: write a new version with R00.10 or R00.11, "
        "or date it before."
    )


def test_advice_of_the_source_is_kept(school, next_year):
    school.append(Content("exam", NOVEMBER, {"R000": ("an item",)}, advice="See to its items."))
    assert [each.advice for each in assess(next_year.pk).inside] == ["See to its items."]


def test_a_replaced_version_that_was_graded_is_nobodys_work(school, next_year):
    school.append(Content("old version", NOVEMBER, {"R000": ("the key",)}, students=9, current=False))
    assert assess(next_year.pk).rows == ()


def test_notes_hold_for_what_stands_below_them(school, with_notes):
    """An inclusion term is its own code's; other notes are handed down, from the chapter too."""
    glare = (What.KIND_OF_NOTE, "Excludes2 became Excludes1 at R00", "lamp glare (R01.-)", ())
    luck = (
        *(What.NOTE, "Use additional code reworded at R00-R09"),
        *("code to identify any bad luck (T07)", ()),
    )
    writers = (What.NOTE, "Excludes1 new at chapter 1", "fevers of writers (Z99)", ())
    term = (What.NOTE, "Inclusion term reworded at R00.9", "Page fever of no known page", ())
    school.append(Content("category", NOVEMBER, {"R00": ("the text",)}))
    school.append(Content("other category", NOVEMBER, {"R01": ("the text",)}))
    school.append(Content("other chapter", NOVEMBER, {"S1280": ("the text",)}))
    school.append(Content("code", MAY, {"R009": ("the text",)}))
    found = assess(with_notes.pk)
    by_label = {each.row.label: each for each in found.rows}
    assert set(by_label) == {"category", "other category", "code"}
    assert told([by_label["category"]])[0] == ("R00", *glare)
    heat = (What.NOTE, "Inclusion term new at R00", "Book heat", ())
    assert set(told([by_label["category"]])) == {("R00", *each) for each in (glare, luck, writers, heat)}
    assert set(told([by_label["other category"]])) == {("R01", *luck), ("R01", *writers)}
    retitled = (What.RETITLED, "retitled", "was: Page fever, unspecified", ())
    assert set(told([by_label["code"]])) == {
        ("R00.9", *each) for each in (retitled, glare, luck, writers, term)
    }
    assert {label: touched.severity for label, touched in by_label.items()} == {
        "category": "warning",
        "other category": "information",
        "code": "information",  # dated before: it is right as it stands
    }


def test_codes_that_a_note_holds_for_alike_are_told_together(school, with_notes):
    cites = {"R009": ("option b",), "R001": ("the key", "option a"), "R00": ("a reference",)}
    school.append(Content("item", MAY, cites, graded=frozenset({"R001"})))
    (touched,) = assess(with_notes.pk).before
    glare = [hit for hit in touched.hits if hit.change.what == What.KIND_OF_NOTE]
    assert [(hit.display, hit.parts, hit.graded) for hit in glare] == [
        ("R00.1", ("the key", "option a"), True),
        ("R00.9, R00", ("option b", "a reference"), False),
    ]


def test_the_first_release_touches_nothing(school, reading):
    school.append(Content("any", MAY, {"R000": ("the text",)}))
    found = assess(reading.id)
    assert (found.against, found.rows) == (None, ())


def test_a_release_that_changes_nothing_asks_nobody(monkeypatch, reading, tmp_path):
    monkeypatch.setattr(impact, "_sources", [lambda question: pytest.fail("was asked")])
    again = stage(READING_2026, "again", date(2026, 1, 1))
    assert assess(again.id).rows == ()


def test_much_content_takes_the_queries_of_little(school, with_notes, django_assert_num_queries):
    school.append(Content("one", MAY, {"R009": ("the text",)}))
    assess(with_notes.pk)
    with django_assert_num_queries(
        6
    ):  # the release, the one before, the one after, the difference, its notes
        assert len(assess(with_notes.pk).rows) == 1
    school += [Content(f"more {number}", NOVEMBER, {"R009": ("the text",)}) for number in range(50)]
    with django_assert_num_queries(6):
        assert len(assess(with_notes.pk).rows) == 51


class TestRecentReleases:
    def _labels(self, user, **since):
        return [release.label for release in recent_releases(user, **since)]

    def _published(self, label: str, start: date, days_ago: int, system: str = "icd10cm") -> Release:
        release = Release.objects.create(
            system=system,
            label=label,
            state=ReleaseState.STAGED,
            effective_from=start,
            source_sha256="0" * 64,
        )
        publish_release(release_id=release.pk, by=None)
        Release.objects.filter(pk=release.pk).update(published_at=timezone.now() - timedelta(days=days_ago))
        return release

    def test_what_is_staged_and_of_each_system_what_was_published_last(self, instructor, next_year):
        Release.objects.filter(label="2026").update(published_at=timezone.now() - timedelta(days=50))
        self._published("April", date(2026, 4, 1), 40)
        self._published("January", date(2026, 1, 1), 10)
        self._published("supplies", date(2026, 1, 1), 1, "hcpcs")
        self._published("index", date(2026, 1, 1), 1, "icd10cm_index")
        assert self._labels(instructor) == ["2027", "January"]
        since = timezone.now() - timedelta(days=30)
        assert self._labels(instructor, since=since) == ["2027", "January"]
        Release.objects.filter(label="January").update(published_at=datetime(2026, 1, 1, tzinfo=UTC))
        assert self._labels(instructor, since=since) == ["2027"]

    def test_the_first_of_a_system_differs_from_nothing(self, instructor, reading):
        assert self._labels(instructor) == []

    def test_cpt_is_for_those_who_may_read_it(self, instructor, settings):
        for label, start in (("2026", date(2026, 1, 1)), ("2027", date(2027, 1, 1))):
            self._published(label, start, 1, "cpt")
        settings.DEMO = True
        assert self._labels(instructor) == ["2027"]
        settings.DEMO = False
        assert self._labels(instructor) == []

    def test_one_query(self, instructor, next_year, settings, django_assert_num_queries):
        settings.DEMO = True
        recent_releases(instructor)
        with django_assert_num_queries(1):
            recent_releases(instructor)
