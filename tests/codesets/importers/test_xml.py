import gc

import pytest

from codesets.importers import xml
from codesets.importers.base import ImportRefused, Source


def source(data: bytes) -> Source:
    return Source("book.xml", data)


def test_a_tree_is_its_root_with_all_below():
    root = xml.read_tree(source(b"<book><page n='1'>ink</page></book>"))
    assert root.tag == "book"
    assert [(page.get("n"), page.text) for page in root] == [("1", "ink")]


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "iso-8859-1"])
def test_every_encoding_that_a_file_states_is_read(encoding):
    declared = '<?xml version="1.0" encoding="iso-8859-1"?>' if encoding == "iso-8859-1" else ""
    data = f"{declared}<book>encré</book>".encode(encoding)
    assert xml.root_tag(source(data)) == "book"
    assert xml.read_tree(source(data)).text == "encré"


def test_the_root_is_known_without_reading_what_follows():
    assert xml.root_tag(source(b"<!-- ink --><book><page></book>")) == "book"


@pytest.mark.parametrize("read", [xml.read_tree, xml.root_tag])
@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b'<!DOCTYPE b [<!ENTITY a "ink">]><b>&a;</b>', "declares a document type"),
        (b'<!DOCTYPE b SYSTEM "http://127.0.0.1:9/b.dtd"><b/>', "declares a document type"),
        (b"code,title\nA00,Cholera\n", "is cut off or is not XML: it cannot be read any further at line 1"),
        (b"<!-- ink -->", "is cut off or is not XML"),
        (b'<?xml version="1.0" encoding="klingon"?><b/>', "is cut off or is not XML"),
        (b"", "is cut off or is not XML"),
    ],
)
def test_what_cannot_be_trusted_or_read_is_refused_in_one_sentence(read, data, words):
    with pytest.raises(ImportRefused) as refusal:
        read(source(data))
    assert words in str(refusal.value)
    assert str(refusal.value).startswith("book.xml ")
    assert "\n" not in str(refusal.value)


def test_a_file_that_is_cut_off_is_refused_with_its_line():
    with pytest.raises(ImportRefused, match="any further at line 3; get the file again"):
        xml.read_tree(source(b"<book>\n<page>\n"))


@pytest.mark.parametrize("sign", sorted(xml.PIECES_LIMITS))
def test_more_pieces_than_any_official_file_has_are_refused(monkeypatch, sign):
    inside = {b"<": b"<p/><p/>", b"=": b"a=b=c", b"&": b"&amp;&amp;"}.get(sign, sign * 2)
    book = source(b"<b>" + inside + b"</b>")
    monkeypatch.setitem(xml.PIECES_LIMITS, sign, book.data.count(sign))
    assert xml.read_tree(book).tag == "b"
    monkeypatch.setitem(xml.PIECES_LIMITS, sign, book.data.count(sign) - 1)
    with pytest.raises(ImportRefused, match="far more elements or lines than any official file"):
        xml.read_tree(book)


def test_elements_nested_deeper_than_any_official_file_are_refused():
    depth = xml.DEPTH_LIMIT
    assert xml.read_tree(source(b"<b>" * depth + b"</b>" * depth)).tag == "b"
    with pytest.raises(ImportRefused, match="nested deeper than any official file"):
        xml.read_tree(source(b"<b>" * (depth + 1) + b"</b>" * (depth + 1)))


def test_words_are_cleaned_of_what_only_lays_them_out():
    book = xml.read_tree(source(b"<b><t> a\n  b <i>c</i> d</t></b>"))
    assert xml.clean(" a\r\n\tb ") == "a b"
    assert xml.clean(None) == ""
    assert xml.child_text(book, "t") == "a b"
    assert xml.child_text(book, "none") == ""
    assert xml.whole_text(book[0]) == "a b c d"


@pytest.mark.parametrize("collecting", [True, False])
def test_the_collector_is_off_meanwhile_and_then_as_it_was(collecting):
    def fail() -> None:
        with xml.no_collector():
            meanwhile.append(gc.isenabled())
            raise ZeroDivisionError

    meanwhile: list[bool] = []
    was = gc.isenabled()
    try:
        gc.enable() if collecting else gc.disable()
        with pytest.raises(ZeroDivisionError):
            fail()
        assert (meanwhile, gc.isenabled()) == ([False], collecting)
    finally:
        gc.enable() if was else gc.disable()
