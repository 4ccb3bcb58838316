"""The report as PDF and CSV: what the page shows the same reader, and nothing before its release."""

import csv
import io
from datetime import timedelta

import pytest
from django.urls import reverse

from codesets.templatetags.cpt import TRADEMARK
from quizzes import study
from quizzes.models import Attempt, Exam, ExamSection, Grade, Item
from quizzes.services.attempts import hand_in
from quizzes.services.starting import start_attempt
from tests.courses.test_pdf import words_of
from tests.quizzes import school
from tests.quizzes.views.pages import signed_in


@pytest.fixture
def attempt(books, learner):
    """Right, wrong after a change, no answer, an entered code, and one item that did not count."""
    specs = [*school.mixed("form"), school.single_best("form-tried")]
    exam = school.make_exam("form", specs, minutes=12)
    attempt = start_attempt(exam=exam, by=learner)
    school.move(attempt, minutes=5)
    school.save(attempt, 1, {"choice": "b"}, sure=3, seconds=62, flagged=True)
    school.save(attempt, 2, {"choice": "b"})
    school.save(attempt, 2, {"choice": "a"}, revision=2)
    school.save(attempt, 4, school.cm("E11.22"))
    attempt.responses.filter(position=5).update(scored=False)
    return hand_in(attempt_id=attempt.pk, by=learner)


def _get(person, attempt, ending):
    return signed_in(person).get(reverse(f"quizzes:report_{ending}", args=[attempt.pk]))


def _rows(response):
    assert response.headers["Content-Type"] == "text/csv; charset=utf-8"
    text = response.content.decode()
    return list(csv.DictReader(io.StringIO(text.removeprefix("\ufeff"))))


def test_a_row_for_the_exam_each_section_and_each_item(attempt, learner):
    rows = _rows(_get(learner, attempt, "csv"))
    common = ["mistake", "mistake", *["changed"] * 4]
    assert [row["Part"] for row in rows] == ["exam", "section", "section", *common, *["item"] * 5]
    exam, first = rows[:2]
    assert (exam["Title"], exam["Items"], exam["Right"], exam["Percent"]) == ("Form", "4", "2", "50.00")
    assert exam["Verdict"] == "not passed, pass mark 70%"
    assert (first["Title"], first["Right"], first["Percent"], first["Low"], first["Seconds"]) == (
        "Section 1",
        "1",
        "50.0",
        "12.1",
        "62",
    )
    one, two, none, code, tried = rows[9:]
    assert (one["Answer"], one["Key"], one["How sure"], one["Seconds"], one["Flagged"]) == (
        "B",
        "B",
        "Fairly sure",
        "62",
        "yes",
    )
    assert (two["First answer"], two["First answer right"], two["Seconds"]) == ("Choice b", "yes", "")
    assert (none["Answer"], none["Verdict"]) == ("", "No answer")
    assert (code["Answer"], code["Counts"], tried["Counts"]) == ("E11.22", "yes", "no")


def test_the_file_has_what_the_items_have_in_common(attempt, learner, monkeypatch):
    step = study.StudyStep("Read on", "/courses", "It was your weakest.")
    monkeypatch.setattr(study, "_sources", [lambda user_id, domains: [step]])
    ExamSection.objects.filter(exam=attempt.exam, position=1).update(title="Knowledge")
    ExamSection.objects.filter(exam=attempt.exam, position=2).update(title="Knowledge: wards")
    rows = _rows(_get(learner, attempt, "csv"))
    told = {
        (row["Part"], row["Title"]): (row["Items"], row["Which items"])
        for row in rows
        if row["Part"] in {"mistake", "changed"}
    }
    assert told == {
        ("mistake", "other choice"): ("1", "2"),
        ("mistake", "no answer"): ("1", "3"),
        ("changed", "Wrong to right"): ("0", ""),
        ("changed", "Right to wrong"): ("1", "2"),
        ("changed", "Wrong to wrong"): ("0", ""),
        ("changed", "Right to right"): ("0", ""),
    }
    (studied,) = [row for row in rows if row["Part"] == "study"]
    assert (studied["Title"], studied["Why"]) == ("Read on", "It was your weakest.")
    (part,) = [row for row in rows if row["Part"] == "together"]
    assert (part["Title"], part["Items"], part["Right"]) == ("Knowledge, together", "4", "2")
    assert "Knowledge, together" in words_of(_get(learner, attempt, "pdf").content)


