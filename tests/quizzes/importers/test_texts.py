import pytest

from quizzes.importers import texts
from quizzes.importers.questions import QuestionRefused


@pytest.mark.parametrize(
    ("html", "markdown"),
    [
        ("<p>One</p><p>Two</p>", "One\n\nTwo"),
        ("a<br>b", "a\\\nb"),
        ("<ol><li>a<ul><li>b</li></ul></li><li>c</li></ol>", "1. a\n   - b\n2. c"),
        ("<script>alert(1)</script>x<style>p{}</style>", "x"),
        ('<a href="@@PLUGINFILE@@/a.pdf">the note</a> and <img src="b.png">', "the note and"),
        ('<a href="https://example.org/">the page</a>', "[the page](https://example.org/)"),
        ("5 * 3 * 2 &lt; 31", "5 \\* 3 \\* 2 < 31"),
        ("<p>5 < 6 <a </p>", "5 < 6 <a"),  # to the parser each would be open to the end of the text
    ],
)
def test_html_to_markdown(html, markdown):
    assert texts.html_to_markdown(html) == markdown


@pytest.mark.parametrize(
    ("html", "plain"),
    [
        ("<p>One</p><p>Two</p>", "One Two"),
        ("a<br>b", "a b"),
        ("H<sub>2</sub>O", "H2O"),
        ("<b>5</b> * 3 &amp; more", "5 * 3 & more"),
    ],
)
def test_html_to_plain(html, plain):
    assert texts.html_to_plain(html) == plain


def test_images_and_embedded_links_are_named():
    html = "<img alt='x' src='x/y/che&amp;st.png'><IMG><abbr href='@@PLUGINFILE@@/b.pdf'>"
    html += '<a class="x" href="@@PLUGINFILE@@/a.pdf">a</a><a href="https://b.org/">b</a>'
    assert texts.image_names(html) == ["che&st.png", "without address", "a.pdf"]


@pytest.mark.parametrize("convert", [texts.html_to_markdown, texts.html_to_plain, texts.markdown_to_plain])
def test_a_text_beyond_measure_is_refused(convert):
    with pytest.raises(QuestionRefused, match="longer than 8,000 characters"):
        convert("a" * 8_001)
    with pytest.raises(QuestionRefused, match="more than 500 tags"):
        convert("<b>" * 501)
