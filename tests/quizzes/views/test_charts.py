from quizzes.marked_chart import Phrase
from quizzes.views.charts import show_chart


def test_a_chart_is_shown_in_its_order_with_the_kinds_in_words():
    chart = [{"kind": "ed_note", "title": "Note", "text": "**HPI:** [[E11.22]] <b>"}]
    shown = show_chart(chart)
    assert [(one.id, one.number, one.kind, one.title) for one in shown] == [
        ("doc-1", 0, "Emergency department note", "Note")
    ]
    assert shown[0].text == (
        '<p><strong>HPI:</strong> <span class="code unknown">E11.22</span> &lt;b&gt;</p>\n'
    )


def test_words_are_marked_in_the_first_document_that_has_them():
    texts = ("Seen for gout.", "Gout, hypertension.", "Hypertension. Gout.")
    chart = [{"kind": "visit_note", "title": text, "text": text} for text in texts]
    gout = Phrase("Gout", "1", "line 1", "dx-1", "s-1", "l-1")
    shown = show_chart(chart, prefix="c3-", phrases=[gout])
    assert [(one.id, one.found) for one in shown] == [
        ("c3-doc-1", ()),
        ("c3-doc-2", (gout,)),
        ("c3-doc-3", ()),
    ]
    assert "<mark" not in shown[2].text
