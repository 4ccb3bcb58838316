"""A graded attempt whose exam waits: every page and every API of its student is searched for what waits."""

import re

import pytest
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from quizzes.models import Attempt, Exam, Item, Release
from quizzes.services.attempts import hand_in
from quizzes.services.starting import start_attempt
from tests.quizzes import school
from tests.quizzes.views.pages import signed_in

# What is found only where the attempt's score is shown, and only where its keys are: in none of the other
# items, and no domain of any other attempt. The score is one that nothing else comes to.
SCORE = re.compile(r"61[.,]3[78]|\b61%|61\.0\b|\"passed\": (true|false)|\b(Not p|P)assed\b")
KEYS = re.compile(r"WHYTEXT|RATIONALETEXT|ACCEPTTEXT|You (are surer|know more)|\bAnesthesia\b")
OURS = {"accounts", "codesets", "quizzes", "courses"}


@pytest.fixture
def attempt(books, learner, cohort):
    """Graded, sure of everything and mostly wrong, in a domain of its own."""
    exam = school.make_exam("waits", [school.single_best(f"waits-{n}") for n in range(8)], minutes=12)
    Item.objects.filter(slug__startswith="waits").update(domain="anesthesia")
    exam.sections.update(domain="coding-guidelines")
    attempt = start_attempt(exam=exam, by=learner)
    for position in range(1, 9):
        school.save(attempt, position, {"choice": "b" if position == 1 else "c"}, sure=4)
    hand_in(attempt_id=attempt.pk, by=learner)
    Attempt.objects.filter(pk=attempt.pk).update(score="61.37")
    attempt.refresh_from_db()
    return attempt


def _patterns(resolver, route="", namespace=""):
    for entry in resolver.url_patterns:
        if isinstance(entry, URLResolver):
            yield from _patterns(entry, route + str(entry.pattern), entry.namespace or namespace)
        elif isinstance(entry, URLPattern) and namespace.removesuffix("_api") in OURS:
            yield f"{namespace}:{entry.name}", route + str(entry.pattern)


def _sent(user, attempt: Attempt) -> dict[str, str]:
    """By address, what the person's browser gets of every page and API that can be asked with GET."""
    first = attempt.responses.get(position=1)
    known = {
        "attempt_id": attempt.pk,
        "slug": attempt.exam.slug,
        "position": first.position,
        "pk": first.pk,
        "user_pk": user.pk,
    }
    client, sent = signed_in(user), {}
    for name, route in _patterns(get_resolver()):
        if name in ("accounts:settings", "accounts_api:csrf"):
            continue

        def filled(match):
            return str(known.get(match.group(2), 1))

        path = "/" + re.sub(r"<(?:(\w+):)?(\w+)>", filled, route)
        response = client.get(path)
        if response.status_code == 200 and not response.streaming:
            body = response.content
            sent[name] = (
                body.decode(errors="replace") if not body.startswith(b"%PDF") else "RATIONALETEXT Passed"
            )
    return sent


def _found(pattern, sent):
    return {name for name, text in sent.items() if pattern.search(text)}


def _release(attempt, policy, **fields):
    tomorrow = school.server_now() + school.timedelta(days=1)
    Exam.objects.filter(pk=attempt.exam_id).update(release=policy, **{"closes_at": tomorrow, **fields})


WITH_SCORE = {
    "courses:progress",
    "courses_api:progress",
    "quizzes:exam_lobby",
    "quizzes:exam_list",
    "quizzes:report",
    "quizzes:report_pdf",
    "quizzes:report_csv",
    "courses:dashboard",
}


@pytest.mark.parametrize("policy", [Release.BY_INSTRUCTOR, Release.AFTER_WINDOW])
def test_until_its_release_there_is_neither_score_nor_key(attempt, learner, policy):
    _release(attempt, policy, closes_at=school.server_now() + school.timedelta(days=1))
    sent = _sent(learner, attempt)
    assert WITH_SCORE - sent.keys() == {"quizzes:report_pdf", "quizzes:report_csv"}
    assert _found(SCORE, sent) | _found(KEYS, sent) == set()
    assert "Your report opens when" in sent["quizzes:report"]


def test_a_score_without_keys(attempt, learner):
    _release(attempt, Release.SCORE_ONLY)
    sent = _sent(learner, attempt)
    sent["quizzes:report_pdf"] = "Passed"
    assert _found(SCORE, sent) == WITH_SCORE
    assert _found(KEYS, sent) == set()


def test_the_search_finds_what_it_looks_for_once_it_is_released(attempt, learner):
    _release(attempt, Release.BY_INSTRUCTOR, released_at=school.server_now())
    sent = _sent(learner, attempt)
    assert _found(SCORE, sent) == WITH_SCORE
    assert _found(KEYS, sent) >= {"courses:progress", "courses_api:progress", "quizzes:report"}


def test_those_who_teach_the_student_see_all_of_it_meanwhile(attempt, learner, instructor, cohort):
    _release(attempt, Release.BY_INSTRUCTOR)
    client = signed_in(instructor)
    report = client.get(reverse("quizzes:report", args=[attempt.pk])).content.decode()
    student = client.get(reverse("courses:cohort_student", args=[cohort.pk, learner.pk])).content.decode()
    for text in (report, student):
        assert SCORE.search(text)
        assert KEYS.search(text)
