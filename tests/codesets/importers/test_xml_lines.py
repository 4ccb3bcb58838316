from codesets.importers.base import Source
from codesets.importers.xml_lines import Lines

LINES = Lines(Source("rows.xml", b"<rows>\n<row a='1'><row/>\n\n<row>\n</row><rower/></rows>"))


def test_each_element_of_the_name_has_its_line():
    assert [LINES.of("row", nth) for nth in (1, 2, 3)] == [2, 2, 4]


def test_an_element_that_is_not_there_has_none():
    assert [LINES.of("row", 0), LINES.of("row", 4), LINES.of("column", 1)] == [None, None, None]


def test_bytes_that_are_not_plain_have_none():
    assert Lines(Source("rows.xml", "<row/>".encode("utf-16"))).of("row", 1) is None
