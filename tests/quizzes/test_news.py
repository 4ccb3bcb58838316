"""The questions about what is new, made of digests drawn by hand: no database.

The books are April and October 2026 of tests.codesets.drawn_news, and small ones of HCPCS and ICD-10-PCS.
"""

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from codesets.digest_values import Came, CodeLine, Digest, DigestChapter, Instead, NoteNews, Split, Went
from codesets.printed import Word
from codesets.rules.facts import Facts
from codesets.successors import Reason
from codesets.systems import display
from codesets.values import CodeInfo, CodePage, NoteInfo, ReleaseInfo
from quizzes import news
from quizzes.grading.values import EXAM, PRACTICE
from quizzes.kinds import KINDS
from quizzes.packs import ItemSpec, item_problems
from quizzes.views.shown import plain_markdown

OCTOBER = date(2026, 10, 1)
FEVERS = {
    "R00": "Page fever",
    "R001": "Page fever of the spine",
    "R0011": "Page fever of the upper spine",
    "R0012": "Page fever of the lower spine",
    "R0019": "Page fever of the spine, unspecified",
    "R002": "Page fever of the margin",
    "R009": "Page fever, unspecified",
    "R01": "Lamp glare",
    "R02": "Ink cough",
    "R03": "Shelf rash",
    "R030": "Shelf rash of hand",
    "R031": "Shelf rash of arm",
    "R032": "Shelf rash of face",
    "R038": "Other shelf rash",
}
CUTS = {
    "S121": "Paper cut of digit",
    "S1211": "Paper cut of digit",
    "S1211XA": "Paper cut of digit, initial encounter",
    "S1211XD": "Paper cut of digit, subsequent encounter",
    "S1212XA": "Paper cut of thumb, initial encounter",
    "S1213XA": "Paper cut of palm, initial encounter",
    "S122XXA": "Crease of nose, initial encounter",
    "S123XXA": "Cut of digit, initial encounter",
    "S124XXA": "Paper of digit, initial encounter",
}
HEADERS = {"R00", "R001", "R03", "S121", "S1211"}
Codes = dict[str, CodeInfo]
Pages = dict[str, CodePage]


def release(system: str = "icd10cm", label: str = "October 2026", start: date = OCTOBER) -> ReleaseInfo:
    return ReleaseInfo(2, system, label, start, None)


def digest(*chapters: DigestChapter, system: str = "icd10cm", label: str = "October 2026") -> Digest:
    new = release(system, label)
    return Digest(new, replace(new, id=1, label="April 2026", effective_from=date(2026, 4, 1)), chapters)


def books(titles: dict[str, str], headers: set[str] = HEADERS, system: str = "icd10cm") -> Codes:
    """A code's parent is the longest other code that it begins with."""

    def info(code: str, title: str) -> CodeInfo:
        above = [other for other in titles if other != code and code.startswith(other)]
        place = (release(system), max(above, key=len, default=""))
        return CodeInfo(system, code, display(system, code), title, code not in headers, *place)

    return {code: info(code, title) for code, title in titles.items()}


def line(code: str, title: str = "", seventh: str = "", system: str = "icd10cm") -> CodeLine:
    return CodeLine(code, display(system, code), title or (FEVERS | CUTS).get(code, ""), tuple(seventh))


SPLIT = DigestChapter(
    "1", "Fevers", split=(Split(line("R001"), (line("R0011"), line("R0012"), line("R0019"))),)
)
CAME = DigestChapter("1", "Fevers", came=(Came(line("R03"), True, (line("R031"), line("R038"))),))
GONE = DigestChapter(
    "2",
    "Cuts",
    went=(
        Went(
            CodeLine("", "S12.1", "Paper cut of digit", ("A", "D")),
            True,
            (
                Instead(
                    Reason.FINER,
                    "It was divided.",
                    (line("S1212", "Paper cut of thumb", "AD"), line("S1211", "Paper cut of digit", "AD")),
                ),
            ),
        ),
    ),
)


