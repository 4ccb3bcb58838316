from dataclasses import replace

import pytest
import yaml

from quizzes.errors import ContentError
from quizzes.models import Exam, ExamItem, Item
from quizzes.packs import ExamSpec, SectionSpec
from quizzes.services.exams import load_exams, save_exam
from quizzes.services.items import save_item
from quizzes.services.starting import start_attempt
from tests.quizzes.school import single_best
from tests.quizzes.services.test_cases import case

FORM = {
    "slug": "form",
    "title": "A form",
    "mode": "mock",
    "summary": "For tests.",
    "minutes": 12,
    "pass_mark": 70,
    "sections": [
        {"title": "One", "domain": "icd-10-cm", "items": ["a", "b"]},
        {"title": "Two", "domain": "hcpcs", "items": ["c"]},
    ],
}


@pytest.fixture
def bank(db):
    for slug in "abcd":
        save_item(spec=single_best(slug), by=None)


@pytest.fixture
def load(tmp_path):
    def load(*rows):
        file = tmp_path / "exams.yaml"
        file.write_text(yaml.safe_dump(list(rows)))
        return load_exams(file, None)

    return load


def _rows():
    fields = ("section__position", "section__title", "section__domain", "position", "item__slug")
    return list(ExamItem.objects.order_by("section__position", "position").values_list(*fields))


def test_loading_makes_sections_and_items_in_order_and_again_nothing(bank, load, django_assert_num_queries):
    assert load(FORM).created == 1
    exam = Exam.objects.get()
    assert (exam.slug, exam.mode, exam.minutes, exam.pass_mark, exam.grace_seconds) == (
        "form",
        "mock",
        12,
        70,
        30,
    )
    assert _rows() == [
        (1, "One", "icd-10-cm", 1, "a"),
        (1, "One", "icd-10-cm", 2, "b"),
        (2, "Two", "hcpcs", 1, "c"),
    ]
    ids = set(ExamItem.objects.values_list("pk", flat=True))
    assert load(FORM).unchanged == 1
    assert set(ExamItem.objects.values_list("pk", flat=True)) == ids


def test_a_changed_form_keeps_its_sections_for_the_attempts_that_point_to_them(bank, load, learner):
    load(FORM)
    attempt = start_attempt(exam=Exam.objects.get(), by=learner)
    changed = {
        **FORM,
        "title": "The form",
        "sections": [
            {"title": "First", "domain": "icd-10-cm", "items": ["d", "a"]},
            {"title": "Two", "domain": "hcpcs", "items": ["c"]},
            {"title": "Three", "domain": "anatomy", "items": ["b"]},
        ],
    }
    assert load(changed).changed == 1
    assert [(row[1], row[4]) for row in _rows()] == [
        ("First", "d"),
        ("First", "a"),
        ("Two", "c"),
        ("Three", "b"),
    ]
    kept = attempt.responses.values_list("section__title", "item_version__item__slug")
    assert list(kept) == [("First", "a"), ("First", "b"), ("Two", "c")]


def test_a_section_that_an_attempt_holds_cannot_go(bank, load, learner):
    load(FORM)
    shorter = {**FORM, "sections": FORM["sections"][:1]}
    start_attempt(exam=Exam.objects.get(), by=learner)
    with pytest.raises(ContentError, match=r"exams\.yaml: form: an attempt holds a section that is gone"):
        load(shorter)
    assert len(_rows()) == 3


def test_a_section_that_nobody_sat_goes(bank, load):
    load(FORM)
    load({**FORM, "sections": FORM["sections"][:1]})
    assert [row[4] for row in _rows()] == ["a", "b"]


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"mode": "oral"}, "form: 'oral' is not a mode"),
        ({"minutes": None}, "form: a mock exam needs minutes"),
        ({"mode": "practice"}, "form: only a mock exam has a clock: minutes must be null"),
        ({"pass_mark": 0}, "form: pass_mark is a percent"),
        ({"sections": []}, "form: an exam needs a section"),
        (
            {"sections": [{"title": "One", "domain": "latin", "items": ["a"]}]},
            "form: section 'One': 'latin' is not a domain",
        ),
        (
            {"sections": [{"title": "One", "domain": "hcpcs", "items": ["a", "a"]}]},
            "form: the item a stands twice",
        ),
        (
            {"sections": [{"title": "One", "domain": "hcpcs", "items": ["nowhere"]}]},
            "form: there is no published item nowhere",
        ),
        ({"slug": "Not a slug"}, "Not a slug: a slug is lower-case words with dashes"),
    ],
)
def test_a_form_that_does_not_fit_is_refused_as_a_whole(bank, load, change, words):
    with pytest.raises(ContentError) as caught:
        load({**FORM, "slug": "other"}, {**FORM, **change})
    assert f"exams.yaml: {words}" in str(caught.value)
    assert not Exam.objects.exists()


