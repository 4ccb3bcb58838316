"""Small files that ask for a lot of memory or time: a few megabytes at most, each made when it is needed."""

import zipfile
from collections.abc import Callable
from io import BytesIO

from tests.codesets.importers.fuzz_mutations import zipped
from tests.codesets.importers.fuzz_samples import NCCI_ROWS, workbook

MEGABYTE = 2**20
SHEET, STRINGS = "xl/worksheets/sheet1.xml", "xl/sharedStrings.xml"
# Without their namespace and content type the parts would not be read at all.
MAIN = b"http://schemas.openxmlformats.org/spreadsheetml/2006/main"
TEXTS = b"application/vnd.openxmlformats-officedocument.spreadsheetml.sharedStrings+xml"
LAUGHS = b"<!DOCTYPE a [<!ENTITY l0 'ha'>%s]><a>&l9;</a>" % b"".join(
    b"<!ENTITY l%d '%s'>" % (level, b"&l%d;" % (level - 1) * 10) for level in range(1, 10)
)
BLOWUP = b"<!DOCTYPE a [<!ENTITY b '%s'>]><a>%s</a>" % (b"x" * MEGABYTE, b"&b;" * 20_000)


def _workbook(part: str, data: bytes, compression: int = zipfile.ZIP_STORED) -> bytes:
    """A workbook of NCCI edits with a part replaced; not packed, so that its ratio does not betray it."""
    with zipfile.ZipFile(BytesIO(workbook("", NCCI_ROWS).data)) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    types = "[Content_Types].xml"
    named = b'<Override PartName="/%s" ContentType="%s"/></Types>' % (STRINGS.encode(), TEXTS)
    parts[types] = parts[types].replace(b"</Types>", named)
    return zipped({STRINGS: b'<sst xmlns="%s"/>' % MAIN} | parts | {part: data}, compression)


def _sheet(rows: bytes) -> bytes:
    head = b'<worksheet xmlns="%s"><dimension ref="A1:XFD1048576"/><sheetData>' % MAIN
    return _workbook(SHEET, head + rows + b"</sheetData></worksheet>")


def _nested(root: str, *tags: str) -> bytes:
    """Each element has a title and a name of its own, and the last of the tags stands within itself."""
    opened = [root, *tags, *[tags[-1]] * 5_000]
    words = "<title>R00</title><name>R00</name><desc>Fever</desc>"
    closed = "".join(f"</{tag}>" for tag in reversed(opened))
    return ("".join(f"<{tag}>{words}" for tag in opened) + closed).encode()


def _overlapping() -> bytes:
    """Every entry of the directory points to the same packed zeros."""
    data = bytearray(zipped({"0": bytes(MEGABYTE // 8)}))
    directory, end = data.rfind(b"PK\x01\x02"), data.rfind(b"PK\x05\x06")
    entry = data[directory:end]
    data[directory:end] = entry * 20
    at = data.rfind(b"PK\x05\x06")
    data[at + 8 : at + 12] = (20).to_bytes(2, "little") * 2
    data[at + 12 : at + 16] = (20 * len(entry)).to_bytes(4, "little")
    return bytes(data)


def _lying() -> bytes:
    """The directory says ten bytes; thirty megabytes come out."""
    data = bytearray(zipped({"LONGULT.txt": bytes(30 * MEGABYTE)}))
    at = data.rfind(b"PK\x01\x02")
    data[at + 24 : at + 28] = (10).to_bytes(4, "little")
    return bytes(data)


ARCHIVES: dict[str, Callable[[], bytes]] = {
    "zeros": lambda: zipped({"LONGULT.txt": bytes(30 * MEGABYTE)}),
    "many entries": lambda: zipped({f"{number}.txt": b"x" for number in range(300)}),
    "entries that overlap": _overlapping,
    "less in the directory than in the file": _lying,
    "bzip2": lambda: zipped({"LONGULT.txt": b"99991\tOne\n" * 99}, zipfile.ZIP_BZIP2),
    "lzma": lambda: zipped({"LONGULT.txt": b"99991\tOne\n" * 99}, zipfile.ZIP_LZMA),
}
"""What is refused before anything of it is unpacked or kept."""

FILES: dict[str, Callable[[], bytes]] = {
    "a zip in a zip": lambda: zipped({"a.zip": zipped({"LONGULT.txt": bytes(30 * MEGABYTE)})}),
    "elements in elements": lambda: b"<ICD10CM.index>" + b"<mainTerm>" * 20_000,
    "codes in codes": lambda: _nested("ICD10CM.tabular", "chapter", "section", "diag"),
    "terms in terms": lambda: _nested("ICD10CM.index", "letter", "mainTerm", "term"),
    "terms in terms of procedures": lambda: _nested("ICD10PCS.index", "letter", "mainTerm", "term"),
    "tables in tables": lambda: _nested("ICD10PCS.tabular", "pcsTable", "pcsRow", "axis"),
    "elements by elements": lambda: b"<ICD10CM.tabular>" + b"<chapter/>" * 20_000 + b"</ICD10CM.tabular>",
    "far too many elements": lambda: b"<ICD10CM.tabular>" + b"<a/>" * 1_600_000 + b"</ICD10CM.tabular>",
    "attributes": lambda: b"<ICD10CM.index %s/>" % b" ".join(b"a%d='1'" % each for each in range(10_000)),
    "entities in entities": lambda: LAUGHS,
    "one long entity": lambda: BLOWUP,
    "a workbook with zeros": lambda: _workbook(SHEET, bytes(30 * MEGABYTE), zipfile.ZIP_DEFLATED),
    "a workbook with entities": lambda: _workbook(STRINGS, LAUGHS),
    "a workbook with elements in elements": lambda: _sheet(b"<row>" * 200_000),
    "a workbook with a cell in the last corner": lambda: _sheet(
        b'<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'
    ),
    "a workbook with empty rows": lambda: _sheet(b"<row/>" * 50_000),
    "a workbook with one long row": lambda: _sheet(b"<row>%s</row>" % (b"<c><v>1</v></c>" * 30_000)),
    "a workbook with one long text": lambda: _workbook(
        STRINGS, b'<sst xmlns="%s"><si><t>%s' % (MAIN, b"x y " * 200_000)
    ),
    "a workbook with many texts": lambda: _workbook(
        STRINGS, b'<sst xmlns="%s">%s</sst>' % (MAIN, b"<si><t>a</t></si>" * 10_000)
    ),
    "a workbook with a workbook in it": lambda: _workbook(SHEET, workbook("", [["a"]]).data),
}
"""What every importer has to refuse, or to read in little memory."""

TAILS: dict[str, bytes] = {
    "one line of tabs": b"\t" * (MEGABYTE // 8),
    "one line of commas": b"," * (MEGABYTE // 8),
    "one line of blanks": b"0" + b" " * (MEGABYTE // 8) + b"0",
    "one open quotation": b'\n"' + b"x\n" * (MEGABYTE // 32),
    "blank lines": b"\n" * 10_000,
    "lines that are wrong": b"9\t,#\n" * 3_000,
}
"""What may stand behind the lines of a text that is right so far."""
