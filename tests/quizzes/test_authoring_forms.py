import pytest
from django.forms import ValidationError

from quizzes.authoring_forms import BankFilterForm, read_references, reference_text

TEXT = "I.C.9.a.2\nIndex: Otitis, media, suppurative\n[[I12]] use_additional\n[[hcpcs:J0696]]"
ROWS = [
    {"guideline": "I.C.9.a.2"},
    {"index": "Otitis, media, suppurative"},
    {"code": {"system": "icd10cm", "code": "I12"}, "note": "use_additional"},
    {"code": {"system": "hcpcs", "code": "J0696"}},
]


def test_references_are_read_and_written_one_a_line():
    assert read_references(f"\n{TEXT}\n\n") == ROWS
    assert reference_text(ROWS) == TEXT


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("I.A.13\n[[I12]] wrong_note", "Line 2: wrong_note is no kind of note."),
        ("[I12]", r"Line 1: write a code as \[\[I12\]\], its note after it."),
    ],
)
def test_a_line_that_is_no_reference_is_named(text, said):
    with pytest.raises(ValidationError, match=said):
        read_references(text)


def test_an_unknown_filter_filters_nothing():
    form = BankFilterForm({"kind": "riddle", "domain": "anatomy", "q": " ears "})
    assert form.filters == {"domain": "anatomy", "q": "ears"}