def note_news(
    *texts: str, owner: str = "R01", was: str = "excludes1", kind: str = "excludes2"
) -> DigestChapter:
    lines = tuple((Word("", text),) for text in texts)
    told = NoteNews("code", owner, display("icd10cm", owner), "", "", lines, False, kind, was)
    return DigestChapter("1", "Fevers", notes=(told,))


def page(code: CodeInfo, *notes: tuple[str, str], inherited: tuple[tuple[str, str], ...] = ()) -> CodePage:
    """`notes` are kinds with the code that each names."""

    def info(kind: str, target: str) -> NoteInfo:
        return NoteInfo(kind, "", ({"from": target, "to": target},), "code", code.code, code.display, "")

    own, above = [info(*each) for each in notes], [info(*each) for each in inherited]
    return CodePage(code, None, None, [], [], own, above, None, None, None)


def asked(of: Digest, titles: dict[str, str], pages: Pages | None = None, **more) -> list[ItemSpec]:
    codes = books(titles, system=of.release.system, **more)
    return news.questions(of, news.plan(of), codes, pages or {}, "whats-new-x")


def words(spec: ItemSpec) -> list[tuple[str, str]]:
    return [(option.get("text") or option["code"]["code"], option["why"]) for option in spec.content.options]


def test_a_divided_code_is_asked_for_by_the_title_of_a_finer_one():
    specs = asked(digest(SPLIT), FEVERS)
    assert len(specs) == 1
    content = specs[0].content
    upper = content.stem.count("upper")
    title, key = ("upper", "R00.11") if upper else ("lower", "R00.12")
    other = "R00.12" if upper else "R00.11"
    assert content.stem == (
        "The record of an encounter on 1 October 2026 documents:\n\n"
        f"> Page fever of the {title} spine\n\nWhich code do you report?"
    )
    assert dict(words(specs[0])) == {
        "R00.1": "It was complete in ICD-10-CM April 2026. "
        "In ICD-10-CM October 2026 it is a header and needs another character.",
        key: "Its title is what the record says, and it is new in ICD-10-CM October 2026.",
        other: "This title is not what the record says.",
        "R00.19": "The record says more than this title.",
    }
    assert words(specs[0]) == sorted(words(specs[0]))
    assert content.rationale == (
        "[[R00.1]] was complete in ICD-10-CM April 2026. "
        "ICD-10-CM October 2026 has codes below it, so that it "
        f"needs another character: here [[{key}]], “Page fever of the {title} spine”."
    )
    assert content.references == [{"code": {"system": "icd10cm", "code": "R00.1"}}]
    assert (content.service_date, specs[0].domain) == (OCTOBER, "icd-10-cm")
    assert specs[0].slug == f"whats-new-x-{key.replace('.', '').lower()}"


def test_a_new_code_stands_among_its_neighbors():
    (spec,) = asked(digest(CAME), FEVERS)
    assert [text for text, _ in words(spec)] == ["R03.0", "R03.1", "R03.2", "R03.8"]
    assert spec.content.key == ["b"]
    assert dict(words(spec))["R03.8"] == (
        "This title is for what has no code of its own, and here there is one."
    )
    assert spec.content.rationale == (
        "[[R03.1]], “Shelf rash of arm”, is new in ICD-10-CM October 2026. "
        "It stands under [[R03]], “Shelf rash”."
    )


def test_for_want_of_neighbors_the_header_stands_beside_it():
    few = {code: title for code, title in FEVERS.items() if code != "R030"}
    (spec,) = asked(digest(CAME), few)
    assert ("R03", "It is a header: it needs another character.") in words(spec)
    assert asked(digest(CAME), {code: title for code, title in few.items() if code != "R032"}) == []


