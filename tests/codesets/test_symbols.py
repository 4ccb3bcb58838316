"""The symbols of hand-drawn tables, and what pages show of them."""

from datetime import date

import pytest
from django.template import Context, Template
from lxml import html

from codesets.models import EditEntry, Release, ReleaseState
from codesets.symbols import SIGNS, Symbols, symbols_of
from codesets.systems import EDIT_TABLES, System

CM, PCS = System.ICD10CM, System.ICD10PCS
ON = date(2026, 5, 1)
FY_2026 = date(2025, 10, 1)


def publish(table: str, label: str, *rows: tuple, effective_from: date = FY_2026) -> None:
    """Rows: edit, system, code, and details where it has some."""
    release = Release.objects.create(
        system="edits", table=table, label=label, effective_from=effective_from, source_sha256="0" * 64
    )
    EditEntry.objects.bulk_create(
        EditEntry(release=release, edit=edit, system=system, code=code, position=at, details=dict(*details))
        for at, (edit, system, code, *details) in enumerate(rows)
    )
    Release.objects.filter(pk=release.pk).update(state=ReleaseState.PUBLISHED)


@pytest.fixture
def tables(db) -> None:
    publish(
        "ms_drg",
        "MS-DRG 43",
        ("cc", CM, "D630", {"exclusions": "0148"}),
        ("mcc", CM, "I469", {"exclusions": "0523", "alive_only": True}),
        ("mcc", CM, "A419"),
        ("pdx_collection", CM, "A419", {"collection": "0004"}),
        ("severity_exclusion", CM, "D630", {"mdc": "01"}),
    )
    publish("poa_exempt", "POA FY 2026", ("poa_exempt", CM, "Z370"), ("poa_exempt", CM, "I252"))
    publish(
        "mce",
        "MCE 37",
        ("maternity_only", CM, "Z370"),
        ("female_only", CM, "Z370"),
        ("principal_unacceptable", CM, "Z370"),
        ("adult_only", CM, "I252"),
        ("principal_manifestation", CM, "F0280"),
        ("principal_manifestation", CM, "E0822"),
        ("female_only", PCS, "0UT90ZZ"),
        ("noncovered_always", PCS, "0UT90ZZ"),
        effective_from=date(2019, 10, 1),
    )


def ask(*codes: str, on: date = ON, system: str = CM) -> Symbols:
    return symbols_of([(system, code, f"Title of {code}") for code in codes], on)


def words(symbols: Symbols, code: str, system: str = CM) -> list[str]:
    return [symbol.sign.word for symbol in symbols.of(system, code)]


def test_each_code_has_the_symbols_of_every_table_in_one_order(tables):
    symbols = ask("D630", "I469", "A419", "Z370", "I252", "E0822", "I10")
    assert {code: words(symbols, code) for _, code in symbols.by_code} == {
        "D630": ["CC"],
        "I469": ["MCC"],
        "A419": ["MCC"],
        "Z370": ["Not principal", "POA exempt", "Maternity", "Female"],
        "I252": ["POA exempt", "Adult"],
        "E0822": ["Manifestation"],
    }
    assert symbols.of(CM, "I10") == ()
    assert symbols.missing == ()


def test_a_procedure_has_only_the_symbols_of_procedures(tables):
    symbols = ask("0UT90ZZ", "Z370", system=PCS)
    assert symbols.by_code.keys() == {(PCS, "0UT90ZZ")}
    assert words(symbols, "0UT90ZZ", PCS) == ["Female"]


def test_the_title_of_a_manifestation_says_so_without_any_table(db):
    titles = {
        "F0280": "Dementia in other diseases classified elsewhere, unspecified severity",
        "B9620": "Unspecified Escherichia coli as the cause of diseases classified elsewhere",
        "I10": "Essential (primary) hypertension",
    }
    symbols = symbols_of([(CM, code, title) for code, title in titles.items()], ON)
    assert {key[1]: [(s.sign.word, s.vintage) for s in found] for key, found in symbols.by_code.items()} == {
        "F0280": [("Manifestation", None)]
    }


def test_each_symbol_has_the_vintage_of_its_table(tables):
    symbols = ask("D630", "Z370")
    [complication] = symbols.of(CM, "D630")
    assert (complication.vintage.label, complication.vintage.effective_from) == ("MS-DRG 43", FY_2026)
    assert complication.vintage.outdated_since is None
    vintages = {symbol.sign.word: symbol.vintage for symbol in symbols.of(CM, "Z370")}
    assert vintages["Female"].label == "MCE 37"
    assert vintages["Female"].outdated_since == date(2020, 9, 30)
    assert vintages["POA exempt"].outdated_since is None


