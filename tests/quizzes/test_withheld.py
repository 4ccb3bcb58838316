"""What a mock exam of the same person still asks: practice does not show its key, on no way to it."""

import pytest
from django.urls import reverse

from quizzes.errors import ExamNotAvailable, KeyWithheld
from quizzes.models import ExamItem, ExamSection, Response
from quizzes.releases import Shown, shown_to
from quizzes.reports import report
from quizzes.services.attempts import hand_in, reveal
from quizzes.services.starting import start_attempt
from quizzes.standing import calibration, domain_standing
from tests.quizzes import school
from tests.quizzes.views.pages import get, post, signed_in


@pytest.fixture
def quiz(mock):
    """Asks the first item of the mock exam, and one of its own."""
    exam = school.make_exam("quiz", [school.single_best("quiz-own")])
    item = school.version_of("mock-first").item
    ExamItem.objects.create(section=exam.sections.get(), item=item, position=9)
    return exam


@pytest.fixture
def begun(quiz, learner):
    """The quiz, opened before the mock exam was started."""
    attempt = start_attempt(exam=quiz, by=learner)
    for position in (1, 2):
        school.save(attempt, position, {"choice": "b"})
    return attempt


def test_a_quiz_that_starts_later_leaves_it_out(quiz, sitting, learner, outsider):
    slugs = Response.objects.filter(attempt__exam=quiz).values_list("item_version__item__slug", flat=True)
    start_attempt(exam=quiz, by=learner)
    assert list(slugs) == ["quiz-own"]
    assert start_attempt(exam=quiz, by=outsider).responses.count() == 2


def test_a_quiz_of_which_nothing_is_left_says_why(quiz, sitting, learner):
    ExamSection.objects.get(exam=quiz).exam_items.filter(item__slug="quiz-own").delete()
    with pytest.raises(
        ExamNotAvailable, match="its items stand in a mock exam of yours whose answers are not"
    ):
        start_attempt(exam=quiz, by=learner)


def test_a_quiz_that_was_open_reveals_the_rest_alone(begun, sitting, learner):
    assert reveal(attempt_id=begun.pk, position=1, by=learner).revealed_at
    with pytest.raises(KeyWithheld):
        reveal(attempt_id=begun.pk, position=2, by=learner)
    assert Response.objects.get(attempt=begun, position=2).revealed_at is None


def test_a_quiz_that_was_open_is_handed_in_without_it(begun, sitting, learner):
    """The first item is wrong, the one that is kept back right: the first alone counts and is shown."""
    school.save(begun, 1, {"choice": "a"}, revision=2)
    done = hand_in(attempt_id=begun.pk, by=learner)
    assert (done.state, done.score) == ("graded", 0)
    assert [item.position for item in report(done).items] == [1]
    page = get(signed_in(learner), reverse("quizzes:report", args=[begun.pk])).text()
    assert "1 item is left out here: a mock exam of yours asked the same" in page
    assert "WHYTEXT mock-first" not in page
    hand_in(attempt_id=sitting.pk, by=learner)
    assert Response.objects.get(attempt=begun, position=2).answer == {"choice": "b"}


def test_a_quiz_of_which_nothing_would_be_left_stays_open(begun, sitting, learner):
    begun.responses.get(position=1).delete()
    with pytest.raises(KeyWithheld):
        hand_in(attempt_id=begun.pk, by=learner)
    begun.refresh_from_db()
    assert begun.state == "open"
    assert begun.responses.get().scored


@pytest.mark.parametrize(
    ("release", "shown"), [("at_once", True), ("by_instructor", False), ("score_only", False)]
)
def test_it_opens_when_the_keys_of_the_mock_exam_do(begun, mock, sitting, learner, release, shown):
    mock.release = release
    mock.save()
    hand_in(attempt_id=sitting.pk, by=learner)
    if shown:
        assert reveal(attempt_id=begun.pk, position=2, by=learner).revealed_at
    else:
        with pytest.raises(KeyWithheld):
            reveal(attempt_id=begun.pk, position=2, by=learner)
    hand_in(attempt_id=begun.pk, by=learner)
    assert begun.responses.get(position=2).scored == shown


