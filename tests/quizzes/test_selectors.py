from datetime import timedelta
from uuid import uuid4

import pytest

from quizzes import exam_lists, selectors
from quizzes.errors import AttemptNotFound
from quizzes.exam_lists import SectionRow
from quizzes.models import ExamItem, Item
from quizzes.services.attempts import hand_in
from quizzes.services.starting import start_attempt
from tests.quizzes.school import (
    KEYS,
    ON,
    coded_case,
    make_drawn_exam,
    make_exam,
    move,
    save,
    server_now,
    set_aside,
    single_best,
)


class TestWhoSees:
    def test_the_owner_the_owners_instructor_and_an_admin(self, sitting, learner, instructor, admin, cohort):
        for somebody in (learner, instructor, admin):
            assert selectors.attempt_for(somebody, sitting.pk) == sitting

    def test_nobody_else(self, sitting, outsider, instructor, learner):
        """The instructor without the cohort is a stranger too."""
        for somebody in (outsider, instructor):
            with pytest.raises(AttemptNotFound):
                selectors.attempt_for(somebody, sitting.pk)
        with pytest.raises(AttemptNotFound):
            selectors.attempt_for(learner, uuid4())

    def test_own_means_own(self, sitting, learner, instructor, admin, outsider, cohort):
        assert selectors.own_attempt(learner, sitting.pk) == sitting
        for somebody in (instructor, admin, outsider):
            with pytest.raises(AttemptNotFound):
                selectors.own_attempt(somebody, sitting.pk)


class TestSitting:
    def test_shows_items_in_order_with_what_was_kept(self, sitting):
        save(sitting, 3, {"choices": ["a"]}, flagged=True, struck=["c"], note="hm")
        seen = selectors.sitting(sitting)
        assert [(item.position, item.section, item.kind, item.stem) for item in seen.items] == [
            (1, "Section 1", "single_best", "A visit: mock-first?"),
            (2, "Section 1", "single_best", "A visit: mock-second?"),
            (3, "Section 2", "multiple_response", "A visit: mock-many?"),
            (4, "Section 2", "code_entry", "A visit: mock-code?"),
        ]
        third = seen.items[2]
        assert (third.answer, third.flagged, third.struck, third.note, third.revision) == (
            {"choices": ["a"]},
            True,
            ["c"],
            "hm",
            1,
        )
        assert (sum(i.answered for i in seen.items), sum(i.flagged for i in seen.items)) == (1, 1)

    def test_it_shows_the_code_systems_that_an_item_has_by_now(self, sitting):
        assert selectors.sitting(sitting).items[3].systems == ["icd10cm"]
        Item.objects.filter(slug="mock-code").update(systems=["icd10cm", "hcpcs"])
        item = selectors.sitting(sitting).items[3]
        assert item.systems == item.shown["code_systems"] == ["icd10cm", "hcpcs"]

    def test_the_clock_counts_down_from_the_servers_time(self, sitting, drill):
        move(sitting, minutes=2)
        seen = selectors.sitting(sitting)
        assert 9 * 60 <= seen.remaining_seconds <= 10 * 60
        assert timedelta() <= server_now() - seen.server_now < timedelta(seconds=5)
        assert selectors.sitting(drill).remaining_seconds is None

    def test_a_hundred_items_take_the_queries_of_four(self, books, mock, learner, django_assert_num_queries):
        big = make_exam("big", [single_best(f"big-{number}") for number in range(100)], minutes=240)
        for exam in (mock, big):
            attempt = start_attempt(exam=exam, by=learner)
            with django_assert_num_queries(3):  # the clock, the responses, versions not shown before
                seen = selectors.sitting(attempt)
            with django_assert_num_queries(2):
                assert selectors.sitting(attempt).items == seen.items
        assert len(seen.items) == 100


