"""The pages of an exam's results and items: own students alone, figures with their uncertainty, CSV."""

import csv
import io
from datetime import datetime

import pytest
from bs4 import BeautifulSoup
from django.urls import reverse

from accounts.models import Cohort, CohortMembership, User
from quizzes.exam_statistics import measure_items
from quizzes.models import Attempt, Exam, ItemVersion
from quizzes.statistics import ENOUGH
from tests.quizzes.exam_hall import sit, students
from tests.quizzes.school import make_exam, single_best

RIGHT, WRONG = {"choice": "b"}, {"choice": "a"}
PAGES = ("exam_results", "exam_results_csv", "exam_items", "exam_items_csv")


def address(name, *args):
    return reverse(f"quizzes:{name}", args=args)


def texts(response, selector):
    """Of each element, in one line."""
    return [
        " ".join(one.get_text(" ").split())
        for one in BeautifulSoup(response.content, "lxml").select(selector)
    ]


def rows_of(response, selector):
    return texts(response, f"{selector} tbody tr")


def lines_of(response):
    text = response.content.decode()
    assert text.startswith("\ufeff")
    return list(csv.DictReader(io.StringIO(text[1:])))


@pytest.fixture
def form(books):
    return make_exam("form", [single_best(f"form-{n}") for n in range(1, 5)], minutes=60)


@pytest.fixture
def sat(form, cohort):
    """Thirty students; every second has items 1 to 3 right and item 4 wrong, the others the reverse."""
    for number, user in enumerate(students(ENOUGH, cohort)):
        able = number % 2
        answers = dict.fromkeys((1, 2, 3), RIGHT if able else WRONG)
        sit(form, user, {**answers, 4: WRONG if able else RIGHT})
    return form


@pytest.fixture
def teacher(client, instructor):
    client.force_login(instructor)
    return client


class TestWhoIsNamed:
    def test_nobody_of_another_cohort_on_any_page(self, teacher, form, cohort, learner, outsider):
        other = Cohort.objects.create(name="Autumn 2026")
        CohortMembership.objects.create(cohort=other, user=outsider)
        sit(form, learner, {1: RIGHT})
        sit(form, outsider, {1: RIGHT, 2: RIGHT})
        for name in PAGES:
            page = teacher.get(address(name, "form"))
            assert page.status_code == 200
            text = page.content.decode()
            assert "Otto" not in text, name
            assert "outsider@" not in text, name
            assert "Autumn" not in text, name
            assert teacher.get(address(name, "form"), {"cohort": other.pk}).status_code == 404, name
        assert "Dana Ruiz" in teacher.get(address("exam_results", "form")).content.decode()

    def test_an_admin_sees_everybody_or_one_cohort(self, client, admin, form, cohort, learner, outsider):
        for user in (learner, outsider):
            sit(form, user, {1: RIGHT})
        client.force_login(admin)
        named = [
            row.split(" 25%")[0] for row in rows_of(client.get(address("exam_results", "form")), ".students")
        ]
        assert named == ["Dana Ruiz", "Otto Lind"]
        narrowed = client.get(address("exam_results", "form"), {"cohort": cohort.pk})
        assert len(rows_of(narrowed, ".students")) == 1
        assert f"{address('exam_items', 'form')}?cohort={cohort.pk}" in narrowed.content.decode()


class TestResults:
    def test_each_row_leads_to_the_report(self, teacher, form, cohort, learner):
        attempt = sit(form, learner, {1: RIGHT, 2: RIGHT, 3: RIGHT})
        students(1, cohort)
        page = teacher.get(address("exam_results", "form"))
        assert BeautifulSoup(page.content, "lxml").select_one(".students tbody a")["href"] == address(
            "report", attempt.pk
        )
        assert texts(page, "#missing li") == ["Student 00 not begun"]
        assert rows_of(page, ".fold") == ["75 to under 80% 1"]
        assert teacher.get(address("report", attempt.pk)).status_code == 200

    def test_the_file_has_everybody_and_runs_no_formula(self, teacher, form, cohort, learner):
        User.objects.filter(pk=learner.pk).update(name="=1+1")
        students(1, cohort)
        sit(form, learner, {1: RIGHT})
        response = teacher.get(address("exam_results_csv", "form"))
        assert response.headers["Content-Disposition"] == 'attachment; filename="form-results.csv"'
        sat, missing = lines_of(response)
        assert (sat["Student"], sat["Score, percent"], sat["Passed"]) == ("'=1+1", "25.00", "no")
        assert datetime.fromisoformat(sat["Finished"]).utcoffset() is not None
        assert (missing["Student"], missing["Standing"], missing["Passed"]) == ("Student 00", "not begun", "")

    def test_the_mark_that_is_drawn_is_the_one_they_began_with(self, teacher, form, cohort):
        one, two = students(2, cohort)
        for user in (one, two):
            sit(form, user, {1: RIGHT, 2: RIGHT, 3: RIGHT})
        Exam.objects.filter(pk=form.pk).update(pass_mark=80)
        page = teacher.get(address("exam_results", "form"))
        (said,) = texts(page, ".key-line")
        assert said.startswith("The pass mark of 70% is dashed")
        assert said.endswith("These sittings began with it; today it is 80%.")
        assert len(texts(page, ".bars .now")) == 1
        Attempt.objects.filter(user=two).update(pass_mark=80, passed=False)
        page = teacher.get(address("exam_results", "form"))
        assert texts(page, ".key-line")[0].startswith(
            "The pass mark was changed between these sittings, from 70 to 80%"
        )
        assert texts(page, ".bars .now, .pl-pass") == []

    def test_who_knew_the_keys_is_named_and_not_counted(self, teacher, form, cohort, learner):
        Exam.objects.filter(pk=form.pk).update(choice=True)
        form.refresh_from_db()
        sit(form, learner, {}, timed=False)
        sit(form, learner, dict.fromkeys(range(1, 5), RIGHT))
        page = teacher.get(address("exam_results", "form"))
        assert texts(page, "#missing li") == [
            "Dana Ruiz sat it after an earlier attempt had shown the keys: 100%"
        ]
        assert "None of these students" in page.content.decode()

    def test_queries_do_not_grow(self, teacher, form, cohort, django_assert_num_queries):
        for number, user in enumerate(students(4, cohort)):
            sit(form, user, {1: RIGHT})
            if number in (0, 3):
                for name, count in (("exam_results", 10), ("exam_items", 16)):
                    with django_assert_num_queries(count):
                        teacher.get(address(name, "form"))
                with django_assert_num_queries(7):
                    teacher.get(address("exam_results_list"))

    def test_the_list_counts_first_sittings(self, teacher, form, cohort, learner):
        assert rows_of(teacher.get(address("exam_results_list")), "table") == ["Form 0 nobody yet"]
        sit(form, learner, dict.fromkeys(range(1, 5), RIGHT))
        (row,) = rows_of(teacher.get(address("exam_results_list")), "table")
        assert row.startswith("Form 1 100% 100% 27 to 100 ")