def test_one_exam_is_saved_with_its_items_or_refused_whole(bank):
    sections = [SectionSpec("One", "icd-10-cm", [("b", "alone"), ("a", "alone")])]
    spec = ExamSpec("quiz", "A quiz", "practice", "For tests.", None, 70, 30, sections)
    exam = save_exam(spec=spec)
    assert list(ExamItem.objects.filter(section__exam=exam).values_list("item__slug", flat=True)) == [
        "b",
        "a",
    ]
    assert save_exam(spec=spec) == exam
    with pytest.raises(ContentError, match="form: quiz: there is no published item z"):
        save_exam(spec=replace(spec, sections=[SectionSpec("One", "icd-10-cm", [("z", "alone")])]))
    assert ExamItem.objects.count() == 2


def _mode(mode, *items):
    section = SectionSpec("One", "icd-10-cm", list(items))
    return ExamSpec("form", "A form", mode, "For tests.", 12 if mode == "mock" else None, 70, 30, [section])


def test_cases_are_asked_alone_outside_of_practice(bank):
    save_item(spec=case("chart"), by=None)
    save_exam(spec=_mode("practice", ("a", "alone"), ("chart", "half")))
    assert list(ExamItem.objects.values_list("served", flat=True)) == ["alone", "half"]
    with pytest.raises(
        ContentError, match="form: chart is served half-filled or worked: that is for practice"
    ):
        save_exam(spec=_mode("mock", ("a", "alone"), ("chart", "half")))
    with pytest.raises(ContentError, match="form: chart is a case: a placement asks none"):
        save_exam(spec=_mode("placement", ("a", "alone"), ("chart", "alone")))
    save_exam(spec=_mode("mock", ("a", "alone"), ("chart", "alone")))
    assert Exam.objects.get().mode == "mock"


def test_only_a_case_is_served_half_filled_or_worked(bank):
    with pytest.raises(ContentError, match="form: a is no case: it cannot be served half-filled or worked"):
        save_exam(spec=_mode("practice", ("a", "worked"), ("b", "alone")))


def _chart(slug, served):
    """An exam in a file, of the case alone."""
    section = {"title": "One", "domain": "icd-10-cm", "items": [{"item": "chart", "served": served}]}
    return {**FORM, "slug": slug, "mode": "practice", "minutes": None, "sections": [section]}


class TestWorkedOnceAskedNowhere:
    """Who has seen a case worked has seen its key."""

    @pytest.fixture(autouse=True)
    def chart(self, bank):
        save_item(spec=case("chart"), by=None)

    @pytest.mark.parametrize("served", ["alone", "half"])
    def test_within_a_file(self, load, served):
        words = "exams.yaml: other: chart is shown worked, with its key, in form and asked in other"
        with pytest.raises(ContentError, match=words):
            load(_chart("form", "worked"), _chart("other", served))
        assert not Exam.objects.exists()

    @pytest.mark.parametrize(("first", "then"), [("worked", "half"), ("half", "worked")])
    def test_against_what_is_published(self, load, first, then):
        load(_chart("form", first))
        worked, asked = ("form", "other") if first == "worked" else ("other", "form")
        words = f"other: chart is shown worked, with its key, in {worked} and asked in {asked}"
        with pytest.raises(ContentError, match=words):
            load(_chart("other", then))
        section = SectionSpec("One", "icd-10-cm", [("chart", then)])
        with pytest.raises(ContentError, match=words):
            save_exam(spec=ExamSpec("other", "Other", "practice", "", None, 70, 30, [section]))
        Exam.objects.update(published=False)
        load(_chart("other", then))

    def test_a_file_that_turns_two_exams_round_is_taken(self, load):
        load(_chart("form", "worked"))
        load(_chart("form", "half"), _chart("other", "alone"))
        assert sorted(ExamItem.objects.values_list("served", flat=True)) == ["alone", "half"]


def test_an_item_that_is_set_aside_keeps_its_seat(bank, load):
    load(FORM)
    Item.objects.filter(slug="b").update(status="set_aside")
    assert load(FORM).unchanged == 1
    Item.objects.filter(slug="b").update(status="in_review")
    with pytest.raises(ContentError, match="there is no published item b"):
        load(FORM)


def test_a_file_does_not_change_when_the_reports_of_a_sat_exam_are_shown(bank, load, learner):
    load(FORM)
    exam = Exam.objects.get()
    assert load({**FORM, "release": "score_only"}).changed == 1
    Exam.objects.update(release="by_instructor")
    exam.refresh_from_db()
    start_attempt(exam=exam, by=learner)
    assert load({**FORM, "title": "Anew"}).changed == 1
    exam.refresh_from_db()
    assert (exam.title, exam.release) == ("Anew", "by_instructor")
