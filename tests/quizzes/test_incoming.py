"""What an upload would bring: read, compared with the bank, checked against the books, nothing written."""

from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest

from quizzes import pack_files, packs
from quizzes.errors import ContentError
from quizzes.incoming import Tags, free_slug, read_back, read_upload
from quizzes.models import Item, ItemStatus, ItemVersion
from quizzes.services.authoring import create_item
from tests.quizzes import school

ITEMS = Path(__file__).parents[2] / "quizzes" / "content" / "items"
QUESTIONS = Path(__file__).parents[1] / "data" / "questions"
TAGS = Tags("coding-guidelines", "hard", ("icd10cm",), school.ON)


def plan(data: bytes | str, name: str = "items.yaml"):
    return read_upload(data.encode() if isinstance(data, str) else data, name, TAGS)


def yaml(*specs) -> str:
    return pack_files.write_items(specs)


def refusals(found) -> list[tuple[str, str, str]]:
    return [(row.place, row.name, row.reason) for row in found.refusals]


def test_a_pack_says_what_would_come_in_and_what_would_not(books):
    good, bad = school.single_best("good"), school.single_best("bad")
    bad = replace(bad, content=replace(bad.content, key=["x"]))
    texts = {
        "items/a.yaml": yaml(good, bad),
        "cases/b.yaml": yaml(school.code_entry("code")),
        "item/lost.yaml": "[]",
        "exams.yaml": "[]",
        "cm/course.yaml": "slug: cm",
    }
    found = plan(pack_files.zip_of(texts), "pack.zip")
    assert [(row.spec.slug, row.place, row.base, row.findings) for row in found.arrivals] == [
        ("code", "cases/b.yaml", 0, ()),
        ("good", "items/a.yaml", 0, ()),
    ]
    assert refusals(found) == [
        ("item/lost.yaml", "", "nothing reads it here: see items/, cases/, exams.yaml or a course"),
        ("items/a.yaml", "bad", "the key names 'x', which is no option"),
        ("exams.yaml", "", "exams come in with the command import_pack"),
        ("cm", "", "lessons come in with the command import_pack"),
    ]
    assert not Item.objects.exists()


def test_what_the_books_say_stands_beside_the_item(books):
    found = plan(yaml(school.code_entry("gone", key="E99.99")))
    assert [row.findings for row in found.arrivals] == [("the key: E99.99 is not in the release April 2026",)]


def test_questions_get_their_tags_and_a_slug_of_their_own(books):
    school.make_items([school.single_best("first-listed-diagnosis")])
    found = plan((QUESTIONS / "moodle.xml").read_bytes(), "bank.xml")
    first, second = found.arrivals
    assert (first.spec.slug, first.spec.domain, first.spec.difficulty, first.place) == (
        "first-listed-diagnosis-2",
        "coding-guidelines",
        "hard",
        "$course$/top/Week 3",
    )
    assert first.findings == (
        "option c does not say why it is right or wrong",
        "option d does not say why it is right or wrong",
    )
    assert second.findings == ("the rationale is empty",)
    assert len(found.refusals) == 6


def test_gift_is_known_by_its_name(books):
    found = plan((QUESTIONS / "questions.gift").read_bytes(), "Week 3.TXT")
    assert [row.spec.slug for row in found.arrivals] == [
        "first-listed-diagnosis",
        "which-two-of-five",
        "gap",
    ]


def test_two_questions_of_one_title_get_two_slugs(books):
    found = plan("::Ünder_score::a {=1 ~2 ~3 ~4}\n\n" * 2 + "::???::b {=1 ~2 ~3 ~4}", "a.gift")
    assert [row.spec.slug for row in found.arrivals] == ["under-score", "under-score-2", "question"]


def test_a_thousand_of_one_title_are_not_counted_anew_for_each():
    class Slugs(set):
        asked = 0

        def __contains__(self, slug):
            self.asked += 1
            return super().__contains__(slug)

    taken, counts = Slugs(), Counter()
    for _ in range(1_000):
        taken.add(free_slug("Same", taken, counts))
    assert {"same", "same-2", "same-1000"} <= taken
    assert taken.asked < 3_010


def test_items_of_the_bank_are_told_from_new_ones(books, instructor):
    same, changed, other = (school.single_best(slug) for slug in ("same", "changed", "other"))
    school.make_items([same, changed, other])
    written = create_item(spec=school.single_best("draft"), by=instructor)
    found = plan(
        yaml(
            same,
            school.single_best("changed", key="c"),
            school.multiple_response("other"),
            school.single_best("draft", key="c"),
            school.single_best("twice"),
            school.single_best("twice", key="a"),
        )
    )
    assert found.unchanged == ("same",)
    assert [(row.spec.slug, row.base) for row in found.arrivals] == [("changed", 1), ("twice", 0)]
    assert [(name, reason) for _, name, reason in refusals(found)] == [
        ("other", "the bank has this slug as single_best; another kind needs another slug"),
        ("draft", "somebody is writing this item; its draft would be lost from sight"),
        ("twice", "this slug stands more than once"),
    ]
    assert Item.objects.get(slug="draft").draft == written


