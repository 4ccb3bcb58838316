"""Facts gathered from the database, against the same book read without one."""

from datetime import date

import pytest

from codesets import rule_facts
from codesets.importers import icd10cm
from codesets.importers.base import Source, silent
from codesets.models import EditEntry, EditPair, Release
from codesets.rules.facts import EditFact, Elsewhere, PairFact, TableFact
from codesets.rules.values import Procedure, Setting
from codesets.services.imports import import_file
from codesets.services.releases import publish_release, withdraw_release
from codesets.systems import System
from tests.codesets.conftest import READING_2026, READING_2027, stage
from tests.codesets.rules.books import claim, open_book

ON = date(2026, 5, 1)
LATER = date(2026, 11, 1)
ALL = frozenset(System)
DISCHARGED = {"setting": Setting.INPATIENT}


@pytest.fixture(autouse=True)
def nothing_kept():
    rule_facts._pages.clear()


@pytest.fixture
def both(reading):
    publish_release(release_id=stage(READING_2027, "2027", date(2026, 10, 1)).id, by=None)


def gather(codes: str = "", **more):
    return rule_facts.gather(claim(codes, **{"on": ON, **more}), ALL)


def test_the_pages_of_the_claim_hold_what_the_book_says_of_their_categories(reading):
    found = gather("R00.1, S12.80X0").books[System.ICD10CM]
    whole = open_book(
        icd10cm.parse([Source("book.xml", READING_2026.read_bytes())], silent, None), label="2026"
    )
    assert found.label == "2026"
    assert found.codes == {code: fact for code, fact in whole.codes.items() if code[:3] in ("R00", "S12")}
    kinds = ("excludes1", "excludes2", "use_additional", "includes", "seventh_character")
    for code in found.codes:
        assert found.notes_on(code, kinds) == whole.notes_on(code, kinds)
        assert found.definition(code) == whole.definition(code)
    assert [note.text for note in found.notes_on("R001", ("excludes1", "use_additional"))] == [
        "code to identify bad luck (T07)",  # the block's before the chapter's
        "injuries of readers (S00-T99)",
    ]
    assert found.definition("S128")[1] == (("0", "with blot"), ("1", "without blot"))


def test_codes_that_no_book_has_are_no_facts(reading):
    facts = gather("R99.9, E11.9")
    assert facts.books[System.ICD10CM].codes == {}
    assert facts.elsewhere == {}
    assert gather("R00.1", on=date(2020, 1, 1)).books == {}


def test_a_code_that_is_shorter_than_a_category_opens_no_other_page(reading):
    book = gather("R0, R00.1").books[System.ICD10CM]
    assert {code[:3] for code in book.codes} == {"R00"}
    assert gather("S").books[System.ICD10CM].codes == {}


def test_warm_pages_ask_only_for_the_releases_in_force(reading, django_assert_num_queries):
    cold = gather("R00.1, S12.80X0")
    with django_assert_num_queries(2):
        assert gather("R00.1, S12.80X0") == cold


def test_pages_are_let_go_before_they_are_too_many(reading, monkeypatch):
    monkeypatch.setattr(rule_facts, "PAGES_KEPT", 2)
    gather("R00.1, S12.80X0")
    assert len(rule_facts._pages) == 2
    gather("R01")
    assert [category for _, category in rule_facts._pages] == ["R01"]


def test_the_discharge_chooses_the_release_of_an_inpatient_record(both):
    stay = {"service_to": date(2026, 9, 30)}
    record = claim("R00.0", setting=Setting.INPATIENT, on=ON, discharged_on=LATER, **stay)
    assert rule_facts.gather(record, ALL).books[System.ICD10CM].label == "2027"
    visit = claim("R00.0", on=ON, discharged_on=LATER)
    assert rule_facts.gather(visit, ALL).books[System.ICD10CM].label == "2026"


def test_a_code_of_another_release_says_when_it_is_in_force_and_what_follows_it(both):
    windows = (("2026", date(2025, 10, 1), date(2026, 10, 1)),)
    gone = gather("R00.0", on=LATER).elsewhere[System.ICD10CM, "R000"]
    assert gone == Elsewhere("Page fever of the margin", windows, gone.successors)
    to_come = gather("R00.10").elsewhere[System.ICD10CM, "R0010"]
    assert to_come == Elsewhere("Page fever of the spine, upper", (("2027", date(2026, 10, 1), None),))


