from codesets.refs import Target
from courses.markdown import Heading, render_lesson


def resolve(pairs):
    return {pair: Target(pair[1], "title", True, "/url", "/card", "cm") for pair in pairs if pair[1] != "E99"}


def html(text: str) -> str:
    return render_lesson(text, resolve).html


def test_an_excludes1_note_stands_in_its_box():
    assert html("::: excludes1\n- cough ([[R05]])\n:::") == (
        '<section class="note note-x1"><p>Excludes1<small>NOT CODED HERE</small></p><div><ul>\n'
        '<li>cough (<a class="ref cm" data-card="/card" href="/url" rel="noopener">R05</a>)</li>\n'
        "</ul>\n</div></section>"
    )


def test_an_example_carries_its_title_escaped():
    shown = html("::: example Three <diagnoses> & more\ntext\n:::")
    assert "<p>Example<small>Three &lt;diagnoses&gt; &amp; more</small></p>" in shown


def test_a_guideline_is_quoted_with_its_section():
    shown = html("::: guideline I.C.9.a.2\nOfficial words.\n:::\n\nafter")
    assert shown.startswith('<blockquote class="quote"><p>Official words.</p>')
    assert "<cite>Official Guidelines FY 2026, I.C.9.a.2</cite></blockquote><p>after</p>" in shown


def test_a_box_that_is_not_closed_does_not_break_the_page():
    assert html("::: guideline I.A.1\nwords").count("</blockquote>") == 1


def test_the_outline_has_the_second_level_headings_with_codes_as_text():
    lesson = render_lesson("## Kidney: [[I12]], *and* the stage\n\n### deeper\n\n## Both\n\n## Both", resolve)
    assert lesson.outline == (
        Heading("s-kidney-i12-and-the-stage", "Kidney: I12, and the stage"),
        Heading("s-both", "Both"),
        Heading("s-both-2", "Both"),
    )
    for heading in lesson.outline:
        assert f'<h2 id="{heading.id}">' in lesson.html


def test_the_page_keeps_the_only_first_heading():
    assert "<h1" not in html("# Big\n\n##### small")


def test_the_first_cell_of_a_row_names_it():
    shown = html("| a | b |\n|---|---|\n| x | [[I10]] |")
    assert '<th scope="col">a</th>' in shown
    assert '<th scope="row">x</th>' in shown
    assert shown.count("<td>") == 1
    assert 'role="region"' in shown


def test_unknown_codes_are_marked_and_reported_with_their_line():
    lesson = render_lesson("fine [[I10]]\n\nbad\n[[E99]]", resolve)
    assert '<span class="code unknown">E99</span>' in lesson.html
    assert [(each.display, each.line) for each in lesson.unknown] == [("E99", 4)]
    assert lesson.codes == (("icd10cm", "I10"),)


def test_names_and_amounts_are_not_broken_over_lines():
    assert html("Read ICD-10-CM <b>, 20 mg & 5 mL.") == (
        '<p>Read <span class="nb">ICD-10-CM</span> &lt;b&gt;, 20&nbsp;mg &amp; 5&nbsp;mL.</p>\n'
    )


def test_codes_that_the_answers_alone_name_do_not_stand_beside_the_text():
    lesson = render_lesson("Code [[I10]].\n\n## Answers\n\n[[I11.0]], then [[I10]].\n", resolve)
    assert list(lesson.targets) == [("icd10cm", "I10"), ("icd10cm", "I110")]
    assert list(lesson.listed) == [("icd10cm", "I10")]


def test_questions_have_their_place_by_number_and_never_the_name_of_an_item():
    lesson = render_lesson("a\n\n::: check one-item\n:::\n\nb\n\n::: check other\n:::\n", resolve)
    assert [(part.strip(), number) for part, number in lesson.parts] == [
        ("<p>a</p>", 1),
        ("<p>b</p>", 2),
        ("", 0),
    ]
    assert lesson.checks == ("one-item", "other")
    assert "item" not in lesson.html


def test_what_scrolls_is_named_by_the_heading_above_it():
    shown = html("## Two halves\n\n| a | b |\n|---|---|\n| x | y |\n")
    assert 'role="region" tabindex="0" aria-label="Table: Two halves"' in shown
