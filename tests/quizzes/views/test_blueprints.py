import pytest
from django.urls import reverse

from quizzes.models import Blueprint
from tests.quizzes import school
from tests.quizzes.services.test_blueprints import OUTLINE
from tests.quizzes.views.pages import get, post, signed_in


def make(slug="small", **changes):
    sections = [{"kinds": [], "care": [], "domains": [one["domain"]], **one} for one in OUTLINE["sections"]]
    return Blueprint.objects.create(**{**OUTLINE, "slug": slug, "sections": sections, **changes})


@pytest.fixture
def outline(books):
    specs = [school.single_best(f"a-{n}", domain="anatomy") for n in range(5)]
    twins = [school.single_best(f"t-{n}", domain="anatomy", family="twins") for n in range(2)]
    school.make_items([*specs, *twins, school.single_best("law", domain="compliance")])
    return make()


def test_the_page_says_what_each_section_has(outline, instructor):
    page = get(signed_in(instructor), reverse("quizzes:blueprint", args=["small"]))
    assert page.texts("tbody tr") == [
        "Body Anatomy 4 7 6 without near-duplicates None",
        "Law Compliance and regulation, HCPCS Level II Single best answer 2 1 1",
    ]
    assert "Nobody at your school has confirmed these figures" in page.text()
    assert "Confirm from the outline" not in page.text()
    assert "A page" in page.text()


def test_the_list_asks_as_often_for_one_as_for_many(outline, instructor, django_assert_num_queries):
    client = signed_in(instructor)
    url = reverse("quizzes:blueprint_list")
    get(client, url)
    with django_assert_num_queries(6):
        assert len(get(client, url).all("tbody tr")) == 1
    for number in range(5):
        make(f"more-{number}")
    with django_assert_num_queries(6):
        assert len(get(client, url).all("tbody tr")) == 6


def test_an_admin_confirms_it(outline, admin):
    client = signed_in(admin)
    url = reverse("quizzes:blueprint_confirm", args=["small"])
    sent = {"items-0": 3, "items-1": 1, "minutes": 50, "pass_mark": 70, "unscored": 0, "books": "on"}
    page = post(client, url, {**sent, "source": "", "source_on": "2999-01-01"})
    assert "This field is required." in page.text()
    assert "This day is still to come." in page.text()
    assert Blueprint.objects.get().confirmed_at is None
    page = post(client, url, {**sent, "source": "Outline of May", "source_on": "2026-05-20"})
    assert "Small is confirmed. Exams that follow it have its figures." in page.text()
    assert "Outline of May, by Ann Keller" in page.text()
    assert [section["items"] for section in Blueprint.objects.get().sections] == [3, 1]
