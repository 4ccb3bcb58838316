"""Starting: one attempt, its deadline and its seats, of listed items and of drawn ones."""

from collections import Counter
from datetime import timedelta

import pytest

from accounts.models import Accommodation, Cohort
from quizzes import exam_lists
from quizzes.errors import ExamNotAvailable
from quizzes.models import Attempt, ExamItem, ExamSection, Item, ItemHold, Scope
from quizzes.services.attempts import hand_in
from quizzes.services.items import save_item
from quizzes.services.lesson_checks import seat_checks
from quizzes.services.starting import start_attempt
from tests.quizzes.school import (
    coded_case,
    make_drawn_exam,
    make_exam,
    make_items,
    mixed,
    move,
    save,
    server_now,
    set_aside,
    single_best,
    version_of,
)


def test_the_deadline_is_the_servers_clock_plus_the_minutes(mock, learner):
    before = server_now()
    attempt = start_attempt(exam=mock, by=learner)
    assert before <= attempt.started_at <= server_now()
    assert attempt.deadline_at - attempt.started_at == timedelta(minutes=12)
    assert (attempt.extra_time_percent, attempt.grace_seconds) == (0, 30)


def test_a_standing_accommodation_stretches_the_minutes(mock, learner, admin):
    ended = {"extra_time_percent": 100, "reason": "was", "granted_by": admin, "ended_at": server_now()}
    Accommodation.objects.create(user=learner, **ended)
    Accommodation.objects.create(user=learner, extra_time_percent=50, reason="is", granted_by=admin)
    attempt = start_attempt(exam=mock, by=learner)
    assert attempt.deadline_at - attempt.started_at == timedelta(minutes=18)
    assert attempt.extra_time_percent == 50


def test_every_item_has_its_response_in_the_order_of_the_exam(sitting):
    rows = sitting.responses.order_by("position")
    slugs = list(rows.values_list("position", "section__title", "item_version__item__slug"))
    assert slugs == [
        (1, "Section 1", "mock-first"),
        (2, "Section 1", "mock-second"),
        (3, "Section 2", "mock-many"),
        (4, "Section 2", "mock-code"),
    ]
    assert set(rows.values_list("revision", "answer", "saved_at")) == {(0, None, None)}


def test_starting_again_gives_the_open_attempt(sitting, mock, learner):
    assert start_attempt(exam=mock, by=learner).pk == sitting.pk
    assert Attempt.objects.count() == 1


def test_an_overdue_attempt_is_closed_and_a_new_one_begins(sitting, mock, learner):
    move(sitting, minutes=13)
    fresh = start_attempt(exam=mock, by=learner)
    assert fresh.pk != sitting.pk
    sitting.refresh_from_db()
    assert (sitting.state, sitting.finished_at) == ("closed", sitting.deadline_at)


def test_practice_has_no_clock_whatever_the_accommodation(practice, learner, admin):
    Accommodation.objects.create(user=learner, extra_time_percent=50, reason="is", granted_by=admin)
    attempt = start_attempt(exam=practice, by=learner)
    assert (attempt.deadline_at, attempt.extra_time_percent) == (None, 0)


def test_an_attempt_keeps_the_version_that_it_started_with(sitting, mock, learner, outsider):
    before = version_of("mock-first")
    after = save_item(spec=single_best("mock-first", key="c"), by=None)
    assert start_attempt(exam=mock, by=learner).responses.get(position=1).item_version == before
    assert start_attempt(exam=mock, by=outsider).responses.get(position=1).item_version == after


def test_an_unpublished_or_empty_exam_cannot_be_started(mock, learner):
    Item.objects.update(status="set_aside")
    with pytest.raises(ExamNotAvailable):
        start_attempt(exam=mock, by=learner)
    Item.objects.update(status="published")
    mock.published = False
    with pytest.raises(ExamNotAvailable):
        start_attempt(exam=mock, by=learner)
    assert not Attempt.objects.exists()


