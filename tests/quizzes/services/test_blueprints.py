"""Blueprints: loaded, confirmed by a school, followed by exams."""

from datetime import date
from pathlib import Path

import pytest
import yaml
from django.conf import settings

from accounts.models import AuditEntry
from quizzes.errors import ContentError
from quizzes.models import Blueprint, Exam
from quizzes.services.blueprints import confirm_blueprint, load_blueprints
from quizzes.services.exams import load_exams

SHIPPED = Path(settings.BASE_DIR) / "quizzes" / "content" / "blueprints.yaml"
OUTLINE = {
    "slug": "small",
    "title": "Small",
    "summary": "For tests.",
    "source": "A page",
    "source_on": date(2026, 5, 1),
    "minutes": 60,
    "pass_mark": 65,
    "books": False,
    "unscored": 2,
    "provisional": True,
    "sections": [
        {"title": "Body", "domain": "anatomy", "items": 4},
        {
            "title": "Law",
            "domain": "compliance",
            "domains": ["compliance", "hcpcs"],
            "kinds": ["single_best"],
            "items": 2,
        },
    ],
}
EXAM = {"slug": "form", "title": "Form", "mode": "mock", "summary": "S", "blueprint": "small"}


@pytest.fixture
def load(db, tmp_path):
    def load(*rows):
        file = tmp_path / "blueprints.yaml"
        file.write_text(yaml.safe_dump(list(rows)))
        return load_blueprints(file, None)

    return load


@pytest.fixture
def exams(tmp_path):
    def exams(*rows):
        file = tmp_path / "exams.yaml"
        file.write_text(yaml.safe_dump(list(rows)))
        return load_exams(file, None)

    return exams


def confirm(by, **changes):
    figures = {"items": [5, 2], "minutes": 90, "pass_mark": 65, "books": True, "unscored": 0}
    source = {"source": "Outline of May", "source_on": date(2026, 5, 20)}
    blueprint = Blueprint.objects.get(slug="small")
    return confirm_blueprint(blueprint=blueprint, by=by, **{**figures, **source, **changes})


def drawn(slug="form"):
    rows = Exam.objects.get(slug=slug).sections.values_list("title", "draws", "domains", "kinds")
    return [(title, draws, list(domains), list(kinds)) for title, draws, domains, kinds in rows]


def test_what_ships_is_what_the_certifiers_ask(db):
    assert load_blueprints(SHIPPED, None).created == 2
    assert load_blueprints(SHIPPED, None).unchanged == 2
    cpc, ccs = Blueprint.objects.get(slug="cpc"), Blueprint.objects.get(slug="ccs")
    counts = {section["domain"]: section["items"] for section in cpc.sections}
    assert (sum(counts.values()), len(counts), cpc.minutes, cpc.pass_mark, cpc.books) == (
        100,
        18,
        240,
        70,
        True,
    )
    assert sum(count for domain, count in counts.items() if domain.startswith("surgery")) == 36
    assert [counts[name] for name in ("evaluation-management", "anesthesia", "hcpcs", "cases")] == [
        6,
        4,
        3,
        10,
    ]
    assert not cpc.provisional
    sizes = {section["title"]: section["items"] for section in ccs.sections}
    knowledge = [count for title, count in sizes.items() if title.startswith("Coding knowledge")]
    assert (knowledge, sum(knowledge)) == ([33, 2, 2, 2], 39)
    assert [sizes[name] for name in ("Documentation", "Provider queries", "Compliance")] == [19, 10, 19]
    assert (sum(sizes.values()), ccs.unscored, ccs.minutes, ccs.provisional) == (97, 10, 240, True)
    assert [one["care"] for one in ccs.sections if one["care"]] == [
        ["inpatient"],
        ["outpatient"],
        ["emergency"],
    ]


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"sections": []}, "small: a blueprint needs a section"),
        ({"minutes": 0}, "small: minutes lies between 1 and 1440"),
        ({"source": None}, "small: the field source is missing"),
        (
            {"sections": [{"title": "A", "domain": "latin", "items": 1}]},
            "section 'A': 'latin' is not a domain",
        ),
        ({"sections": [{"title": "A", "domain": "anatomy", "items": 0}]}, "section 'A': draws lies between"),
        ({"sections": [{"title": "A", "domain": "anatomy", "items": ["a"]}]}, "items is how many it draws"),
        (
            {"sections": [{"title": "A", "domain": "anatomy", "items": 1, "care": ["home"]}]},
            "'home' is not in care",
        ),
    ],
)
def test_a_wrong_file_is_refused_whole(load, change, words):
    with pytest.raises(ContentError) as refused:
        load({**OUTLINE, "slug": "other"}, {**OUTLINE, **change})
    assert words in str(refused.value)
    assert not Blueprint.objects.exists()


