"""The figures of an exam's items: who counts, which grade counts, and what the database adds up."""

import random
import statistics as plain

import pytest

from quizzes.exam_results import first_sittings, students_seen
from quizzes.exam_statistics import item_table, measure_items, measured, measured_facility
from quizzes.models import Attempt, Exam, Grade, GradingRun, Item, Response
from quizzes.services.starting import start_attempt
from quizzes.statistics import ENOUGH, correlation
from tests.quizzes.exam_hall import sit, students
from tests.quizzes.school import (
    KEYS,
    cm,
    code_entry,
    make_exam,
    multiple_response,
    save,
    server_now,
    single_best,
    version_of,
)

RIGHT, WRONG = {"choice": "b"}, {"choice": "a"}


def table_of(exam, user):
    return item_table(exam, first_sittings(exam, students_seen(user)))


def grade_again(response, credit, by):
    run = GradingRun.objects.create(
        item_version=response.item_version,
        reason="The key was wrong.",
        created_by=by,
        applied_by=by,
        applied_at=server_now(),
    )
    Grade.objects.create(response=response, item_version=response.item_version, credit=credit, run=run)


@pytest.fixture
def form(books):
    """Four single best answers with the key b, in two sections."""
    return make_exam("form", [single_best(f"form-{n}") for n in range(1, 5)], minutes=60)


