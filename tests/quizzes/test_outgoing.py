from quizzes import packs
from quizzes.bank import bank_items
from quizzes.models import Exam, ExamItem, Item
from quizzes.outgoing import bank_pack, left_out_of_quiz, quiz_pack
from quizzes.services.authoring import ask_for_review, create_item, save_draft
from tests.quizzes import school
from tests.quizzes.test_pack_files import CONTENT


def test_the_bank_goes_out_in_its_newest_versions(books, instructor):
    _, two = school.make_items([school.single_best("one"), school.single_best("two")])
    draft = school.single_best("two", key="d")
    save_draft(item_id=two.pk, base_number=1, spec=draft, by=instructor)
    texts = bank_pack(bank_items({}), instructor)
    assert list(texts) == ["items/bank.yaml"]
    assert packs.read_items(texts["items/bank.yaml"], "f") == ([school.single_best("one"), draft], [])
    assert list(bank_pack(bank_items({"q": "nothing like it"}), instructor)) == []


def test_a_quiz_goes_out_as_students_get_it(practice, instructor):
    first, second, *rest = school.mixed("practice")
    Item.objects.filter(slug=second.slug).update(status="set_aside")
    edited = Item.objects.get(slug=first.slug)
    save_draft(item_id=edited.pk, base_number=1, spec=school.single_best(first.slug, key="d"), by=instructor)
    ExamItem.objects.filter(item__slug="practice-code").update(served="half")
    texts = quiz_pack(Exam.objects.get())
    assert list(texts) == ["items/practice.yaml", "exams.yaml"]
    specs, _ = packs.read_items(texts["items/practice.yaml"], "f")
    assert {spec.slug: spec for spec in specs} == {spec.slug: spec for spec in [first, *rest]}
    (exam,), problems = packs.read_exams(texts["exams.yaml"], "f")
    assert problems == []
    assert (exam.slug, exam.title, exam.mode, exam.minutes) == ("practice", "Practice", "practice", None)
    assert [section.items for section in exam.sections] == [
        [("practice-first", "alone")],
        [("practice-many", "alone"), ("practice-code", "half")],
    ]
    assert left_out_of_quiz(Exam.objects.get()) == ["practice-second"]


def test_a_draft_that_a_reader_has_to_answer_blind_stays_here(books, instructor, admin):
    (one,) = school.make_items([school.single_best("one")])
    draft = school.single_best("one", key="d")
    save_draft(item_id=one.pk, base_number=1, spec=draft, by=instructor)
    ask_for_review(item_id=one.pk, number=2, by=instructor)
    new = create_item(spec=school.single_best("two"), by=instructor).item
    ask_for_review(item_id=new.pk, number=1, by=instructor)
    (text,) = bank_pack(bank_items({}), admin).values()
    assert packs.read_items(text, "f") == ([school.single_best("one")], [])
    (text,) = bank_pack(bank_items({}), instructor).values()
    assert packs.read_items(text, "f") == ([draft, school.single_best("two")], [])


def test_a_case_has_a_file_of_its_own(admin):
    text = (CONTENT / "items" / "cases" / "ed-angioedema-ace-inhibitor.yaml").read_text(encoding="utf-8")
    (case,), _ = packs.read_items(text, "f")
    school.make_items([case, school.single_best("one")])
    texts = bank_pack(bank_items({}), admin)
    assert list(texts) == ["items/bank.yaml", f"cases/{case.slug}.yaml"]
    assert packs.read_items(texts[f"cases/{case.slug}.yaml"], "f") == ([case], [])
