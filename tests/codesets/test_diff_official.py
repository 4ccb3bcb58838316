"""Official releases compared, against what their raw files say when read in other ways than the importers'.

ICD-10-CM of 2021 is read from its order file, later ones with XPath and an expansion of its own; HCPCS is cut
at the columns of its layout. The releases are loaded once, in a transaction around all tests here.
"""

import unicodedata
from collections import Counter
from datetime import date
from typing import NamedTuple

import pytest
from django.db import connection, transaction
from lxml import etree

from codesets.diff import Change, ReleaseDiff, compare_releases
from codesets.importers import hcpcs, icd10cm_tabular
from codesets.importers.base import Book, Source, silent
from tests.codesets.importers import test_hcpcs_official
from tests.codesets.importers.test_official import sample, wheel_file
from tests.codesets.loaded import load

pytestmark = [pytest.mark.official, pytest.mark.django_db]

CM_2021, CM_2025 = "icd10cm_tabular_2021.xml.gz", "icd10cm-tabular-April-2025.xml.gz"
KINDS = {
    "inclusionTerm": "inclusion_term",
    "includes": "includes",
    "excludes1": "excludes1",
    "excludes2": "excludes2",
    "codeFirst": "code_first",
    "useAdditionalCode": "use_additional",
    "codeAlso": "code_also",
    "notes": "note",
    "sevenChrNote": "seventh_character",
}


class Raw(NamedTuple):
    """What a file says: (title, valid for submission) by code, and notes as (code, kind, words)."""

    codes: dict[str, tuple[str, bool]]
    notes: Counter


class Pair(NamedTuple):
    old: Raw
    new: Raw
    diff: ReleaseDiff


def plain(text: str) -> str:
    """Without accents, which the order file does not have."""
    if text.isascii():
        return text
    decomposed = unicodedata.normalize("NFD", text)
    return "".join(character for character in decomposed if not unicodedata.combining(character))


def order_file(data: bytes) -> dict[str, tuple[str, bool]]:
    lines = data.decode("cp1252").splitlines()
    return {line[6:13].strip(): (line[77:].strip(), line[14] == "1") for line in lines}


def spaced(node: etree._Element) -> str:
    text = "".join(node.itertext()) if len(node) else node.text or ""
    return " ".join(text.split())


def tabular(data: bytes) -> Raw:
    """Every diag, and what the nearest sevenChrDef makes of those without a diag below."""
    raw = Raw({}, Counter())
    for diag in etree.fromstring(data).iterfind("chapter/section/diag"):
        _read(diag, [], raw)
    return raw


def _read(diag: etree._Element, seventh: list[tuple[str, str]], raw: Raw) -> None:
    code, title = diag.findtext("name").strip().replace(".", ""), spaced(diag.find("desc"))
    defined = [(each.get("char"), spaced(each)) for each in diag.iterfind("sevenChrDef/extension")]
    seventh, below = defined or seventh, diag.findall("diag")
    takes = seventh if not below and len(code) < 7 else []
    raw.codes[code] = (title, not below and not takes)
    for character, meaning in takes:
        made = code.ljust(6, "X") + character
        # S06: a death before waking has no later encounter
        if not (code.startswith("S06") and made[5] in "78" and made[6] in "DS"):
            raw.codes[made] = (f"{title}, {meaning}", True)
    for tag in diag:
        if tag.tag in KINDS:
            raw.notes.update((code, KINDS[tag.tag], spaced(note)) for note in tag.iterfind("note"))
    for child in below:
        _read(child, seventh, raw)


def anweb(name: str, on: str) -> Raw:
    """`on`, as YYYYMMDD, decides which codes are terminated; modifiers are never billable."""
    titles: dict[str, str] = {}
    valid: dict[str, bool] = {}
    for line in test_hcpcs_official.sample(name).decode("cp1252").splitlines():
        record = line[10:11]
        if record not in {"3", "4", "7", "8"} or not line[5:10].isdigit():
            continue
        code = line[:5].strip()
        titles[code] = f"{titles.get(code, '')} {line[11:91]}"
        if record in "37":
            valid[code] = record == "3" and not ("0" < line[284:292].strip() < on)
    return Raw({code: (" ".join(title.split()), valid[code]) for code, title in titles.items()}, Counter())


