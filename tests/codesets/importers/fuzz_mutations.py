"""Ways to damage a file: each takes bytes and a source of chance, and gives bytes, the same for a seed."""

import re
import xml.etree.ElementTree as ET
import zipfile
from collections.abc import Callable
from io import BytesIO
from random import Random

Mutation = Callable[[bytes, Random], bytes]
# What has broken readers of text before: NUL, digits that int() or a date refuses, ends of line that only
# some functions see, a byte order mark, an end of file, half of a surrogate pair in UTF-16.
ODD_TEXTS = ("\0", "²", "٣", "\x85", "\u2028", "\x0b", "\x1a", "\ufeff", "\t", '"', "'", "&", "<", "]]>", "ﬁ")
ODD_FIELDS = (
    "",
    "0",
    "-1",
    "1e9",
    "9" * 400,
    "00000000",
    "20260230",
    "99991231",
    "inf",
    "\\N",
    "=1+1",
    "ß",
    "İ",
)
MARKUP = (
    "<!DOCTYPE a [<!ENTITY b 'c'>]>",
    "<!DOCTYPE a SYSTEM 'file:///etc/hostname'>",
    "&unknown;",
    "&#0;",
    "<![CDATA[<diag>]]>",
    "<?xml version='1.1' encoding='ebcdic'?>",
    "<?php ?>",
    "<!--",
    "<a xmlns:b='c' b:d='e'/>",
)
LONG = 60_000  # characters of a line or of nested elements
_NUMBER = re.compile(rb"[0-9]+")
_SEPARATOR = re.compile(rb"[\t,;|<>= ]")
_ENCODINGS = ("utf-16", "utf-16-le", "utf-16-be", "utf-8-sig", "utf-32", "cp1252", "utf-7")


def truncate(data: bytes, random: Random) -> bytes:
    return data[: random.randrange(len(data))]


def behead(data: bytes, random: Random) -> bytes:
    return data[random.randrange(len(data)) :]


def flip_bits(data: bytes, random: Random) -> bytes:
    damaged = bytearray(data)
    for _ in range(random.choice((1, 1, 4, 64))):
        damaged[random.randrange(len(damaged))] ^= 1 << random.randrange(8)
    return bytes(damaged)


def delete(data: bytes, random: Random) -> bytes:
    at = random.randrange(len(data))
    return data[:at] + data[at + random.choice((1, 2, 7, 100)) :]


def insert(data: bytes, random: Random) -> bytes:
    at = random.randrange(len(data) + 1)
    return data[:at] + random.randbytes(random.choice((1, 2, 16))) + data[at:]


def insert_odd_text(data: bytes, random: Random) -> bytes:
    at = random.randrange(len(data) + 1)
    written = random.choice(ODD_TEXTS).encode(random.choice(("utf-8", "utf-16-le")))
    return data[:at] + written + data[at:]


def insert_markup(data: bytes, random: Random) -> bytes:
    places = [0, *(match.end() for match in re.finditer(rb">", data))]
    at = random.choice(places)
    return data[:at] + random.choice(MARKUP).encode() + data[at:]


def swap_lines(data: bytes, random: Random) -> bytes:
    lines = data.splitlines(keepends=True)
    one, other = random.randrange(len(lines)), random.randrange(len(lines))
    lines[one], lines[other] = lines[other], lines[one]
    return b"".join(lines)


def drop_line(data: bytes, random: Random) -> bytes:
    lines = data.splitlines(keepends=True)
    del lines[random.randrange(len(lines))]
    return b"".join(lines)


def swap_columns(data: bytes, random: Random) -> bytes:
    """Two fields change places, in one line or in all of them."""
    lines = data.split(b"\n")
    separator = random.choice(_SEPARATOR.findall(data) or [b" "])
    first, second = random.randrange(4), random.randrange(4)
    chosen = range(len(lines)) if random.random() < 0.3 else [random.randrange(len(lines))]
    for at in chosen:
        fields = lines[at].split(separator)
        if max(first, second) < len(fields):
            fields[first], fields[second] = fields[second], fields[first]
            lines[at] = separator.join(fields)
    return b"\n".join(lines)


def shift_columns(data: bytes, random: Random) -> bytes:
    """Blanks come or go within the lines, as where a file of fixed width was edited by hand."""
    column, blanks = random.randrange(40), random.randrange(-3, 4)
    lines = data.split(b"\n")
    for at in range(random.randrange(len(lines)), len(lines)):
        line = lines[at]
        lines[at] = line[:column] + b" " * blanks + line[column - min(blanks, 0) :]
    return b"\n".join(lines)


def replace_field(data: bytes, random: Random) -> bytes:
    fields = re.split(rb"([\t,<>\r\n ]+)", data)
    at = random.randrange(0, len(fields), 2)
    fields[at] = random.choice(ODD_FIELDS).encode()
    return b"".join(fields)


def replace_number(data: bytes, random: Random) -> bytes:
    numbers = list(_NUMBER.finditer(data))
    if not numbers:
        return insert(data, random)
    chosen = random.choice(numbers)
    return data[: chosen.start()] + random.choice(ODD_FIELDS).encode() + data[chosen.end() :]


def repeat_block(data: bytes, random: Random) -> bytes:
    start = random.randrange(len(data))
    end = start + random.randrange(1, 400)
    return data[:end] + data[start:end] * random.choice((1, 2, 30)) + data[end:]


def repeat_lines(data: bytes, random: Random) -> bytes:
    lines = data.splitlines(keepends=True)
    start = random.randrange(len(lines))
    end = start + random.randrange(1, 6)
    return b"".join(lines[:end] + lines[start:end] * random.choice((1, 3)) + lines[end:])