def test_tables_are_those_of_the_day(tables):
    assert ask("D630", "Z370", on=date(2019, 9, 30)).by_code == {}
    early = ask("D630", "Z370", on=date(2020, 1, 1))
    assert words(early, "Z370") == ["Not principal", "Maternity", "Female"]
    assert {symbol.vintage.outdated_since for symbol in early.of(CM, "Z370")} == {None}
    assert early.missing == (EDIT_TABLES["ms_drg"], EDIT_TABLES["poa_exempt"])


def test_what_takes_a_cc_or_mcc_its_effect_stands_with_the_code_and_not_in_the_legend(tables):
    symbols = ask("D630", "I469", "A419")
    excluded = "It does not count beside a principal diagnosis of CC exclusion collection"
    assert symbols.of(CM, "D630")[0].note == f"{excluded} 0148."
    assert symbols.of(CM, "I469")[0].note == (
        f"{excluded} 0523. It counts only for a patient discharged alive."
    )
    assert symbols.of(CM, "A419")[0].note == ""
    assert [(symbol.sign.word, symbol.note) for symbol in symbols.legend] == [("MCC", ""), ("CC", "")]


def test_names_of_the_tables_that_are_not_loaded(db):
    assert ask("I10").missing == ("MS-DRG tables", "POA exempt list", "Medicare Code Editor")
    assert ask("0UT90ZZ", system=PCS).missing == ("Medicare Code Editor",)
    assert ask("J1100", system=System.HCPCS) == ask("99213", system=System.CPT) == Symbols()


def test_two_queries_whatever_the_number_of_codes(tables, django_assert_num_queries):
    for codes in (["Z370"], ["Z370", "I252", "D630", *(f"A{n:03}" for n in range(200))]):
        with django_assert_num_queries(2):
            ask(*codes)
    with django_assert_num_queries(0):
        ask("J1100", system=System.HCPCS)


def render(tag: str, symbols: Symbols, code: str = ""):
    page = Template(f"<div>{{% load symbols %}}{{% {tag} %}}</div>")
    return html.fromstring(page.render(Context({"symbols": symbols, "code": code})))


BESIDE = "code_symbols symbols 'icd10cm' code"
SAID = "symbols_said symbols 'icd10cm' code"
LEGEND = "symbols_legend symbols"
SYM = ".//span[starts-with(@class, 'sym ')]"


def test_a_page_shows_words_in_shapes(tables):
    shown = render(BESIDE, ask("Z370"), "Z370")
    found = [(each.get("class"), each.text_content()) for each in shown.xpath(SYM)]
    assert found == [
        ("sym sym-unacceptable", "Not principal"),
        ("sym sym-poa", "POA exempt"),
        ("sym sym-age", "MMaternity"),
        ("sym sym-sex", "♀Female"),
    ]
    assert all(glyph.get("aria-hidden") == "true" for glyph in shown.xpath(SYM + "/b"))


def test_the_legend_tells_what_they_mean_and_from_when(tables):
    shown = render(LEGEND, ask("Z370", "D630"))
    rows = {row.find("dt").text_content(): row.find("dd") for row in shown.xpath(".//dl/div")}
    assert list(rows) == ["Not principal", "CC", "POA exempt", "MMaternity", "♀Female"]
    assert "an age of 9 to 64 years." in rows["MMaternity"].text
    assert rows["CC"].find("small").text == "MS-DRG 43, from 1 Oct 2025"
    assert rows["♀Female"].find("small").text == (
        "MCE 37, from 1 Oct 2019, may be superseded since 30 Sep 2020"
    )
    assert shown.xpath(".//p") == []


def test_where_no_table_is_loaded_one_quiet_line_says_so(db):
    shown = render(LEGEND, ask("Z370"))
    assert shown.xpath(".//dl | .//details | " + SYM) == []
    assert shown.find("p").text == (
        "No symbols of the MS-DRG tables, POA exempt list, Medicare Code Editor: not loaded here."
    )
    assert render(BESIDE, ask("Z370"), "Z370").text_content().strip() == ""
    assert render(LEGEND, Symbols()).text_content().strip() == ""


def test_the_page_of_a_code_says_what_takes_its_effect(tables):
    shown = render(SAID, ask("D630"), "D630")
    [row] = shown.xpath(".//dl/div")
    assert "exclusion collection 0148." in row.find("dd").text_content()


def test_every_shape_has_a_style():
    with open("static/css/symbols.css", encoding="utf-8") as file:
        styles = file.read()
    assert [sign.shape for sign in SIGNS.values() if f".sym-{sign.shape} " not in styles] == []
