from codesets.note_changes import NoteChange, NoteRow, note_changes


def row(kind: str, text: str, owner: str = "R00", position: int = 0) -> NoteRow:
    return NoteRow("code", owner, kind, text, position)


def changes(old: list[NoteRow], new: list[NoteRow]) -> list[tuple]:
    return [(c.change.value, c.was_kind, c.was, c.kind, c.text) for c in note_changes(old, new)]


def test_the_same_words_under_another_kind():
    old = [row("excludes1", "lamp glare (R01)")]
    new = [row("excludes2", "lamp glare (R01)")]
    assert note_changes(old, new) == [
        NoteChange(
            "code", "R00", "kind_changed", "excludes2", "lamp glare (R01)", "excludes1", "lamp glare (R01)"
        )
    ]


def test_other_codes_in_brackets_are_a_rewording_however_short_the_words():
    assert changes([row("code_first", "glare (R01)")], [row("code_first", "glare (R01.1, R01.2-)")]) == [
        ("reworded", "code_first", "glare (R01)", "code_first", "glare (R01.1, R01.2-)")
    ]


def test_a_misprint_put_right_is_a_rewording():
    assert changes([row("includes", "Lamp excedens")], [row("includes", "Lamp exedens")]) == [
        ("reworded", "includes", "Lamp excedens", "includes", "Lamp exedens")
    ]


def test_other_words_are_one_note_less_and_one_more():
    assert changes([row("includes", "bookworm's fever")], [row("includes", "ink cough")]) == [
        ("removed", None, None, "includes", "bookworm's fever"),
        ("added", None, None, "includes", "ink cough"),
    ]


def test_kind_and_words_together_need_to_be_more_alike():
    slightly = changes([row("excludes1", "glare of the lamp (R01)")], [row("excludes2", "glare of a lamp")])
    assert [change[0] for change in slightly] == ["kind_changed"]
    further = changes([row("excludes1", "glare of the lamp")], [row("excludes2", "glare of the sun at noon")])
    assert [change[0] for change in further] == ["removed", "added"]
    same_kind = changes(
        [row("excludes1", "glare of the lamp")], [row("excludes1", "glare of the lamps at noon")]
    )
    assert [change[0] for change in same_kind] == ["reworded"]


def test_what_only_leads_up_to_a_note_does_not_tell_notes_apart():
    old = row("use_additional", "code to identify lamp glare (R01)")
    assert changes([old], [row("code_also", ", if applicable, lamp glare (R02.-)")])[0][0] == "kind_changed"
    old = row("code_first", "code to identify:")
    assert changes([old], [row("code_first", "codes, if known, to identify:")])[0][0] == "reworded"


def test_each_note_is_paired_once_with_the_most_alike():
    old = [row("includes", "glare of one lamp", position=1)]
    new = [
        row("includes", "glare of a lamp", position=1),
        row("includes", "glare of one lamp at noon", position=2),
    ]
    assert [(change[0], change[4]) for change in changes(old, new)] == [
        ("added", "glare of a lamp"),
        ("reworded", "glare of one lamp at noon"),
    ]


def test_place_and_spacing_are_no_change():
    old = [row("includes", "a", position=1), row("includes", "b\u00a0 c", position=2)]
    new = [row("includes", "b c", position=1), row("includes", "a", position=2)]
    assert note_changes(old, new) == []


def test_a_note_that_stands_twice_and_then_once_is_removed_once():
    assert changes(
        [row("includes", "a", position=1), row("includes", "a", position=2)], [row("includes", "a")]
    ) == [("removed", None, None, "includes", "a")]


def test_notes_of_different_owners_are_not_paired():
    moved = note_changes([row("includes", "a")], [row("includes", "a", owner="R01")])
    assert [(change.owner, change.change) for change in moved] == [("R01", "added"), ("R00", "removed")]