class TestItemTable:
    def test_the_figures_are_those_of_the_answers(self, form, cohort, admin):
        """Counted again here, by definition, from answers of chance; the fourth item is a trial."""
        chance = random.Random(4)
        rows = []
        for user in students(ENOUGH + 4, cohort):
            chosen = [chance.choice("bbbacd") for _ in range(4)]
            chosen[chance.randrange(4)] = chance.choice(["", "b"])
            sit(form, user, {n: {"choice": one} for n, one in enumerate(chosen, 1) if one}, trial=[4])
            rows.append(chosen)
        found = table_of(form, admin)
        assert found.sittings == len(rows)
        figures = {row.version.item.slug: row.figures for row in found.rows}
        credits = [[float(one == "b") for one in row] for row in rows]
        for place in range(4):
            answered = [n for n, row in enumerate(rows) if row[place]]
            own = [credits[n][place] for n in answered]
            others = [other for other in range(3) if other != place]
            rest = [plain.fmean(credits[n][other] for other in others) for n in answered]
            item = figures[f"form-{place + 1}"]
            assert (item.asked, item.answers) == (len(rows), len(answered))
            assert item.sums.x / item.sums.n == pytest.approx(plain.fmean(own))
            if item.enough:
                assert item.correlation.value == pytest.approx(plain.correlation(own, rest))
            counted = {option.id: option.chosen for option in item.options}
            assert counted == {name: sum(row[place] == name for row in rows) for name in "abcd"}
        assert [row.version.item.slug for row in found.rows if row.trial] == ["form-4"]
        scored = [row[:3] for row in credits]
        variances = [plain.pvariance(column) for column in zip(*scored, strict=True)]
        total = plain.pvariance([sum(row) for row in scored])
        alpha = found.whole.reliability
        assert (alpha.name, alpha.items, alpha.sittings) == ("KR-20", 3, len(rows))
        assert alpha.alpha.value == pytest.approx(3 / 2 * (1 - sum(variances) / total))
        assert alpha.error == pytest.approx((total * (1 - alpha.alpha.value)) ** 0.5)

    def test_thirds_go_by_the_total_and_equal_totals_stay_together(self, form, cohort, admin):
        """Ten have nothing right, ten two, ten all: item 1 is right for the last two tens."""
        for number, user in enumerate(students(30, cohort)):
            right = (0, 2, 4)[number // 10]
            sit(form, user, {n: RIGHT if n <= right else WRONG for n in range(1, 5)})
        by_slug = {row.version.item.slug: row.figures for row in table_of(form, admin).rows}
        options = {option.id: option for option in by_slug["form-1"].options}
        assert by_slug["form-1"].thirds == (10, 10, 10)
        assert (options["b"].thirds, options["a"].thirds) == ((0, 10, 10), (10, 0, 0))
        assert options["b"].rest == pytest.approx((1 / 3 + 1) / 2)
        assert [option.id for option in options.values() if option.is_key] == ["b"]

    def test_the_middle_holds_those_who_are_all_alike(self, form, cohort, admin):
        for user in students(30, cohort):
            sit(form, user, {1: RIGHT, 2: WRONG})
        row = table_of(form, admin).rows[0]
        assert row.figures.thirds == (0, 30, 0)
        assert row.figures.correlation is None

    def test_items_with_doubts_come_first(self, form, cohort, admin):
        """The last item is right only for those who have nothing else right."""
        for number, user in enumerate(students(ENOUGH, cohort)):
            able = number % 2
            answers = {n: RIGHT if able else {"choice": "acd"[number % 3]} for n in (1, 2, 3)}
            sit(form, user, {**answers, 4: {"choice": "acd"[number % 3]} if able else RIGHT})
        rows = table_of(form, admin).rows
        assert [row.version.item.slug for row in rows] == ["form-4", "form-1", "form-2", "form-3"]
        assert rows[0].doubts[0].startswith("Stronger students do worse: the correlation is −1.00")
        assert [row.doubts for row in rows[1:]] == [[], [], []]

    def test_nothing_is_said_of_29(self, form, cohort, admin):
        for number, user in enumerate(students(ENOUGH - 1, cohort)):
            sit(form, user, dict.fromkeys(range(1, 5), WRONG if number % 2 else RIGHT))
        found = table_of(form, admin)
        first = found.rows[0].figures
        assert (first.answers, first.facility, first.correlation) == (ENOUGH - 1, None, None)
        assert [row.doubts for row in found.rows] == [[], [], [], []]
        assert (found.whole.reliability, found.whole.why_not) == (None, "Not enough sittings yet.")

    def test_where_not_all_had_the_same_items_only_sections_that_all_took_have_a_coefficient(
        self, form, cohort, admin
    ):
        """As if the second section had been drawn: for half of the students one of its items is another."""
        spare = make_exam("spare", [single_best("spare-1"), single_best("spare-2")], minutes=5)
        other = version_of("spare-1")
        for number, user in enumerate(students(ENOUGH, cohort)):
            attempt = start_attempt(exam=form, by=user)
            if number % 2:
                Response.objects.filter(attempt=attempt, position=4).update(item_version=other)
            sit(form, user, {n: RIGHT if number % 3 > (n == 2) else WRONG for n in range(1, 5)})
        found = table_of(form, admin)
        assert found.whole.reliability is None
        assert found.whole.why_not.startswith("Its items were not the same for everybody, as in a form")
        assert [part.title for part in found.sections] == ["Section 1"]
        assert found.sections[0].reliability.items == 2
        assert spare.attempts.count() == 0

    def test_kinds_without_options_show_their_frequent_answers(self, books, cohort, admin):
        exam = make_exam("kinds", [code_entry("code"), multiple_response("many")], minutes=60)
        for number, user in enumerate(students(4, cohort)):
            sit(
                exam,
                user,
                {1: cm("I10") if number else cm("E11.22"), 2: {"choices": ["b", "e" if number else "a"]}},
            )
        figures = {row.version.item.slug: row.figures for row in table_of(exam, admin).rows}
        assert [(one.id, one.chosen) for one in figures["code"].options] == [("I10", 3), ("E11.22", 1)]
        assert [(one.id, one.is_key, one.chosen) for one in figures["many"].options] == [
            ("a", False, 1),
            ("b", True, 4),
            ("c", False, 0),
            ("d", False, 0),
            ("e", True, 3),
        ]
        assert (figures["code"].one_of, figures["many"].one_of) == (None, None)

    def test_the_newest_grade_counts_and_empty_sittings_do_not(self, form, cohort, admin, learner):
        one, two = students(2, cohort)
        sit(form, one, {})
        graded = sit(form, two, {1: WRONG})
        grade_again(graded.responses.get(position=1), "0.5", admin)
        found = table_of(form, admin)
        by_slug = {row.version.item.slug: row.figures for row in found.rows}
        assert (found.sittings, by_slug["form-1"].asked, by_slug["form-1"].sums.x) == (1, 1, 0.5)
        assert (by_slug["form-2"].asked, by_slug["form-2"].answers) == (1, 0)

    def test_it_takes_the_same_queries_for_one_student_and_for_many(
        self, form, cohort, admin, django_assert_num_queries
    ):
        for number, user in enumerate(students(5, cohort)):
            attempt = sit(form, user, {1: RIGHT, 2: WRONG})
            if number in (0, 4):
                ids = list(Attempt.objects.values_list("pk", flat=True))
                with django_assert_num_queries(10):  # 6 of them for the cache
                    assert item_table(form, ids).sittings == number + 1
        assert attempt.score == 25

    def test_the_sums_are_kept_until_there_is_another_sitting_or_another_grade(
        self, form, cohort, admin, django_assert_num_queries
    ):
        one, two = students(2, cohort)
        graded = sit(form, one, {1: WRONG})
        ids = [graded.pk]
        credit = lambda: item_table(form, ids).rows[0].figures.sums.x  # noqa: E731
        assert credit() == 0
        with django_assert_num_queries(4):  # grading runs, the cache, sections, versions
            assert credit() == 0
        grade_again(graded.responses.get(position=1), "0.5", admin)
        assert credit() == 0.5
        assert item_table(form, [*ids, sit(form, two, {1: RIGHT}).pk]).sittings == 2


class TestMeasured:
    def _measured(self):
        measure_items()
        items = {item.pk: item.slug for item in Item.objects.all()}
        return {items[pk]: found for pk, found in measured_facility(items).items()}

    def test_the_first_answer_of_each_student_counts_by_its_newest_grade(
        self, mock, learner, outsider, admin
    ):
        Exam.objects.filter(pk=mock.pk).update(release="score_only")
        sit(mock, learner, {1: WRONG, 2: KEYS[1]})
        sit(mock, learner, {1: KEYS[0]})
        second = sit(mock, outsider, {1: KEYS[0], 2: KEYS[1]})
        assert self._measured() == {"mock-first": (2, 50.0), "mock-second": (2, 100.0)}
        grade_again(second.responses.get(position=2), "0.5", admin)
        assert self._measured()["mock-second"] == (2, 75.0)

    def test_nor_does_what_was_sat_without_a_clock_or_with_the_keys_known(self, form, cohort):
        one, two = students(2, cohort)
        Exam.objects.filter(pk=form.pk).update(choice=True)
        form.refresh_from_db()
        sit(form, one, {1: RIGHT}, timed=False)
        sit(form, one, {1: RIGHT})
        assert self._measured() == {}
        sit(form, two, {1: WRONG})
        assert self._measured() == {"form-1": (1, 0.0)}

    def test_practice_staff_open_sittings_and_earlier_versions_do_not_count(
        self, mock, practice, learner, instructor, outsider
    ):
        sit(practice, learner, {1: KEYS[0]})
        sit(mock, instructor, {1: KEYS[0]})
        save(start_attempt(exam=mock, by=outsider), 1, KEYS[0])
        assert self._measured() == {}
        sit(mock, learner, {1: KEYS[0]})
        assert self._measured() == {"mock-first": (1, 100.0)}
        newer = version_of("mock-first")
        newer.pk, newer.number = None, 2
        newer.save()
        Item.objects.filter(slug="mock-first").update(current=newer)
        assert self._measured() == {}

    def test_the_correlation_is_that_of_the_exam_while_there_is_one_exam(self, form, cohort, admin):
        for number, user in enumerate(students(ENOUGH, cohort)):
            sit(form, user, {n: RIGHT if number % (n + 1) else WRONG for n in range(1, 5)})
        measure_items()
        by_id = {row.version.item_id: row.figures.correlation for row in table_of(form, admin).rows}
        for pk, sums in measured(by_id).items():
            assert correlation(sums).value == pytest.approx(by_id[pk].value, abs=1e-3)

    def test_a_start_reads_and_never_measures(self, mock, learner, django_assert_num_queries):
        sit(mock, learner, {1: KEYS[0]})
        item = Item.objects.get(slug="mock-first")
        with django_assert_num_queries(1):  # of the cache
            assert measured_facility([item.pk]) == {}
        assert measure_items() == 1
        with django_assert_num_queries(1):
            assert measured_facility([item.pk]) == {item.pk: (1, 100.0)}
