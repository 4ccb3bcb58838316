"""GIFT: the documented grammar, and what is reported instead of taken."""

from datetime import date
from pathlib import Path

import pytest

from quizzes.importers.gift import read_gift
from quizzes.importers.questions import FileRefused

SAMPLE = Path(__file__).parents[2] / "data" / "questions" / "questions.gift"
ON = date(2026, 5, 12)
WEEK = "$course$/Week 3"


def read(text: str):
    return read_gift(text, systems=("icd10cm",), on=ON)


@pytest.fixture(scope="module")
def sample():
    return read(SAMPLE.read_text(encoding="utf-8"))


def test_titles_feedback_escapes_and_general_feedback(sample):
    draft = sample.drafts[0]
    assert (draft.title, draft.category) == ("First-listed diagnosis", WEEK)
    assert (draft.content.kind, draft.content.key) == ("single_best", ["b"])
    assert draft.content.stem == "What is listed first?"
    assert draft.content.rationale == "Read section IV.G {outpatient}."
    assert draft.content.options == [
        {"id": "a", "text": "The oldest", "why": "Age decides nothing: no."},
        {"id": "b", "text": "The reason for the visit", "why": "So says IV.G."},
        {"id": "c", "text": "The gravest", "why": ""},
        {"id": "d", "text": "H65 = I10", "why": ""},
    ]
    assert draft.notes == ("an option that earned part of the marks is simply wrong here",)


def test_weights_make_a_multiple_response_and_its_text_the_title(sample):
    draft = sample.drafts[1]
    assert draft.title == "Which **two** of five?"
    assert (draft.content.kind, draft.content.key) == ("multiple_response", ["a", "b"])
    assert draft.content.stem == "Which **two** of five?"
    assert [option["text"] for option in draft.content.options] == ["one", "two", "three", "four", "five"]


def test_a_missing_word_leaves_a_gap(sample):
    # The underscores are escaped: in Markdown they would draw a line.
    assert sample.drafts[2].content.stem.replace("\\", "") == "Grant is _____ in his tomb."


def test_each_question_that_is_not_taken_has_its_line_and_reason(sample):
    assert len(sample.drafts) == 3
    assert [(row.name, row.reason.partition(";")[0]) for row in sample.not_taken] == [
        (WEEK, "a category"),
        ("Sun", "true or false is no kind of item here"),
        ("Pairs", "matching is no kind of item here"),
        ("Number", "a number as the answer is no kind of item here"),
        ("Essay", "an essay is not graded here"),
        ("Only words.", "a description asks nothing"),
        ("Words", "a short answer in words is no kind of item here"),
        ("Open", "its answers have no closing brace before the next blank line"),
    ]


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("[plain]a <b> *c*\\nd", "a <b> \\*c\\*\\\nd"),
        ("[html]<i>a</i>", "*a*"),
        ("a\nb", "a\\\nb"),
        ("[markdown]- a\n- b \\~", "- a\n- b ~"),
        ("a \\\\ b", "a \\ b"),
    ],
)
def test_formats_of_the_text(written, shown):
    (draft,) = read(f"::T::{written} {{=1 ~2 ~3 ~4}}").drafts
    assert draft.content.stem == shown


def test_a_category_holds_until_the_next_without_blank_lines_between():
    one = "Which? {=1 ~2 ~3 ~4}"
    found = read(f"$CATEGORY: a\n{one}\n$CATEGORY: b\n{one}")
    assert [draft.category for draft in found.drafts] == ["a", "b"]


@pytest.mark.parametrize(
    ("answers", "reason"),
    [
        ("=" + "a" * 9_000 + "~b" * 26, "it has 27 options, more than 26"),
        ("=a ~b ~c ~d####[markdown]" + "<b>" * 501, "one of its texts has more than 500 tags"),
    ],
)
def test_what_would_take_long_is_refused_before_it_is_converted(answers, reason):
    (row,) = read(f"::T::Which? {{{answers}}}").not_taken
    assert row.reason == reason


def test_a_file_without_question_is_refused():
    with pytest.raises(FileRefused, match="no question"):
        read("// nothing\n\n")


def test_a_file_of_far_too_many_is_refused():
    with pytest.raises(FileRefused, match="more than 5,000 questions"):
        read("a\n\n" * 5_001)