def test_what_was_withdrawn_is_not_known_any_more(both):
    assert gather("R00.10", on=LATER).code(System.ICD10CM, "R0010")
    release = rule_facts.catalog.release_by_label(System.ICD10CM, "2027")
    withdraw_release(release_id=release.id, by=None)
    facts = gather("R00.10", on=LATER)
    assert facts.code(System.ICD10CM, "R0010") is None
    assert facts.elsewhere == {}


def test_a_system_that_the_asker_may_not_read_is_closed(reading, supplies):
    lamp = claim("R00.1", [Procedure(1, System.HCPCS, "E0001", ("ZL",))], on=ON)
    assert set(rule_facts.gather(lamp, ALL).books) == {System.ICD10CM, System.HCPCS}
    assert set(rule_facts.gather(lamp, {System.ICD10CM}).books) == {System.ICD10CM}
    modifier = rule_facts.gather(lamp, ALL).code(System.HCPCS, "ZL")
    assert (modifier.kind, modifier.title) == ("modifier", "Left page")


def _publish_table(tmp_path, name: str, text: str, label: str, start: date) -> None:
    file = tmp_path / name
    file.write_text(text, encoding="utf-8")
    outcome = import_file(system="edits", paths=[file], label=label, effective_from=start, by=None)
    assert outcome.release is not None, outcome.findings
    publish_release(release_id=outcome.release.id, by=None)


def test_lines_of_the_tables_in_force_and_how_old_they_are(reading, tmp_path):
    text = "Order2026\tPOAexemptCode\tDescription\n00001\tR00.1\tPage fever of the spine\n"
    _publish_table(tmp_path, "POAexemptCodes2026.txt", text, "POA 2026", date(2025, 10, 1))
    facts = gather("R00.1, R00.9", **DISCHARGED)
    assert facts.tables == {"poa_exempt": TableFact("poa_exempt", "POA 2026", date(2025, 10, 1))}
    line = EditFact("poa_exempt", "poa_exempt", System.ICD10CM, "R001", "Page fever of the spine")
    assert facts.edits == {(System.ICD10CM, "R001"): (line,)}
    assert facts.edit("poa_exempt", "poa_exempt", System.ICD10CM, "R009") is None
    old = gather("R00.1", on=LATER, **DISCHARGED).tables["poa_exempt"]
    assert old.vintage == "POA 2026, may be superseded"


def test_ccs_and_mccs_of_an_inpatient_record_without_what_excludes_them(reading):
    release = Release.objects.create(
        system="edits", table="ms_drg", label="MS-DRG 43", effective_from=ON, source_sha256="0" * 64
    )
    EditEntry.objects.bulk_create(
        EditEntry(release=release, edit=edit, system="icd10cm", code="R001", position=position)
        for position, edit in enumerate(("mcc", "pdx_collection"))
    )
    Release.objects.filter(pk=release.pk).update(state="published")
    stay = gather("R00.1", **DISCHARGED)
    assert stay.edits == {(System.ICD10CM, "R001"): (EditFact("ms_drg", "mcc", System.ICD10CM, "R001"),)}
    assert set(stay.tables) == {"ms_drg"}
    assert gather("R00.1").tables == {}


def test_ncci_pairs_of_the_setting_and_the_day(db):
    for table in ("ncci_practitioner", "ncci_hospital"):
        release = Release.objects.create(
            system="edits", table=table, label=table, effective_from=date(2026, 4, 1), source_sha256="0" * 64
        )
        rows = [("E0001", "E0002", date(2026, 4, 1), None), ("E0001", "A0002", date(2025, 1, 1), ON)]
        EditPair.objects.bulk_create(
            EditPair(
                release=release,
                column1=first,
                column2=second,
                effective_from=start,
                effective_to=end,
                indicator="1",
                rationale=table,
            )
            for first, second, start, end in rows
        )
        Release.objects.filter(pk=release.pk).update(state="published")
    lines = [Procedure(n, System.HCPCS, code) for n, code in enumerate(("E0001", "E0002", "A0002"), start=1)]
    for setting, table in (
        (Setting.PROFESSIONAL, "ncci_practitioner"),
        (Setting.OUTPATIENT, "ncci_hospital"),
    ):
        facts = rule_facts.gather(claim(procedures=lines, setting=setting, on=ON), ALL)
        assert facts.pairs == (PairFact(table, "E0001", "E0002", "1", table),)
    assert rule_facts.gather(claim(procedures=lines, on=ON, **DISCHARGED), ALL).pairs == ()
