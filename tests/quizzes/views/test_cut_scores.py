"""The page of the pass mark: stated, or from the ratings of judges, looked at first and then set."""

import csv
import io

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from quizzes.angoff import LARGEST
from quizzes.models import CutScore, Exam
from tests.quizzes.views.pages import get, post, signed_in

ITEMS = ["mock-code", "mock-first", "mock-many", "mock-second"]


@pytest.fixture
def client(instructor):
    return signed_in(instructor)


@pytest.fixture
def own(mock, instructor):
    Exam.objects.filter(pk=mock.pk).update(created_by=instructor)
    mock.refresh_from_db()
    return mock


def _url(name, *more):
    return reverse(f"quizzes:{name}", args=["mock", *more])


def _ratings(judges=(("Ann", 60), ("Bo", 71)), items=ITEMS):
    lines = [f"{judge},{item},{percent}" for judge, percent in judges for item in items]
    return "\n".join(["judge,item,percent", *lines])


def test_a_stated_percentage_is_set_with_its_reason(client, own):
    assert "Nobody has said yet" in get(client, _url("cut_score")).text()
    page = post(client, _url("cut_score_state"), {"percent": "64.5", "reason": "Board, 3 May."})
    assert "The pass mark is 65%" in page.text(".messages")
    assert "64.50%" in page.text("tbody")
    assert "Board, 3 May." in page.text("tbody")


@pytest.mark.parametrize("fields", [{"percent": "70"}, {"percent": "0", "reason": "x"}, {"reason": "x"}])
def test_without_a_reason_or_a_percentage_nothing_is_set(client, own, fields):
    assert client.post(_url("cut_score_state"), fields).status_code == 400
    assert not CutScore.objects.exists()


def test_ratings_are_looked_at_first_and_then_set(client, own):
    page = post(client, _url("cut_score_rate"), {"pasted": _ratings(), "reason": "Two.", "then": "look"})
    assert "65.50% rounded to a pass mark of 66%" in page.text(".come-to")
    assert "7.78 points, standard deviation" in page.text(".come-to")
    assert not CutScore.objects.exists()
    (form,) = [one for one in page.all("main form") if one.get("action") == _url("cut_score_rate")]
    page = post(client, _url("cut_score_rate"), {**dict(form.form_values()), "then": "set"})
    assert "The pass mark is 66%" in page.text(".messages")
    cut = CutScore.objects.get()
    assert (cut.method, cut.reason, len(cut.ratings)) == ("angoff", "Two.", 8)
    assert "2, spread 7.8, standard error 5.5" in page.text("tbody")


def test_ratings_come_from_a_file_too(client, own):
    upload = SimpleUploadedFile("ratings.csv", b"\xef\xbb\xbf" + _ratings().encode())
    page = post(client, _url("cut_score_rate"), {"upload": upload, "reason": "Two.", "then": "look"})
    assert "65.50%" in page.text(".come-to")


@pytest.mark.parametrize(
    ("pasted", "words"),
    [
        ("", "Choose a file with the ratings, or paste its text."),
        (_ratings(items=ITEMS[:3]), "Ann has not rated mock-second."),
        (_ratings(items=[*ITEMS, "other"]), "the exam has no item"),
        (_ratings(judges=[("Ann", 60)]), "at least 2 judges"),
    ],
)
def test_ratings_that_do_not_hold_are_refused_in_words(client, own, pasted, words):
    response = client.post(_url("cut_score_rate"), {"pasted": pasted, "reason": "Two.", "then": "set"})
    assert response.status_code == 400
    assert words in response.content.decode()
    assert not CutScore.objects.exists()


@pytest.mark.parametrize("data", [b"x" * (LARGEST + 1), b"judge,item,percent\n\xff\xfe"])
def test_a_file_that_is_too_large_or_no_text_is_refused(client, own, data):
    upload = SimpleUploadedFile("ratings.csv", data)
    response = client.post(_url("cut_score_rate"), {"upload": upload, "reason": "Two.", "then": "set"})
    assert response.status_code == 400
    assert not CutScore.objects.exists()


def _rows(response):
    return list(csv.reader(io.StringIO(response.content.decode("utf-8-sig"))))


def test_the_sheet_for_judges_names_every_item(client, own):
    rows = _rows(client.get(_url("cut_score_sheet")))
    assert rows == [["judge", "item", "percent"], *([["", item, ""] for item in ITEMS])]


def test_ratings_leave_as_text_that_no_spreadsheet_runs_and_can_come_back(client, own):
    pasted = _ratings(judges=[("=cmd()", 60), ("Bo", 71)])
    post(client, _url("cut_score_rate"), {"pasted": pasted, "reason": "Two.", "then": "set"})
    response = client.get(_url("cut_score_ratings", CutScore.objects.get().pk))
    assert _rows(response)[1] == ["'=cmd()", "mock-code", "60"]
    again = {"pasted": response.content.decode("utf-8-sig"), "reason": "Again.", "then": "set"}
    post(client, _url("cut_score_rate"), again)
    newest, first = CutScore.objects.all()
    assert newest.ratings == first.ratings


def test_the_ratings_of_another_exam_are_not_given(client, own):
    cut = CutScore.objects.create(exam=own, percent=70, method="stated", reason="Board.")
    assert client.get(_url("cut_score_ratings", cut.pk)).status_code == 404