def test_another_difficulty_alone_is_a_change(books):
    spec = school.single_best("one")
    school.make_items([spec])
    assert [row.base for row in plan(yaml(replace(spec, difficulty="hard"))).arrivals] == [1]


def test_a_published_item_keeps_its_first_system(books):
    school.make_items([school.single_best("one")])
    found = plan(yaml(school.single_best("one", systems=("hcpcs",))))
    assert refusals(found) == [("items.yaml", "one", "a published item keeps its first code system")]


@pytest.mark.parametrize(("place", "value"), [("stem: PLACE", '"\\0"'), ("text: PLACE", '"a\\0"')])
def test_a_text_that_no_database_holds_is_refused_by_item(books, place, value):
    spec = school.single_best("one", stem="PLACE")
    spec.content.options[0]["text"] = "PLACE"
    (row,) = plan(yaml(spec).replace(place, place.replace("PLACE", value))).refusals
    assert (row.name, row.reason.partition(",")[0]) == ("one", "it holds a value that cannot be kept")


def test_a_number_that_json_cannot_write_is_refused_by_item(books):
    spec = school.single_best("one")
    spec.content.options[0]["misconception"] = "PLACE"
    (row,) = plan(yaml(spec).replace("PLACE", ".nan")).refusals
    assert (row.name, row.reason.partition(",")[0]) == ("one", "it holds a value that cannot be kept")


@pytest.mark.parametrize(
    ("old", "new"), [("id: a", "id: []"), ("text: Choice a", "code: {system: [], code: 1}")]
)
def test_a_value_in_a_shape_of_its_own_is_refused_by_item(books, old, new):
    found = plan(yaml(school.single_best("odd"), school.single_best("good")).replace(old, new, 1))
    assert [row.spec.slug for row in found.arrivals] == ["good"]
    assert {name for _, name, _ in refusals(found)} == {"odd"}


def test_an_item_that_no_check_can_read_does_not_stop_the_others(books):
    text = (ITEMS / "audits.yaml").read_text(encoding="utf-8")
    audit = next(spec for spec in packs.read_items(text, "f")[0])
    audit.content.given["diagnoses"] = "none"
    found = plan(yaml(audit, school.single_best("good")))
    assert [row.spec.slug for row in found.arrivals] == ["good"]
    refusal = "given: diagnoses is a list of at most 60 lines"
    assert refusals(found) == [("items.yaml", audit.slug, refusal)]


@pytest.mark.parametrize(
    ("data", "name", "words"),
    [
        (b"x", "a.docx", "its name ends in none of .zip"),
        (b"\xff\xfe", "a.yaml", "not UTF-8"),
        (b"a\0b", "a.gift", "it is no text"),
        (b"<a/>", "a.xml", "outermost element"),
        (b"PK", "a.zip", "broken or no zip"),
    ],
)
def test_a_file_that_cannot_be_read_is_refused_whole(db, data, name, words):
    with pytest.raises(ContentError, match=words):
        plan(data, name)


def test_more_items_than_a_page_shows_are_refused(db):
    with pytest.raises(ContentError, match="more than 1,000 items"):
        plan("a {=1 ~2 ~3 ~4}\n\n" * 1_001, "a.gift")


@pytest.mark.parametrize("value", ["2026-02-31", "1" * 5_000, "[" * 3_000])
def test_a_value_that_cannot_be_is_refused_with_its_file(db, value):
    (refused,) = refusals(plan(yaml(school.single_best("one")).replace("2026-05-12", value)))
    assert refused[:2] == ("items.yaml", "")
    assert refused[2].startswith("it has a") or "too deep (line " in refused[2]


def test_an_item_that_points_to_itself_is_refused_and_not_followed(db):
    bomb = "- &a [x]\n- &b [*a, *a]\n"
    assert refusals(plan(bomb)) == [
        ("items.yaml", "", "it uses YAML references (*name), which are not read (line 2)")
    ]


def test_what_was_kept_is_read_back(books):
    draft = plan("::T::a {=1 ~2 ~3 ~4}", "a.gift").arrivals[0]
    (again,) = read_back(yaml(draft.spec), {"t": 0})
    assert (again.spec, again.base) == (draft.spec, 0)
    with pytest.raises(ContentError, match="does not name what it holds"):
        read_back(yaml(draft.spec), {"other": 0})
    assert not ItemVersion.objects.exists()
    assert not Item.objects.filter(status=ItemStatus.DRAFT).exists()
