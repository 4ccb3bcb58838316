"""Without a licence nobody reads an item about CPT, at no door: who writes items sees name and figures."""

from io import BytesIO
from zipfile import ZipFile

import pytest
from allauth.mfa.models import Authenticator
from django.urls import reverse

from codesets.templatetags.cpt import TRADEMARK
from quizzes.models import Exam, Item
from quizzes.outgoing import left_out_of_quiz, quiz_pack
from quizzes.services.authoring import ask_for_review, create_item
from quizzes.statistics import ENOUGH
from tests.quizzes import school
from tests.quizzes.exam_hall import sit, students
from tests.quizzes.views.pages import get, post, signed_in

STEM = "Which number stands for the shaving of a lesion, 11300 or 11305?"
BANK = reverse("quizzes:bank")
ZIP = reverse("quizzes:pack_export_zip")


def at(name: str, *args) -> str:
    return reverse(f"quizzes:{name}", args=args)


@pytest.fixture
def client(instructor):
    """With the second factor that staff need outside a demonstration."""
    Authenticator.objects.create(user=instructor, type=Authenticator.Type.TOTP, data={})
    return signed_in(instructor)


@pytest.fixture
def exam(books, instructor, cohort) -> Exam:
    """A mock exam of an open item and a closed one."""
    closed = school.single_best("closed", systems=("cpt",), stem=STEM)
    exam = school.make_exam("mock", [school.single_best("open"), closed], minutes=60)
    Exam.objects.update(created_by=instructor)
    return exam


@pytest.fixture
def closed(exam, client, settings) -> Item:
    settings.DEMO = False
    return Item.objects.get(slug="closed")


def test_the_bank_names_it_and_says_why_it_is_closed(client, closed):
    rows = get(client, BANK).texts(".bank-table tbody tr")
    said = "Single best answer ICD-10-CM Easy Published"
    assert rows[0] == f"closed Closed until a CPT licence is recorded. {said}"
    assert rows[1].startswith("open ")
    assert get(client, f"{BANK}?q=shaving").all(".bank-table") == []


def test_nobody_is_asked_to_review_it(client, exam, admin, settings):
    for slug in ("closed-draft", "open-draft"):
        systems = ("cpt",) if slug == "closed-draft" else ("icd10cm",)
        item = create_item(spec=school.single_best(slug, systems=systems), by=admin).item
        ask_for_review(item_id=item.pk, number=1, by=admin)
    assert len(get(client, BANK).all(".waiting li")) == 2
    settings.DEMO = False
    assert get(client, BANK).texts(".waiting a") == ["open-draft"]


@pytest.mark.parametrize("door", ["item_edit", "item_versions", "item_review"])
def test_its_pages_are_not_found(client, closed, settings, door):
    assert client.get(at(door, "closed")).status_code == 404
    assert client.post(at("item_edit", "closed"), {}).status_code == 404
    settings.DEMO = True
    assert client.get(at(door, "closed"), follow=True).status_code == 200


def test_exports_leave_it_out(client, closed):
    assert "Download 1 item" in get(client, at("pack_export")).text()
    with ZipFile(BytesIO(client.get(ZIP).content)) as pack:
        texts = {name: pack.read(name).decode() for name in pack.namelist()}
    assert list(texts) == ["items/bank.yaml"]
    assert "11300" not in texts["items/bank.yaml"]
    assert list(quiz_pack(Exam.objects.get())) == ["items/mock.yaml", "exams.yaml"]
    assert left_out_of_quiz(Exam.objects.get()) == ["closed"]


def test_an_open_pack_says_whose_the_numbers_are(client, exam):
    with ZipFile(BytesIO(client.get(ZIP).content)) as pack:
        assert pack.read("NOTICE.md").decode().startswith(TRADEMARK)
        assert "11300" in pack.read("items/bank.yaml").decode()
    with ZipFile(BytesIO(client.get(f"{ZIP}?q=open").content)) as pack:
        assert pack.namelist() == ["items/bank.yaml"]


def test_the_making_of_an_exam_shows_its_name_alone(client, closed, exam):
    sections = exam.sections.all()
    pages = [get(client, at("exam_section_items", exam.slug, one.pk)) for one in sections]
    pages.append(get(client, f"{at('exam_check', exam.slug)}?seed=1"))
    assert "closed Closed until a CPT licence is recorded." in " ".join(page.text() for page in pages)
    assert not any("11300" in page.raw for page in pages)


def test_statistics_keep_its_figures_without_text_and_answers(client, exam, cohort, settings):
    for user in students(ENOUGH, cohort):
        sit(exam, user, {1: {"choice": "b"}, 2: {"choice": "b"}})
    page = at("exam_item", exam.slug, "closed", 1)
    assert "11300" in get(client, page).text(".stem")
    settings.DEMO = False
    shown = get(client, page)
    assert shown.all(".stem") == shown.all("#options") == []
    assert shown.texts(".score dt")[0] == "Facility"
    lines = client.get(at("exam_items_csv", exam.slug)).content.decode().splitlines()
    assert [line.endswith(",") for line in lines[1:] if line.startswith(("open", "closed"))].count(True) == 1


def test_who_writes_one_is_told_that_it_is_closed_now(client, books, settings):
    school.make_items([school.single_best("own")])
    settings.DEMO = False
    form: dict[str, list[str]] = {}
    for name, value in get(client, at("item_edit", "own")).one("form#item").form_values():
        form.setdefault(name, []).append(value)
    page = post(client, at("item_edit", "own"), form | {"systems": ["icd10cm", "cpt"]})
    assert page.url == BANK
    assert "own is closed until a CPT licence is recorded." in page.text()