def test_what_is_set_aside_is_not_seated(mock, learner, outsider):
    before = start_attempt(exam=mock, by=outsider)
    set_aside("mock-first")
    attempt = start_attempt(exam=mock, by=learner)
    slugs = attempt.responses.order_by("position").values_list("position", "item_version__item__slug")
    assert list(slugs) == [(1, "mock-second"), (2, "mock-many"), (3, "mock-code")]
    assert start_attempt(exam=mock, by=outsider) == before
    assert before.responses.count() == 4


def test_a_newer_version_is_seated_though_the_old_one_was_set_aside(mock, learner):
    ItemHold.objects.create(
        item_version=version_of("mock-first"), system="icd10cm", release_label="July 2026", reason="Gone."
    )
    fresh = save_item(spec=single_best("mock-first", key="c"), by=None)
    assert start_attempt(exam=mock, by=learner).responses.get(position=1).item_version == fresh


def test_a_mock_exam_does_not_start_without_one_of_its_sections(mock, practice, learner):
    set_aside("mock-first", "mock-second", "practice-first", "practice-second")
    words = (
        "Mock cannot be started now: the items of its section “Section 1” are set aside, "
        "because their codes are not valid in the books of their dates."
    )
    with pytest.raises(ExamNotAvailable) as refused:
        start_attempt(exam=mock, by=learner)
    assert str(refused.value) == words
    assert not Attempt.objects.filter(exam=mock).exists()
    assert start_attempt(exam=practice, by=learner).responses.count() == 2
    Item.objects.filter(slug__startswith="mock").update(status="set_aside")
    Item.objects.filter(slug="mock-code").update(status="published")
    with pytest.raises(ExamNotAvailable, match="its section “Section 1” has no items"):
        start_attempt(exam=mock, by=learner)


def test_practice_of_which_nothing_is_left_says_why(practice, learner):
    set_aside(*(spec.slug for spec in mixed("practice")))
    with pytest.raises(ExamNotAvailable) as refused:
        start_attempt(exam=practice, by=learner)
    assert str(refused.value) == (
        "Practice cannot be started now: its items are set aside, "
        "because their codes are not valid in the books of their dates."
    )


def test_a_hundred_items_start_in_as_many_statements_as_four(books, learner, mock, django_assert_num_queries):
    big = make_exam("big", [single_best(f"big-{number}") for number in range(102)], minutes=240)
    set_aside("big-0", "big-17")
    for exam in (mock, big):
        with django_assert_num_queries(10):  # eight, and the savepoint of the test's transaction
            attempt = start_attempt(exam=exam, by=learner)
    assert attempt.responses.count() == 100


def slugs_of(attempt) -> list[str]:
    return list(attempt.responses.order_by("position").values_list("item_version__item__slug", flat=True))


def refusal(**asked) -> str:
    with pytest.raises(ExamNotAvailable) as refused:
        start_attempt(**asked)
    return str(refused.value)


@pytest.fixture
def bank(books):
    """Twelve items of anatomy and six of compliance."""
    anatomy = [single_best(f"anatomy-{number}", domain="anatomy") for number in range(12)]
    return make_items(anatomy + [single_best(f"law-{number}", domain="compliance") for number in range(6)])


@pytest.fixture
def drawn(bank):
    return make_drawn_exam("drawn", {"anatomy": 4, "compliance": 2})