def loaded(label: str, book: Book, system: str) -> int:
    return load(label, book, system, date(2026, 4, 1)).pk


def cm(data: bytes) -> Book:
    return icd10cm_tabular.parse(Source("tabular.xml", data), silent)


@pytest.fixture(scope="module")
def compared(django_db_setup, django_db_blocker) -> dict[str, Pair]:
    files = {"2021": sample(CM_2021), "2025": sample(CM_2025)}
    files["2026"] = wheel_file("icd10c-tabular-April-1-2026.xml").read_bytes()
    raw = {year: tabular(data) for year, data in files.items()}
    raw["2021"] = Raw(order_file(sample("icd10cm-order-Jan-2021.txt.gz")), raw["2021"].notes)
    texts = {"2018": test_hcpcs_official.TEXT_2018, "2019": test_hcpcs_official.TEXT_2019}
    raw |= {year: anweb(name, f"{year}0101") for year, name in texts.items()}
    with django_db_blocker.unblock(), transaction.atomic():
        ids = {year: loaded(year, cm(data), "icd10cm") for year, data in files.items()}
        for year, name in texts.items():
            book = hcpcs.parse([Source(name, test_hcpcs_official.sample(name))], silent)
            ids[year] = loaded(year, book, "hcpcs")
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE codesets_code, codesets_note")
        yield {
            f"{old} to {new}": Pair(raw[old], raw[new], compare_releases(ids[old], ids[new]))
            for old, new in (("2021", "2025"), ("2025", "2026"), ("2018", "2019"))
        }
        transaction.set_rollback(True)


EVERY = pytest.mark.parametrize("pair", ["2021 to 2025", "2025 to 2026", "2018 to 2019"])


@EVERY
def test_the_four_lists_are_what_the_raw_files_differ_in(compared, pair):
    (old, _), (new, _), diff = compared[pair]
    both = sorted(old.keys() & new.keys())
    assert [change.code for change in diff.added] == sorted(new.keys() - old.keys())
    assert [change.code for change in diff.deleted] == sorted(old.keys() - new.keys())
    assert [change.code for change in diff.billable] == [
        code for code in both if old[code][1] != new[code][1]
    ]
    assert [change.code for change in diff.revised if plain(str(change.was)) != plain(change.title)] == [
        code for code in both if plain(old[code][0]) != plain(new[code][0])
    ]
    for change in (*diff.added, *diff.revised, *diff.billable):
        assert (plain(change.title), change.billable) == (plain(new[change.code][0]), new[change.code][1])


@pytest.mark.parametrize(
    ("pair", "sizes"),
    [
        ("2021 to 2025", (2_505, 279, 97, 113)),
        ("2025 to 2026", (614, 12, 44, 16)),
        ("2018 to 2019", (244, 3, 114, 30)),
    ],
)
def test_how_much_changes(compared, pair, sizes):
    assert tuple(map(len, compared[pair].diff[:4])) == sizes


@pytest.mark.parametrize("pair", ["2021 to 2025", "2025 to 2026"])
def test_the_notes_of_codes_are_what_the_raw_files_differ_in(compared, pair):
    old, new, diff = compared[pair]
    both = old.codes.keys() & new.codes.keys()
    gone = Counter({note: n for note, n in (old.notes - new.notes).items() if note[0] in both})
    came = Counter({note: n for note, n in (new.notes - old.notes).items() if note[0] in both})
    of_codes = [note for note in diff.notes if note.owner == "code"]
    before = [(n.code, n.was_kind or n.kind, n.was or n.text) for n in of_codes if n.change != "added"]
    after = [(n.code, n.kind, n.text) for n in of_codes if n.change != "removed"]
    # W08 has the words of another code's term inside its definition; the importer keeps them as a note.
    stray = [("W08", "note", "7th character S: Fall from stool")] if pair == "2021 to 2025" else []
    assert (Counter(before), Counter(after)) == (gone, came + Counter(stray))


