"""Lines of a file's XML elements, for findings: the quickest tree keeps none. Pure."""

import re

from codesets.importers.base import Source


class Lines:
    """On which lines the elements of a name begin, in the order of the file; read once, when first asked."""

    def __init__(self, source: Source) -> None:
        self._source = source
        self._lines: dict[str, list[int]] = {}

    def of(self, tag: str, nth: int) -> int | None:
        """Line of the nth element of that name, from 1; None where the bytes are not plain (UTF-16)."""
        if tag not in self._lines:
            self._lines[tag] = self._read(tag)
        lines = self._lines[tag]
        return lines[nth - 1] if 0 < nth <= len(lines) else None

    def _read(self, tag: str) -> list[int]:
        data, lines, line, last = self._source.data, [], 1, 0
        for match in re.finditer(rb"<" + tag.encode() + rb"[\s/>]", data):
            line += data.count(b"\n", last, match.start())
            last = match.start()
            lines.append(line)
        return lines
