import csv
import io

import pytest

from codesets.spreadsheet import as_text, csv_text


@pytest.mark.parametrize("cell", ["=1+1", "+1", "-1", "@SUM(A1)", "\tx", "\rx"])
def test_a_cell_that_a_spreadsheet_would_run_is_text(cell):
    assert as_text(cell) == f"'{cell}"


def test_numbers_stay_numbers_and_the_file_says_that_it_is_utf8():
    text = csv_text([("Who", "Change"), ("=HYPERLINK()", -1.5), ("Zoë, “Z”", "")])
    assert text.startswith("\ufeffWho,Change\r\n")
    rows = list(csv.reader(io.StringIO(text[1:])))
    assert rows == [["Who", "Change"], ["'=HYPERLINK()", "-1.5"], ["Zoë, “Z”", ""]]
