import pytest

from quizzes import study
from quizzes.study import StudyStep


@pytest.fixture(autouse=True)
def sources(monkeypatch):
    monkeypatch.setattr(study, "_sources", [])


def test_every_source_is_asked_with_the_person_and_the_domains():
    def lessons(user_id, domains):
        return [StudyStep(f"Lesson on {domain}", f"/{domain}/", f"for {user_id}") for domain in domains]

    def drills(user_id, domains):
        return [StudyStep("Drill", "/drill/", "again")]

    for source in (lessons, drills, lessons):
        study.register(source)
    assert study.suggest(7, ["hcpcs", "anatomy"]) == [
        StudyStep("Lesson on hcpcs", "/hcpcs/", "for 7"),
        StudyStep("Lesson on anatomy", "/anatomy/", "for 7"),
        StudyStep("Drill", "/drill/", "again"),
    ]


def test_where_nothing_is_weak_nothing_is_asked():
    study.register(lambda user_id, domains: pytest.fail("asked"))
    assert study.suggest(7, []) == []