def test_what_took_the_place_of_a_code_is_asked_with_the_code_that_went():
    (spec,) = asked(digest(GONE), CUTS)
    assert spec.content.stem == (
        "In ICD-10-CM April 2026 you reported S12.1XXA for this:\n\n"
        "> Paper cut of digit, initial encounter\n\n"
        "The record says no more. What do you report on 1 October 2026?"
    )
    # The other parts of what was divided come before titles that are more alike.
    assert [text for text, _ in words(spec)] == ["S12.11XA", "S12.12XA", "S12.13XA", "S12.3XXA"]
    assert words(spec)[3][1] == "This title is not what the record says."
    assert words(spec)[0][1] == "It took the place of S12.1XXA."
    assert spec.content.rationale == (
        "S12.1XXA was valid in ICD-10-CM April 2026 and is not valid in ICD-10-CM October 2026. "
        "Report [[S12.11XA]], “Paper cut of digit, initial encounter”. It was divided."
    )


def gone(reason: Reason, *lines: CodeLine, title: str = "Paper cut of digit") -> Digest:
    went = Went(CodeLine("", "S12.1", title, ("A", "D")), True, (Instead(reason, "Why.", lines),))
    return digest(DigestChapter("2", "Cuts", went=(went,)))


@pytest.mark.parametrize(
    ("found", "questions"),
    [
        (gone(Reason.SAME_TITLE, line("S1211", seventh="AD")), 1),
        (gone(Reason.HEADER, line("S1211", seventh="AD")), 1),
        (gone(Reason.FINER, line("S1211", "Paper cut of digit, unspecified", "AD")), 1),
        (gone(Reason.FINER, line("S1211", "Paper cut of finger", "AD")), 0),
        (gone(Reason.NEAREST_TITLE, line("S1211", seventh="AD")), 0),
        (gone(Reason.OTHER, line("S1211", seventh="AD")), 0),
        (gone(Reason.SAME_TITLE, line("S1211", seventh="AD"), line("S1213", "x", "AD")), 0),
        (gone(Reason.SAME_TITLE, line("S1211", seventh="S")), 0),
        (gone(Reason.CROSS_REFERENCE, CodeLine("", "99999", "")), 0),
    ],
)
def test_a_successor_is_asked_for_only_where_it_is_sure(found, questions):
    assert len(asked(found, CUTS)) == questions


def test_what_both_titles_leave_open_tells_them_not_apart():
    of = gone(Reason.FINER, line("S1211", "Paper cut of digit, unspecified", "AD"))
    open_titles = {
        "S1211XA": "Paper cut of digit, unspecified, initial encounter",
        "S1212XA": "Paper cut of thumb, unspecified, initial encounter",
    }
    (spec,) = asked(of, CUTS | open_titles)
    assert dict(words(spec))["S12.12XA"] == "This title is not what the record says."


DRUGS = {
    "C9001": "Injection, glowmab, 10 mg",
    "J9001": "Injection, glowmab, 10 mg",
    "J9002": "Injection, lampmab, 10 mg",
    "J9003": "Injection, inkmab, 1 mg",
    "J9004": "Injection, glowmab and inkmab, 10 mg",
    "J9005": "Injection, 10 mg",
    "J9106": "Injection, shelfmab, 10 mg",
}


def test_a_code_that_was_terminated_stands_in_the_book_and_beside_its_successor():
    went = Went(
        line("C9001", DRUGS["C9001"], system="hcpcs"),
        False,
        (Instead(Reason.CROSS_REFERENCE, "CMS names it.", (line("J9001", DRUGS["J9001"], system="hcpcs"),)),),
    )
    of = digest(DigestChapter("C", "Temporary", went=(went,)), system="hcpcs")
    (spec,) = asked(of, DRUGS, headers={"C9001"})
    assert spec.domain == "hcpcs"
    # J9004 says the same and more, J9005 the same and less: a coder could argue for either.
    assert [text for text, _ in words(spec)] == ["C9001", "J9001", "J9002", "J9003"]
    assert (
        words(spec)[0][1]
        == "It was valid in HCPCS Level II April 2026. In HCPCS Level II October 2026 it is not."
    )
    assert "Report [[hcpcs:J9001]]" in spec.content.rationale


