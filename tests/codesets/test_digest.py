"""What is new in a release, on the invented pair of tests.codesets.drawn_news."""

from datetime import date

import pytest
from django.core.cache import cache

from codesets import catalog
from codesets.diff import NoteDifference
from codesets.digest_notes import news
from codesets.digest_values import CodeLine, Digest, Totals
from codesets.models import Release, ReleaseState
from codesets.printed import Word
from codesets.services.releases import publish_release, withdraw_release
from codesets.successors import Reason
from tests.codesets.drawn_news import APRIL, OCTOBER, new_book, old_book, publish, publish_both
from tests.codesets.loaded import codes, load

pytestmark = pytest.mark.django_db


@pytest.fixture
def digest() -> Digest:
    _, release = publish_both()
    found = catalog.whats_new_of(release.pk)
    assert found is not None
    return found


def lines(found) -> list[tuple[str, str]]:
    return [(line.display, "".join(line.seventh)) for line in found]


def test_chapters_stand_in_the_order_of_the_book_each_with_its_totals(digest):
    assert [(each.name, each.title, each.totals.in_words) for each in digest.chapters] == [
        ("1", "Reading diseases", "8 new codes, 1 split, 1 title and 2 notes changed"),
        ("2", "Injuries of readers", "6 new codes, 3 codes gone, 3 titles changed"),
    ]
    assert digest.totals == Totals(came=14, went=3, split=1, retitled=4, notes=2)


def test_what_came_is_told_under_the_header_that_came_or_the_category_that_it_joined(digest):
    fevers, cuts = digest.chapters
    told = [(group.header.display, group.is_new, group.codes, lines(group.lines)) for group in fevers.came]
    assert told == [
        ("R00", False, 1, [("R00.A", "")]),
        ("R03", True, 4, [("R03.0", ""), ("R03.1", ""), ("R03.2", ""), ("R03.9", "")]),
    ]
    # Each is six codes for two lines of the book: its characters are told behind it.
    (group,) = cuts.came
    assert (group.header, group.codes) == (CodeLine("S12", "S12", "Paper cut"), 6)
    assert lines(group.lines) == [("S12.11", "AD"), ("S12.12", "AD"), ("S12.13", "AD")]


def test_of_several_headers_that_came_the_highest_is_the_one():
    old = codes(("R00", "Fever", False), ("R001", "Fever of page", False), ("R0010", "Fever, none", True))
    new = codes(
        *((record.code, record.title, record.billable) for record in old),
        ("R0011", "Fever of red page", False),
        ("R00111", "Fever of red page, left", False),
        ("R001111", "Fever of red page, left, hot", True),
        ("R001119", "Fever of red page, left, cold", True),
        ("R00112", "Fever of red page, right", True),
    )
    publish("old", old, APRIL)
    (group,) = catalog.whats_new_of(publish("new", new, OCTOBER).pk).chapters[0].came
    assert (group.header.display, group.is_new) == ("R00.11", True)
    assert lines(group.lines) == [("R00.111", "19"), ("R00.112", "")]


def test_a_code_that_was_split_names_what_stands_below_it_now_and_that_is_not_told_again(digest):
    (split,) = digest.chapters[0].split
    assert split.line == CodeLine("R001", "R00.1", "Page fever of the spine")
    assert lines(split.lines) == [("R00.11", ""), ("R00.12", ""), ("R00.19", "")]
    assert "R00.11" not in {line.display for group in digest.chapters[0].came for line in group.lines}


def test_codes_that_went_alike_are_told_once_with_what_is_reported_now_and_why(digest):
    dust, cut = sorted(digest.chapters[1].went, key=lambda each: each.line.title)
    assert (dust.line, dust.deleted, dust.instead) == (CodeLine("", "T90", "Dust"), True, ())
    assert cut.line == CodeLine("", "S12.1", "Paper cut of digit", ("A", "D"))
    (instead,) = cut.instead
    assert (instead.reason, instead.likely) == (Reason.FINER, False)
    assert instead.why == "It was divided: take the one that the record supports."
    assert instead.lines[0] == CodeLine("S1211", "S12.11", "Paper cut of digit", ("A", "D"))
    assert lines(instead.lines) == [("S12.11", "AD"), ("S12.12", "AD"), ("S12.13", "AD")]


