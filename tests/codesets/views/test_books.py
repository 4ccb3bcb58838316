from datetime import date

import pytest
import time_machine
from django.urls import reverse

from tests.codesets.conftest import DRAWN
from tests.codesets.tiny_books import publish, stage, write_tabular
from tests.codesets.views.pages import page, texts

MAY = "2026-05-06"


def code_page(client, code: str, system: str = "icd10cm", **query):
    return page(client.get(reverse("codesets:code", args=[system, code]), query or {"on": MAY}))


def test_the_books_page_shows_what_is_in_force_and_what_is_not_loaded(client, books):
    shown = page(client.get(reverse("codesets:books"), {"on": MAY}))
    titles = {
        section.get("aria-labelledby"): section for section in shown.xpath("//section[@aria-labelledby]")
    }
    assert "April 2026, from 1 Apr 2026" in texts(titles["book-icd10cm"], ".//h2/small")[0]
    assert texts(titles["book-icd10cm"], ".//ol/li//b") == ["4", "9", "20", "21"]
    assert texts(titles["book-hcpcs"], ".//ol/li/a") == [
        "J Drugs administered other than by oral method (J0100-J9999)",
        "– Modifiers",
    ]
    assert texts(titles["book-icd10pcs"], ".//div[@class='empty']/b") == [
        "ICD-10-PCS has no release in force on this date."
    ]
    cpt = titles["book-cpt"].text_content()
    assert "CPT is a registered trademark of the American Medical Association" in cpt
    assert "No CPT content is shipped" in cpt


def test_every_book_that_is_not_loaded_is_offered_for_loading(client, books, admin):
    client.force_login(admin)
    shown = page(client.get(reverse("codesets:books"), {"on": "2025-12-31"}))
    assert shown.xpath("//div[@class='empty']//a/@href") == [
        "/codesets/imports/new/?system=icd10cm",
        "/codesets/imports/new/?system=icd10pcs",
        "/codesets/imports/new/?system=hcpcs",
        "/codesets/imports/new/?system=cpt",
        "/codesets/licence/",
    ]


def test_indexes_and_edit_tables_stand_with_their_vintage(client, books, tmp_path):
    file = tmp_path / "place_of_service.csv"
    file.write_text("place_of_service_code,place_of_service_description\n01,Pharmacy\n02,Telehealth\n")
    publish("edits", file, "2026 codes", date(2026, 1, 1))
    rows = "//section[@aria-labelledby='references']//tbody/tr"
    shown = texts(page(client.get(reverse("codesets:books"), {"on": MAY})), rows)
    assert len(shown) == 12
    assert "Place of service codes 2026 codes from 1 Jan 2026" in shown
    assert "ICD-10-CM Index not loaded an administrator loads the official file" in shown
    later = texts(page(client.get(reverse("codesets:books"), {"on": "2027-02-01"})), rows)
    assert "Place of service codes 2026 codes from 1 Jan 2026 may be superseded since 31 Dec 2026" in later


def test_the_books_before_a_release_are_not_loaded(client, books):
    shown = page(client.get(reverse("codesets:books"), {"on": "2025-12-31"}))
    assert "ICD-10-CM has no release in force on this date." in shown.text_content()
    assert shown.xpath("//ol[@class='chapters']") == []


def test_past_its_year_the_newest_release_says_that_it_may_be_superseded(client, books):
    words = "Newest loaded, may be superseded."
    assert words not in page(client.get(reverse("codesets:books"), {"on": "2026-09-30"})).text_content()
    assert words in page(client.get(reverse("codesets:books"), {"on": "2026-10-01"})).text_content()
    assert words in code_page(client, "I10", on="2026-10-01").text_content()


@pytest.mark.parametrize("written", ["31/12/2026", "2026-02-30", "9999-12-31", "0001-01-01"])
def test_a_date_that_is_none_is_said_and_today_is_shown(client, books, written):
    with time_machine.travel("2026-05-06T12:00Z"):
        shown = page(client.get(reverse("codesets:books"), {"on": written}))
    assert "today is shown" in texts(shown, "//*[@id='on-error']")[0]
    assert shown.xpath("//input[@id='on']/@value") == [MAY]