class TestDrawn:
    def test_a_form_has_its_sections_in_order_and_keeps_its_seed(self, drawn, learner):
        attempt = start_attempt(exam=drawn, by=learner)
        assert [slug.split("-")[0] for slug in slugs_of(attempt)] == ["anatomy"] * 4 + ["law"] * 2
        assert len(set(slugs_of(attempt))) == 6
        rows = attempt.responses.order_by("position")
        assert list(rows.values_list("position", flat=True)) == [1, 2, 3, 4, 5, 6]
        assert set(rows.values_list("served", "scored", "revision", "answer")) == {("alone", True, 0, None)}
        assert attempt.seed is not None
        assert (attempt.scope, attempt.minutes, attempt.pass_mark) == ("whole", 240, 70)

    def test_a_student_gets_nothing_twice_before_the_pool_is_used_up(self, drawn, learner):
        given = Counter()
        for _ in range(3):
            attempt = start_attempt(exam=drawn, by=learner)
            given.update(slugs_of(attempt))
            hand_in(attempt_id=attempt.pk, by=learner)
        assert given == Counter({item.slug: 1 for item in Item.objects.all()})
        again = start_attempt(exam=drawn, by=learner)
        assert len(slugs_of(again)) == 6

    def test_what_a_student_met_in_practice_was_seen(self, drawn, learner):
        quiz = make_exam("quiz", [])
        section = ExamSection.objects.create(exam=quiz, position=1, title="One", domain="anatomy")
        items = Item.objects.filter(slug__in=[f"anatomy-{number}" for number in range(8)])
        ExamItem.objects.bulk_create(
            ExamItem(section=section, item=item, position=number) for number, item in enumerate(items)
        )
        start_attempt(exam=quiz, by=learner)
        found = [slug for slug in slugs_of(start_attempt(exam=drawn, by=learner)) if "anatomy" in slug]
        assert sorted(found) == ["anatomy-10", "anatomy-11", "anatomy-8", "anatomy-9"]

    def test_items_are_spread_over_the_forms_of_everyone(self, drawn, django_user_model):
        for number in range(9):
            person = django_user_model.objects.create_user(f"{number}@example.com", None, name="S")
            start_attempt(exam=drawn, by=person)
        stood = Counter(slug for one in Attempt.objects.all() for slug in slugs_of(one) if "anatomy" in slug)
        assert sum(stood.values()) == 36  # three of each on average
        assert max(stood.values()) <= 6

    @pytest.mark.parametrize("why", ["held", "set aside", "worked", "closed", "other kind", "other care"])
    def test_what_may_not_be_given_is_not_drawn(self, drawn, learner, settings, why):
        drawn.sections.filter(position=2).delete()
        kept = {f"anatomy-{number}" for number in range(4)}
        others = Item.objects.filter(domain="anatomy").exclude(slug__in=kept)
        if why == "held":
            set_aside(*others.values_list("slug", flat=True))
        elif why == "set aside":
            others.update(status="set_aside")
        elif why == "worked":
            section = ExamSection.objects.create(
                exam=make_exam("quiz", []), position=1, title="One", domain="anatomy"
            )
            ExamItem.objects.bulk_create(
                ExamItem(section=section, item=item, position=number, served="worked")
                for number, item in enumerate(others)
            )
        elif why == "closed":
            settings.DEMO = False
            others.update(systems=["icd10cm", "cpt"])
        elif why == "other kind":
            others.update(kind="code_entry")
            drawn.sections.update(kinds=["single_best"])
        else:
            Item.objects.filter(slug__in=kept).update(care="inpatient")
            drawn.sections.update(care=["inpatient"])
        assert set(slugs_of(start_attempt(exam=drawn, by=learner))) == kept

    def test_cases_stand_in_a_form_alone(self, books, learner):
        make_items([coded_case(f"case-{number}", domain="cases", care="inpatient") for number in range(3)])
        attempt = start_attempt(exam=make_drawn_exam("cases", {"cases": 2}), by=learner)
        assert set(attempt.responses.values_list("served", flat=True)) == {"alone"}
        assert attempt.responses.count() == 2

    def test_a_shortage_is_refused_in_words_and_leaves_nothing(self, drawn, learner):
        Item.objects.filter(slug__in=["law-0", "law-1", "law-2", "law-3", "law-4"]).update(status="draft")
        words = "Drawn cannot be started whole now: Of compliance needs 2, 1 is published."
        assert refusal(exam=drawn, by=learner) == words
        assert not Attempt.objects.exists()

    def test_a_shortage_that_a_licence_would_end_says_so(self, drawn, learner, settings):
        settings.DEMO = False
        Item.objects.filter(domain="compliance").update(systems=["cpt"])
        assert refusal(exam=drawn, by=learner) == (
            "Drawn cannot be started whole now: Of compliance needs 2, 0 are published. "
            "Items about CPT are closed. No CPT licence is recorded."
        )

    def test_unscored_items_come_on_top_and_differ_in_nothing_else(self, drawn, learner):
        drawn.unscored = 3
        drawn.save()
        attempt = start_attempt(exam=drawn, by=learner)
        rows = attempt.responses.all()
        assert (rows.count(), rows.filter(scored=False).count()) == (9, 3)
        assert rows.filter(scored=True, section__position=1).count() == 4
        assert set(rows.values_list("served", "revision", "answer", "flagged", "note", "checks")) == {
            ("alone", 0, None, False, "", 0)
        }

    def test_a_hundred_drawn_items_start_in_few_statements(self, books, learner, django_assert_num_queries):
        make_items([single_best(f"a-{number}", domain="anatomy") for number in range(150)])
        small, big = make_drawn_exam("small", {"anatomy": 2}), make_drawn_exam("big", {"anatomy": 100})
        for exam in (small, big):
            start_attempt(exam=exam, by=learner)  # fills what is kept for ten minutes
            Attempt.objects.filter(exam=exam).update(state="closed", **CLOSED)
            with django_assert_num_queries(12):  # ten, and the savepoint of the test's transaction
                start_attempt(exam=exam, by=learner)


