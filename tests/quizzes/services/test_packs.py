from pathlib import Path
from shutil import copytree, ignore_patterns

import pytest
from django.conf import settings
from django.db.models import Count

from quizzes import pack_files
from quizzes.errors import ContentError
from quizzes.incoming import Arrival
from quizzes.models import Blueprint, Exam, Item, ItemStatus
from quizzes.services.items import LoadOutcome
from quizzes.services.packs import Taken, load_shipped, pack_problems, publish_pack, take_in_drafts
from tests.quizzes import school

EXAM = """
- {slug: quiz, title: Quiz, mode: practice, summary: S, minutes: null, pass_mark: 70,
   sections: [{title: One, domain: icd-10-cm, items: [one, two]}]}
"""


def test_arrivals_are_kept_as_drafts_that_no_student_sees(books, instructor):
    school.make_items([school.single_best("old")])
    unfinished = school.single_best("new", rationale="")
    arrivals = [Arrival(unfinished, "", 0), Arrival(school.single_best("old", key="c"), "", 1)]
    assert take_in_drafts(arrivals=arrivals, by=instructor) == Taken(created=1, changed=1)
    new, old = Item.objects.get(slug="new"), Item.objects.get(slug="old")
    assert (new.status, new.current, new.draft.content) == (ItemStatus.DRAFT, None, unfinished.content)
    assert (new.draft.created_by, new.domain, new.difficulty) == (instructor, "icd-10-cm", "easy")
    assert (old.status, old.current.key, old.draft.key, old.draft.number) == ("published", ["b"], ["c"], 2)


def test_one_that_stands_in_the_way_stops_all_and_each_is_named(books, instructor):
    school.make_items([school.single_best("taken"), school.single_best("moved")])
    arrivals = [
        Arrival(school.single_best("new"), "", 0),
        Arrival(school.single_best("taken", key="c"), "", 0),
        Arrival(school.single_best("moved", key="c"), "", 7),
    ]
    with pytest.raises(ContentError) as caught:
        take_in_drafts(arrivals=arrivals, by=instructor)
    assert [(problem.slug, problem.message) for problem in caught.value.problems] == [
        ("taken", "another item has this slug already"),
        ("moved", "Version 1 was saved in the meantime."),
    ]
    assert set(Item.objects.values_list("slug", flat=True)) == {"taken", "moved"}


def texts(**changes) -> dict[str, str]:
    return {
        "items/a.yaml": pack_files.write_items([school.single_best("one")]),
        "cases/b.yaml": pack_files.write_items([school.code_entry("two", **changes)]),
        "exams.yaml": EXAM,
    }


def test_a_pack_is_published_items_before_exams(books):
    assert pack_problems(texts()) == ([], [])
    assert publish_pack(texts=texts(), by=None) == (LoadOutcome(2, 0, 0), LoadOutcome(1, 0, 0))
    assert publish_pack(texts=texts(), by=None) == (LoadOutcome(0, 0, 2), LoadOutcome(0, 0, 1))
    seats = Exam.objects.get().sections.get().exam_items
    assert list(seats.values_list("item__slug", "item__status")) == [
        ("one", "published"),
        ("two", "published"),
    ]


def test_every_problem_of_a_pack_is_named_by_its_file(books):
    wrong = texts(key="E99.99") | {
        "items/c.yaml": pack_files.write_items([school.single_best("one", rationale="")]),
        "items/d.yaml": pack_files.write_items([school.single_best("one")]),
        "lost/e.yaml": "",
        "exams.yaml": EXAM.replace("practice", "sprint"),
    }
    errors, warnings = pack_problems(wrong)
    assert warnings == []
    assert [str(problem) for problem in errors] == [
        "lost/e.yaml: nothing reads it here: see items/, cases/, exams.yaml or a course",
        "items/c.yaml: one: the rationale is empty",
        "items/d.yaml: one: this slug stands more than once",
        "exams.yaml: quiz: 'sprint' is not a mode (practice, mock, placement)",
        "cases/b.yaml: two: the key: E99.99 is not in the release April 2026",
    ]


def test_what_no_release_can_tell_is_a_warning(db):
    errors, warnings = pack_problems(texts())
    assert errors == []
    assert {problem.slug for problem in warnings} == {"two"}


def test_an_exam_that_cannot_be_made_takes_its_items_back(books):
    wrong = texts() | {"exams.yaml": EXAM.replace("[one, two]", "[one, three]")}
    with pytest.raises(ContentError, match="no published item three"):
        publish_pack(texts=wrong, by=None)
    assert not Item.objects.exists()


def test_what_ships_has_a_whole_form_in_the_sections_of_its_blueprint(db):
    content = Path(settings.BASE_DIR) / "quizzes" / "content"
    load_shipped(folder=content, by=None)
    form, outline = Exam.objects.get(slug="cpc-form-a"), Blueprint.objects.get(slug="cpc")
    sections = form.sections.annotate(seats=Count("exam_items")).order_by("position")
    assert list(sections.values_list("title", "domain", "seats")) == [
        (one["title"], one["domain"], one["items"]) for one in outline.sections
    ]
    assert (form.minutes, form.pass_mark, form.books, form.choice) == (240, 70, True, False)
    assert (
        Exam.objects.filter(slug__in=["cpc-style", "ccs-style"], choice=True, unscored__in=[0, 10]).count()
        == 2
    )
    assert load_shipped(folder=content, by=None)[1].changed == 0


def test_what_ships_is_whole_without_the_cpt_pack(db, tmp_path):
    content = tmp_path / "content"
    copytree(Path(settings.BASE_DIR) / "quizzes" / "content", content, ignore=ignore_patterns("cpt"))
    load_shipped(folder=content, by=None)
    assert not Exam.objects.filter(slug__startswith="cpc").exists()
    assert not Item.objects.filter(systems__contains=["cpt"]).exists()