def test_a_procedure_stands_beside_those_that_differ_in_one_character():
    titles = {
        "0AA": "Books, Leafing",
        "0AA10ZZ": "Leafing of Cover, Open",
        "0AA1XZZ": "Leafing of Cover, External",
        "0AA20ZZ": "Leafing of Spine, Open",
        "0AB10ZZ": "Erasure of Cover, Open",
        "0AB2XZZ": "Erasure of Spine, External",
    }
    table = line("0AA", titles["0AA"], system="icd10pcs")
    came = Came(table, False, (line("0AA10ZZ", titles["0AA10ZZ"], system="icd10pcs"),))
    of = digest(DigestChapter("0", "Medical", came=(came,)), system="icd10pcs")
    (spec,) = asked(of, titles, headers={"0AA"})
    assert [text for text, _ in words(spec)] == ["0AA10ZZ", "0AA1XZZ", "0AA20ZZ", "0AB10ZZ"]
    assert spec.domain == "procedure-coding"
    # A table is no code: it is never beside one.
    del titles["0AB10ZZ"]
    assert asked(of, titles, headers={"0AA"}) == []


@pytest.mark.parametrize(
    "title",
    [
        "Other shelf rash",
        "Shelf rash, unspecified",
        "Rash, not elsewhere classified",
        "Rash in diseases classified elsewhere",
        "Rash NOS",
        "x" * 181,
    ],
)
def test_what_no_record_documents_is_not_asked_for(title):
    came = Came(line("R03"), True, (line("R031", title),))
    assert asked(digest(DigestChapter("1", "Fevers", came=(came,))), FEVERS | {"R031": title}) == []


def test_of_seventh_characters_the_initial_encounter_alone_is_asked_for():
    came = Came(None, False, (line("S1211", seventh="012"),))
    assert asked(digest(DigestChapter("2", "Cuts", came=(came,))), CUTS | {"S1211X0": "Paper cut, one"}) == []


def test_codes_that_only_the_seventh_character_tells_apart_never_stand_side_by_side():
    came = Came(None, False, (line("S1211", seventh="AD"),))
    (spec,) = asked(digest(DigestChapter("2", "Cuts", came=(came,))), CUTS)
    assert [text for text, _ in words(spec)] == ["S12.11XA", "S12.12XA", "S12.3XXA", "S12.4XXA"]


def test_cpt_is_not_asked_for():
    came = Came(None, False, (line("99999", "Reading aloud", system="cpt"),))
    of = digest(DigestChapter("", "", came=(came,)), system="cpt")
    assert news.plan(of) == news.Plan()
    assert asked(of, {"99999": "Reading aloud"}) == []


def pages(**notes) -> dict[str, CodePage]:
    codes = books(FEVERS)
    return {code: page(codes[code], *notes.get(code, ())) for code in ("R01", "R02")}


def test_an_excludes1_that_became_an_excludes2_lets_both_be_reported():
    (spec,) = asked(digest(note_news("ink cough (R02)")), FEVERS, pages())
    content = spec.content
    assert content.stem == (
        "The record of an encounter on 1 October 2026 documents both conditions:\n\n"
        "> Lamp glare (R01)\n>\n> Ink cough (R02)\n\n"
        "In ICD-10-CM April 2026 an Excludes1 note at R01 named R02. What do you report now?"
    )
    only = (
        "That is what the Excludes1 note of ICD-10-CM April 2026 asked for. "
        "An Excludes2 note allows both codes."
    )
    assert dict(words(spec)) == {
        "R01 and R02": "An Excludes2 note allows both codes when the record documents both.",
        "R01 only": only,
        "R02 only": only,
        "Neither, until the provider is asked": (
            "The record documents both conditions, and the note allows both codes: nothing is unclear."
        ),
    }
    key = next(option for option in content.options if option["id"] == content.key[0])
    assert key["text"] == "R01 and R02"
    assert content.references == [
        {"guideline": "I.A.12.b"},
        {"code": {"system": "icd10cm", "code": "R01"}, "note": "excludes2"},
    ]


def test_a_use_additional_code_that_became_a_code_also_gives_no_order():
    of = digest(note_news("ink cough (R02)", was="use_additional", kind="code_also"))
    (spec,) = asked(of, FEVERS, pages())
    key = next(option for option in spec.content.options if option["id"] == spec.content.key[0])
    assert key["text"] == "R01 and R02, in the order that the encounter calls for"
    assert asked(of, FEVERS, pages(R02=[("code_first", "R01")])) == []