CLOSED = {
    "closed_at": "2026-05-12T12:00Z",
    "finished_at": "2026-05-12T12:00Z",
    "close_reason": "handed_in",
}


class TestLengths:
    def test_half_a_form_has_half_the_items_and_minutes(self, drawn, learner):
        attempt = start_attempt(exam=drawn, by=learner, scope=Scope.HALF)
        assert [slug.split("-")[0] for slug in slugs_of(attempt)] == ["anatomy", "anatomy", "law"]
        assert (attempt.scope, attempt.minutes) == ("half", 120)
        assert attempt.deadline_at - attempt.started_at == timedelta(minutes=120)

    def test_a_section_has_its_share_of_the_time_rounded_up(self, drawn, learner):
        drawn.minutes = 100
        drawn.save()
        section = drawn.sections.get(position=2)
        attempt = start_attempt(exam=drawn, by=learner, scope=Scope.SECTION, section_id=section.pk)
        assert len(slugs_of(attempt)) == 2
        assert set(attempt.responses.values_list("section", flat=True)) == {section.pk}
        assert attempt.minutes == 34

    def test_half_of_a_form_that_lists_its_items_is_drawn_from_the_list(self, mock, learner):
        mock.choice = True
        mock.save()
        attempt = start_attempt(exam=mock, by=learner, scope=Scope.HALF)
        rows = attempt.responses.values_list("section__position", flat=True)
        assert (list(rows), attempt.minutes) == ([1, 2], 6)
        assert all(slug.startswith("mock-") for slug in slugs_of(attempt))

    def test_without_the_clock_there_is_no_deadline_and_no_extra_time(self, drawn, learner, admin):
        Accommodation.objects.create(user=learner, extra_time_percent=50, reason="is", granted_by=admin)
        attempt = start_attempt(exam=drawn, by=learner, timed=False)
        assert (attempt.minutes, attempt.deadline_at, attempt.extra_time_percent) == (None, None, 0)

    def test_an_open_attempt_of_another_length_is_gone_on_with(self, drawn, learner):
        whole = start_attempt(exam=drawn, by=learner)
        assert start_attempt(exam=drawn, by=learner, scope=Scope.QUARTER, timed=False) == whole

    @pytest.mark.parametrize("asked", [{"scope": Scope.HALF}, {"timed": False}])
    def test_only_where_the_exam_leaves_the_choice(self, drawn, learner, asked):
        drawn.choice = False
        assert refusal(exam=drawn, by=learner, **asked) == "Drawn is sat whole and by the clock."

    def test_a_section_of_another_exam_is_refused(self, drawn, mock, learner):
        other = mock.sections.first().pk
        for section_id in (other, None):
            words = refusal(exam=drawn, by=learner, scope=Scope.SECTION, section_id=section_id)
            assert words == "Drawn has no such section."


