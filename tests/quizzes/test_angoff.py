"""Ratings of judges: read, refused with their lines, and summed up as worked by hand."""

from decimal import Decimal

import pytest

from quizzes.angoff import Rating, kept_ratings, read_ratings, summarize, whole_percent

GOOD = """judge,item,percent
Ann,one,60
Ann,two,70
Bo,one,80
Bo,two,71
"""
KNOWN = ["one", "two", "three"]


def test_good_ratings_are_read_and_kept_as_they_were():
    ratings, problems = read_ratings(GOOD, KNOWN, [])
    assert problems == []
    assert ratings[0] == Rating("Ann", "one", Decimal(60))
    assert kept_ratings(one.kept for one in ratings) == ratings


def test_the_cut_score_is_the_mean_of_the_judges_means():
    """Ann 65, Bo 75.5: mean 70.25; the two lie 10.5 apart, so that the standard deviation is 7.4246."""
    summary = summarize(read_ratings(GOOD, KNOWN, [])[0])
    assert summary.percent == Decimal("70.25")
    assert summary.judges == [("Ann", 65.0), ("Bo", 75.5)]
    assert summary.spread == pytest.approx(7.4246, abs=1e-4)
    assert summary.error == pytest.approx(5.25)
    assert [(one.item, one.mean, one.apart) for one in summary.items] == [("one", 70, 20), ("two", 70.5, 1)]


@pytest.mark.parametrize(("percent", "whole"), [("69.49", 69), ("69.50", 70), ("70.50", 71), ("70", 70)])
def test_a_half_is_rounded_up(percent, whole):
    assert whole_percent(Decimal(percent)) == whole


def test_columns_may_stand_in_any_order_with_a_mark_percent_signs_and_empty_lines():
    text = "\ufeffItem, Percent ,Judge,Remark\r\none,60%,Ann,\r\n\r\none,80 %,Bo,hard\r\n"
    ratings, problems = read_ratings(text, KNOWN, [])
    assert problems == []
    assert [(one.judge, one.percent) for one in ratings] == [("Ann", 60), ("Bo", 80)]


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        ("Ann,four,60", "Line 6: the exam has no item 'four'."),
        ("Ann,three,101", "Line 6: the percent lies between 0 and 100."),
        ("Ann,three,-1", "Line 6: the percent lies between 0 and 100."),
        ("Ann,three,NaN", "Line 6: the percent lies between 0 and 100."),
        ("Ann,three,many", "Line 6: 'many' is no number."),
        ("Ann,three", "Line 6: '' is no number."),
        (",three,60", "Line 6: the judge's name must have 1 to 80 characters."),
        ("A\0nn,three,60", "Line 6: the judge's name must have 1 to 80 characters."),
        ("Ann,one,61", "Line 6: Ann rates one twice."),
        ("Ann,three,61", "Bo has not rated three."),
    ],
)
def test_what_is_wrong_is_named_by_its_line(line, problem):
    assert read_ratings(GOOD + line, KNOWN, [])[1] == [problem]


def test_every_judge_must_rate_what_is_needed():
    problems = read_ratings(GOOD, KNOWN, KNOWN)[1]
    assert problems == ["Ann has not rated three.", "Bo has not rated three."]


def test_one_judge_is_not_enough_and_a_file_without_its_head_is_none():
    assert "at least 2 judges" in read_ratings("judge,item,percent\nAnn,one,50", KNOWN, [])[1][0]
    assert "columns judge, item, percent" in read_ratings("Ann,one,50", KNOWN, [])[1][0]
    assert "columns judge, item, percent" in read_ratings("", KNOWN, [])[1][0]


def test_a_long_list_of_problems_is_cut_short():
    text = "judge,item,percent\n" + "\n".join(f"Ann,no-{number},50" for number in range(50))
    problems = read_ratings(text, KNOWN, [])[1]
    assert (len(problems), problems[-1]) == (21, "And 30 more.")


def test_a_file_of_too_many_lines_is_refused():
    text = "judge,item,percent\n" + "Ann,one,50\n" * 10_001
    assert read_ratings(text, KNOWN, [])[1] == ["There are more than 10,000 lines."]
