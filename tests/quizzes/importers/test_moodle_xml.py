"""Moodle's XML: what comes in, in which words, and what is reported instead."""

from datetime import date
from pathlib import Path

import pytest

from quizzes.importers.moodle_xml import read_moodle_xml
from quizzes.importers.questions import FileRefused, NotTaken

SAMPLE = Path(__file__).parents[2] / "data" / "questions" / "moodle.xml"
ON = date(2026, 5, 12)
WEEK = "$course$/top/Week 3"


def read(data: bytes):
    return read_moodle_xml(data, systems=("icd10cm",), on=ON)


def question(body: str) -> bytes:
    return f'<quiz><question type="multichoice"><name><text>Q</text></name>{body}</question></quiz>'.encode()


def four(first: str = '<answer fraction="100"><text>a</text></answer>') -> str:
    rest = "".join(f'<answer fraction="0"><text>{text}</text></answer>' for text in "bcd")
    return f"<questiontext><text>Which?</text></questiontext>{first}{rest}"


@pytest.fixture(scope="module")
def sample():
    return read(SAMPLE.read_bytes())


def test_a_single_answer_of_four_comes_in_with_its_feedback_as_reasons(sample):
    draft = sample.drafts[0]
    content = draft.content
    assert (draft.title, draft.category) == ("First-listed diagnosis", WEEK)
    assert (content.kind, content.key, content.systems, content.service_date) == (
        "single_best",
        ["b"],
        ("icd10cm",),
        ON,
    )
    assert content.stem == "A visit for **two** things & more.\n\n- cough\n- fever"
    assert content.rationale == "Read section IV.G."
    assert content.options == [
        {"id": "a", "text": "The oldest", "why": "Age decides nothing."},
        {"id": "b", "text": "The reason for the visit", "why": "So says IV.G."},
        {"id": "c", "text": "The gravest", "why": ""},
        {"id": "d", "text": "H65 < I10", "why": ""},
    ]


def test_what_of_a_question_stays_behind_is_noted(sample):
    assert sample.drafts[0].notes == (
        "files that stay behind: chest.png",
        "its hints stay behind",
        "an option that earned part of the marks is simply wrong here",
    )


def test_several_answers_become_a_multiple_response(sample):
    draft = sample.drafts[1]
    assert (draft.content.kind, draft.content.key) == ("multiple_response", ["a", "b"])
    assert (draft.content.stem, draft.content.rationale, draft.notes) == ("Which *two*?", "", ())


def test_each_question_that_is_not_taken_has_its_line_and_reason(sample):
    assert len(sample.drafts) == 2
    assert [(row.name, row.category, row.reason) for row in sample.not_taken] == [
        (WEEK, "", "a category; it is named beside the questions that stood in it"),
        ("Three options", WEEK, "it has 3 options; a single best answer has 4"),
        ("Only an image", WEEK, "its option 1 has no text; an image alone cannot be taken"),
        ("Sun", WEEK, "true or false is no kind of item here; ask for a single best answer of four"),
        ("Explain", WEEK, "an essay is not graded here"),
        ("Algebra", WEEK, "its type, stack, is not known here"),
    ]


@pytest.mark.parametrize(
    ("first", "reason"),
    [
        ('<answer fraction="90"><text>a</text></answer>', "no option earns full marks"),
        ('<answer fraction="half"><text>a</text></answer>', "the marks of an option are not a number"),
    ],
)
def test_a_question_without_one_clear_key_is_not_taken(first, reason):
    (row,) = read(question(four(first))).not_taken
    assert row.reason.startswith(reason)


def test_one_right_answer_among_several_to_choose_is_not_guessed_at():
    body = "<single>false</single>" + four() + '<answer fraction="0"><text>e</text></answer>'
    (row,) = read(question(body)).not_taken
    assert row == NotTaken("Q", "", "1 of its options are right; a multiple response has 2 or 3")


def test_a_text_nested_without_end_is_refused_alone():
    deep = "&lt;div&gt;" * 499
    body = four().replace("Which?", f"{deep}Which?")
    (row,) = read(question(body)).not_taken
    assert row.reason == "its text has elements nested too deep"


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (
            four().replace("Which?", "a" * 9_000) + '<answer fraction="0"><text>e</text></answer>' * 23,
            "it has 27 options, more than 26",
        ),
        (
            four()
            .replace("Which?", "&lt;b&gt;" * 501)
            .replace("<questiontext>", '<questiontext format="markdown">'),
            "one of its texts has more than 500 tags",
        ),
    ],
)
def test_what_would_take_long_is_refused_before_it_is_converted(body, reason):
    (row,) = read(question(body)).not_taken
    assert row.reason == reason


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b'<!DOCTYPE quiz [<!ENTITY a "aaaa">]><quiz>&a;</quiz>', "declares a document type"),
        (b'<!DOCTYPE quiz SYSTEM "file:///etc/passwd"><quiz/>', "declares a document type"),
        (b"<quiz><question", "cut off or is not XML"),
        (b"<html/>", "outermost element is <html>"),
        (b"<quiz>" + b"<a/>" * 400_001 + b"</quiz>", "far more elements"),
    ],
    ids=["entities", "external", "cut off", "other", "too many"],
)
def test_a_file_that_is_no_question_bank_is_refused(data, reason):
    with pytest.raises(FileRefused, match=reason):
        read(data)