class TestItems:
    def test_what_misbehaves_stands_first_with_its_intervals(self, teacher, sat):
        first, second, *_ = rows_of(teacher.get(address("exam_items", "form")), ".items-table")
        assert first.startswith("form-4 doubtful Section 2 30 50% 36 to 64 −1.00 −1.00 to −1.00 – Stronger")
        assert second.startswith("form-1 doubtful Section 1 30 50% 36 to 64")  # nobody chose C and D
        assert "Nobody of 30 chose C, D: distractors for at most 8%." in second

    def test_too_few_answers_show_no_figure(self, teacher, form, cohort, learner):
        sit(form, learner, {1: RIGHT})
        rows = rows_of(teacher.get(address("exam_items", "form")), ".items-table")
        assert rows[0] == "form-1 Section 1 1 not enough yet: 30 answers are needed"
        page = teacher.get(address("exam_item", "form", "form-1", 1)).content.decode()
        assert "Not enough yet." in page
        assert "Who chose what" not in page
        (line, *_) = lines_of(teacher.get(address("exam_items_csv", "form")))
        assert (line["Answers"], line["Facility"], line["Chosen, of all and by third"]) == ("1", "", "")

    def test_one_item_shows_who_chose_what(self, teacher, sat):
        page = teacher.get(address("exam_item", "form", "form-4", 1))
        assert rows_of(page, "#options") == [
            "A Choice a 50% 15 0% – 100% 100%",
            "B key Choice b 50% 15 100% – 0% 0%",
            "C Choice c 0% 0 0% – 0% –",
            "D Choice d 0% 0 0% – 0% –",
        ]
        assert address("item_edit", "form-4") in page.content.decode()
        for slug, number in (("form-4", 2), ("none", 1)):
            assert teacher.get(address("exam_item", "form", slug, number)).status_code == 404

    def test_why_there_is_no_correlation(self, teacher, form, cohort):
        """Item 1 varies and nothing else does; the others are alike."""
        for number, user in enumerate(students(ENOUGH, cohort)):
            sit(form, user, {1: RIGHT if number % 2 else WRONG, 2: WRONG, 3: RIGHT, 4: RIGHT})
        by_slug = {
            row.split()[0]: row for row in rows_of(teacher.get(address("exam_items", "form")), ".items-table")
        }
        assert "all alike on the rest" in by_slug["form-1"]
        assert "all earned the same" in by_slug["form-2"]

    def test_trial_items_have_their_own_table(self, teacher, form, cohort):
        for user in students(2, cohort):
            sit(form, user, {1: RIGHT}, trial=[3])
        page = teacher.get(address("exam_items", "form"))
        assert [row.split()[0] for row in rows_of(page, "#trials")] == ["form-3"]
        assert "form-3" not in " ".join(rows_of(page, "#items"))

    def test_the_file_says_the_same(self, teacher, sat):
        first, *_ = lines_of(teacher.get(address("exam_items_csv", "form")))
        assert (first["Item"], first["Facility"], first["Correlation"]) == ("form-4", "0.5", "-1.0")
        assert (
            first["Chosen, of all and by third"]
            == "A: 15 (0, 0, 15); B (key): 15 (15, 0, 0); C: 0 (0, 0, 0); D: 0 (0, 0, 0)"
        )

    def test_an_earlier_version_keeps_its_own_row(self, teacher, form, cohort):
        one, two = students(2, cohort)
        sit(form, one, {1: RIGHT})
        version = ItemVersion.objects.get(item__slug="form-1")
        version.pk, version.number = None, 2
        version.save()
        version.item.current = version
        version.item.save()
        sit(form, two, {1: RIGHT})
        rows = [
            row
            for row in rows_of(teacher.get(address("exam_items", "form")), ".items-table")
            if "form-1" in row
        ]
        assert [row.split(" not enough")[0] for row in rows] == [
            "form-1 version 1 Section 1 1",
            "form-1 Section 1 1",
        ]


def test_the_bank_shows_what_was_measured_where_it_is_enough(teacher, sat):
    measure_items()
    cells = rows_of(teacher.get(address("bank")), ".bank-table")
    assert "50% of 30 right correlation −1.00" in next(row for row in cells if row.startswith("form-4"))
