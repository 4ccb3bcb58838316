"""Axis names as the official tables have them."""

import pytest

from codesets.importers import icd10pcs
from codesets.importers.base import Source, silent
from quizzes.grading.claims.axes import axis_name
from tests.official import sample

TABLES = "icd10pcs_tables_2023.xml"


@pytest.mark.official
def test_the_axes_of_every_table_are_called_as_in_the_tables():
    book = icd10pcs.parse([Source(TABLES, sample(f"icd10pcs/{TABLES}"))], silent)
    titles = {record.code: record.details["titles"] for record in book.codes if record.details}
    assert len(titles) > 890
    printed = {
        code: ["Root Operation" if title == "Operation" else title for title in row]
        for code, row in titles.items()
    }
    assert {code: [axis_name(code, at) for at in range(7)] for code in titles} == printed