def test_a_chapter_page_has_its_notes_blocks_and_categories(client, books):
    shown = page(client.get(reverse("codesets:heading", args=["icd10cm", "chapter", "4"]), {"on": MAY}))
    assert texts(shown, "//h1") == ["Chapter 4: Endocrine, nutritional and metabolic diseases"]
    assert texts(shown, "//section[contains(@class,'note-x1')]//li") == [
        "transitory disorders specific to newborn (P70-P74)"
    ]
    assert texts(shown, "//h2/a") == ["E08-E13 Diabetes mellitus"]
    assert texts(shown, "//ul[@class='categories']/li") == [
        "E10 Type 1 diabetes mellitus 4th character required",
        "E11 Type 2 diabetes mellitus 4th character required",
    ]


def test_headers_among_the_listed_codes_show_which_character_they_need(client, books):
    shown = page(client.get(reverse("codesets:heading", args=["icd10cm", "chapter", "4"]), {"on": MAY}))
    assert texts(shown, "//ul[@class='categories']//span[@class='need-n']") == ["4th character required"] * 2
    below = code_page(client, "E11")
    assert texts(below, "//table[@class='below']//td[3]") == ["5th character required", "Valid"]


def test_the_way_from_a_header_to_every_valid_code_below_is_one_step(client, books):
    shown = code_page(client, "E11")
    assert shown.xpath("//section[@id='below']//a[text()='All valid codes']/@href") == [
        f"?valid=1&on={MAY}#below"
    ]
    complete = code_page(client, "E11", on=MAY, valid="1")
    assert texts(complete, "//table[@class='below']//td[1]") == ["E11.3211", "E11.3212", "E11.9"]
    assert texts(complete, "//section[@id='below']/h2/small") == ["3 valid for submission"]


def test_a_block_is_not_found_as_a_chapter(client, books):
    response = client.get(reverse("codesets:heading", args=["icd10cm", "chapter", "E08-E13"]), {"on": MAY})
    assert response.status_code == 404


def test_hcpcs_is_browsed_by_letter(client, books):
    shown = page(client.get(reverse("codesets:heading", args=["hcpcs", "chapter", "J"]), {"on": MAY}))
    assert texts(shown, "//ul[@class='categories']/li//a") == ["J0696", "J1815"]


def test_a_header_says_which_character_is_missing_and_that_it_is_not_valid(client, books):
    shown = code_page(client, "E11.321")
    rail = shown.xpath("//ol[@class='rail']")[0]
    assert rail.get("aria-label") == "E11.321, then a 7th character"
    assert texts(shown, "//span[@class='need-n']") == ["7th character required"]
    assert "Not valid for submission as it stands" in shown.text_content()
    assert texts(shown, "//h1") == ["Type 2 diabetes mellitus with mild retinopathy with macular edema"]


def test_a_complete_code_is_valid(client, books):
    shown = code_page(client, "I10")
    head = shown.xpath("//div[@class='code-h']")[0].text_content()
    assert "Valid for submission" in head
    assert "required" not in head


def test_seventh_characters_give_the_complete_codes(client, books):
    rows = texts(code_page(client, "E11.321"), "//table[@class='sevenths']/tbody/tr")
    assert rows == ["1 right eye E11.3211 Valid", "2 left eye E11.3212 Valid"]
    shown = code_page(client, "W10.0")
    assert [t.text_content().strip()[0] for t in shown.xpath("//ol[@class='rail']/li")] == list("W10.0XX?")
    assert texts(shown, "//table[@class='sevenths']/tbody/tr") == [
        "A initial encounter W10.0XXA Valid",
        "D subsequent encounter W10.0XXD Valid",
    ]


def test_a_complete_code_marks_its_own_seventh_character(client, books):
    shown = code_page(client, "W10.0XXD")
    assert texts(shown, "//tr[@aria-current='true']//span[@class='ch']") == ["D"]


def test_notes_stand_own_first_then_the_nearest_above_with_their_owners(client, books):
    shown = code_page(client, "E11.321")
    assert texts(shown, "//section[contains(@class,'note')]/h3") == [
        "Includes",
        "Use additional",
        "Excludes1 NOT CODED HERE",
        "Excludes2 not included here",
        "Excludes1 NOT CODED HERE",
    ]
    assert texts(shown, "//p[@class='from']") == [
        "from E11",
        "from E11",
        "from E11",
        "from E11",
        "from chapter 4, Endocrine, nutritional and metabolic diseases",
    ]


def test_a_note_never_lets_markup_through_and_links_only_codes(client, books):
    shown = code_page(client, "Z79.4")
    (line,) = shown.xpath("//section[contains(@class,'note-do')]//li")
    assert line.text_content() == "<b>any</b> therapeutic drug level (I10) in vitamin B12"
    assert texts(line, ".//a") == ["I10"]
    assert line.xpath(".//b") == []


