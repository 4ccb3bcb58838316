"""Names put together; that they are the official ones, test_icd10pcs_official says."""

from codesets.importers.icd10pcs_names import header_title, operation


def test_an_operation_is_the_sections_unless_the_table_has_its_own():
    assert (operation("041"), operation("XX2"), operation("XW2")) == ("Bypass", "Monitoring", "Transfusion")


def test_an_operation_that_nobody_named_is_empty():
    assert operation("00A") == ""


def test_a_header_leaves_out_medical_and_surgical_and_body_systems_called_none():
    assert header_title("Medical and Surgical", "Eye", "Bypass") == "Eye, Bypass"
    assert header_title("Imaging", "Eye", "Fluoroscopy") == "Imaging, Eye, Fluoroscopy"
    assert header_title("Mental Health", "None", "Hypnosis") == "Mental Health, Hypnosis"
