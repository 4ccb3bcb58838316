import zipfile

import pytest

from codesets.importers import base
from codesets.importers.base import Findings, ImportRefused, Level, Source, decode, read_sources


def packed(path, members: dict[str, bytes], compression=zipfile.ZIP_DEFLATED):
    with zipfile.ZipFile(path, "w", compression) as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return path


def test_files_and_members_of_archives_in_their_order(tmp_path):
    plain = tmp_path / "plain.txt"
    plain.write_bytes(b"one")
    archive = packed(tmp_path / "pack.zip", {"a.txt": b"two", "b/": b"", "b/c.txt": b"three"})
    assert read_sources([plain, archive]) == [
        Source("plain.txt", b"one"),
        Source("a.txt", b"two"),
        Source("b/c.txt", b"three"),
    ]


def test_a_file_over_the_limit_is_refused_before_it_is_read(tmp_path, monkeypatch):
    monkeypatch.setattr(base, "FILE_LIMIT", 2 * 2**20)
    big = tmp_path / "big.xml"
    with big.open("wb") as file:
        file.truncate(3 * 2**20)
    with pytest.raises(ImportRefused, match=r"^big.xml has 3 MB; a code set file may have 2 MB.$"):
        read_sources([big])


@pytest.mark.parametrize(
    ("members", "words"),
    [
        ({"zeros": bytes(4 * 2**20)}, "would unpack to more than it may"),
        ({f"{number}.txt": b"x" for number in range(21)}, "holds 21 files; an archive may hold 20"),
    ],
)
def test_an_archive_beyond_the_bounds_is_refused(tmp_path, members, words):
    with pytest.raises(ImportRefused, match=words):
        read_sources([packed(tmp_path / "bomb.zip", members)])


def test_an_archive_that_lies_about_a_size_is_refused(tmp_path):
    path = packed(tmp_path / "liar.zip", {"a.txt": b"x" * 1000}, zipfile.ZIP_STORED)
    data = bytearray(path.read_bytes())
    at = data.rfind(b"PK\x01\x02")  # the directory's entry: say 10 bytes unpacked instead of 1000
    data[at + 24 : at + 28] = (10).to_bytes(4, "little")
    path.write_bytes(data)
    with pytest.raises(ImportRefused, match=r"liar.zip"):
        read_sources([path])


def test_a_damaged_archive_is_refused(tmp_path):
    path = packed(tmp_path / "torn.zip", {"a.txt": b"x" * 1000})
    path.write_bytes(path.read_bytes()[:-30])
    with pytest.raises(ImportRefused, match=r"torn.zip is a damaged or locked archive"):
        read_sources([path])


def test_a_missing_and_an_empty_file_are_named(tmp_path):
    with pytest.raises(ImportRefused, match=r"^none.xml cannot be read: no such file or directory.$"):
        read_sources([tmp_path / "none.xml"])
    (tmp_path / "empty.xml").touch()
    with pytest.raises(ImportRefused, match=r"^empty.xml is empty.$"):
        read_sources([tmp_path / "empty.xml"])


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_text_in_the_encodings_of_the_official_files(encoding):
    assert decode(Source("a.txt", "Sézary’s".encode(encoding))) == "Sézary’s"


def test_bytes_that_are_no_text_are_refused():
    with pytest.raises(ImportRefused, match=r"a.bin is not a text file"):
        decode(Source("a.bin", b"\x00\x81\x8d\x8f"))


def test_findings_come_errors_first_and_are_cut_short_with_a_count():
    findings = Findings()
    findings.add(Level.WARNING, "mind")
    for line in range(base.FINDINGS_KEPT + 3):
        findings.error("wrong", line=line)
    kept = findings.all()
    assert len(kept) == base.FINDINGS_KEPT + 2
    assert [kept[0].level, kept[0].line] == [Level.ERROR, 0]
    assert kept[-2].text == "mind"
    assert kept[-1].text == "3 more findings of this kind are not shown."


def test_the_digest_is_of_the_bytes_in_their_order():
    one, two = Source("a", b"1"), Source("b", b"2")
    assert base.digest([one, two]) == base.digest([Source("c", b"12")])
    assert base.digest([one, two]) != base.digest([two, one])