@pytest.mark.parametrize(
    "found",
    [
        pages(R01=[("excludes1", "R02")]),
        pages(R02=[("excludes1", "R0")]),
        pages(R02=[("excludes1", "R019")]),
        {"R01": page(books(FEVERS)["R01"])},
        {code: page(books(FEVERS)[code], inherited=(("excludes1", "R02"),)) for code in ("R01", "R02")},
    ],
)
def test_a_note_is_not_asked_about_where_another_forbids_the_two_or_is_not_known(found):
    assert asked(digest(note_news("ink cough (R02)")), FEVERS, found) == []
    assert len(asked(digest(note_news("ink cough (R02)")), FEVERS, pages(R02=[("excludes2", "R01")]))) == 1


@pytest.mark.parametrize(
    ("chapter", "questions"),
    [
        (note_news("ink cough (R02)", "lamp (R02)"), 1),
        (note_news("ink cough (R02.-)"), 0),
        (note_news("ink cough (R02, R03)"), 0),
        (note_news("ink cough"), 0),
        (note_news("such as:", "ink cough (R02)"), 0),
        (note_news("such as:", "ink cough (R02)", was="use_additional", kind="code_also"), 1),
        (note_news("if applicable, ink cough (R02)", was="use_additional", kind="code_also"), 0),
        (note_news("page fever (R00)"), 0),
        (note_news("ink cough (R02)", was="excludes2", kind="excludes1"), 0),
        (note_news("ink cough (R02)", was="", kind="excludes2"), 0),
    ],
)
def test_a_note_is_asked_about_where_it_names_one_code_that_can_be_reported(chapter, questions):
    assert len(asked(digest(chapter), FEVERS, pages())) == questions


def many(chapters: int, groups: int, label: str = "October 2026") -> tuple[Digest, dict[str, str]]:
    """Each group is a new category of four codes, of which one is asked for."""
    titles: dict[str, str] = {}
    found = []
    for chapter in range(chapters):
        came = []
        for group in range(groups):
            name = f"{'ABCDEFGHIJ'[chapter]}{group:02}"
            four = {
                f"{name}{n}": f"Fever {name} of page {word}"
                for n, word in enumerate(("one", "two", "red", "ten"))
            }
            titles |= {name: f"Fever {name}"} | four
            lines = tuple(CodeLine(code, display("icd10cm", code), title) for code, title in four.items())
            came.append(Came(CodeLine(name, name, f"Fever {name}"), True, lines))
        found.append(DigestChapter(str(chapter), "Fevers", came=tuple(came)))
    return digest(*found, label=label), titles


def headers_of(titles: dict[str, str]) -> set[str]:
    return {code for code in titles if len(code) == 3}


def test_ten_are_asked_one_of_each_group_and_the_chapters_in_turn():
    of, titles = many(4, 8)
    specs = asked(of, titles, headers=headers_of(titles))
    keys = [spec.slug.removeprefix("whats-new-x-") for spec in specs]
    assert len(keys) == 10
    assert len({key[:3] for key in keys}) == 10
    assert sorted(key[0] for key in keys[:4]) == sorted(key[0] for key in keys[4:8]) == ["a", "b", "c", "d"]


def test_the_same_release_gives_the_same_questions_and_another_others():
    of, titles = many(4, 8)
    slugs = [spec.slug for spec in asked(of, titles, headers=headers_of(titles))]
    assert [spec.slug for spec in asked(of, titles, headers=headers_of(titles))] == slugs
    other, _ = many(4, 8, label="April 2027")
    assert [spec.slug for spec in asked(other, titles, headers=headers_of(titles))] != slugs