class TestWhoAndWhen:
    def test_only_the_cohorts_that_it_is_for(self, mock, cohort, learner, outsider):
        mock.cohorts.add(cohort)
        assert refusal(exam=mock, by=outsider) == "Mock is not open to you."
        assert start_attempt(exam=mock, by=learner).user == learner

    def test_an_archived_cohort_opens_nothing(self, mock, cohort, learner):
        mock.cohorts.add(cohort)
        Cohort.objects.update(archived_at=server_now())
        assert refusal(exam=mock, by=learner) == "Mock is not open to you."

    def test_not_before_the_window_opens(self, mock, learner):
        mock.opens_at = server_now() + timedelta(seconds=30)
        assert refusal(exam=mock, by=learner).startswith("Mock opens on ")
        mock.opens_at = server_now()
        assert start_attempt(exam=mock, by=learner)

    def test_not_after_it_closed(self, mock, learner):
        mock.closes_at = server_now() - timedelta(seconds=1)
        assert refusal(exam=mock, by=learner).startswith("Mock closed on ")

    @pytest.mark.parametrize(("extends", "minutes"), [(True, 10), (False, 4)])
    def test_the_window_cuts_the_minutes_and_an_accommodation_moves_it(
        self, mock, learner, admin, extends, minutes
    ):
        Accommodation.objects.create(
            user=learner, extra_time_percent=50, extends_window=extends, reason="is", granted_by=admin
        )
        mock.closes_at = server_now() + timedelta(minutes=4)
        attempt = start_attempt(exam=mock, by=learner)
        assert attempt.deadline_at == mock.closes_at + timedelta(minutes=minutes - 4)

    def test_whoever_has_a_longer_window_may_still_begin(self, mock, learner, outsider, admin):
        Accommodation.objects.create(user=learner, extra_time_percent=50, reason="is", granted_by=admin)
        mock.closes_at = server_now() - timedelta(minutes=1)
        assert start_attempt(exam=mock, by=learner).deadline_at == mock.closes_at + timedelta(minutes=6)
        assert refusal(exam=mock, by=outsider).startswith("Mock closed on ")

    @pytest.mark.parametrize("asked", [{"scope": "quarter"}, {"timed": False}])
    def test_the_window_is_as_long_for_every_length(self, drawn, learner, admin, asked):
        """240 minutes and half as much again: two hours later than for others, whatever is sat."""
        Accommodation.objects.create(user=learner, extra_time_percent=50, reason="is", granted_by=admin)
        drawn.closes_at = server_now() - timedelta(minutes=119)
        drawn.save()
        row = exam_lists.exam_row(learner, drawn.slug)
        assert (row.cannot_start, row.closes_at) == ("", drawn.closes_at + timedelta(hours=2))
        assert start_attempt(exam=drawn, by=learner, **asked).deadline_at == row.closes_at

    def test_reports_that_are_open_after_the_window_let_nobody_in(self, mock, learner):
        mock.closes_at = server_now() + timedelta(hours=1)
        mock.release, mock.released_at = "after_window", server_now()
        mock.save()
        assert refusal(exam=mock, by=learner).startswith(
            "Mock is over: its reports, with the keys, have been"
        )
        assert exam_lists.exam_row(learner, mock.slug).cannot_start.startswith("Mock is over")

    def test_no_more_attempts_than_are_allowed(self, mock, learner, outsider):
        mock.attempts_allowed = 1
        attempt = start_attempt(exam=mock, by=learner)
        assert start_attempt(exam=mock, by=learner) == attempt
        hand_in(attempt_id=attempt.pk, by=learner)
        assert refusal(exam=mock, by=learner) == "Mock can be sat once, and you have done so."
        assert Attempt.objects.filter(user=learner).count() == 1
        assert start_attempt(exam=mock, by=outsider)