def test_kinds_of_notes_that_changed(compared):
    notes = compared["2021 to 2025"].diff.notes
    changed = Counter((n.was_kind, n.kind) for n in notes if n.change == "kind_changed")
    assert changed["excludes1", "excludes2"] > 100
    assert [(n.text, n.was_kind, n.kind) for n in notes if n.code == "B974"] == [
        ("acute bronchiolitis due to respiratory syncytial virus (RSV) (J21.0)", "excludes2", "excludes1"),
        ("acute bronchitis due to respiratory syncytial virus (RSV) (J20.5)", "excludes2", "excludes1"),
        ("respiratory syncytial virus (RSV) pneumonia (J12.1)", "excludes2", "excludes1"),
    ]
    # I10-I16 became I10-I1A, J40-J47 became J40-J4A: the same blocks, with the same notes
    assert [n for n in notes if n.display in {"I10-I16", "I10-I1A", "J40-J47", "J40-J4A"}] == []
    assert [(n.display, n.text, n.change) for n in notes if n.owner == "chapter" and n.code == "19"] == [
        ("Chapter 19", "birth trauma (P10-P15)", "kind_changed"),
        ("Chapter 19", "obstetric trauma (O70-O71)", "kind_changed"),
    ]


def followed(diff: ReleaseDiff, code: str) -> list[str]:
    change = next(each for each in (*diff.deleted, *diff.billable) if each.code == code)
    return [successor.display for successor in change.successors or ()]


@pytest.mark.parametrize(
    ("pair", "code", "successors"),
    [
        ("2021 to 2025", "M545", ["M54.50", "M54.51", "M54.59"]),
        ("2021 to 2025", "D139", ["D13.99", "D13.91"]),  # the first one has its title
        ("2021 to 2025", "T407X1A", ["T40.711A"]),
        ("2021 to 2025", "T407X", ["T40.71"]),
        ("2021 to 2025", "V200XXD", ["V20.01XD", "V20.09XD"]),
        ("2021 to 2025", "T8132XA", ["T81.320A", "T81.321A", "T81.328A", "T81.329A"]),
        ("2025 to 2026", "S301XXS", ["S30.11XS", "S30.12XS", "S30.13XS"]),
        ("2025 to 2026", "T7807XA", ["T78.079A", "T78.070A", "T78.071A"]),
        ("2018 to 2019", "C9014", ["J0567"]),
        ("2018 to 2019", "C9744", ["76978", "76979"]),  # CPT
        ("2018 to 2019", "J9310", ["J9312"]),  # another dose
        ("2018 to 2019", "J0833", ["J0834"]),  # a title that was widened
        ("2018 to 2019", "Q4131", ["Q4186", "Q4187"]),
        ("2018 to 2019", "G9534", []),
        ("2018 to 2019", "V5210", []),
    ],
)
def test_what_is_coded_now(compared, pair, code, successors):
    assert followed(compared[pair].diff, code) == successors


@pytest.mark.parametrize("pair", ["2021 to 2025", "2025 to 2026"])
def test_every_code_that_became_a_header_is_split_and_every_deleted_one_followed(compared, pair):
    _, new, diff = compared[pair]
    lost = [change for change in diff.billable if not change.billable]
    assert [change.split for change in lost] == [True] * len(lost) != []
    headers = {change.code: {successor.code for successor in change.successors or ()} for change in lost}
    below: dict[str, set[str]] = {header: set() for header in headers}
    for code, (_, valid) in new.codes.items():
        for length in range(3, len(code)):
            if valid and code[:length] in below:
                below[code[:length]].add(code)
    assert headers == below
    assert [change.code for change in diff.deleted if not change.successors] == []


@EVERY
def test_a_successor_is_valid_where_the_code_was(compared, pair):
    old, new, diff = compared[pair]
    changes: list[Change] = [change for change in (*diff.deleted, *diff.billable) if change.successors]
    found = [(change, each) for change in changes for each in change.successors or () if each.title]
    assert found
    for change, successor in found:
        assert new.codes[successor.code][1] == old.codes[change.code][1]
        assert plain(successor.title) == plain(new.codes[successor.code][0])
