import pytest

from codesets.guidelines import is_section


@pytest.mark.parametrize(
    "section",
    [
        *("I", "IV", "I.A.19", "I.A.12.b", "I.B.20", "I.B.14", "I.C.9.a", "I.C.9.a.12", "I.C.1.a.2.k"),
        *("I.C.1.d.1.a.ii", "I.C.5.d", "I.C.22", "II.I.2", "III.C", "IV.Q", "Appendix I"),
    ],
)
def test_sections_of_the_guidelines(section):
    assert is_section(section)


@pytest.mark.parametrize(
    "section",
    [
        *("", "V", "I.D", "I.A.20", "I.A.0", "I.B.21", "I.C.9.f", "I.C.9.a.13", "I.C.9.A", "I.C.9.a.1.a.b"),
        *("I.C.23", "II.L", "IV.R", "IV.a", "Appendix II", "I.C.9.a.", "I.C.9.e.1.aa"),
    ],
)
def test_what_is_no_section(section):
    assert not is_section(section)
