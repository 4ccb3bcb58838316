from datetime import date
from pathlib import Path

import pytest
import time_machine
from django.template.loader import render_to_string
from django.urls import reverse
from lxml import html

from codesets.index_pages import index_entries_for
from tests.codesets.conftest import READING_2027
from tests.codesets.drawn_shelf import INDEX, publish, publish_diagnoses, publish_procedures
from tests.codesets.views.pages import page, texts

MAY = "2026-05-06"
ON = f"?on={MAY}"


@pytest.fixture
def diagnoses(db) -> None:
    publish_diagnoses()


@pytest.fixture
def procedures(db) -> None:
    publish_procedures()


def shown(client, *place, on=MAY, **query):
    name = {1: "index", 2: "index_letter"}[len(place)]
    return page(client.get(reverse(f"codesets:{name}", args=place), {"on": on, **query}))


def entry(client, part: str, position: int, on=MAY):
    return page(client.get(reverse("codesets:index_entry", args=[part, position]), {"on": on}))


def nested(item) -> list:
    """The terms of a list as lists within lists, each by its words."""
    words = [" ".join(p.text_content().split()) for p in item.xpath("./p")]
    return [*words, *(nested(below) for below in item.xpath("./ul/li"))]


def write_index(folder: Path, terms: int) -> Path:
    """A disease index of one main term with so many terms below it, each with a reference and a code."""
    below = "".join(
        f'<term level="1"><title>case {n:03}</title><code>R00.9</code>'
        "<seeAlso>Long, case 001</seeAlso></term>"
        for n in range(terms)
    )
    file = folder / f"disease_{terms}.xml"
    file.write_text(
        "<ICD10CM.index><version>2026</version><title>INDEX TO DISEASES</title><letter><title>L</title>"
        f"<mainTerm><title>Long</title>{below}</mainTerm></letter></ICD10CM.index>"
    )
    return file


def test_an_index_opens_with_its_letters(client, diagnoses):
    found = shown(client, "disease")
    assert found.xpath("//article[@id='main']//ol[@class='az']//a/@href") == [
        f"/codesets/indexes/disease/{letter}/{ON}" for letter in "BFG"
    ]
    assert "2026: conditions, injuries" in texts(found, "//p[@class='lede']")[0]
    assert texts(shown(client, "drug"), "//ol[@class='az']//a") == ["#", "I"]
    assert texts(shown(client, "neoplasm"), "//ol[@class='az']//a") == ["M", "S"]


def test_a_letter_shows_terms_nested_as_in_print(client, diagnoses):
    (term,) = shown(client, "disease", "F").xpath("//ul[@class='index-list']/li")
    assert nested(term) == [
        "Fever (bookish) (page) R00.9 see also Glare, lamp",
        [
            "due to",
            ["dust mites R00.1 [R01]"],
            ["fall (from) see subcategory T10.9-", ["ladder T10.91-"]],
        ],
        ["margin, marginal R00.0, R00.1"],
        ["tumorous see also Neoplasm, margin, by site, malignant"],
    ]
    assert texts(term, "./p/span[@class='nonessential']") == ["(bookish) (page)"]


def test_codes_and_references_keep_the_date_and_lead_where_they_say(client, diagnoses):
    links = {a.text: a for a in shown(client, "disease", "F").xpath("//ul[@class='index-list']//a")}
    assert links["R00.1"].get("href") == f"/codesets/books/icd10cm/R00.1/{ON}"
    assert links["R00.1"].get("data-card") == f"/codesets/books/icd10cm/R00.1/card/{ON}"
    assert links["T10.91-"].get("href") == f"/codesets/books/icd10cm/T10.91/{ON}"
    assert links["Glare, lamp"].get("href") == f"/codesets/indexes/disease/entries/10/{ON}#e10"
    other_part = links["Neoplasm, margin, by site, malignant"].get("href")
    assert other_part == f"/codesets/indexes/neoplasm/entries/12/{ON}#e12"
    for link in links.values():
        assert client.get(link.get("href")).status_code == 200, link.text
    (part,) = shown(client, "external_cause", "S").xpath("//a[text()='Table of Drugs and Chemicals']/@href")
    assert part == f"/codesets/indexes/drug/{ON}"


def test_a_code_that_is_not_in_the_book_in_force_is_marked_and_no_link(client, diagnoses):
    (line,) = shown(client, "external_cause", "M").xpath("//li[@id='e17']/p")
    assert " ".join(line.text_content().split()) == "Mishap (at) (in) W20 not in the book in force"
    assert texts(line, "./s") == ["W20"]
    assert line.xpath(".//a") == []