def test_the_pdf_says_what_lies_behind_wrong_answers_and_what_to_read(books, learner):
    exam = school.make_exam("form", [school.single_best("form-first"), school.coded_case("form-case")], 12)
    attempt = start_attempt(exam=exam, by=learner)
    school.save(attempt, 1, {"choice": "a"}, sure=4)
    claim = {"diagnoses": [{"code": "E11.22", "role": "first_listed"}], "procedures": []}
    school.save(attempt, 2, {"claim": claim})
    hand_in(attempt_id=attempt.pk, by=learner)
    finding = {"severity": "error", "message": "The ear is missing.", "source": None}
    Grade.objects.filter(response__position=2).update(findings=[finding])
    words = words_of(_get(learner, attempt, "pdf").content)
    for said in (
        "What the rules say of your claims",
        "The ear is missing.",
        "What to look at, the surest first",
        "You were certain, and it was not right.",
        "Read in the books",
        "Official Guidelines FY 2026, I.C.9.a.2",
        "H65.01",
    ):
        assert said in words
    attempt.responses.filter(position=2).update(scored=False)
    assert "What went wrong, 1 item " in words_of(_get(learner, attempt, "pdf").content)


def test_no_cell_is_a_formula(attempt, learner):
    Exam.objects.update(title="=HYPERLINK(1)")
    assert _rows(_get(learner, attempt, "csv"))[0]["Title"] == "'=HYPERLINK(1)"


def test_the_pdf_says_what_the_page_says(attempt, learner):
    response = _get(learner, attempt, "pdf")
    assert response.headers["Content-Type"] == "application/pdf"
    assert response.headers["Content-Disposition"].startswith('attachment; filename="report-form-2')
    words = words_of(response.content)
    for said in (
        "Score report: Form",
        "3 of 5 answers received.",
        "2 of 4 right, 50.00%",
        "1 more item was only tried out and did not count.",
        "12 to 88%",
        "Other choice",
        "Right to wrong",
        "Fairly sure",
        "1:02",
        "not measured",
    ):
        assert said in words
    assert "trademark" not in words


def test_a_pdf_that_shows_cpt_says_whose_it_is(attempt, learner):
    Item.objects.filter(slug="form-first").update(systems=["cpt"])
    assert "CPT is a registered trademark" in words_of(_get(learner, attempt, "pdf").content)


def test_a_csv_that_shows_cpt_says_whose_it_is_in_its_last_row(attempt, learner):
    assert "trademark" not in _get(learner, attempt, "csv").content.decode()
    Item.objects.filter(slug="form-first").update(systems=["cpt"])
    last = _rows(_get(learner, attempt, "csv"))[-1]
    assert (last["Part"], last["Title"]) == ("notice", TRADEMARK)


def test_a_score_without_items(attempt, learner, instructor, cohort):
    Exam.objects.update(release="score_only")
    rows = _rows(_get(learner, attempt, "csv"))
    assert {row["Part"] for row in rows} == {"exam", "section"}
    assert {row["Answer"] + row["Key"] for row in rows} == {""}
    words = words_of(_get(learner, attempt, "pdf").content)
    assert "Section 1" in words
    assert "Item by item" not in words
    assert "Other choice" not in words
    assert "item" in {row["Part"] for row in _rows(_get(instructor, attempt, "csv"))}


@pytest.mark.parametrize("ending", ["pdf", "csv"])
def test_before_its_release_the_owner_is_led_to_the_receipt(attempt, learner, instructor, cohort, ending):
    closes_at = school.server_now() + timedelta(hours=1)
    Exam.objects.update(release="after_window", closes_at=closes_at)
    response = _get(learner, attempt, ending)
    assert response.headers["Location"] == reverse("quizzes:report", args=[attempt.pk])
    assert _get(instructor, attempt, ending).status_code == 200


@pytest.mark.parametrize("ending", ["pdf", "csv"])
def test_others_find_nothing_and_an_open_attempt_has_no_file(attempt, outsider, instructor, learner, ending):
    for person in (outsider, instructor):
        assert _get(person, attempt, ending).status_code == 404
    again = start_attempt(exam=attempt.exam, by=learner)
    assert _get(learner, again, ending).headers["Location"] == reverse("quizzes:report", args=[again.pk])
    assert Attempt.objects.get(pk=again.pk).state == "open"