def test_seven_characters_that_are_written_out_are_told_one_by_one():
    rows = [("R01111A", "Fever, hot", True), ("R01111B", "Fever and glare", True), ("R02", "Ink cough", True)]
    publish("old", codes(*rows), APRIL)
    (chapter,) = catalog.whats_new_of(publish("new", codes(rows[2]), OCTOBER).pk).chapters
    assert [(each.line.display, each.line.title) for each in chapter.went] == [
        ("R01.111A", "Fever, hot"),
        ("R01.111B", "Fever and glare"),
    ]


def test_a_title_is_told_with_its_words_and_the_codes_below_it_are_only_counted(digest):
    fevers, cuts = digest.chapters
    assert [(each.line.display, each.words, each.below) for each in fevers.retitled] == [
        (
            "R00.2",
            (Word("", "Page fever of the"), Word("ins", "inner"), Word("", "margin")),
            0,
        )
    ]
    (fold,) = cuts.retitled
    assert (fold.line.display, fold.below) == ("S12.2", 2)
    assert fold.words == (Word("del", "Crease"), Word("ins", "Fold"), Word("", "of nose"))


def test_a_code_below_that_changed_in_other_words_is_told_by_itself():
    old = codes(("R00", "Fever", False), ("R001", "Fever of page", True), ("R002", "Fever of book", True))
    new = codes(("R00", "Heat", False), ("R001", "Heat of page", True), ("R002", "Heat of tome", True))
    # so many codes that the three titles are no other hand
    rest = codes(*((f"S{number:02}", f"Cut {number}", True) for number in range(20)))
    publish("old", old + rest, APRIL)
    found = catalog.whats_new_of(publish("new", new + rest, OCTOBER).pk)
    assert [(each.line.display, each.below) for each in found.chapters[0].retitled] == [
        ("R00", 1),
        ("R00.2", 0),
    ]


def test_notes_are_told_in_a_sentence_what_changed_its_kind_first(digest):
    told = [(note.display, note.said, note.lines, note.small) for note in digest.chapters[0].notes]
    assert told == [
        (
            "R01",
            "Excludes1 became Excludes2: "
            "you may report both codes when the record documents both conditions.",
            ((Word("", "ink cough (R02)"),),),
            False,
        ),
        ("R01", "Inclusion term, new:", ((Word("", "glare of lamps"),),), True),
    ]


def note(change: str, kind: str, text: str, was_kind: str | None = None, was: str | None = None, owner="R01"):
    return NoteDifference(owner, owner, "Lamp glare", "code", change, kind, text, was_kind, was, "1")


def test_lines_of_an_owner_that_fared_alike_are_one_and_what_is_small_comes_last():
    found = news(
        [
            note("added", "inclusion_term", "glare"),
            note("reworded", "excludes1", "ink cough (R02.-)", "excludes1", "ink cough (R02)"),
            note("added", "code_also", ", if applicable:"),
            note("added", "code_also", "shelf rash (R03)"),
            note("removed", "excludes2", "dust (T90)", owner="R00"),
            note("kind_changed", "note", "read slowly", "includes", "read slowly"),
        ]
    )
    assert [(each.owner, each.said, len(each.lines), each.small) for each in found] == [
        ("R01", "Includes became Note.", 1, False),
        ("R01", "Code also, new:", 2, False),
        ("R00", "Excludes2, gone:", 1, False),
        ("R01", "Excludes1, worded differently:", 1, True),
        ("R01", "Inclusion term, new:", 1, True),
    ]
    # What the file prints on from its heading has no comma before it; what was reworded shows how.
    assert found[1].lines[0] == (Word("", "if applicable:"),)
    assert found[3].lines[0] == (Word("", "ink cough"), Word("del", "(R02)"), Word("ins", "(R02.-)"))