def test_an_exam_takes_from_its_blueprint_what_it_leaves_out(load, exams):
    load(OUTLINE)
    assert exams(EXAM, {**EXAM, "slug": "own", "minutes": 30, "books": True, "unscored": 0}).created == 2
    assert exams(EXAM, {**EXAM, "slug": "own", "minutes": 30, "books": True, "unscored": 0}).unchanged == 2
    form, own = Exam.objects.get(slug="form"), Exam.objects.get(slug="own")
    assert (form.minutes, form.pass_mark, form.books, form.unscored) == (60, 65, False, 2)
    assert (own.minutes, own.pass_mark, own.books, own.unscored) == (30, 65, True, 0)
    assert drawn() == [("Body", 4, ["anatomy"], []), ("Law", 2, ["compliance", "hcpcs"], ["single_best"])]


def test_an_exam_of_a_blueprint_that_is_not_there_is_refused(db, exams):
    with pytest.raises(ContentError, match="form: there is no blueprint small"):
        exams(EXAM)


def test_a_changed_file_changes_the_exams_that_stand_as_it_was(load, exams):
    load(OUTLINE)
    exams(EXAM, {**EXAM, "slug": "own", "minutes": 30})
    bigger = [{**OUTLINE["sections"][0], "items": 9}, OUTLINE["sections"][1]]
    assert load({**OUTLINE, "minutes": 75, "sections": bigger}).changed == 1
    assert [Exam.objects.get(slug=slug).minutes for slug in ("form", "own")] == [75, 30]
    assert drawn()[0] == drawn("own")[0] == ("Body", 9, ["anatomy"], [])


def test_a_school_confirms_its_own_figures_and_they_stay(load, exams, admin):
    load(OUTLINE)
    exams(EXAM)
    confirm(admin)
    blueprint = Blueprint.objects.get()
    assert (blueprint.provisional, blueprint.confirmed_by, blueprint.confirmed_source) == (
        False,
        admin,
        "Outline of May",
    )
    assert [section["items"] for section in blueprint.sections] == [5, 2]
    form = Exam.objects.get()
    assert (form.minutes, form.books, form.unscored, drawn()[0][1]) == (90, True, 0, 5)
    entry = AuditEntry.objects.get(action="quizzes.blueprint.confirmed")
    assert (entry.actor_id, entry.reason) == (admin.pk, "Outline of May")
    assert (entry.before["items"]["Body"], entry.after["items"]["Body"]) == (4, 5)
    outcome = load({**OUTLINE, "minutes": 10})
    assert (outcome.left, outcome.changed) == (("small",), 0)
    assert Blueprint.objects.get().minutes == 90
    exams({**EXAM, "title": "Renamed"})
    assert Exam.objects.get().minutes == 90


def test_only_exams_of_packs_follow_and_their_trail_says_so_once(load, exams, admin, instructor):
    load(OUTLINE)
    exams(EXAM, {**EXAM, "slug": "made"})
    Exam.objects.filter(slug="made").update(created_by=instructor)
    confirm(admin)
    assert [Exam.objects.get(slug=slug).minutes for slug in ("form", "made")] == [90, 60]
    assert (drawn()[0][1], drawn("made")[0][1]) == (5, 4)
    entry = AuditEntry.objects.get(action="quizzes.exam.changed")
    assert (entry.actor_id, entry.object_id) == (admin.pk, str(Exam.objects.get(slug="form").pk))
    assert (entry.before["minutes"], entry.after["minutes"]) == (60, 90)
    assert [section["items"] for section in entry.after["sections"]] == [5, 2]
    assert "pass_mark" not in entry.after