def test_what_was_revealed_before_is_no_secret(begun, mock, learner):
    for position in (1, 2):
        reveal(attempt_id=begun.pk, position=position, by=learner)
    start_attempt(exam=mock, by=learner)
    assert hand_in(attempt_id=begun.pk, by=learner).state == "graded"


def test_the_pages_and_the_api_say_so_and_show_no_key(begun, sitting, learner):
    client = signed_in(learner)
    page = post(
        client,
        f"{reverse('quizzes:attempt', args=[begun.pk])}?item=2",
        {"revision": 2, "choice": "c", "sure": 1},
    )
    assert "Your answer is kept. This would show the key" in page.text()
    assert "WHYTEXT" not in page.text()
    begun.responses.get(position=1).delete()
    page = post(client, reverse("quizzes:attempt_submit", args=[begun.pk]), {"confirm": "1"})
    assert "This would show the key of an item that stands in a mock exam of yours" in page.text()
    answer = client.post(reverse("quizzes_api:attempt_submit", args=[begun.pk]))
    assert (answer.status_code, "mock exam of yours" in answer.json()["detail"]) == (409, True)
    assert "WHYTEXT" not in get(client, reverse("quizzes:report", args=[begun.pk])).text()


@pytest.fixture
def other(mock):
    """A second mock exam that asks the first item of the other, and one of its own."""
    exam = school.make_exam("other", [school.single_best("other-own")], minutes=12)
    item = school.version_of("mock-first").item
    ExamItem.objects.create(section=exam.sections.get(), item=item, position=9)
    return exam


@pytest.fixture
def blank(other, sitting, learner):
    """Handed in while the first mock exam is open; its own policy shows all at once."""
    attempt = start_attempt(exam=other, by=learner)
    for position in (1, 2):
        school.save(attempt, position, {"choice": "b"}, sure=4)
    return hand_in(attempt_id=attempt.pk, by=learner)


def _standing(learner, **more):
    return sum(row.answered for row in domain_standing(learner.pk, **more))


@pytest.mark.parametrize(
    ("release", "words"),
    [
        ("at_once", ""),
        ("by_instructor", "Keys open when Mock is over and its reports are open"),
        ("score_only", "Keys stay closed: Mock asks some of the same items, and never shows its keys."),
    ],
)
def test_a_second_mock_exam_shows_no_key_that_the_first_one_keeps(
    blank, mock, sitting, learner, instructor, release, words
):
    client, url = signed_in(learner), reverse("quizzes:report", args=[blank.pk])
    mock.release = release
    mock.save()
    assert shown_to(learner.pk, blank) == Shown.SCORE
    assert shown_to(instructor.pk, blank) == Shown.ALL
    page = get(client, url)
    assert "WHYTEXT" not in page.text()
    opens = "Keys stay closed" if release == "score_only" else "Keys open when Mock is over"
    assert opens in page.text(".basis")
    assert "mock-first" not in client.get(reverse("quizzes:report_csv", args=[blank.pk])).content.decode()
    assert (_standing(learner), _standing(learner, released=False)) == (1, 2)
    assert sum(level.answers for level in calibration(learner.pk).levels) == 1
    hand_in(attempt_id=sitting.pk, by=learner)
    page = get(client, url)
    assert ("WHYTEXT mock-first" in page.text()) == (not words)
    assert words in page.text()


def test_a_mock_exam_that_shares_nothing_shows_its_keys(sitting, learner):
    alone = school.make_exam("alone", [school.single_best("alone-own")], minutes=12)
    done = hand_in(attempt_id=start_attempt(exam=alone, by=learner).pk, by=learner)
    assert shown_to(learner.pk, done) == Shown.ALL