def test_what_cms_terminated_is_gone_though_the_book_still_prints_it():
    old = codes(("C9001", "Injection, glowmab, 10 mg", True), ("C9002", "Lamp", True), ("J1", "Old", False))
    new = codes(
        ("C9001", "Injection, glowmab, 10 mg", False),
        ("C9002", "Lamp", False),
        ("J9001", "Injection, glowmab, 10 mg", True),
        ("LX", "Left page", False),
        ("C9003", "Came and was terminated", False),
        C9001={"cross_references": ["J9001"]},
        C9002={"cross_references": ["99999"]},
    )
    publish("2026", old, date(2026, 1, 1), "hcpcs")
    digest = catalog.whats_new_of(publish("April 2026", new, APRIL, "hcpcs").pk)
    (chapter,) = digest.chapters
    assert chapter.totals == Totals(came=2, went=3)
    assert [(group.header, lines(group.lines)) for group in chapter.came] == [
        (None, [("J9001", ""), ("LX", "")])
    ]
    told = {
        each.line.display: (each.deleted, [lines(one.lines) for one in each.instead]) for each in chapter.went
    }
    assert told == {
        "C9001": (False, [[("J9001", "")]]),
        "C9002": (False, [[("99999", "")]]),
        "J1": (True, []),
    }
    # A CPT code has neither a title nor a page here.
    cpt = next(each for each in chapter.went if each.line.display == "C9002").instead[0].lines[0]
    assert (cpt.code, cpt.title) == ("", "")


def test_procedures_are_told_by_their_table():
    old = codes(("0AA", "Books, Leafing", False), ("0AA10ZZ", "Leafing of Cover, Open", True))
    new = codes(
        ("0AA", "Books, Leafing", False),
        ("0AA10ZZ", "Leafing of Cover, Open", True),
        ("0AA20ZZ", "Leafing of Spine, Open", True),
        ("0AG", "Books, Gluing", False),
        ("0AG30JZ", "Gluing of Margin, Open", True),
    )
    publish("FY 2026", old, date(2025, 10, 1), "icd10pcs")
    digest = catalog.whats_new_of(publish("FY 2026 April", new, APRIL, "icd10pcs").pk)
    told = [(each.header.title, each.is_new, lines(each.lines)) for each in digest.chapters[0].came]
    assert told == [
        ("Books, Leafing", False, [("0AA20ZZ", "")]),
        ("Books, Gluing", True, [("0AG30JZ", "")]),
    ]


def test_a_code_that_may_be_reported_again_is_told():
    publish("2026", codes(("J9001", "Glowmab", False)), date(2026, 1, 1), "hcpcs")
    release = publish("April 2026", codes(("J9001", "Glowmab", True)), APRIL, "hcpcs")
    (chapter,) = catalog.whats_new_of(release.pk).chapters
    assert (lines(chapter.valid), chapter.totals.in_words) == ([("J9001", "")], "1 new code")


def test_titles_written_by_another_hand_are_counted_and_not_told():
    rows = [(f"R{number:02}", f"Fever {number}", True) for number in range(10)]
    other = [(code, title.replace("Fever", "Fever, of page"), valid) for code, title, valid in rows]
    publish("old", codes(*rows), APRIL)
    digest = catalog.whats_new_of(publish("new", codes(*other[:3], *rows[3:]), OCTOBER).pk)
    assert (digest.reworded, digest.chapters) == (3, ())
    assert digest.totals.in_words == ""


def test_chapters_that_the_file_does_not_have_are_one_without_a_name():
    publish("old", codes(("R00", "Fever", True), chapter=""), APRIL)
    release = publish("new", codes(("R00", "Fever", True), ("R01", "Glare", True), chapter=""), OCTOBER)
    (chapter,) = catalog.whats_new_of(release.pk).chapters
    assert (chapter.name, chapter.title, chapter.totals.in_words) == ("", "", "1 new code")