def test_a_code_that_came_and_took_a_place_is_asked_for_once_and_of_notes_two():
    came = Came(None, False, (line("S1211", seventh="AD"),))
    owners = ("R01", "R030", "R031", "R032")
    notes = tuple(note_news("ink cough (R02)", owner=owner).notes[0] for owner in owners)
    chapter = replace(GONE, came=(came,), notes=notes)
    titles = FEVERS | CUTS
    codes = books(titles)
    known = {code: page(codes[code]) for code in ("R02", *owners)}
    specs = asked(digest(chapter), titles, known)
    slugs = [spec.slug.removeprefix("whats-new-x-") for spec in specs]
    assert slugs.count("s1211xa") == 1
    assert sum(slug.startswith("r02-") or slug.endswith("-r02") for slug in slugs) == 2


WORDS = ["page", "fever", "[GLO]", "*red*", "a_b", "left", "right", "unspecified", "other", "`ink`", "<2"]
TITLES = st.lists(st.sampled_from(WORDS), min_size=1, max_size=5).map(" ".join)
CHARACTERS = "0123489AX"


@st.composite
def a_year(draw) -> tuple[Digest, Codes, Pages]:
    """Two categories with some codes each, of which some are new, one divided, and a note between two."""
    titles = {"R00": draw(TITLES), "R01": draw(TITLES), "R000": draw(TITLES)}
    for category in ("R00", "R01", "R000"):
        below = draw(st.sets(st.sampled_from(CHARACTERS), min_size=1, max_size=6))
        titles |= {category + each: draw(TITLES) for each in sorted(below) if category + each != "R000"}

    def drawn(code: str) -> CodeLine:
        return line(code, titles[code])

    leaves = sorted(code for code in titles if len(code) > 3 and code != "R000")
    fresh = [code for code in leaves if code.startswith("R000") or draw(st.booleans())]
    split = Split(drawn("R000"), tuple(drawn(code) for code in fresh if code.startswith("R000")))
    came = []
    for category in ("R00", "R01"):
        joined = [code for code in fresh if code.startswith(category) and not code.startswith("R000")]
        came.append(Came(drawn(category), False, tuple(map(drawn, joined))))
    owner, other = draw(st.sampled_from(leaves)), draw(st.sampled_from(leaves))
    kinds = draw(st.sampled_from([("excludes1", "excludes2"), ("use_additional", "code_also")]))
    told = note_news(f"ink ({display('icd10cm', other)})", owner=owner, was=kinds[0], kind=kinds[1]).notes
    chapter = DigestChapter("1", "Fevers", came=tuple(came), split=(split,), notes=told)
    codes = books(titles, headers={"R00", "R01", "R000"})
    return digest(chapter), codes, {code: page(codes[code]) for code in (owner, other)}


@settings(max_examples=150, deadline=None)
@given(a_year())
def test_every_question_passes_the_checks_and_only_its_key_earns_credit(year):
    of, codes, found = year
    specs = news.questions(of, news.plan(of), codes, found, "whats-new-x")
    assert len({spec.slug for spec in specs}) == len(specs)
    for spec in specs:
        assert item_problems(spec) == []
        kind, content = KINDS[spec.content.kind], spec.content
        for policy in (PRACTICE, EXAM):
            assert kind.grade(content, kind.key_answer(content), Facts(), policy).credit == 1.0
            assert [
                kind.grade(content, each, Facts(), policy).credit for each in kind.wrong_answers(content)
            ] == [0.0] * 3
            assert kind.grade(content, None, Facts(), policy).credit == 0.0
        asked_for = [option["code"]["code"] for option in content.options if "code" in option]
        assert asked_for == sorted(asked_for)
        key = next(option for option in content.options if option["id"] in content.key)
        if "code" in key:
            info = codes[key["code"]["code"].replace(".", "")]
            assert info.billable
            # The title stands in the question as the book has it, whatever Markdown makes of its characters.
            quoted = plain_markdown(content.stem).split("<blockquote>")[1].split("</blockquote>")[0]
            shown = quoted.replace("<p>", "").replace("</p>", "").strip()
            assert shown == info.title.replace("<", "&lt;")
            others = [codes[o["code"]["code"].replace(".", "")] for o in content.options if o is not key]
            assert info.title not in {other.title for other in others if other.billable}
