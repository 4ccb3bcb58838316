"""What the reports on paper share: a page with its number, lines and tables, in fonts that every reader has.
Pure.
"""

import unicodedata
from collections.abc import Sequence

from fpdf import FPDF
from fpdf.enums import XPos, YPos
from fpdf.fonts import FontFace

_MARGIN = 18
# Signs and letters that do not come apart into a Latin-1 letter and its accent.
_SPELLED = str.maketrans(
    {"“": '"', "”": '"', "‘": "'", "’": "'", "–": "-", "—": "-", "…": "..."}
    | {"Ł": "L", "ł": "l", "Đ": "D", "đ": "d", "Œ": "OE", "œ": "oe", "ı": "i", "ẞ": "SS"}
)
_INK, _SOFT, _LINE = (17, 22, 29), (89, 100, 114), (184, 192, 203)


def latin(text: object) -> str:
    """The core fonts know Latin-1 only: typographic signs are spelled out, accents beyond it dropped."""
    words = str(text).translate(_SPELLED)
    kept = []
    for character in words:
        if character.encode("latin-1", "ignore"):
            kept.append(character)
        else:
            base = unicodedata.normalize("NFKD", character).encode("latin-1", "ignore").decode("latin-1")
            kept.append(base or "?")
    return "".join(kept)


class Paper(FPDF):
    """foot: what each page is called at its end, before its number."""

    def __init__(self, title: str, foot: str) -> None:
        super().__init__(format="Letter", unit="mm")
        self._foot = foot
        self.set_title(latin(title))
        self.set_lang("en-US")
        self.set_margins(_MARGIN, _MARGIN)
        self.set_auto_page_break(True, margin=_MARGIN)
        self.add_page()

    def footer(self) -> None:
        self.set_y(-14)
        self.set_font("Helvetica", size=8)
        self.set_text_color(*_SOFT)
        self.cell(0, 5, f"{latin(self._foot)}, page {self.page_no()} of {{nb}}", align="C")

    def line_of(self, text: str, *, size: int, style: str = "", soft: bool = False) -> None:
        self.set_font("Helvetica", style=style, size=size)
        self.set_text_color(*(_SOFT if soft else _INK))
        self.multi_cell(0, size * 0.5, latin(text), new_x=XPos.LMARGIN, new_y=YPos.NEXT)
        self.ln(1)

    def section(
        self,
        title: str,
        heads: Sequence[str],
        widths: tuple[int, ...],
        rows: Sequence[Sequence[str]],
        empty: str = "",
    ) -> None:
        """A heading and its table, or the sentence `empty` where there are no rows. widths: in proportion."""
        self.ln(4)
        self.line_of(title, size=13, style="B")
        if not rows:
            self.line_of(empty, size=10, soft=True)
            return
        self.set_font("Helvetica", size=9)
        self.set_draw_color(*_LINE)
        style = FontFace(emphasis="BOLD", color=_SOFT)
        with self.table(
            col_widths=widths, borders_layout="HORIZONTAL_LINES", headings_style=style, line_height=5.5
        ) as table:
            for cells in [heads, *rows]:
                row = table.row()
                for cell in cells:
                    row.cell(latin(cell))
        self.ln(1.5)
