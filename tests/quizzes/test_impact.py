from datetime import date

import pytest

from codesets import impact
from codesets.impact import Citation, Question
from codesets.services.errors import InUse
from codesets.services.releases import withdraw_release
from quizzes.impact import uses_of
from quizzes.models import Item, ItemHold
from quizzes.services.attempts import hand_in
from quizzes.services.items import save_item
from quizzes.services.starting import start_attempt
from tests.quizzes.school import (
    ON,
    cm,
    code_entry,
    make_drawn_exam,
    make_exam,
    mixed,
    multiple_response,
    set_aside,
    single_best,
    version_of,
)


def _rows(codes=None, start=date(2026, 4, 1), end=None, system="icd10cm"):
    rows = impact.ask(Question(system, codes, start, end))
    return [(row.label, row.on, row.students, row.blocked) for row in rows if row.kind == "item"]


def test_a_published_item_is_used_on_its_date(books):
    save_item(spec=code_entry("entry"), by=None)
    row = ("entry, version 1", ON, 0, True)
    assert _rows() == [row]
    assert _rows(start=ON, end=date(2026, 5, 13)) == [row]
    assert _rows(end=ON) == []
    assert _rows(start=date(2026, 5, 13)) == []
    assert _rows(system="hcpcs") == []


def test_only_items_that_cite_the_codes(books):
    save_item(spec=code_entry("entry"), by=None)
    assert [row[0] for row in _rows(frozenset({"E1122", "Z999"}))] == ["entry, version 1"]
    assert _rows(frozenset({"E1121"})) == []


def test_a_replaced_version_is_used_only_if_it_was_graded(mock, learner):
    first = version_of("mock-first")
    hand_in(attempt_id=start_attempt(exam=mock, by=learner).pk, by=learner)
    for slug in ("mock-first", "fresh"):
        save_item(spec=single_best(slug), by=None)
        save_item(spec=single_best(slug, key="c"), by=None)
    rows = {label: students for label, _, students, _ in _rows()}
    assert rows[f"mock-first, version {first.number}"] == 1
    assert rows["mock-first, version 2"] == 0
    assert rows["fresh, version 2"] == 0
    assert "fresh, version 1" not in rows


def test_each_code_comes_with_the_parts_that_cite_it(books):
    many = multiple_response("many", rationale="Read [[E11.22]] and [[H65.00]].")
    entry = code_entry("entry", references=[{"code": cm("E11.22")}])
    for spec in (many, entry):
        save_item(spec=spec, by=None)
    rows = impact.ask(Question("icd10cm", frozenset({"E1122", "E1121", "H6500", "I10"}), ON, None))
    assert {row.label: row.cites for row in rows} == {
        "entry, version 1": (
            Citation("E1122", ("the key", "a reference"), graded=True),
            Citation("I10", ("an accepted alternative",), graded=True),
        ),
        "many, version 1": (
            Citation("E1121", ("option a",)),
            Citation("E1122", ("the key", "option b", "the rationale"), graded=True),
            Citation("I10", ("the key", "option e"), graded=True),
            Citation("H6500", ("the rationale",)),
        ),
    }


def test_only_the_version_that_is_asked_is_current(mock, learner):
    hand_in(attempt_id=start_attempt(exam=mock, by=learner).pk, by=learner)
    save_item(spec=code_entry("mock-code", "E11.21"), by=None)
    rows = [
        row for row in impact.ask(Question("icd10cm", None, ON, None)) if row.label.startswith("mock-code")
    ]
    assert [(row.label, row.current) for row in rows] == [
        ("mock-code, version 1", False),
        ("mock-code, version 2", True),
    ]


def test_an_item_that_is_set_aside_says_so_and_blocks_only_once_it_was_graded(mock, learner):
    set_aside("mock-first", "mock-second")
    rows = {row.label: row for row in impact.ask(Question("icd10cm", None, ON, None))}
    assert (rows["mock-first, version 1"].blocked, rows["mock-many, version 1"].blocked) == (False, True)
    assert rows["mock-first, version 1"].detail == "Set aside from new sittings."
    ItemHold.objects.all().delete()
    hand_in(attempt_id=start_attempt(exam=mock, by=learner).pk, by=learner)
    set_aside("mock-first")
    (row,) = [
        row for row in impact.ask(Question("icd10cm", None, ON, None)) if row.label[:10] == "mock-first"
    ]
    assert (row.students, row.blocked) == (1, True)


class TestExams:
    def _exams(self, *codes: str):
        rows = impact.ask(Question("icd10cm", frozenset(codes), ON, None))
        return [row for row in rows if row.kind in ("mock exam", "practice quiz")]

    def test_an_exam_says_how_many_of_its_items_cite_the_codes(self, mock, practice, learner, outsider):
        for person in (learner, outsider):
            hand_in(attempt_id=start_attempt(exam=mock, by=person).pk, by=person)
        start_attempt(exam=practice, by=learner)
        rows = self._exams("E1122")
        assert [(row.kind, row.label, row.url, row.on, row.students, row.blocked) for row in rows] == [
            ("mock exam", "Mock", "/quizzes/exams/mock/", None, 2, False),
            ("practice quiz", "Practice", "/quizzes/practice/", None, 0, False),
        ]
        assert rows[0].detail == "2 of its 4 items: 2 of 2 in Section 2."
        assert rows[0].cites == (
            Citation("E1122", ("mock-many, version 1", "mock-code, version 1"), graded=True),
        )

    def test_sections_of_one_name_are_not_counted_together(self, mock):
        mock.sections.update(title="Part")
        save_item(spec=single_best("mock-first", rationale="See [[E11.22]]."), by=None)
        assert self._exams("E1122")[0].detail == "3 of its 4 items: 1 of 2 in Part, 2 of 2 in Part."

    def test_forms_that_may_draw_them_are_named(self, mock):
        exam = make_drawn_exam("drawn", {"icd-10-cm": 2, "hcpcs": 1})
        exam.sections.filter(position=1).update(kinds=["code_entry"])
        rows = [row for row in impact.ask(Question("icd10cm", None, ON, None)) if row.kind == "mock exam"]
        assert [(row.label, row.detail) for row in rows] == [
            ("Drawn", "Its forms may draw: 1 in Of icd-10-cm."),
            ("Mock", "4 of its 4 items: 2 of 2 in Section 1, 2 of 2 in Section 2."),
        ]
        assert {part for cite in rows[0].cites for part in cite.parts} == {"mock-code, version 1"}

    def test_what_is_not_published_asks_nobody(self, mock):
        Item.objects.filter(slug="mock-code").update(status="draft")
        assert self._exams("E1122")[0].detail == "1 of its 3 items: 1 of 1 in Section 2."
        mock.published = False
        mock.save()
        assert self._exams("E1122") == []
        assert self._exams("E1121") == []

    def test_many_exams_and_items_take_the_queries_of_one(self, mock, django_assert_num_queries):
        question = Question("icd10cm", frozenset({"E1122"}), ON, None)
        with django_assert_num_queries(5):
            assert len(list(uses_of(question))) == 3
        for number in range(4):
            make_exam(f"exam-{number}", mixed(f"exam-{number}"))
        with django_assert_num_queries(5):
            assert len(list(uses_of(question))) == 15


def test_the_release_under_a_published_item_cannot_be_withdrawn(books, admin):
    save_item(spec=code_entry("entry"), by=None)
    with pytest.raises(InUse, match="the first is entry, version 1"):
        withdraw_release(release_id=books.pk, by=admin)
    books.refresh_from_db()
    assert books.state == "published"
