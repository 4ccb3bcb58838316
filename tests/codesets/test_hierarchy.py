from codesets import hierarchy

PARENTS = {"S12": "", "S121": "S12", "S121XXA": "S121", "S128": "S12", "S1280": "S128", "S1280X0": "S1280"}


def test_ancestors_run_from_the_category_down():
    assert hierarchy.ancestors("S1280X0", PARENTS) == ["S12", "S128", "S1280"]
    assert hierarchy.ancestors("S12", PARENTS) == []


def test_an_ancestor_is_always_among_the_beginnings():
    for code in PARENTS:
        assert set(hierarchy.ancestors(code, PARENTS)) < set(hierarchy.beginnings(code))


def test_a_two_character_modifier_is_its_own_only_beginning():
    assert hierarchy.beginnings("LT") == ["LT"]


def test_the_nearest_definition_wins():
    assert hierarchy.nearest("S1280X0", PARENTS, {"S12", "S128"}) == "S128"
    assert hierarchy.nearest("S121XXA", PARENTS, {"S12", "S128"}) == "S12"
    assert hierarchy.nearest("S121XXA", PARENTS, {"S128"}) is None
