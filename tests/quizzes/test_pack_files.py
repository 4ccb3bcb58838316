"""Packs as files: what a zip may not do to us, and that what is written is read back the same."""

import stat
import struct
import zipfile
from dataclasses import replace
from io import BytesIO
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quizzes import pack_files, packs
from quizzes.errors import ContentError
from tests.quizzes import school

CONTENT = Path(__file__).parents[2] / "quizzes" / "content"
SHIPPED = sorted([*(CONTENT / "items").rglob("*.yaml"), *(CONTENT / "cpt" / "items").rglob("*.yaml")])
EXAMS = sorted(CONTENT.rglob("exams.yaml"))


def zipped(files: dict[str, bytes | str], **changes) -> bytes:
    out = BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            entry = zipfile.ZipInfo(name)
            entry.compress_type = zipfile.ZIP_DEFLATED
            for field, value in changes.items():
                setattr(entry, field, value)
            archive.writestr(entry, data)
    return out.getvalue()


def refused(data: bytes) -> str:
    with pytest.raises(ContentError) as caught:
        pack_files.read_zip(data, "a.zip")
    return str(caught.value)


@pytest.mark.parametrize("file", SHIPPED, ids=lambda file: file.name)
def test_what_ships_is_written_and_read_back_the_same(file):
    specs, problems = packs.read_items(file.read_text(encoding="utf-8"), file.name)
    assert specs
    assert not problems
    assert packs.read_items(pack_files.write_items(specs), "again") == (specs, [])


@pytest.mark.parametrize("file", EXAMS, ids=lambda file: file.parent.name)
def test_the_shipped_exams_are_written_and_read_back_the_same(file):
    specs, problems = packs.read_exams(file.read_text(encoding="utf-8"), file.name)
    assert specs
    assert not problems
    assert packs.read_exams(pack_files.write_exams(specs), "again") == (specs, [])


@given(st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), min_size=1))
def test_any_text_is_read_back_the_same(text):
    spec = school.single_best("one", rationale=text + ".", stem=f"a{text}")
    options = [{**option, "why": f"{text}x"} for option in spec.content.options]
    spec = replace(spec, content=replace(spec.content, options=options))
    assert packs.read_items(pack_files.write_items([spec]), "again") == ([spec], [])


def test_long_texts_are_blocks_and_dates_and_lists_are_plain():
    written = pack_files.write_items([school.single_best("one", stem="First line.\n\nSecond: line.\n")])
    assert "  stem: |\n    First line.\n\n    Second: line.\n  options:\n    - id: a\n" in written
    assert "  service_date: 2026-05-12\n" in written
    assert "given" not in written


def test_the_same_texts_make_the_same_zip_and_come_back():
    texts = {"items/a.yaml": "- é\n", "exams.yaml": "[]\n"}
    data = pack_files.zip_of(texts)
    assert data == pack_files.zip_of(dict(texts))
    assert pack_files.read_zip(data, "a.zip") == texts


def test_a_folder_around_the_pack_and_what_a_mac_adds_are_left_out():
    data = zipped(
        {
            "mine/items/a.yaml": "a",
            "mine/.hidden.yaml": "x",
            "__MACOSX/mine/._a.yaml": "x",
            "mine/p.png": b"\xff",
        }
    )
    assert pack_files.read_zip(data, "a.zip") == {"items/a.yaml": "a"}


def test_a_course_alone_keeps_its_folder():
    texts = {"cm/course.yaml": "a", "cm/1.md": "b"}
    assert pack_files.read_zip(zipped(texts), "a.zip") == {"cm/1.md": "b", "cm/course.yaml": "a"}


@pytest.mark.parametrize(
    "name", ["../items/a.yaml", "/items/a.yaml", "items/../../a.yaml", "items\\a.yaml", "C:a.yaml"]
)
def test_a_path_out_of_the_pack_is_refused(name):
    assert "names a place outside of itself" in refused(zipped({name: "a"}))