def test_without_a_release_before_it_there_is_nothing_to_tell():
    digest = catalog.whats_new_of(publish("April 2026", old_book(), APRIL).pk)
    assert (digest.predecessor, digest.chapters, digest.is_next) == (None, (), False)


def test_what_is_no_release_of_a_code_system_has_no_digest():
    index = publish("Index", [], APRIL, "icd10cm_index")
    importing = load("Loading", old_book())
    Release.objects.filter(pk=importing.pk).update(state=ReleaseState.IMPORTING)
    assert [catalog.whats_new_of(pk) for pk in (index.pk, importing.pk, 999_999)] == [None, None, None]


@pytest.mark.parametrize(
    ("system", "before", "start", "since"),
    [
        ("icd10cm", APRIL, OCTOBER, "from 1 October 2026"),
        ("icd10cm", date(2025, 10, 1), OCTOBER, "from 1 October 2026 at the latest"),
        ("icd10cm", date(2026, 1, 1), APRIL, "from 1 April 2026"),
        ("icd10pcs", OCTOBER, date(2027, 4, 1), "from 1 April 2027"),
        ("hcpcs", date(2026, 1, 1), APRIL, "from 1 April 2026"),
        ("hcpcs", date(2026, 1, 1), date(2026, 7, 1), "from 1 July 2026 at the latest"),
        ("hcpcs", OCTOBER, date(2027, 1, 1), "from 1 January 2027"),
    ],
)
def test_since_when_is_said_only_as_far_as_the_releases_loaded_can_say(system, before, start, since):
    publish("old", codes(("R00", "Fever", True)), before, system)
    release = publish("new", codes(("R00", "Fever", True)), start, system)
    assert catalog.whats_new_of(release.pk).since == since


def test_it_is_kept_and_its_days_are_not(digest, django_assert_num_queries):
    cache.clear()
    catalog.whats_new_of(digest.release.id)
    release = Release.objects.get(pk=digest.release.id)
    withdraw_release(release_id=release.pk, by=None)
    publish_release(release_id=release.pk, by=None, on=date(2027, 1, 1))
    with django_assert_num_queries(3):  # the release, its predecessor and the cache's own
        again = catalog.whats_new_of(release.pk)
    assert again.chapters == digest.chapters
    assert again.since == "from 1 January 2027 at the latest"


def test_a_staged_release_is_compared_with_the_one_whose_days_it_would_take():
    old = publish("April 2026", old_book(), APRIL)
    staged = load("October 2026", new_book(), effective_from=OCTOBER)
    digest = catalog.whats_new_of(staged.pk)
    assert (digest.release.state, digest.predecessor.id) == ("staged", old.pk)


def test_releases_with_news_are_those_that_follow_another_newest_first(django_assert_num_queries):
    old, new = publish_both()
    publish("Supplies", codes(("J9001", "Lamp", True)), APRIL, "hcpcs")
    staged = load("April 2027", new_book(), effective_from=date(2027, 4, 1))
    load("July 2026", new_book(), effective_from=date(2026, 7, 1))  # staged: nothing is compared with it
    with django_assert_num_queries(1):
        found = catalog.releases_with_news({"icd10cm", "hcpcs"})
    assert [(release.id, before.id) for release, before in found] == [(new.pk, old.pk)]
    everything = catalog.releases_with_news({"icd10cm"}, ("published", "staged"))
    assert [(release.id, before.label) for release, before in everything][:2] == [
        (staged.pk, "October 2026"),
        (new.pk, "April 2026"),
    ]
    assert [(release.label, before.label) for release, before in everything][2:] == [
        ("July 2026", "April 2026")
    ]
    assert catalog.releases_with_news({"hcpcs"}) == []
