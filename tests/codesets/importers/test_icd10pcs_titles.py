"""Titles of ICD-10-PCS from lists in CSV and from addenda."""

import pytest

from codesets.importers.base import Book, CodeRecord, Findings, ImportRefused, Level, Source
from codesets.importers.icd10pcs_titles import (
    Listed,
    apply_changes,
    check_changes,
    is_list,
    read_changes,
    read_list_titles,
    read_order_titles,
)

WIDTHS = "{:13}{:7} {:60} {}\n"


def said(findings: Findings) -> list[tuple[Level, int | None, str, str]]:
    return [(found.level, found.line, found.code, found.text) for found in findings.all()]


def test_a_list_is_told_by_a_code_in_its_first_column():
    assert is_list(["code,title", '"0016070","Tunnel"'])
    assert is_list(["001,Tunnels"])
    assert not is_list(["Tunnel,0016070"])
    assert not is_list(["00160700,Tunnel", "A1234,Ambulance", "O016070,Tunnel"])


def test_a_list_may_name_its_columns_and_hold_commas_and_empty_lines():
    findings = Findings()
    text = 'code,title\n"0016070","Tunnel, long  one"\n\n0016071, Tunnel\n001,Tunnels\n'
    assert read_list_titles(Source("l.csv", text.encode()), findings) == {
        "0016070": Listed("Tunnel, long one", True, 2),
        "0016071": Listed("Tunnel", True, 4),
        "001": Listed("Tunnels", False, 5),
    }
    assert said(findings) == []


@pytest.mark.parametrize(
    ("row", "code", "text"),
    [
        ("0016071", "0016071", "The line has 1 fields; a code and its title are two."),
        ("0016071,a,b", "0016071", "The line has 3 fields; a code and its title are two."),
        ("0o16071,a", "0o16071", "“0o16071” is not how a code is written."),
        ("Tunnel,0016071", "Tunnel", "“Tunnel” is not how a code is written."),
        ("0016071, ", "0016071", "0016071 has no title."),
        ("0016070,a", "0016070", "0016070 stands in the file more than once, first in line 1."),
    ],
)
def test_a_line_of_a_list_that_cannot_be_used_is_an_error(row, code, text):
    findings = Findings()
    titles = read_list_titles(Source("l.csv", f"0016070,Tunnel\n{row}\n".encode()), findings)
    assert said(findings) == [(Level.ERROR, 2, code, text)]
    assert titles == {"0016070": Listed("Tunnel", True, 1)}


def test_a_first_line_with_a_damaged_code_does_not_pass_for_names_of_columns():
    findings = Findings()
    assert read_list_titles(Source("l.csv", b"0O16070,Tunnel\n"), findings) == {}
    assert said(findings) == [(Level.ERROR, 1, "0O16070", "“0O16070” is not how a code is written.")]


def test_a_list_that_is_no_csv_is_refused():
    with pytest.raises(ImportRefused, match="cannot be read as CSV at line 2"):
        read_list_titles(Source("l.csv", b'0016070,Tunnel\n0016071,"Tun"nel\n'), Findings())


def test_of_a_code_that_stands_twice_in_an_order_file_the_first_counts():
    findings = Findings()
    lines = "".join(f"{at:05} 0016070 1 {title:60} {title}\n" for at, title in ((1, "Tunnel"), (2, "Bridge")))
    assert read_order_titles(Source("o.txt", lines.encode()), findings) == {
        "0016070": Listed("Tunnel", True, 1)
    }
    assert [(level, line) for level, line, *_ in said(findings)] == [(Level.ERROR, 2)]


def test_a_code_that_addenda_delete_and_add_is_in_the_whole_list_as_it_should_be():
    lines = [WIDTHS.format(verb, "0016070", "Tunnel", "Tunnel") for verb in ("Delete:", "Add:")]
    changes = read_changes(Source("a.txt", "".join(lines).encode()), Findings())
    findings = Findings()
    check_changes(changes, {"0016070": Listed("Tunnel", True)}, findings)
    assert said(findings) == []


class TestAddenda:
    BASE = Book(
        codes=[
            CodeRecord("001", "Tunnels", False, "", 0, "0", "00", 0),
            CodeRecord("0016070", "Tunnel", True, "001", 1, "0", "00", 1),
        ]
    )

    def apply(self, *lines: tuple[str, str, str], summary: str = "") -> tuple[dict[str, str], list]:
        text = "".join(WIDTHS.format(verb, code, title[:60], title) for verb, code, title in lines)
        findings = Findings()
        changes = read_changes(Source("a.txt", (text + summary).encode()), Findings())
        titles = apply_changes(changes, self.BASE, findings)
        return {code: listed.title for code, listed in titles.items()}, said(findings)

    def test_a_code_that_is_deleted_and_added_is_there(self):
        titles, found = self.apply(("Delete:", "0016070", "Tunnel"), ("Add:", "0016070", "Bridge"))
        assert titles == {"001": "Tunnels", "0016070": "Bridge"}
        assert found == []

    def test_what_the_base_does_not_have_is_an_error(self):
        titles, found = self.apply(
            ("Delete:", "0016071", "Ferry"),
            ("Revise from:", "0016072", "Ford"),
            ("Revise to:", "0016072", "Bridge"),
            ("Add:", "0016070", "Tunnel"),
        )
        assert titles == {"001": "Tunnels", "0016070": "Tunnel"}
        asks = "and the release that the addenda build on"
        assert found == [
            (Level.ERROR, 1, "0016071", f"0016071 is deleted, {asks} does not have it."),
            (Level.ERROR, 3, "0016072", f"0016072 is revised, {asks} does not have it."),
            (Level.ERROR, 4, "0016070", f"0016070 is added, {asks} has it already."),
        ]

    def test_a_title_that_the_base_did_not_have_is_said_and_revised(self):
        titles, found = self.apply(("Revise from:", "0016070", "Ford"), ("Revise to:", "0016070", "Bridge"))
        assert titles == {"001": "Tunnels", "0016070": "Bridge"}
        text = "0016070 is revised from “Ford”; it was called “Tunnel”."
        assert found == [(Level.WARNING, 1, "0016070", text)]

    def test_a_base_of_another_size_is_an_error(self):
        summary = "\nHeaders\n  1 headers in a.txt\n  1 headers in b.txt\n"
        summary += "\nCodes\n  2 codes in a.txt\n  1 codes in b.txt\n  1 deletions\n"
        _, found = self.apply(("Delete:", "0016070", "Tunnel"), summary=summary)
        text = "The addenda build on another release: the summary counts 2 codes in a.txt, and there are 1."
        assert found == [(Level.ERROR, None, "", text)]
