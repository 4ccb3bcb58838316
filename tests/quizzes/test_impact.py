from datetime import date

import pytest

from codesets import impact
from codesets.impact import Question
from codesets.services.errors import InUse
from codesets.services.releases import withdraw_release
from quizzes.services.attempts import hand_in, start_attempt
from quizzes.services.items import save_item
from tests.quizzes.school import ON, code_entry, single_best, version_of


def _rows(codes=None, start=date(2026, 4, 1), end=None, system="icd10cm"):
    rows = impact.ask(Question(system, codes, start, end))
    return [(row.label, row.on, row.students, row.blocked) for row in rows if row.kind == "item"]


def test_a_published_item_is_used_on_its_date(books):
    save_item(spec=code_entry("entry"), by=None)
    row = ("entry, version 1", ON, 0, True)
    assert _rows() == [row]
    assert _rows(start=ON, end=date(2026, 5, 13)) == [row]
    assert _rows(end=ON) == []
    assert _rows(start=date(2026, 5, 13)) == []
    assert _rows(system="hcpcs") == []


def test_only_items_that_cite_the_codes(books):
    save_item(spec=code_entry("entry"), by=None)
    assert [row[0] for row in _rows(frozenset({"E1122", "Z999"}))] == ["entry, version 1"]
    assert _rows(frozenset({"E1121"})) == []


def test_a_replaced_version_is_used_only_if_it_was_graded(mock, learner):
    first = version_of("mock-first")
    hand_in(attempt_id=start_attempt(exam=mock, by=learner).pk, by=learner)
    for slug in ("mock-first", "fresh"):
        save_item(spec=single_best(slug), by=None)
        save_item(spec=single_best(slug, key="c"), by=None)
    rows = {label: students for label, _, students, _ in _rows()}
    assert rows[f"mock-first, version {first.number}"] == 1
    assert rows["mock-first, version 2"] == 0
    assert rows["fresh, version 2"] == 0
    assert "fresh, version 1" not in rows


def test_the_release_under_a_published_item_cannot_be_withdrawn(books, admin):
    save_item(spec=code_entry("entry"), by=None)
    with pytest.raises(InUse, match="the first is entry, version 1"):
        withdraw_release(release_id=books.pk, by=admin)
    books.refresh_from_db()
    assert books.state == "published"
