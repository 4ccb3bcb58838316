from datetime import date

from accounts.coder_review_forms import CoderReviewForm

SENT = {
    "reviewer": " Ana Ruiz ",
    "credential": "ccs_p",
    "reviewed_on": "2026-06-01",
    "finds": "",
    "vouched": "on",
}


def test_it_gives_what_is_recorded_without_the_promise():
    form = CoderReviewForm(SENT)
    assert form.is_valid()
    assert form.review == {
        "reviewer": "Ana Ruiz",
        "credential": "ccs_p",
        "reviewed_on": date(2026, 6, 1),
        "finds": "",
    }


def test_everything_but_the_finds_is_asked_for():
    assert set(CoderReviewForm({}).errors) == {"reviewer", "credential", "reviewed_on", "vouched"}


def test_without_the_promise_nothing_is_recorded():
    form = CoderReviewForm({**SENT, "vouched": ""})
    assert form.errors == {"vouched": ["Without this the review is not recorded."]}


def test_another_credential_than_those_listed_is_refused():
    assert set(CoderReviewForm({**SENT, "credential": "md"}).errors) == {"credential"}