def test_without_a_book_its_codes_are_links_and_the_page_says_so(client, db):
    publish("icd10cm_index", [INDEX / "external_cause_2026.xml"])
    found = shown(client, "external_cause", "M")
    assert "ICD-10-CM is not loaded for this date." in texts(found, "//p[@class='vintage']")[0]
    assert found.xpath("//a[text()='W20']/@href") == [f"/codesets/books/icd10cm/W20/{ON}"]


def test_an_entry_opens_its_page_with_itself_marked_and_its_neighbours_a_key_away(client, diagnoses):
    found = entry(client, "disease", 6)
    assert texts(found, "//li[@aria-current='true']/p") == ["ladder T10.91-"]
    assert found.xpath("//li[@aria-current='true']/@id") == ["e6"]
    assert texts(found, "//p[@class='lede']/a") == ["Fever, due to, fall, ladder"]
    assert texts(found, "//h1") == ["Index to Diseases and Injuries: F"]
    assert found.xpath("//a[@data-previous]/@href") == [f"/codesets/indexes/disease/entries/1/{ON}#e1"]
    assert found.xpath("//a[@data-next]/@href") == [f"/codesets/indexes/disease/entries/9/{ON}#e9"]
    first = entry(client, "disease", 0)
    assert first.xpath("//li[@aria-current='true']/@id") == ["e0"]
    assert first.xpath("//a[@data-previous]") == []


def test_the_neoplasm_table_has_its_columns_rows_and_references(client, diagnoses):
    (table,) = shown(client, "neoplasm", "M").xpath("//table[@class='index-table']")
    assert texts(table, "./thead//th") == [
        "Site",
        "Malignant primary",
        "Malignant secondary",
        "Ca in situ",
        "Benign",
        "Uncertain behavior",
        "Unspecified behavior",
    ]
    assert [texts(row, "./*") for row in table.xpath("./tbody/tr")] == [
        ["Neoplasm, bookish", *(f"{code} not in the book in force" for code in ["C80.1", "C79.9", "D09.9"])]
        + [f"{code} not in the book in force" for code in ["D36.9", "D48.9", "D49.9"]],
        ["margin (outer)", "C44.0- not in the book in force", "C79.2 not in the book in force", "– none"]
        + [f"{code} not in the book in force" for code in ["D23.0", "D48.5", "D49.2"]],
    ]
    (spine,) = shown(client, "neoplasm", "S").xpath("//tr[@id='e13']")
    assert texts(spine, "./*") == ["spine, spinal", "see Neoplasm, margins"]
    assert spine.xpath(".//a/@href") == [f"/codesets/indexes/neoplasm/entries/12/{ON}#e12"]


def test_a_row_of_the_drug_table_is_read_with_what_it_stands_under(client, diagnoses):
    (row,) = shown(client, "drug", "I").xpath("//tr[@id='e16']")
    (heading,) = row.xpath("./th")
    assert heading.text_content().strip() == "Ink NEC, iron gall (liquid), dried"
    assert heading.get("class") == "lv1"
    assert len(row.xpath("./td")) == 6


def test_the_letter_of_digits_can_be_opened(client, diagnoses):
    assert texts(shown(client, "drug", "#"), "//tbody/tr") == ["9-inkol see Ink"]


def test_procedures_lead_to_tables_and_builders(client, procedures):
    found = shown(client, "pcs", "M")
    (spine,) = found.xpath("//li[@id='e6']")
    assert nested(spine)[0] == "Spine 0UT9 not in the book in force"  # whose table is not there
    (glue,) = shown(client, "pcs", "B").xpath("//li[@id='e0']/p")
    assert " ".join(glue.text_content().split()) == (
        "Bookbinder's glue use Paste, Sticky in 02H not in the book in force"
    )


def test_a_code_that_is_not_whole_opens_the_builder_with_its_choices_made(client, procedures, tmp_path):
    text = (INDEX / "pcs_2026.xml").read_text().replace("0UT9", "0AA2")
    file = tmp_path / "pcs_2026.xml"
    file.write_text(text)
    publish("icd10pcs_index", [file], "2026 again", date(2026, 4, 1))
    (link,) = shown(client, "pcs", "M").xpath("//li[@id='e6']/p/a")
    assert link.get("href") == f"/codesets/books/icd10pcs/0AA/?then=2&on={MAY}#builder"
    built = page(client.get(link.get("href")))
    assert texts(built, "//section[@id='builder']//tbody/tr")[-1].startswith("2 Body Part Spine")


