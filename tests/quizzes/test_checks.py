"""Each item is checked against the release in force on its own date."""

from dataclasses import replace
from datetime import date

import pytest

from quizzes.checks import check_items, check_specs
from quizzes.models import ItemVersion
from quizzes.services.items import save_item
from tests.quizzes.school import LABEL, ON, cm, code_entry, mixed, multiple_response, single_best


def _said(*specs):
    return [(finding.slug, finding.level, finding.message) for finding in check_specs(specs)]


def _changed(spec, **changes):
    return replace(spec, content=replace(spec.content, **changes))


def test_good_items_raise_nothing(books):
    assert check_specs(mixed("good")) == []


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"key": [cm("E11.99")]}, f"the key: E11.99 is not in the release {LABEL}"),
        ({"key": [cm("E11.2")]}, "the key: E11.2 is not valid for submission"),
        ({"accept": [cm("E11", why="so")]}, "an accepted alternative: E11 is not valid for submission"),
        ({"references": [{"code": cm("Z99.9")}]}, f"a reference: Z99.9 is not in the release {LABEL}"),
        ({"rationale": "Read [[Z99.9]]."}, f"the rationale: Z99.9 is not in the release {LABEL}"),
        ({"stem": "Is it [[latin:Z99]]?"}, "the stem: 'latin' is not a code system"),
        ({"service_date": date(2026, 3, 31)}, "the key: E11.22 cannot be checked"),
    ],
)
def test_a_code_entry_that_the_books_do_not_bear_out(books, changes, message):
    findings = _said(_changed(code_entry("wrong", accept=[]), **changes))
    assert findings[0][0] == "wrong"
    assert findings[0][2].startswith(message)


def test_headers_may_be_cited_and_be_distractors_but_not_keys(books):
    cited = _changed(single_best("cited"), rationale="See [[E11]].", references=[{"code": cm("E11.2")}])
    assert _said(cited) == []
    spec = multiple_response("headers")
    first = {**spec.content.options[0], "code": cm("E11.2")}
    with_header = [first, *spec.content.options[1:]]
    assert _said(_changed(spec, options=with_header)) == []
    assert _said(_changed(spec, options=with_header, key=["a", "b"])) == [
        ("headers", "error", "option a: E11.2 is not valid for submission")
    ]


def test_without_a_release_it_says_that_it_could_not_tell(db):
    assert _said(code_entry("unknown", accept=[])) == [
        (
            "unknown",
            "warning",
            "the key: E11.22 cannot be checked, no ICD-10-CM release is in force",
        )
    ]


def test_content_problems_are_findings_too(books):
    broken = _changed(single_best("broken"), key=["z"])
    assert _said(broken) == [("broken", "error", "the key names 'z', which is no option")]


def test_a_distractor_that_the_grader_accepts_is_found(books, monkeypatch):
    """No content of today's kinds can do this, so the kind is made to grade everything as right."""
    from quizzes.kinds import KINDS

    right = KINDS["single_best"].grade
    monkeypatch.setattr(
        KINDS["single_best"],
        "grade",
        lambda content, answer, facts, policy: right(content, {"choice": content.key[0]}, facts, policy),
    )
    messages = [message for _, _, message in _said(single_best("generous"))]
    assert messages == [
        "the wrong answer Choice a earns full credit",
        "the wrong answer Choice c earns full credit",
        "the wrong answer Choice d earns full credit",
        "no answer earns credit",
    ]


def test_only_current_versions_of_published_items_are_checked(books):
    save_item(spec=code_entry("mended", key="E11.99", accept=[]), by=None)
    assert [(finding.slug, finding.on) for finding in check_items()] == [("mended", ON)]
    save_item(spec=code_entry("mended", accept=[]), by=None)
    save_item(spec=code_entry("draft", key="E11.99", accept=[]), by=None, status="draft")
    assert check_items() == []
    old = ItemVersion.objects.select_related("item").filter(item__slug="mended", number=1)
    assert [finding.slug for finding in check_items(old)] == ["mended"]


def test_many_items_of_one_date_take_the_queries_of_one(books, django_assert_num_queries):
    check_specs(mixed("warm"))  # pages of the books that graders look at are kept in the process
    for specs in (mixed("few"), mixed("many") * 5):
        # releases and codes for what is cited; releases and edit tables for the graders
        with django_assert_num_queries(4):
            check_specs(specs)
