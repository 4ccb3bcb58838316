from datetime import date

import pytest
from django.core.cache import caches

from codesets.api import SearchThrottle
from codesets.models import Release, ReleaseState
from codesets.services.releases import publish_release
from tests.codesets.conftest import READING_2027, stage

ON = "on=2026-05-01"


@pytest.fixture
def staged(reading):
    return stage(READING_2027, "2027", date(2026, 10, 1))


def get(client, path: str, status: int = 200) -> dict:
    response = client.get(f"/api/v1/{path}")
    assert response.status_code == status, response.content
    return response.json()


def test_anyone_may_search(client, reading, supplies):
    assert get(client, f"codes/?q=page+fever&limit=2&{ON}") == {
        "count": 2,
        "next": None,
        "previous": None,
        "results": [
            {
                "system": "icd10cm",
                "code": "R009",
                "display": "R00.9",
                "title": "Page fever, unspecified",
                "billable": True,
                "release": "2026",
                "why": "Title",
            },
            {
                "system": "icd10cm",
                "code": "R00",
                "display": "R00",
                "title": "Page fever",
                "billable": False,
                "release": "2026",
                "why": "Title",
            },
        ],
    }


def test_system_billable_and_date_narrow_the_search(client, reading, supplies):
    def codes(query: str) -> list[str]:
        return [row["code"] for row in get(client, f"codes/?{query}")["results"]]

    assert codes(f"q=lamp&system=hcpcs&{ON}") == ["E0001", "E0002"]
    assert codes(f"q=R00&billable=false&{ON}") == ["R00"]
    assert codes(f"q=R00&billable=true&{ON}") == ["R000", "R001", "R009"]
    assert codes("q=R00&on=2020-01-01") == []


@pytest.mark.parametrize(
    ("query", "sentence"),
    [
        ("q=", "Give q: the words or the beginning of a code to look for."),
        ("q=a&on=tomorrow", "on must be a date as YYYY-MM-DD, not “tomorrow”."),
        ("q=a&billable=maybe", "billable must be true or false, not “maybe”."),
        ("q=a&limit=0", "limit must be a number from 1 to 100, not “0”."),
        ("q=a&limit=9999999999999", "limit must be a number from 1 to 100, not “9999999999999”."),
        ("q=a&system=klingon", "system must be one of icd10cm, icd10pcs, hcpcs, cpt, not “klingon”."),
    ],
)
def test_a_wrong_parameter_is_named_in_a_sentence(client, db, query, sentence):
    assert get(client, f"codes/?{query}", 400) == {"detail": sentence}


def test_a_code_with_all_that_the_book_says(client, reading):
    page = get(client, f"codes/icd10cm/S12.80/?{ON}")
    assert page == get(client, f"codes/icd10cm/s1280/?{ON}")
    assert (page["code"], page["display"], page["billable"], page["release"]) == (
        *("S1280", "S12.80", False, "2026"),
    )
    assert [code["display"] for code in page["ancestors"]] == ["S12", "S12.8"]
    assert [code["display"] for code in page["children"]] == ["S12.80X0", "S12.80X1"]
    assert page["chapter"] == {"name": "2", "title": "Injuries of readers (S00-T99)"}
    assert page["seventh_characters"] == {
        "owner": "S12.8",
        "characters": [
            {"character": "0", "meaning": "with blot"},
            {"character": "1", "meaning": "without blot"},
        ],
    }
    assert page["notes"]["own"] == []
    assert page["notes"]["inherited"] == [
        {
            "kind": "note",
            "text": "7th character 1: dry cut",
            "targets": [],
            "owner": "S12.8",
            "owner_title": "Paper cut of other part",
        }
    ]


def test_a_code_that_no_book_has_then(client, reading):
    assert get(client, f"codes/icd10cm/R02/?{ON}", 404) == {
        "detail": "No book in force on 2026-05-01 has R02 in icd10cm."
    }


def test_cpt_needs_an_account(client, learner, reading):
    release = Release.objects.create(
        system="cpt", label="own", state=ReleaseState.PUBLISHED, effective_from=date(2026, 1, 1)
    )
    assert [row["system"] for row in get(client, "releases/")["results"]] == ["icd10cm"]
    get(client, f"releases/{release.pk}/", 404)
    client.force_login(learner)
    assert [row["system"] for row in get(client, "releases/")["results"]] == ["cpt", "icd10cm"]


def test_a_staged_release_is_only_for_those_who_manage_them(client, learner, admin, staged, reading):
    for user in (None, learner):
        if user:
            client.force_login(user)
        listed = get(client, "releases/")
        assert [row["label"] for row in listed["results"]] == ["2026"]
        get(client, f"releases/{staged.id}/", 404)
        get(client, f"releases/{staged.id}/diff/", 404)
        get(client, f"releases/{reading.id}/diff/?against={staged.id}", 400)
    client.force_login(admin)
    assert [row["label"] for row in get(client, "releases/")["results"]] == ["2027", "2026"]
    assert get(client, f"releases/{staged.id}/") == {
        "id": staged.id,
        "system": "icd10cm",
        "label": "2027",
        "state": "staged",
        "effective_from": "2026-10-01",
        "effective_to": None,
        "codes_total": 31,
        "codes_billable": 15,
    }


def test_the_list_of_releases_keeps_its_queries(client, reading, django_assert_num_queries):
    with django_assert_num_queries(2):
        get(client, "releases/")
    for year in range(20):
        Release.objects.create(
            system="hcpcs",
            label=f"{year}",
            state=ReleaseState.PUBLISHED,
            effective_from=date(2000 + year, 1, 1),
            effective_to=date(2001 + year, 1, 1),
        )
    with django_assert_num_queries(2):
        assert get(client, "releases/")["count"] == 21


def test_a_difference_against_another_or_the_one_before(client, staged, reading):
    publish_release(release_id=staged.id, by=None)
    diff = get(client, f"releases/{staged.id}/diff/?against={reading.id}")
    assert {name: [row["code"] for row in rows] for name, rows in diff.items()} == {
        "added": ["R0010", "R0011", "R02"],
        "deleted": ["R000"],
        "revised": ["R009"],
        "billable": ["R001"],
        "notes": [],
    }
    assert [each["display"] for each in diff["billable"][0]["successors"]] == ["R00.10", "R00.11"]
    assert get(client, f"releases/{staged.id}/diff/") == diff
    assert len(get(client, f"releases/{reading.id}/diff/")["added"]) == 29
    for other in ("x", "999999", "9" * 30):
        assert "must be the id" in get(client, f"releases/{staged.id}/diff/?against={other}", 400)["detail"]


def test_the_limit_of_searches_is_per_address_and_says_when_to_come_back(client, reading, monkeypatch):
    caches["limits"].clear()
    monkeypatch.setattr(SearchThrottle, "get_rate", lambda self: "2/minute")
    statuses = [client.get(f"/api/v1/codes/?q=r00&{ON}").status_code for _ in range(3)]
    other = client.get(f"/api/v1/codes/?q=r00&{ON}", REMOTE_ADDR="127.0.0.9")
    caches["limits"].clear()
    assert (statuses, other.status_code) == ([200, 200, 429], 200)