@pytest.mark.parametrize(("words", "position"), [("fev", 2), ("Fever, due to, fall", 5)])
def test_first_letters_open_the_entry(client, diagnoses, words, position):
    response = client.get("/codesets/indexes/disease/", {"on": MAY, "find": words})
    assert response.status_code == 302
    assert response.headers["Location"] == f"/codesets/indexes/disease/entries/{position}/{ON}#e{position}"


def test_letters_that_open_nothing_are_said_and_kept(client, diagnoses):
    found = shown(client, "disease", find="<zeal>")
    assert "No main term begins with “<zeal>”." in texts(found, "//p[@role='status']")[0]
    assert found.xpath("//input[@id='find']/@value") == ["<zeal>"]


def test_a_long_term_is_continued_on_pages_with_guide_words(client, db, tmp_path):
    publish("icd10cm_index", [write_index(tmp_path, 600)])
    first = shown(client, "disease", "L")
    assert texts(first, "//nav[@class='guides']//a") == ["Long", "Long, case 249", "Long, case 499"]
    assert texts(first, "//nav[@class='guides']//a[@aria-current='true']") == ["Long"]
    second = shown(client, "disease", "L", page=2)
    (term,) = second.xpath("//ul[@class='index-list']/li")
    assert nested(term)[0] == "Long continued"
    assert term.xpath("./@id") == []
    assert [nested(term)[place][0] for place in (1, -1)] == [
        "case 249 R00.9 see also Long, case 001",
        "case 498 R00.9 see also Long, case 001",
    ]
    assert texts(entry(client, "disease", 600), "//nav[@class='guides']//a[@aria-current='true']") == [
        "Long, case 499"
    ]
    assert entry(client, "disease", 600).xpath("//a[@data-next]") == []
    for written in ("0", "-1", "x", "9" * 5000, "²"):
        assert shown(client, "disease", "L", page=written).xpath("//nav[@class='guides']//a[@aria-current]")


def test_a_page_asks_as_many_questions_for_one_entry_as_for_hundreds(
    client, db, tmp_path, django_assert_num_queries
):
    for terms, on in ((2, "2026-01-05"), (240, MAY)):
        publish("icd10cm_index", [write_index(tmp_path, terms)], f"{terms}", date.fromisoformat(on))
        with django_assert_num_queries(8):
            client.get("/codesets/indexes/disease/L/", {"on": on})


def test_the_index_of_the_date_is_shown(client, diagnoses, tmp_path):
    publish("icd10cm_index", [write_index(tmp_path, 1)], "April 2026", date(2026, 4, 1))
    assert texts(shown(client, "disease", on="2026-03-31"), "//ol[@class='az']//a") == ["B", "F", "G"]
    assert texts(shown(client, "disease", on="2026-04-01"), "//ol[@class='az']//a") == ["L"]
    today = "/codesets/indexes/disease/L/"
    with time_machine.travel("2026-05-06T12:00Z"):
        links = page(client.get(today)).xpath("//ol[@class='az']//a/@href")
    assert links == [today]


def test_an_index_of_another_year_than_its_book_says_so(client, db):
    publish("icd10cm_index", [INDEX / "disease_2026.xml"], "FY 2026", date(2025, 10, 1))
    publish("icd10cm", [READING_2027], "October 2026", date(2026, 10, 1))
    (said,) = texts(shown(client, "disease", "F", on="2026-10-05"), "//p[@class='vintage']")
    assert said.startswith("Index of FY 2026, codes of October 2026. Its year ended on 30 September 2026:")
    assert said.endswith("Verify every code in ICD-10-CM October 2026.")


def test_an_index_past_its_year_may_be_superseded(client, diagnoses):
    assert texts(shown(client, "disease", "F"), "//p[@class='vintage']") == []
    later = texts(shown(client, "disease", "F", on="2026-10-01"), "//p[@class='vintage']")
    assert later == ["Newest loaded, may be superseded. Its year ended on 30 September 2026."]