def test_a_mock_form_is_whole_or_not_there_when_cpt_is_closed(mock, practice, learner, settings):
    Item.objects.filter(slug__endswith="-first").update(systems=["icd10cm", "cpt"])
    settings.DEMO = False
    words = "Mock cannot be started now: 1 of its items is about CPT. No CPT licence is recorded."
    assert refusal(exam=mock, by=learner) == words
    assert slugs_of(start_attempt(exam=practice, by=learner)) == [
        "practice-second",
        "practice-many",
        "practice-code",
    ]
    settings.DEMO = True
    assert len(slugs_of(start_attempt(exam=mock, by=learner))) == 4
    settings.DEMO = False
    assert len(slugs_of(start_attempt(exam=mock, by=learner))) == 4  # what was started goes on


def seats(attempt):
    return list(attempt.responses.order_by("position").values_list("item_version__item__slug", flat=True))


class TestSectionsInTurns:
    def _sit(self, exam, user, right):
        attempt = start_attempt(exam=exam, by=user)
        order = seats(attempt)
        for position in range(1, len(order) + 1):
            save(attempt, position, {"choice": "b" if right else "a"})
        hand_in(attempt_id=attempt.pk, by=user)
        return order

    def test_once_a_quiz_is_passed_its_sections_come_in_turns(self, books, learner, outsider):
        exam = make_exam("drill", [single_best(f"drill-{number}") for number in range(1, 6)])
        blocked = ["drill-1", "drill-2", "drill-3", "drill-4", "drill-5"]
        assert self._sit(exam, learner, right=False) == blocked
        assert self._sit(exam, learner, right=True) == blocked
        turns = ["drill-1", "drill-3", "drill-5", "drill-2", "drill-4"]
        assert seats(start_attempt(exam=exam, by=learner)) == turns
        assert seats(start_attempt(exam=exam, by=outsider)) == blocked

    def test_a_mock_exam_keeps_its_order(self, books, learner):
        exam = make_exam("mock", [single_best(f"mock-{number}") for number in range(1, 6)], minutes=20)
        first = self._sit(exam, learner, right=True)
        assert seats(start_attempt(exam=exam, by=learner)) == first

    def test_a_quiz_with_a_worked_case_keeps_its_order(self, books, learner):
        exam = make_exam("drill", [single_best(f"drill-{number}") for number in range(1, 6)])
        make_items([coded_case("shown")])
        case = Item.objects.get(slug="shown")
        ExamItem.objects.create(section=exam.sections.first(), item=case, position=9, served="worked")
        attempt = start_attempt(exam=exam, by=learner)
        for position in (1, 2, 4, 5, 6):
            save(attempt, position, {"choice": "b"})
        hand_in(attempt_id=attempt.pk, by=learner)
        attempt.refresh_from_db()
        assert attempt.passed
        order = ["drill-1", "drill-2", "shown", "drill-3", "drill-4", "drill-5"]
        assert seats(start_attempt(exam=exam, by=learner)) == order


def test_a_drawn_form_takes_no_question_of_a_lesson(books, learner):
    make_items([single_best("in-a-lesson"), single_best("free")])
    seat_checks(lesson_id=1, title="Asking", items=["in-a-lesson"])
    exam = make_drawn_exam("drawn", {"icd-10-cm": 1})
    assert seats(start_attempt(exam=exam, by=learner)) == ["free"]