def test_a_link_is_refused():
    link = (stat.S_IFLNK | 0o777) << 16
    assert "names a place outside of itself" in refused(
        zipped({"items/a.yaml": "/etc/passwd"}, external_attr=link)
    )


def test_a_file_beyond_measure_is_refused(monkeypatch):
    monkeypatch.setattr(pack_files, "LARGEST_FILE", 1_000)
    assert refused(zipped({"items/a.yaml": "a" * 1_001})) == "items/a.yaml: it is larger than 0 MB"


def test_a_pack_beyond_measure_is_refused_however_small_its_zip():
    bomb = {f"items/{n}.yaml": "a" * 1_500_000 for n in range(3)}
    data = zipped(bomb)
    assert len(data) < 20_000
    assert refused(data) == "items/2.yaml: the pack is larger than 4 MB of text"


def test_a_size_that_lies_does_not_let_more_in():
    data = bytearray(zipped({"items/a.yaml": "a" * 500_000}))
    place = data.index(b"PK\x01\x02") + 24  # the uncompressed size in the directory
    data[place : place + 4] = struct.pack("<I", 10)
    assert "broken or no zip" in refused(bytes(data))


def test_too_many_files_are_refused_before_the_directory_is_read():
    assert refused(zipped({f"{n}.txt": "" for n in range(2_001)})) == "a.zip: it holds more than 2,000 files"


def test_the_same_name_twice_is_refused():
    out = BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("items/a.yaml", "a")
        with pytest.warns(UserWarning, match="Duplicate name"):
            archive.writestr("items/a.yaml", "b")
    assert refused(out.getvalue()) == "items/a.yaml: it stands in the zip twice"


@pytest.mark.parametrize("data", [b"", b"PK", b"no zip at all", zipped({"items/a.yaml": "a" * 99})[:-30]])
def test_what_is_no_zip_is_refused(data):
    assert "broken or no zip" in refused(data)


def test_what_is_not_utf8_is_named():
    assert refused(zipped({"items/a.yaml": b"\xff", "items/b.yaml": b"\xfe"})) == (
        "items/a.yaml: it is not UTF-8 text\nitems/b.yaml: it is not UTF-8 text"
    )


def test_a_file_that_nothing_reads_is_a_problem():
    texts = {"item/a.yaml": "", "items/b.yml": "", "items/c.yaml": "", "README.md": "", "cm/course.yaml": ""}
    assert [problem.file for problem in pack_files.layout_problems(texts)] == ["item/a.yaml", "items/b.yml"]


def test_a_drawing_stands_in_the_images_of_its_course():
    places = (
        "cm/images/a.svg",
        "a.svg",
        "cm/b.svg",
        "cm/images/deep/c.svg",
        "cpt/cm/images/d.svg",
        "items/e.svg",
    )
    texts = {"cm/course.yaml": "", "cpt/cm/1.md": "", **dict.fromkeys(places, "")}
    assert [str(problem) for problem in pack_files.layout_problems(texts)] == [
        f"{path}: nothing reads it here: see <course>/images/<name>.svg" for path in places[1:]
    ]


def test_a_pack_of_nothing_is_a_problem():
    assert [str(problem) for problem in pack_files.layout_problems({"README.md": ""})] == [
        "the pack: it holds no items, no exams.yaml and no <course>/course.yaml"
    ]


def test_a_pack_is_written_to_a_new_place_only(tmp_path):
    texts = {"items/a.yaml": "a\n", "cm/1.md": "b\n"}
    pack_files.write_pack(texts, tmp_path / "pack")
    pack_files.write_pack(texts, tmp_path / "pack.zip")
    assert pack_files.read_pack(tmp_path / "pack") == texts
    assert pack_files.read_pack(tmp_path / "pack.zip") == texts
    with pytest.raises(ContentError, match="exists already"):
        pack_files.write_pack(texts, tmp_path / "pack")
    with pytest.raises(ContentError, match="no such folder or zip"):
        pack_files.read_pack(tmp_path / "none.zip")
