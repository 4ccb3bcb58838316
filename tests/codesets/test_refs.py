from collections.abc import Sequence

import pytest

from codesets.refs import Pair, Target, render

BOOK = {
    ("icd10cm", "E1122"): (
        "E11.22",
        "Type 2 diabetes mellitus with diabetic chronic kidney disease",
        True,
        "cm",
    ),
    ("icd10cm", "I10"): ("I10", "Essential (primary) hypertension", True, "cm"),
    ("hcpcs", "J0696"): ("J0696", "Injection, ceftriaxone sodium, per 250 mg", True, "hc"),
}


def resolve(pairs: Sequence[Pair]) -> dict[Pair, Target]:
    return {
        pair: Target(shown, title, billable, f"/book/{shown}?on=1&x=2", f"/card/{shown}", css)
        for pair in pairs
        if pair in BOOK
        for shown, title, billable, css in [BOOK[pair]]
    }


def test_a_reference_becomes_a_link_with_its_card():
    rendered = render("Report [[e11.22]].", resolve)
    assert rendered.html == (
        '<p>Report <a class="ref cm" data-card="/card/E11.22" href="/book/E11.22?on=1&amp;x=2" '
        'rel="noopener">E11.22</a>.</p>\n'
    )
    assert rendered.codes == (("icd10cm", "E1122"),)
    assert rendered.unknown == ()


def test_the_system_stands_before_a_colon_and_icd10cm_goes_without():
    rendered = render("[[hcpcs:J0696]], [[I10]], [[I10]]", resolve)
    assert rendered.codes == (("hcpcs", "J0696"), ("icd10cm", "I10"))
    assert rendered.html.count('class="ref hc"') == 1
    assert rendered.html.count('class="ref cm"') == 2


@pytest.mark.parametrize("written", ["E99.99", "hcpcs:I10", "foo:I10"])
def test_an_unknown_code_is_reported_and_never_linked(written):
    rendered = render(f"See [[{written}]].", resolve)
    assert "<a" not in rendered.html
    assert rendered.codes == ()
    assert [reference.line for reference in rendered.unknown] == [1]


def test_each_unknown_place_has_its_line():
    text = "one\ntwo [[Z99.99]]\n\n- three\n- four [[I10]]\n  five [[Z99.99]]\n\n| a |\n|---|\n| [[Z88]] |\n"
    places = [(reference.display, reference.line) for reference in render(text, resolve).unknown]
    assert places == [("Z99.99", 2), ("Z99.99", 6), ("Z88", 10)]


def test_code_spans_are_left_alone():
    rendered = render("Write `[[I10]]`.", resolve)
    assert rendered.html == "<p>Write <code>[[I10]]</code>.</p>\n"
    assert rendered.codes == ()


def test_the_books_are_asked_once():
    asked = []

    def counting(pairs):
        asked.append(list(pairs))
        return resolve(pairs)

    render("[[I10]] [[E11.22]]\n\n[[hcpcs:J0696]] [[foo:X1]]", counting)
    assert asked == [[("icd10cm", "I10"), ("icd10cm", "E1122"), ("hcpcs", "J0696")]]


@pytest.mark.parametrize(
    ("text", "absent"),
    [
        ("<script>alert(1)</script>", "<script"),
        ('<img src="x" onerror="alert(1)">', "<img"),
        ("[a](javascript:alert(1))", "href"),
        ("[a](data:text/html,x)", "href"),
        ("![a](https://elsewhere.example/pixel.png)", "<img"),
        ('<a href="https://elsewhere.example" onclick="x()">a</a>', "<a"),
    ],
)
def test_what_could_harm_does_not_pass(text, absent):
    assert absent not in render(text, resolve).html


def test_a_title_from_the_books_is_escaped():
    hostile = Target("I10", "t", True, '/x"><script>', '/c"><script>', "cm")
    html = render("[[I10]]", lambda pairs: {("icd10cm", "I10"): hostile}).html
    assert "<script>" not in html
