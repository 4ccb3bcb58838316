import pytest

from quizzes.trial import grade_answer, try_answers, try_item
from tests.quizzes import school


def test_the_key_comes_first_and_each_answer_says_whether_it_is_graded_as_meant(books):
    tried = try_item(school.code_entry("kidney").content)
    assert [(one.name, one.words, one.full, one.as_meant) for one in tried] == [
        ("Key", "E11.22", True, True),
        ("Accepted", "I10", True, True),
    ]


def test_practice_and_exam_are_graded_apart(books):
    near = try_answers(school.code_entry("kidney").content, [("Near", school.cm("E11.21"), None)])[0]
    assert (near.practice["credit"], near.exam["credit"], near.full) == (0.25, 0, False)
    assert near.as_meant  # nothing was expected of it


@pytest.mark.parametrize(("must", "meant"), [(True, False), (False, True), (None, True)])
def test_an_answer_that_earns_nothing_is_meant_to_or_not(books, must, meant):
    tried = try_answers(school.single_best("ears").content, [("One", {"choice": "a"}, must)])[0]
    assert tried.as_meant is meant


def test_a_distractor_that_earns_all_is_not_meant(books):
    tried = try_answers(school.single_best("ears").content, [("One", {"choice": "b"}, False)])[0]
    assert tried.full
    assert not tried.as_meant


def test_a_case_is_tried_with_what_it_accepts_and_what_it_leaves_out(books):
    tried = try_item(school.coded_case("ear").content)
    assert [(one.name, one.full) for one in tried] == [
        ("Key", True),
        ("E11.21 accepted for E11.22", True),
        ("Key and I10", False),
    ]
    assert all(one.as_meant for one in tried)


def test_of_many_codes_not_to_report_the_first_are_tried(books):
    rows = [{"code": f"E11.3{number:02}", "verdict": "unsupported", "why": "No."} for number in range(60)]
    tried = try_item(school.coded_case("ear", key=school.claim_key(not_coded=rows)).content)
    assert (len(tried), tried[0].name, tried[-1].name) == (40, "Key", "Key and E11.337")


def test_an_audit_is_tried_with_the_claim_as_it_was_coded(books):
    tried = try_item(school.audit("ear").content)
    assert [(one.name, one.full) for one in tried][1] == ("The claim as it was coded", False)


def test_many_answers_take_the_queries_of_one(books, django_assert_num_queries):
    content = school.code_entry("kidney").content
    trials = [("One", school.cm(code), None) for code in ("E11.22", "I10", "H65.01", "E11.21")]
    with django_assert_num_queries(0):
        assert len(try_answers(school.single_best("ears").content, [("One", {"choice": "a"}, None)])) == 1
    try_answers(content, trials)  # the pages are kept from now on
    with django_assert_num_queries(2):
        try_answers(content, trials[:1])
    with django_assert_num_queries(2):
        try_answers(content, trials)


def test_a_grade_is_as_the_contract_has_it(books):
    grade = grade_answer(school.single_best("ears").content, {"choice": "a"})
    assert set(grade) == {"credit", "scores", "alternative", "lines", "findings", "releases"}
    assert grade["credit"] == 0