def test_a_part_that_is_not_loaded_says_what_it_is_and_what_to_do(client, db, admin):
    publish_diagnoses(parts=("drug",))
    words = " ".join(shown(client, "disease").text_content().split())
    assert "The Index to Diseases and Injuries is not loaded for 6 May 2026." in words
    assert "CDC/NCHS publishes it every year with ICD-10-CM, free of charge, as icd10cm_index_" in words
    assert "find the term in your printed index" in words
    assert shown(client, "disease").xpath("//a[text()='Load the index']") == []
    client.force_login(admin)
    assert shown(client, "disease").xpath("//a[text()='Load the index']/@href") == [
        "/codesets/imports/new/?system=icd10cm_index"
    ]
    assert client.get("/codesets/indexes/disease/A/", {"on": MAY}).status_code == 404


@pytest.mark.parametrize(
    ("path", "words"),
    [
        ("disease/Z/", "No main term stands under “Z”."),
        ("disease/entries/99999/", "This release has no such entry."),
        ("disease/entries/12/", "This release has no such entry."),  # of another part
    ],
)
def test_what_is_not_in_the_index_is_not_found_and_its_letters_are_offered(client, diagnoses, path, words):
    response = client.get(f"/codesets/indexes/{path}", {"on": MAY})
    assert response.status_code == 404
    assert words in texts(page(response), "//p[@role='status']")[0]
    assert texts(page(response), "//ol[@class='az']//a") == ["B", "F", "G"]


def test_a_part_that_no_book_has_is_not_found(client, diagnoses):
    assert client.get("/codesets/indexes/hcpcs/").status_code == 404


def test_no_markup_of_a_file_gets_through(client, db, tmp_path):
    text = (INDEX / "disease_2026.xml").read_text().replace("Glare, lamp", "&lt;b&gt;Glare&lt;/b&gt;")
    file = tmp_path / "disease_2026.xml"
    file.write_text(text.replace("(bookish)", "(&lt;i&gt;bookish)"))
    publish("icd10cm_index", [file])
    (term,) = shown(client, "disease", "F").xpath("//li[@id='e2']/p")
    assert "(<i>bookish)" in term.text_content()
    assert "<b>Glare</b>" in term.text_content()
    assert term.xpath(".//b") == []


def test_the_books_page_leads_to_the_indexes_first(client, db):
    publish_diagnoses(parts=("drug",))
    found = page(client.get(reverse("codesets:books"), {"on": MAY}))
    assert texts(found, "//section/h2")[0] == "Look here first indexes and their tables"
    assert found.xpath("//ul[@class='indexes']//a/@href") == [
        f"/codesets/indexes/{part}/{ON}" for part in ("disease", "neoplasm", "drug", "external_cause", "pcs")
    ]
    overview = page(client.get(reverse("codesets:indexes"), {"on": MAY}))
    assert texts(overview, "//ul[@class='indexes']//small") == [
        "not loaded",
        "not loaded",
        "2026",
        "not loaded",
        "not loaded",
    ]
    only = page(client.get(reverse("codesets:book", args=["icd10pcs"]), {"on": MAY}))
    assert texts(only, "//ul[@class='indexes']//a") == ["ICD-10-PCS Index"]
    assert page(client.get(reverse("codesets:book", args=["hcpcs"]))).xpath("//ul[@class='indexes']") == []


def test_a_code_page_can_show_what_leads_to_it(diagnoses):
    leading = index_entries_for("icd10cm", "T45.4X5A", date(2026, 5, 6))
    context = {"leading": leading, "on_query": ON}
    found = html.fromstring(render_to_string("codesets/_index_entries.html", context))
    assert [item.text_content().strip() for item in found.xpath("//li/a")] == ["Ink NEC, iron gall, dried"]
    assert texts(found, "//li/span") == ["Adverse effect T45.4X5"]
    assert found.xpath("//li/a/@href") == [f"/codesets/indexes/drug/entries/16/{ON}#e16"]


def test_a_code_page_can_show_that_nothing_leads_to_it_or_is_loaded(db):
    publish_diagnoses(parts=("drug",))
    leading = index_entries_for("icd10cm", "R00.9", date(2026, 5, 6))
    rendered = render_to_string("codesets/_index_entries.html", {"leading": leading})
    found = html.fromstring(f"<div>{rendered}</div>")
    assert texts(found, "./p") == [
        "No entry of Table of Drugs and Chemicals leads to this code or to a header above it."
    ]
    (missing,) = texts(found, "./div[@class='empty']/b")
    assert missing.startswith(
        "Not loaded for this date: Index to Diseases and Injuries, Table of Neoplasms, "
    )
