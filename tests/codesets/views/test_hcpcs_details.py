"""The HCPCS section of a code's page, with the lending desk as CMS writes it."""

from datetime import date

import pytest

from codesets.models import Release
from codesets.services.imports import import_file
from codesets.services.releases import publish_release
from tests.codesets.importers import drawn_hcpcs as drawn
from tests.codesets.views.pages import page

pytestmark = pytest.mark.django_db


@pytest.fixture
def lending(db, tmp_path) -> Release:
    source = drawn.anweb()
    path = tmp_path / source.name
    path.write_bytes(source.data)
    outcome = import_file(
        system="hcpcs", paths=[path], label="2026", effective_from=date(2026, 1, 1), by=None
    )
    assert outcome.release is not None, outcome.errors
    publish_release(release_id=outcome.release.id, by=None)
    return Release.objects.get(pk=outcome.release.id)


def section(client, code: str, on: str):
    shown = page(client.get(f"/codesets/books/hcpcs/{code}/", {"on": on}))
    (found,) = shown.xpath("//section[h2='In the HCPCS file']")
    return found


def words(found, path: str) -> list[str]:
    return [" ".join(element.text_content().split()) for element in found.xpath(path)]


def test_a_terminated_code_says_so_first_and_leads_to_what_cms_refers_to(client, lending):
    found = section(client, "A0004", "2026-05-01")
    assert words(found, ".//div[@class='finding critical']//p") == [
        "Terminated",
        "31 Dec 2022 was the last day on which it could be reported.",
        "CMS refers to ZL, 99999 (CPT)",
    ]
    assert found.xpath(".//div[@class='finding critical']//a/@href") == [
        "/codesets/books/hcpcs/ZL/?on=2026-05-01"
    ]
    assert "Not valid for submission" in page(
        client.get("/codesets/books/hcpcs/A0004/", {"on": "2026-05-01"})
    ).xpath("string(//div[@class='code-h'])")


@pytest.mark.parametrize(
    ("code", "on", "said"),
    [
        ("A0005", "2026-03-31", ["Ends", "31 Mar 2026 is the last day on which it may be reported."]),
        (
            "A0005",
            "2026-04-01",
            ["Terminated", "31 Mar 2026 was the last day on which it could be reported."],
        ),
        ("K0001", "2026-03-31", ["Not yet", "1 Apr 2026 is the first day on which it may be reported."]),
        ("K0001", "2026-04-01", []),
        ("E0001", "2026-05-01", []),
    ],
)
def test_what_the_day_of_the_page_makes_of_a_codes_dates(client, lending, code, on, said):
    found = section(client, code, on)
    assert words(found, ".//div[contains(@class, 'finding')]//p") == said


def test_the_facts_are_in_words_and_the_codes_are_links(client, lending):
    found = section(client, "E0001", "2026-05-01")
    facts = dict(zip(words(found, ".//dl/dt"), words(found, ".//dl/dd"), strict=True))
    assert facts["CMS refers to"] == "E0002, E0003, E0004, E0005"
    assert facts["Type of service"].split("; ")[2:] == [
        "Rental of durable medical equipment (R)",
        "Medical care (1)",
        "Surgery (2)",
    ]
    assert found.xpath(".//dl//a/@href") == [
        f"/codesets/books/hcpcs/E000{n}/?on=2026-05-01" for n in range(2, 6)
    ]
