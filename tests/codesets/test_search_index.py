"""What publishing and withdrawing do to search: a release is found at once and whole, or not at all."""

import threading
from collections import Counter
from datetime import date

import pytest
from django.db import connection, transaction

from codesets import catalog
from codesets.models import Code, Release, SearchBook, SearchTerm
from codesets.search import books, index
from codesets.search.words import Stems
from codesets.services.releases import discard_release, publish_release, withdraw_release
from tests.codesets.conftest import DRAWN, READING_2026, READING_2027, stage
from tests.codesets.drawn_shelf import INDEX, publish, publish_diagnoses

MAY = date(2026, 5, 1)
NEXT = date(2026, 11, 1)


def codes(q: str, on: date = MAY, **asked) -> list[str]:
    return [hit.code.display for hit in catalog.search(q, on, **asked)]


def whys(q: str, **asked) -> dict[str, str]:
    return {hit.code.display: hit.why for hit in catalog.search(q, MAY, **asked)}


def left(release_id: int) -> tuple[int, int]:
    rows = [model.objects.filter(release_id=release_id).count() for model in (SearchBook, SearchTerm)]
    return rows[0], rows[1]


def test_a_release_is_found_when_it_is_published_and_not_before(reading):
    staged = stage(READING_2027, "2027", date(2026, 10, 1))
    assert left(staged.id) == (0, 0)
    assert "R02" not in codes("ink cough", NEXT)
    publish_release(release_id=staged.id, by=None)
    assert codes("ink cough", NEXT)[0] == "R02"
    assert codes("page fever", MAY)[0] == "R00.9"


def test_a_term_counts_in_each_code_that_a_seventh_character_makes(reading):
    titles = dict(Code.objects.values_list("code", "title"))
    made: Counter[str] = Counter()
    for title, base in Code.objects.filter(printed=False).values_list("title", "parent"):
        made.update(Stems().of(title[len(titles[base]) :]))
    terms = SearchTerm.objects.values_list("term", "count", "units")
    assert (made["initial"], made["sequela"], made["blot"]) == (4, 1, 2)
    assert {term: count - len(units) // 4 for term, count, units in terms if count > len(units) // 4} == made


def test_what_is_withdrawn_leaves_nothing_behind_and_comes_back_whole(reading, impact_rows):
    rows = left(reading.id)
    assert rows[0] == 1
    assert rows[1] > 20
    before = [(hit.code.code, hit.why) for hit in catalog.search("paper cut", MAY)]
    withdraw_release(release_id=reading.id, by=None)
    assert left(reading.id) == (0, 0)
    assert codes("paper cut") == []
    publish_release(release_id=reading.id, by=None)
    assert left(reading.id) == rows
    assert [(hit.code.code, hit.why) for hit in catalog.search("paper cut", MAY)] == before


def test_a_staged_release_is_discarded_without_a_trace(db):
    staged = stage(READING_2026, "2026", date(2025, 10, 1))
    discard_release(release_id=staged.id, by=None)
    assert not Release.objects.filter(pk=staged.id).exists()
    assert left(staged.id) == (0, 0)


@pytest.mark.django_db(transaction=True)
def test_others_find_all_of_it_or_nothing():
    staged = stage(READING_2026, "2026", date(2025, 10, 1))
    seen: list[list[str]] = []

    def look() -> None:
        seen.append(codes("page fever"))
        connection.close()

    def look_elsewhere() -> None:
        thread = threading.Thread(target=look)
        thread.start()
        thread.join(20)

    with transaction.atomic():
        publish_release(release_id=staged.id, by=None)
        here = codes("page fever")
        look_elsewhere()
    look_elsewhere()
    assert seen == [[], here]
    assert len(here) == 4


@pytest.mark.django_db(transaction=True)
def test_a_publication_that_fails_leaves_nothing_to_find(monkeypatch):
    staged = stage(READING_2026, "2026", date(2025, 10, 1))
    monkeypatch.setattr("codesets.services.releases.audit.record", lambda **_: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        publish_release(release_id=staged.id, by=None)
    assert left(staged.id) == (0, 0)


def test_an_index_leads_to_the_codes_of_the_release_in_force(db):
    publish_diagnoses()
    assert whys("fever dust mites")["R00.1"] == "Index: Fever, due to, dust mites"
    assert whys("fever dust mites", systems=["hcpcs"]) == {}
    assert whys("mishap shelves stacks") == {}  # its codes are not in this book


def test_an_index_is_withdrawn_by_itself(db, impact_rows):
    publish_diagnoses()
    entries = catalog.release_in_force("icd10cm_index", MAY)
    withdraw_release(release_id=entries.id, by=None)
    assert left(entries.id) == (0, 0)
    assert whys("fever dust mites")["R00.1"] == "Title"
    assert "Index" not in "".join(whys("fever marginal").values())


def test_an_entry_that_names_a_table_leads_to_the_table_and_one_that_names_less_to_codes(db, tmp_path):
    drawn = (INDEX / "pcs_2026.xml").read_text()
    path = tmp_path / "index.xml"
    path.write_text(drawn.replace("0UT9", "0AA2").replace("0WB", "0AA").replace("GZFZZZZ", "GZA0ZZZ"))
    publish("icd10pcs", [DRAWN / "pcs_tables_2026.xml"])
    publish("icd10pcs_index", [path])
    assert next(iter(whys("mending whole library").items())) == ("0AA", "Index: Mending, Whole Library")
    assert list(whys("mending spine"))[:3] == ["0AA20J1", "0AA20J2", "0AA20ZZ"]
    assert whys("mending page")["GZA0ZZZ"] == "Index: Mending, Page"


def test_columns_of_the_neoplasm_table_are_told_apart(reading, tmp_path):
    path = tmp_path / "neoplasm.xml"
    drawn = (INDEX / "neoplasm_2026.xml").read_text()
    path.write_text(drawn.replace("C44.0-", "R00.1").replace("D23.0", "R01"))
    publish("icd10cm_index", [path])
    assert codes("malignant neoplasm margin")[0] == "R00.1"
    assert codes("benign neoplasm margin")[0] == "R01"
    assert whys("benign neoplasm margin")["R01"] == "Index: Neoplasm, bookish, margin"


def test_edit_tables_have_nothing_to_search(db):
    release = Release.objects.create(
        system="edits", table="mce", label="1", effective_from=MAY, source_name="x", source_sha256="x"
    )
    index.build(release.pk)
    assert left(release.pk) == (0, 0)


def test_a_process_keeps_what_was_used_last_and_no_more():
    recent: books.Recent[str, str] = books.Recent(5, len)
    recent.keep("a", "aa")
    recent.keep("b", "bb")
    assert recent.get("a") == "aa"
    recent.keep("c", "cc")
    assert [recent.get(key) for key in "abc"] == ["aa", None, "cc"]
    recent.keep("c", "cc")
    assert recent.total == 4
    recent.keep("d", "d" * 6)
    assert (recent.total, recent.get("d")) == (0, None)


def test_it_finds_the_same_when_it_can_keep_nothing(reading, supplies, monkeypatch):
    kept = [codes(q) for q in ("page fever", "lamp", "paper cut thumb subsequent")]
    monkeypatch.setattr(books._books, "most", 0)
    monkeypatch.setattr(books._units, "most", 0)
    assert [codes(q) for q in ("page fever", "lamp", "paper cut thumb subsequent")] == kept
    assert "R00" in kept[0]