def test_a_link_in_a_note_keeps_the_date_and_carries_its_card(client, books):
    (link,) = code_page(client, "E11").xpath("//section[contains(@class,'note-x1')]//a[text()='E10.-']")
    assert link.get("href") == f"/codesets/books/icd10cm/E10/?on={MAY}"
    assert link.get("data-card") == f"/codesets/books/icd10cm/E10/card/?on={MAY}"
    assert link.get("class") == "ref cm"


def test_the_tree_shows_the_way_down_with_shortened_titles(client, books):
    tree = code_page(client, "E11.321").xpath("//div[@class='tree']")[0]
    assert texts(tree, ".//a") == [
        "E11 Type 2 diabetes mellitus",
        "E11.3 with ophthalmic complications",
        "E11.32 with mild retinopathy",
        "E11.321 with macular edema",
        "E11.3211 right eye",
        "E11.3212 left eye",
        "E11.9 without complications",
    ]
    assert texts(tree, ".//a[@aria-current='page']/span[1]") == ["E11.321"]


def test_neighbours_are_those_of_the_book(client, books):
    shown = code_page(client, "I10")
    assert shown.xpath("//a[@data-previous]/@href") == [f"/codesets/books/icd10cm/E11.9/?on={MAY}"]
    assert shown.xpath("//a[@data-next]/@href") == [f"/codesets/books/icd10cm/W10/?on={MAY}"]


@pytest.mark.parametrize("written", ["e11.321", "E11321", "e11321"])
def test_a_code_is_found_however_it_is_written(client, books, written):
    assert texts(code_page(client, written), "//li[@aria-current='page']") == ["E11.321"]


def test_a_hcpcs_code_says_coverage_dates_and_kind(client, books):
    shown = code_page(client, "J0696", "hcpcs")
    (facts,) = shown.xpath("//dl[@class='kv facts']")
    assert dict(zip(texts(facts, "./dt"), texts(facts, "./dd"), strict=True)) == {
        "Kind": "Procedure or supply code",
        "Short description": "CEFTRIAXONE SODIUM INJECTION",
        "Medicare coverage": "Special coverage instructions apply (D)",
        "Added": "1 Jan 1990",
        "Effective": "1 Jan 1997",
    }


def test_a_modifier_is_neither_valid_nor_short_of_a_character(client, books):
    head = code_page(client, "LT", "hcpcs").xpath("//div[@class='code-h']")[0].text_content()
    assert "Modifier: reported on a code's line, never by itself" in head
    assert "Valid for submission" not in head
    assert "required" not in head


def test_a_code_that_is_not_in_force_on_the_date_is_a_404_that_helps(client, books, tmp_path):
    publish("icd10cm", write_tabular(tmp_path, 2027), "April 2027", date(2027, 4, 1))
    response = client.get("/codesets/books/icd10cm/I10/", {"on": "2027-05-01"})
    assert response.status_code == 404
    shown = page(response)
    assert texts(shown, "//h1") == ["I10 is not in ICD-10-CM April 2027"]
    assert shown.xpath("//a[text()='April 2026']/@href") == ["/codesets/books/icd10cm/I10/?on=2026-04-01"]
    below = page(client.get("/codesets/books/icd10cm/E11.77/", {"on": MAY}))
    assert "The nearest code above it is E11, Type 2 diabetes mellitus." in " ".join(
        below.text_content().split()
    )


def test_an_unpublished_release_shows_none_of_its_codes(client, books, tmp_path):
    """E11.90 stands in the staged release alone."""
    stage("icd10cm", write_tabular(tmp_path, 2027), "April 2027", date(2027, 4, 1))
    for on in (MAY, "2027-05-01"):
        shown = client.get("/codesets/books/icd10cm/E11.90/", {"on": on})
        assert shown.status_code == 404
        assert "controlled" not in shown.content.decode()
        assert "April 2027" not in shown.content.decode()
        assert client.get("/codesets/books/icd10cm/E11.90/card/", {"on": on}).status_code == 404
        tree = client.get("/codesets/books/icd10cm/E11/", {"on": on}).content.decode()
        assert "E11.90" not in tree


def test_an_unknown_system_is_not_found(client, books):
    assert client.get("/codesets/books/icd9/I10/").status_code == 404
    assert client.get("/codesets/books/icd9/").status_code == 404