class TestOverview:
    def test_a_list_says_where_one_stands(self, mock, practice, learner, outsider):
        for answers in (KEYS[:1], KEYS[:3]):
            attempt = start_attempt(exam=mock, by=learner)
            for position, answer in enumerate(answers, start=1):
                save(attempt, position, answer)
            hand_in(attempt_id=attempt.pk, by=learner)
        other = start_attempt(exam=mock, by=outsider)
        hand_in(attempt_id=other.pk, by=outsider)
        opened = start_attempt(exam=mock, by=learner)
        save(opened, 1, KEYS[0])
        (row,) = exam_lists.exam_overview(learner)
        sections = [SectionRow("Section 1", 2, 0), SectionRow("Section 2", 2, 0)]
        assert (row.slug, row.items, row.sections) == ("mock", 4, sections)
        assert (row.held, row.published, row.cannot_start) == (0, 4, "")
        assert (row.open_attempt_id, row.open_answered, row.open_items) == (opened.pk, 1, 4)
        assert [result.score for result in row.results] == [75, 25]
        assert (row.best_score, row.last.attempt_id) == (75, attempt.pk)
        assert exam_lists.exam_row(learner, "mock") == row
        (untouched,) = exam_lists.practice_overview(learner)
        assert (untouched.slug, untouched.results, untouched.open_attempt_id) == ("practice", [], None)

    def test_an_unpublished_exam_is_not_listed(self, mock, learner):
        mock.published = False
        mock.save()
        assert exam_lists.exam_overview(learner) == []
        assert selectors.find_exam("mock") is None
        assert exam_lists.exam_row(learner, "mock") is None

    def test_many_exams_take_the_queries_of_one(self, books, mock, learner, django_assert_num_queries):
        def look():
            with django_assert_num_queries(6):
                return exam_lists.exam_overview(learner)

        assert len(look()) == 1
        for number in range(5):
            exam = make_exam(f"exam-{number}", [single_best(f"item-{number}")], minutes=5)
            for _ in range(2):
                hand_in(attempt_id=start_attempt(exam=exam, by=learner).pk, by=learner)
            start_attempt(exam=exam, by=learner)
        set_aside("item-0", "mock-first")
        assert len(look()) == 6

    def test_what_is_set_aside_is_counted_by_itself(self, mock, learner):
        opened = start_attempt(exam=mock, by=learner)
        set_aside("mock-first", "mock-many", "mock-code")
        set_aside("mock-code", system="hcpcs")  # twice held is one item
        (row,) = exam_lists.exam_overview(learner)
        assert row.sections == [SectionRow("Section 1", 1, 1), SectionRow("Section 2", 0, 2)]
        assert (row.items, row.held, row.published) == (1, 3, 4)
        assert (row.open_attempt_id, row.open_items) == (opened.pk, 4)

    def test_a_draft_that_is_set_aside_is_not_missed(self, mock, learner):
        Item.objects.filter(slug="mock-first").update(status="draft")
        set_aside("mock-first")
        (row,) = exam_lists.exam_overview(learner)
        assert row.sections[0] == SectionRow("Section 1", 1, 0)

    def test_results_are_of_these_people_alone_and_the_newest_first(
        self, mock, learner, outsider, instructor, django_assert_num_queries
    ):
        for person in (learner, outsider, instructor, learner):
            hand_in(attempt_id=start_attempt(exam=mock, by=person).pk, by=person)
        start_attempt(exam=mock, by=learner)
        with django_assert_num_queries(1):
            results = selectors.results_for_users([learner.pk, outsider.pk])
        assert [result.user_id for result in results] == [learner.pk, outsider.pk, learner.pk]
        assert results == sorted(results, key=lambda result: result.finished_at, reverse=True)


class TestHeldItems:
    def test_each_says_why_and_who_asks_for_it(self, mock, practice, django_assert_num_queries):
        hidden = make_exam("hidden", [single_best("alone")])
        hidden.published = False
        hidden.save()
        section = practice.sections.first()
        item = Item.objects.get(slug="mock-first")
        ExamItem.objects.create(section=section, item=item, position=9)
        set_aside("mock-first", "alone")
        set_aside("practice-code")
        Item.objects.filter(slug="practice-code").update(status="draft")
        with django_assert_num_queries(1):
            rows = selectors.held_items()
        assert [(row.slug, row.number, row.on, row.reason, row.exams) for row in rows] == [
            ("alone", 1, ON, "It is not in the book.", []),
            ("mock-first", 1, ON, "It is not in the book.", ["Mock", "Practice"]),
        ]

    def test_forms_that_may_draw_it_ask_for_it(self, mock):
        drawn = make_drawn_exam("drawn", {"icd-10-cm": 2})
        make_drawn_exam("cases", {"icd-10-cm": 1}).sections.update(kinds=["coded_case"])
        make_drawn_exam("supplies", {"hcpcs": 1})
        set_aside("mock-first")
        (row,) = selectors.held_items()
        assert row.exams == ["Drawn", "Mock"]
        drawn.sections.update(kinds=["single_best", "audit"], care=["inpatient"])
        (row,) = selectors.held_items()
        assert row.exams == ["Mock"]


class TestAnswersReceived:
    def test_a_worked_example_asks_for_no_answer(self, drill):
        save(drill, 2, KEYS[1])
        assert selectors.answers_received(drill) == (1, 4)
        drill.responses.filter(position=1).update(served="worked")
        assert selectors.answers_received(drill) == (1, 3)


def test_an_exam_of_nothing_but_worked_examples_cannot_be_started(books, learner):
    exam = make_exam("charts", [coded_case("case")])
    ExamItem.objects.update(served="worked")
    assert exam_lists.why_it_cannot_start(exam) == "Charts cannot be started now."
