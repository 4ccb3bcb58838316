from datetime import UTC, datetime

import pytest
from django.urls import reverse

from quizzes import study
from quizzes.models import Attempt
from quizzes.services.attempts import hand_in
from quizzes.services.starting import start_attempt
from quizzes.services.transitions import close_due
from tests.courses.test_pdf import words_of
from tests.quizzes import school
from tests.quizzes.views.pages import assert_no_secret, get, signed_in


@pytest.fixture
def client(learner):
    return signed_in(learner)


def report(attempt: Attempt) -> str:
    return reverse("quizzes:report", args=[attempt.pk])


@pytest.fixture
def graded(sitting, learner):
    """Three of four right; the second wrong, with a note."""
    for position, key in enumerate(school.KEYS, start=1):
        school.save(sitting, position, {"choice": "d"} if position == 2 else key, note="PRIVATENOTE")
    return hand_in(attempt_id=sitting.pk, by=learner)


def test_the_report_says_the_result_in_words_and_numbers(client, graded):
    page = get(client, report(graded))
    assert page.texts(".score > div")[:4] == [
        "Score 3 of 4, 75%",
        "Pass mark 70% 3 of 4",
        "90% interval 36 to 94 percent, nine times in ten",
        "Result Passed not safely: the interval reaches below 70",
    ]
    assert page.texts(".score > div")[4].endswith("of 12 min")
    assert "Graded with ICD-10-CM April 2026." in page.text(".lede")
    assert page.texts(".tbl-plot tbody tr") == [
        "Section 1 1 of 2 50% 12 to 88",
        "Section 2 2 of 2 100% 43 to 100",
    ]
    assert page.texts("#items tbody tr")[1].startswith("2 Section 1 D B Not right")


def test_sections_that_are_parts_of_one_are_summed_below(client, graded):
    for section, title in zip(graded.exam.sections.all(), ["Knowledge", "Knowledge: wards"], strict=True):
        section.title = title
        section.save()
    rows = get(client, report(graded)).texts(".tbl-plot tbody tr")
    assert rows[2:] == ["Knowledge, together 3 of 4 75% 36 to 94"]


def test_an_untimed_sitting_with_a_window_has_no_clock(client, graded):
    Attempt.objects.update(minutes=None)
    page = get(client, report(graded))
    assert page.texts(".score > div")[4].endswith("no clock")
    assert "Without the clock." in page.text(".lede")


def test_the_two_hours_of_an_autumn_night_are_told_apart(client, graded, learner):
    """New York puts its clocks back on 1 November 2026 at 2:00 EDT."""
    learner.time_zone = "America/New_York"
    learner.save()
    for hour, zone in ((5, "EDT"), (6, "EST")):
        Attempt.objects.update(
            started_at=datetime(2026, 11, 1, hour, tzinfo=UTC),
            deadline_at=datetime(2026, 11, 1, hour, 59, tzinfo=UTC),
            finished_at=datetime(2026, 11, 1, hour, 30, tzinfo=UTC),
        )
        said = f"Sunday 1 November 2026, 01:30:00 {zone}"
        assert said in get(client, report(graded)).text(".lede")
        assert said in words_of(client.get(reverse("quizzes:report_pdf", args=[graded.pk])).content)


def test_every_item_shows_answer_key_reasons_and_where_to_read(client, graded):
    page = get(client, report(graded))
    second = page.text("#item-2")
    for words in (
        "A visit: mock-second?",
        "B Choice b WHYTEXT mock-second b Key",
        "D Choice d WHYTEXT mock-second d Your answer",
        "RATIONALETEXT mock-second",
        "Official Guidelines FY 2026, I.C.9.a.2",
        "Your note: PRIVATENOTE",
    ):
        assert words in second
    assert "You entered E11.22" in page.text("#item-4")