def test_cpt_pages_are_for_those_who_signed_in(client, books, learner):
    anonymous = client.get("/codesets/books/cpt/ABC/", {"on": MAY})
    assert anonymous.status_code == 302
    client.force_login(learner)
    shown = client.get("/codesets/books/cpt/ABC/", {"on": MAY})
    assert shown.status_code == 404
    assert "registered trademark of the American Medical Association" in shown.content.decode()


def test_the_card_gives_the_title_the_state_and_the_key_notes_without_links(client, books):
    shown = page(client.get("/codesets/books/icd10cm/E11/card/", {"on": MAY}))
    words = " ".join(shown.text_content().split())
    assert words.startswith("CM E11 Not valid, 4th character required Type 2 diabetes mellitus")
    assert "Use additional: code to identify control using:; insulin (Z79.4)" in words
    assert "Excludes1, not coded here: type 1 diabetes mellitus (E10.-)" in words
    assert "diabetes NOS" not in words
    assert shown.xpath("//a") == []


def test_the_card_of_an_unknown_code_says_so(client, books):
    response = client.get("/codesets/books/icd10cm/X99/card/", {"on": MAY})
    assert response.status_code == 404
    assert "ICD-10-CM April 2026, in force on 6 May 2026, has no such code." in response.content.decode()


def test_a_code_page_asks_one_question_more_where_headers_stand_below(
    client, books, django_assert_num_queries
):
    for code, questions in (("E11", 11), ("E11.3", 11), ("E11.3211", 10)):
        with django_assert_num_queries(questions):
            client.get(f"/codesets/books/icd10cm/{code}/", {"on": MAY})


@pytest.fixture
def procedures(db):
    tables = DRAWN / "pcs_tables_2026.xml"
    return publish("icd10pcs", tables, "2026", date(2025, 10, 1))


def builder(client, code: str, **query) -> tuple[list[str], list[str]]:
    """The characters so far, and where each choice leads."""
    shown = code_page(client, code, "icd10pcs", on=MAY, **query)
    links = shown.xpath("//section[@id='builder']//li/a/@href")
    return texts(shown, "//section[@id='builder']//tbody/tr"), [str(link) for link in links]


def test_a_pcs_code_is_built_character_by_character_from_what_leads_to_a_code(client, procedures):
    spelled, links = builder(client, "0AA")
    assert spelled == ["0 Section Medical and Surgical", "A Body System Books", "A Operation Leafing"]
    assert links == [f"?then=1&on={MAY}#builder", f"?then=2&on={MAY}#builder"]
    assert builder(client, "0AA", then="20")[1] == [
        f"?then=20J&on={MAY}#builder",
        f"?then=20Z&on={MAY}#builder",
    ]
    spelled, links = builder(client, "0AA", then="20J")
    assert spelled[-1] == "J Device Bookmark"
    assert links == [f"/codesets/books/icd10pcs/0AA20J{end}/?on={MAY}" for end in "12"]
    assert builder(client, "0AA", then="9") == builder(client, "0AA")


def test_a_pcs_code_says_what_its_characters_mean(client, procedures):
    spelled, links = builder(client, "XAA00L2")
    assert spelled[5:] == ["L Device / Substance / Technology Lantern", "2 Qualifier Group 2"]
    assert links == []


def test_a_pcs_code_is_chosen_from_the_section_down(client, procedures):
    section = page(client.get(reverse("codesets:heading", args=["icd10pcs", "chapter", "0"]), {"on": MAY}))
    assert section.xpath("//ul[@class='letters options']//a/@href") == [
        f"/codesets/books/icd10pcs/block/0A/?on={MAY}"
    ]
    system = page(client.get(reverse("codesets:heading", args=["icd10pcs", "block", "0A"]), {"on": MAY}))
    assert texts(system, "//ul[@class='letters options']//a") == ["A Leafing", "E Erasure"]
    assert system.xpath("//ul[@class='letters options']//a/@href")[0] == (
        f"/codesets/books/icd10pcs/0AA/?on={MAY}"
    )


def test_codes_without_their_tables_say_how_to_load_them(client, db, admin):
    publish("icd10pcs", DRAWN / "pcs_order_2026.txt", "2026", date(2025, 10, 1))
    client.force_login(admin)
    (state,) = code_page(client, "0AA", "icd10pcs").xpath("//section[@id='builder']//div[@class='empty']")
    assert "The tables of this release are not loaded, only its codes and titles." in state.text_content()
    assert state.xpath(".//a/@href") == ["/codesets/imports/new/?system=icd10pcs"]
