"""Words of a chart are marked where they stand first, through bold and over line ends, and stay clean."""

import re
from pathlib import Path

import pytest
from django.conf import settings

from quizzes.claim_lines import named_lines
from quizzes.marked_chart import Phrase, mark_document, readable
from quizzes.packs import read_items

CONTENT = Path(settings.BASE_DIR) / "quizzes" / "content" / "items"
DRUGS = """
| Time | Drug | Dose | Route |
|---|---|---|---|
| 05:56 | **Epinephrine** 1 mg/mL |  | IM, right thigh |
| 05:58 | Ondansetron | 4 mg | IV push |
"""


def phrase(words: str, number: int = 1) -> Phrase:
    return Phrase(
        words, str(number), f"line {number}", f"dx-{number}", f"c1-s-dx-{number}-1", f"c1-dx-{number}"
    )


def marked(text: str, *phrases: Phrase) -> list[tuple[str, str]]:
    """(words, classes) of each mark, the numbers of the lines left out."""
    html, _ = mark_document(text, phrases)
    marks = re.findall(r'<mark class="([^"]*)">(.*?)</mark>', html, re.S)
    return [(re.sub(r"<a .*?</a>|<[^>]+>", "", words), css) for css, words in marks]


def test_a_phrase_is_marked_and_its_number_leads_back_to_the_line():
    html, found = mark_document("Seen for *gout*.\n\nHypertension, stable.", [phrase("Hypertension", 2)])
    assert found == [phrase("Hypertension", 2)]
    assert (
        '<mark class="p-dx-2">Hypertension<a id="c1-s-dx-2-1" class="p-dx-2" href="#c1-dx-2" rel="noopener">'
        '2<span class="vh">, line 2</span></a></mark>, stable.'
    ) in html


def test_a_phrase_over_bold_words_and_a_line_end_is_marked_piece_by_piece():
    text = "2. AF: **apixaban held**, surgery\ndelayed to June 5."
    assert marked(text, phrase("apixaban held, surgery delayed")) == [
        ("apixaban held", "p-dx-1"),
        (", surgery", "p-dx-1"),
        ("delayed", "p-dx-1"),
    ]
    assert marked(text, phrase("**apixaban held**, surgery"))[0] == ("apixaban held", "p-dx-1")


def test_overlapping_phrases_share_the_words_that_both_need():
    html, _ = mark_document(
        "diabetic kidney disease", [phrase("diabetic kidney"), phrase("kidney disease", 2)]
    )
    assert marked("diabetic kidney disease", phrase("diabetic kidney"), phrase("kidney disease", 2)) == [
        ("diabetic ", "p-dx-1"),
        ("kidney", "p-dx-1 p-dx-2"),
        (" disease", "p-dx-2"),
    ]
    assert html.count("<a ") == 2


def test_only_the_first_place_is_marked_and_what_is_not_there_is_not_found():
    html, found = mark_document("Gout.\n\nGout.", [phrase("Gout"), phrase("Asthma", 2)])
    assert found == [phrase("Gout")]
    assert html.count("<mark") == 1


def test_words_in_a_table_are_marked_and_markup_of_the_text_stays_text():
    text = "| Test | Value |\n|---|---|\n| Sodium | 121 <b>low</b> |\n"
    html, _ = mark_document(text, [phrase("121 <b>low</b>")])
    assert '<mark class="p-dx-1">121 &lt;b&gt;low&lt;/b&gt;<a ' in html
    assert "<b>low" not in html


def test_the_cells_of_a_row_are_marked_each_and_numbered_once():
    words = "| 05:58 | Ondansetron | 4 mg | IV push |"
    assert marked(DRUGS, phrase(words)) == [
        (cell, "p-dx-1") for cell in ("05:58", "Ondansetron", "4 mg", "IV push")
    ]
    html, _ = mark_document(DRUGS, [phrase(words)])
    assert html.count("<a ") == 1
    assert html.count("<td>") == 8


def test_a_part_of_a_row_and_a_row_with_bold_words_and_an_empty_cell_are_found():
    assert marked(DRUGS, phrase("Ondansetron | 4 mg")) == [("Ondansetron", "p-dx-1"), ("4 mg", "p-dx-1")]
    assert marked(DRUGS, phrase("| Epinephrine 1 mg/mL |  | IM, right thigh |")) == [
        *(("Epinephrine", "p-dx-1"), (" 1 mg/mL", "p-dx-1"), ("IM, right thigh", "p-dx-1"))
    ]
    assert marked(DRUGS, phrase("05:58 | IV push")) == []


def test_the_sign_of_a_list_is_no_word():
    assert marked("1. Gout\n2. Hypertension", phrase("2. Hypertension")) == [("Hypertension", "p-dx-1")]
    assert marked("- 1.5 mg given", phrase("1.5 mg given")) == [("1.5 mg given", "p-dx-1")]


@pytest.mark.parametrize(
    ("words", "read"),
    [
        (
            "| 05:56 | **Epinephrine** 1 mg/mL |  | IM, right thigh |",
            "05:56, Epinephrine 1 mg/mL, IM, right thigh",
        ),
        ("- Diabetic CKD,\n  stable", "Diabetic CKD, stable"),
    ],
)
def test_words_are_quoted_as_people_read_them(words, read):
    assert readable(words) == read


def shipped_supports() -> list[tuple[str, str, list[str]]]:
    """(place, words, texts of the chart) of all lines of the shipped keys."""
    found = []
    for file in sorted(CONTENT.rglob("*.yaml")):
        for spec in read_items(file.read_text(), file.name)[0]:
            if not spec.content.chart:
                continue
            texts = [document["text"] for document in spec.content.chart]
            for record in [spec.content.key, *(spec.content.key.get("alternatives") or [])]:
                for name, line in named_lines(record):
                    support = line.get("support") or []
                    told = [support] if isinstance(support, str) else support
                    found += [(f"{spec.slug} {name}", words, texts) for words in told]
    return found


def test_all_words_that_support_a_shipped_line_are_marked_in_its_chart():
    supports = shipped_supports()
    assert len(supports) > 300
    missing = [
        (place, words)
        for place, words, texts in supports
        if not any("<mark" in mark_document(text, [phrase(words)])[0] for text in texts)
    ]
    assert missing == []
