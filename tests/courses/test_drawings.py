import pytest

from courses.drawings import LARGEST, DrawingRefused, size_of, words_of

HEAD = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 640 300.4">'
GOOD = (
    f"{HEAD}<title>A heart</title>"
    "<style>.a{fill:#111} @media (prefers-color-scheme: dark){.a{fill:#eee}}</style>"
    '<defs><marker id="m"><path d="M0 0"/></marker></defs>'
    '<g class="a"><path d="M1 1" marker-end="url(#m)"/></g><text>Left</text></svg>'
)


def test_shapes_and_words_are_a_drawing_with_its_size():
    assert size_of(GOOD) == (640, 300)


@pytest.mark.parametrize(
    ("part", "words"),
    [
        ("<script>alert(1)</script>", "the element script"),
        ("<foreignObject/>", "the element foreignObject"),
        ("<image/>", "the element image"),
        ("<a><text>x</text></a>", "the element a"),
        ('<g onclick="alert(1)"/>', "the attribute onclick"),
        ('<g href="x"/>', "the attribute href"),
        ('<g xmlns:x="http://www.w3.org/1999/xlink" x:href="y"/>', "the attribute"),
        ('<g fill="url(http://elsewhere/a)"/>', "points outside"),
        ("<style>@import 'x';</style>", "style points outside"),
        ("<style>.a{background:url(x.png)}</style>", "style points outside"),
        ("<style>.a{fill:image-set('x.png' 1x)}</style>", "style points outside"),
        ("<style>.a{fill:src('x.png')}</style>", "style points outside"),
        ("<style>@namespace 'x';</style>", "style points outside"),
        ("<style>@media-x 'x';</style>", "style points outside"),
        ("<style>.a{} /*//elsewhere*/</style>", "style points outside"),
        ("<style>.a{}<title>b</title>@import 'x';</style>", "style holds an element"),
        ('<g style="fill:image-set(&quot;x.png&quot; 1x)"/>', "its style points outside"),
        ('<g fill="//elsewhere/a"/>', "its fill points outside"),
    ],
)
def test_what_acts_or_fetches_is_refused(part, words):
    with pytest.raises(DrawingRefused, match=words):
        size_of(GOOD.replace("<text>", f"{part}<text>"))


@pytest.mark.parametrize(
    ("svg", "words"),
    [
        ("<svg", "no well-formed XML"),
        ("<html/>", "no SVG"),
        ('<!DOCTYPE svg [<!ENTITY a "b">]>' + GOOD, "document type"),
        ('<?xml-stylesheet href="x.css"?>' + GOOD, "an instruction"),
        ('<?xml version="1.0" encoding="utf-16"?>' + GOOD, "an instruction"),
        ('<?xml version="1.0"?><?xml-stylesheet href="x.css"?>' + GOOD, "an instruction"),
        (GOOD.replace("<title>A heart</title>", ""), "no title"),
        (GOOD.replace("<title>A heart</title>", "<title/>"), "no title"),
        (GOOD.replace(' viewBox="0 0 640 300.4"', ""), "no viewBox"),
        (GOOD.replace("Left", "L" * LARGEST), "longer than"),
    ],
)
def test_what_is_no_drawing_is_refused(svg, words):
    with pytest.raises(DrawingRefused, match=words):
        size_of(svg)


@pytest.mark.parametrize(
    "declaration", ['<?xml version="1.0"?>', "<?xml version='1.0' encoding='UTF-8' standalone='no' ?>\n"]
)
def test_a_declaration_of_utf_8_is_no_instruction(declaration):
    assert size_of(declaration + GOOD) == (640, 300)


@pytest.mark.parametrize("box", ["0 0 1 4000", "-20 -10.5 4000 1", "0,0,3999.6,1.4"])
def test_a_viewbox_is_from_1_to_4000_wide_and_high(box):
    width, height = size_of(GOOD.replace("0 0 640 300.4", box))
    assert (min(width, height), max(width, height)) == (1, 4_000)


@pytest.mark.parametrize("side", ["inf", "-inf", "nan", "1e9", "4000.1", "0.9", "0", "-5"])
def test_a_viewbox_beyond_measure_is_refused(side):
    for box in (f"0 0 {side} 10", f"0 0 10 {side}"):
        with pytest.raises(DrawingRefused, match="not from 1 to 4,000 wide and high"):
            size_of(GOOD.replace("0 0 640 300.4", box))


@pytest.mark.parametrize("start", ["inf", "nan"])
def test_a_viewbox_begins_somewhere(start):
    with pytest.raises(DrawingRefused, match="begins nowhere"):
        size_of(GOOD.replace("0 0 640 300.4", f"0 {start} 640 300"))


def test_the_words_of_a_drawing_are_its_title_description_and_labels():
    svg = GOOD.replace("Left", "Left <tspan>side</tspan>").replace("<defs>", "<desc>Blood</desc><defs>")
    assert words_of(svg).split() == ["A", "heart", "Blood", "Left", "side"]