def lengthen_line(data: bytes, random: Random) -> bytes:
    at = random.randrange(len(data) + 1)
    return data[:at] + random.choice((b"x", b" ", b"\t", b"A1 ", b"(", b"9", b"<a>", b",")) * LONG + data[at:]


def nest(data: bytes, random: Random) -> bytes:
    """An element within itself, as deep as a line is long."""
    tags = re.findall(rb"<([A-Za-z][A-Za-z0-9]*)[ >]", data) or [b"a"]
    tag, depth = random.choice(tags), random.choice((10, 60, LONG // 10))
    at = random.choice([0, *(match.end() for match in re.finditer(rb">", data))])
    return data[:at] + b"<%s>" % tag * depth + b"</%s>" % tag * depth + data[at:]


def swap_tags(data: bytes, random: Random) -> bytes:
    """Every element of one name gets the name of another."""
    tags = sorted(set(re.findall(rb"</([A-Za-z][A-Za-z0-9.]*)>", data)) or {b"a"})
    one, other = random.choice(tags), random.choice(tags)
    return re.sub(rb"(</?)%s(?=[ >/])" % re.escape(one), rb"\1" + other, data)


def encode_otherwise(data: bytes, random: Random) -> bytes:
    written = data.decode("utf-8", "replace").encode(random.choice(_ENCODINGS), "replace")
    return random.choice((b"", b"", b"\xff\xfe", b"\xfe\xff", b"\xef\xbb\xbf")) + written


def end_lines_otherwise(data: bytes, random: Random) -> bytes:
    ending = random.choice((b"\n", b"\r", b"\r\r\n", b"\x85", b"\x0c\n", b"", "\u2028".encode()))
    return data.replace(b"\r\n", b"\n").replace(b"\n", ending)


BYTES: tuple[Mutation, ...] = (
    *(truncate, behead, flip_bits, delete, insert, insert_odd_text, insert_markup, swap_lines, drop_line),
    *(swap_columns, shift_columns, replace_field, replace_number, repeat_block, repeat_lines),
    *(lengthen_line, nest, swap_tags, encode_otherwise, end_lines_otherwise),
)


def damage_tree(data: bytes, random: Random) -> bytes:
    """XML that stays well formed: elements gone, doubled, moved, renamed, or with other words in them."""
    root = ET.fromstring(data)
    for _ in range(random.choice((1, 1, 3))):
        elements = list(root.iter())
        one, other = random.choice(elements), random.choice(elements)
        damage = random.randrange(8)
        if damage == 0 and len(one):
            one.remove(random.choice(list(one)))
        elif damage == 1 and len(one):
            one.extend([random.choice(list(one))] * random.choice((1, 40)))
        elif damage == 2:
            one[:] = list(reversed(one))
        elif damage == 3 and one not in other.iter():
            one.append(other)
        elif damage == 4:
            one.tag = other.tag
        elif damage == 5 and one.attrib:
            one.attrib[random.choice(sorted(one.attrib))] = random.choice(ODD_FIELDS)
        elif damage == 6:
            one.attrib.clear()
        else:
            one.text = random.choice((other.text, *ODD_FIELDS, "A00-B99", "R00.0", "x" * LONG))
    return ET.tostring(root, encoding=random.choice(("utf-8", "utf-16", "us-ascii")))


def damage_part(data: bytes, random: Random) -> bytes:
    """An archive whose directory is whole, and one of whose parts is damaged, missing or there twice."""
    with zipfile.ZipFile(BytesIO(data)) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    chosen = random.choice(sorted(parts))
    if random.random() < 0.1:
        del parts[chosen]
    elif parts[chosen]:
        damage = damage_tree if random.random() < 0.5 else random.choice(BYTES)
        parts[chosen] = damage(parts[chosen], random)
    return zipped(parts)


def zipped(parts: dict[str, bytes], compression: int = zipfile.ZIP_DEFLATED) -> bytes:
    packed = BytesIO()
    with zipfile.ZipFile(packed, "w", compression) as archive:
        for name, part in parts.items():
            archive.writestr(name, part)
    return packed.getvalue()


def mutate(data: bytes, random: Random) -> bytes:
    """A part of an archive or of a tree damaged, or one to three damages of bytes, one upon the other."""
    if data.startswith(b"PK\x03\x04") and random.random() < 0.8:
        return damage_part(data, random)
    if data.startswith(b"<") and random.random() < 0.5:
        return damage_tree(data, random)
    for _ in range(random.choice((1, 1, 1, 2, 3))):
        if data:
            data = random.choice(BYTES)(data, random)
    return data


def grow(data: bytes, times: int) -> bytes:
    """A file so many times as long: children of the root, rows of a sheet or the later lines again."""
    if data.startswith(b"PK\x03\x04"):
        return _grow_sheet(data, times)
    if data.startswith(b"<"):
        root = ET.fromstring(data)
        root.extend(list(root) * (times - 1))
        return ET.tostring(root)
    lines = data.splitlines(keepends=True)
    return b"".join(lines + lines[len(lines) // 2 :] * (times - 1))


def _grow_sheet(data: bytes, times: int) -> bytes:
    with zipfile.ZipFile(BytesIO(data)) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    name = "xl/worksheets/sheet1.xml"
    root = ET.fromstring(parts[name])
    rows = next(element for element in root if element.tag.endswith("sheetData"))
    rows.extend(list(rows) * (times - 1))
    for element in rows.iter():  # without a number a row or cell stands behind the one before
        element.attrib.pop("r", None)
    return zipped(parts | {name: ET.tostring(root)})