def test_code_references_are_live_and_dated_as_the_encounter(client, books, learner):
    item = school.single_best(
        "live",
        rationale="The header is [[E11.2]], the code [[E11.22]]; [[Z99.9]] is in no book.",
        references=[
            {"code": school.cm("E11"), "note": "excludes1"},
            {"index": "Diabetes, type 2, with, kidney disease"},
        ],
    )
    exam = school.make_exam("live", [item], minutes=5)
    attempt = hand_in(attempt_id=start_attempt(exam=exam, by=learner).pk, by=learner)
    page = get(client, report(attempt))
    assert [link.get("href") for link in page.all(".rationale a.ref")] == [
        "/codesets/books/icd10cm/E11.2/?on=2026-05-12",
        "/codesets/books/icd10cm/E11.22/?on=2026-05-12",
        "/codesets/books/icd10cm/E11/?on=2026-05-12",
    ]
    assert page.texts(".rationale .unknown") == ["Z99.9"]
    read = "Read: Index, Diabetes, type 2, with, kidney disease ; Excludes1 note at E11"
    assert read in page.text(".rationale")
    index = page.one(".rationale .src a")
    assert index.get("href") == "/codesets/indexes/disease/?on=2026-05-12&find=Diabetes"


def test_late_answers_are_shown_and_not_graded(client, sitting):
    school.save(sitting, 1, {"choice": "b"})
    school.move(sitting, minutes=13)
    school.save(sitting, 2, {"choice": "b"})
    page = get(client, report(sitting))
    assert "B arrived after the exam was closed. It is kept and not graded." in page.text("#item-2")
    assert page.texts(".score dd")[0] == "1 of 4, 25%"


def test_a_closed_attempt_that_waits_for_its_grade_shows_the_receipt(client, sitting, learner, monkeypatch):
    school.save(sitting, 1, {"choice": "b"})
    school.move(sitting, minutes=13)
    assert close_due(limit=1) == [sitting.pk]
    # An item whose key no grader can read keeps the attempt from its grade.
    version = school.version_of("mock-second")
    type(version).objects.filter(pk=version.pk).update(key=[])
    page = get(client, report(sitting))
    assert "1 of 4 answers received." in page.text(".lede")
    assert "Your answers are being graded." in page.text()
    assert_no_secret(page)


def test_the_instructor_of_the_cohort_reads_the_report_without_the_students_notes(cohort, graded, instructor):
    page = get(signed_in(instructor), report(graded))
    assert page.text(".lede").startswith("Dana Ruiz.")
    assert "RATIONALETEXT mock-first" in page.raw
    assert "PRIVATENOTE" not in page.raw


def test_an_instructor_of_nobody_here_gets_nothing(graded, instructor):
    assert signed_in(instructor).get(report(graded)).status_code == 404


def test_an_open_attempt_shows_its_instructor_no_answer_and_no_key(cohort, sitting, instructor):
    school.save(sitting, 1, {"choice": "b"}, note="PRIVATENOTE")
    page = get(signed_in(instructor), report(sitting))
    assert "There is no report yet." in page.text()
    assert_no_secret(page)
    assert "PRIVATENOTE" not in page.raw
    assert "Choice b" not in page.raw


def test_the_owner_of_an_open_attempt_is_sent_back_to_it(client, sitting):
    assert client.get(report(sitting)).headers["Location"] == reverse("quizzes:attempt", args=[sitting.pk])


def test_what_to_study_is_asked_for_the_domains_that_went_wrong(client, graded, learner, monkeypatch):
    asked = []

    def source(user_id, domains):
        asked.append((user_id, list(domains)))
        return [study.StudyStep("Read the notes", "/courses/read/", "You missed one item.")]

    monkeypatch.setattr(study, "_sources", [source])
    page = get(client, report(graded))
    assert asked == [(learner.pk, ["icd-10-cm"])]
    assert page.texts(".todo li") == ["Read the notes You missed one item."]
    assert page.one(".todo a").get("href") == "/courses/read/"
