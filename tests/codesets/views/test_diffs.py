import csv
from datetime import date
from io import StringIO

import pytest
from django.http import QueryDict
from django.urls import reverse

from codesets.importers.base import Book
from codesets.loader import read_book
from codesets.models import Release, ReleaseState
from codesets.services.releases import publish_release
from codesets.systems import EditTable, Reference
from codesets.views.diffs import difference
from tests.codesets.loaded import codes, heading, load, notes
from tests.codesets.tiny_books import publish, stage, write_hcpcs, write_tabular
from tests.codesets.views.pages import page, texts

APRIL_2027 = date(2027, 4, 1)
ROWS = "//table[@class='diff']/tbody/tr"
TABS = "//nav[@aria-label='Filter the difference']/a"


@pytest.fixture
def staged(books, tmp_path) -> Release:
    return stage("icd10cm", write_tabular(tmp_path, 2027), "April 2027", APRIL_2027)


@pytest.fixture
def as_admin(client, admin):
    client.force_login(admin)
    return client


def shown(client, release: Release, **asked: object):
    return page(client.get(reverse("codesets:release", args=[release.pk]), asked))


def downloaded(client, release: Release, **asked: object) -> list[list[str]]:
    response = client.get(reverse("codesets:release_diff_csv", args=[release.pk]), asked)
    assert response.headers["Content-Type"] == "text/csv; charset=utf-8"
    text = b"".join(response.streaming_content).decode()
    assert text[0] == "\ufeff"
    return list(csv.reader(StringIO(text[1:])))


@pytest.mark.parametrize(
    ("show", "rows"),
    [
        ("added", ["+ added E11.90 Type 2 diabetes mellitus, controlled valid"]),
        ("deleted", ["− deleted I10 Essential (primary) hypertension No likely successor. was valid"]),
        ("revised", ["~ revised E10.9 Type 1 diabetes mellitus without with no complications valid"]),
        (
            "billable",
            [
                "split into 1 E11.9 Type 2 diabetes mellitus without complications "
                "E11.9 is split into finer codes. "
                "E11.90 Type 2 diabetes mellitus, controlled not valid"
            ],
        ),
    ],
)
def test_a_staged_release_shows_what_it_would_change(as_admin, staged, show, rows):
    found = shown(as_admin, staged, show=show)
    assert texts(found, "//section[@id='diff']/h2") == ["Difference from April 2026 4 changes"]
    assert texts(found, TABS) == ["Added 1", "Deleted 1", "Revised 1", "Billable or not 1", "Notes 0"]
    assert texts(found, ROWS) == rows


def test_a_revised_title_marks_what_went_and_what_came(as_admin, staged):
    found = shown(as_admin, staged, show="revised")
    assert texts(found, "//del") == ["without"]
    assert texts(found, "//ins") == ["with no"]


def test_codes_of_published_releases_are_links_to_their_page_on_their_first_day(as_admin, staged, books):
    links = f"{ROWS}//a/@href"
    assert shown(as_admin, staged, show="billable").xpath(links) == []
    assert shown(as_admin, staged, show="deleted").xpath(links) == [
        "/codesets/books/icd10cm/I10/?on=2026-04-01"
    ]
    publish_release(release_id=staged.pk, by=None)
    assert shown(as_admin, staged, show="billable").xpath(links) == [
        "/codesets/books/icd10cm/E11.9/?on=2027-04-01",
        "/codesets/books/icd10cm/E11.90/?on=2027-04-01",
    ]


@pytest.fixture
def noted(db) -> Release:
    """Staged, against a published release: one note under another kind, one reworded, one new, one gone."""

    def book(*rows: tuple[str, str, str], chapter: str) -> Book:
        return Book(
            codes=codes(("R00", "Page fever", True), ("R01", "Lamp glare", True)),
            headings=[heading("chapter", "1", "Reading diseases (R00-R99)")],
            notes=[*notes(*rows), *notes(("1", "includes", chapter), owner_kind="chapter")],
        )

    before = [("R00", "excludes1", "lamp glare (R01)"), ("R01", "code_first", "the lamp (X01)")]
    after = [("R00", "excludes2", "lamp glare (R01)"), ("R01", "code_first", "the lamp (X02)")]
    old = load("2026", book(*before, chapter="bookworm's fever"))
    publish_release(release_id=old.pk, by=None)
    return load("2027", book(*after, chapter="a new reader"), effective_from=APRIL_2027)


def test_changed_notes_name_their_kinds_and_mark_their_words(as_admin, noted):
    found = shown(as_admin, noted, show="notes")
    assert texts(found, ROWS) == [
        "− note removed Chapter 1 Reading diseases Includes bookworm's fever",
        "+ note added Chapter 1 Reading diseases Includes a new reader",
        "! kind changed R00 Page fever Excludes1 Excludes2 lamp glare (R01)",
        "~ note reworded R01 Lamp glare Code first the lamp (X01) (X02)",
    ]
    assert texts(found, "//del") == ["Excludes1", "(X01)"]
    assert texts(found, "//ins") == ["Excludes2", "(X02)"]


def test_notes_that_a_file_does_not_hold_are_not_compared_and_the_page_says_so(as_admin, noted):
    bare = load("order file", Book(codes=codes(("R00", "Page fever", True))), effective_from=APRIL_2027)
    assert texts(shown(as_admin, bare, show="notes"), "//section[@id='diff']//div[@class='empty']") == [
        "Notes cannot be compared. One of the two releases was loaded from a file without notes."
    ]
    again = load("again", read_book(noted), effective_from=APRIL_2027)
    assert texts(
        shown(as_admin, again, show="notes", against=noted.pk), "//section[@id='diff']//div[@class='empty']"
    ) == ["Nothing is in this list. The two releases agree here."]


def test_it_can_be_compared_with_any_other_release_of_the_system(as_admin, staged, books, tmp_path):
    third = stage("icd10cm", write_tabular(tmp_path, 2027), "April 2027, again", APRIL_2027)
    found = shown(as_admin, third, against=staged.pk)
    assert texts(found, "//section[@id='diff']/h2") == ["Difference from April 2027 0 changes"]
    assert texts(found, "//select[@name='against']/option") == [
        "April 2027, from 1 Apr 2027",
        "April 2026, from 1 Apr 2026",
    ]
    assert texts(found, "//select[@name='against']/option[@selected]") == ["April 2027, from 1 Apr 2027"]
    back = shown(as_admin, books, against=staged.pk)
    assert texts(back, TABS)[:2] == ["Added 1", "Deleted 1"]
    other = Release.objects.get(system="hcpcs")
    url = reverse("codesets:release", args=[staged.pk])
    for wrong in (str(other.pk), str(staged.pk), "999999", "x", "9" * 30):
        assert as_admin.get(url, {"against": wrong}).status_code == 404


def test_the_first_release_has_nothing_before_it_but_can_be_compared(as_admin, books, staged):
    found = shown(as_admin, books)
    assert texts(found, "//section[@id='diff']/h2") == ["Everything is new 16 changes"]
    assert texts(found, "//select[@name='against']/option") == ["nothing", "April 2027, from 1 Apr 2027"]


def test_a_long_difference_is_shown_in_pages(as_admin, books, monkeypatch):
    monkeypatch.setattr("codesets.views.diffs.ROWS", 10)
    first, second = (shown(as_admin, books, show="added", page=number) for number in (1, 2))
    assert texts(first, "//nav[@aria-label='Pages of the difference']/span") == ["1 to 10 of 16"]
    assert len(texts(first, ROWS)) == 10
    assert len(texts(second, ROWS)) == 6


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ({"chapter": "9"}, {"added": [], "deleted": ["I10"], "revised": [], "billable": []}),
        ({"q": "e11.9"}, {"added": ["E11.90"], "deleted": [], "revised": [], "billable": ["E11.9"]}),
        ({"q": "CONTROLLED type"}, {"added": ["E11.90"], "deleted": [], "revised": [], "billable": []}),
        ({"q": "without"}, {"added": [], "deleted": [], "revised": ["E10.9"], "billable": ["E11.9"]}),
        ({"q": "%"}, {"added": [], "deleted": [], "revised": [], "billable": []}),
        ({"q": "e11", "chapter": "9"}, {"added": [], "deleted": [], "revised": [], "billable": []}),
    ],
)
def test_a_chapter_and_a_search_narrow_every_list_its_counts_and_the_file(as_admin, staged, asked, found):
    for show, expected in found.items():
        response = shown(as_admin, staged, show=show, **asked)
        assert texts(response, f"{ROWS}/td[2]") == expected
        assert texts(response, TABS)[:4] == [
            f"{label} {len(found[name])}"
            for name, label in zip(found, ("Added", "Deleted", "Revised", "Billable or not"), strict=True)
        ]
        assert [row[1] for row in downloaded(as_admin, staged, show=show, **asked)[1:]] == expected


def test_the_first_release_is_narrowed_in_the_same_way(as_admin, books):
    assert texts(shown(as_admin, books, q="e11.3"), f"{ROWS}/td[2]") == [
        *("E11.3", "E11.32", "E11.321", "E11.3211", "E11.3212")
    ]
    assert texts(shown(as_admin, books, q="stairs", chapter="20"), f"{ROWS}/td[2]") == ["W10"]
    assert texts(shown(as_admin, books, q="%"), f"{ROWS}/td[2]") == []
    assert [row[1] for row in downloaded(as_admin, books, chapter="21")[1:]] == ["Z79", "Z79.4"]


def test_the_chapters_to_choose_are_those_with_changes(as_admin, staged):
    found = shown(as_admin, staged, chapter="9")
    assert texts(found, "//select[@name='chapter']/option") == [
        "Every chapter",
        "4 Endocrine, nutritional and metabolic diseases (3)",
        "9 Diseases of the circulatory system (1)",
    ]
    assert texts(found, "//section[@id='diff']/h2") == ["Difference from April 2026 1 of 4 changes"]


def test_the_links_keep_what_was_asked_for(as_admin, staged, books):
    found = shown(as_admin, staged, show="deleted", q="i10", against=books.pk, page=7)
    assert found.xpath(f"{TABS}/@href")[0] == f"?show=added&q=i10&against={books.pk}#diff"
    assert found.xpath("//a[@download]/@href") == [
        f"/codesets/releases/{staged.pk}/diff.csv?show=deleted&q=i10&against={books.pk}"
    ]


def test_the_file_of_all_lists(as_admin, noted):
    assert downloaded(as_admin, noted) == [
        [
            *("Change", "Code", "Title", "Title before", "Valid for submission", "Coded now", "Why"),
            *("Kind of note", "Kind before", "Note", "Note before"),
        ],
        ["note removed", "Chapter 1", "Reading diseases", *[""] * 4, "Includes", "", "bookworm's fever", ""],
        ["note added", "Chapter 1", "Reading diseases", *[""] * 4, "Includes", "", "a new reader", ""],
        [
            *("kind changed", "R00", "Page fever", *[""] * 4),
            *("Excludes2", "Excludes1", "lamp glare (R01)", "lamp glare (R01)"),
        ],
        [
            *("note reworded", "R01", "Lamp glare", *[""] * 4),
            *("Code first", "Code first", "the lamp (X02)", "the lamp (X01)"),
        ],
    ]


def test_the_file_says_what_is_coded_now_and_is_named_after_the_releases(as_admin, staged):
    assert downloaded(as_admin, staged, show="billable")[1][:7] == [
        *("split into 1", "E11.9", "Type 2 diabetes mellitus without complications", ""),
        *("no", "E11.90", "E11.9 is split into finer codes."),
    ]
    response = as_admin.get(reverse("codesets:release_diff_csv", args=[staged.pk]), {"show": "billable"})
    assert response.headers["Content-Disposition"] == (
        'attachment; filename="icd10cm-april-2026-april-2027-billable.csv"'
    )


@pytest.mark.parametrize("begin", ["=", "+", "-", "@", "\t", "\r"])
def test_no_cell_of_the_file_is_a_formula(as_admin, db, begin):
    title = f"{begin}HYPERLINK(1)"
    release = load("sums", Book(codes=codes(("R00", title, True))))
    assert downloaded(as_admin, release)[1][2] == f"'{title}"


def test_what_is_in_the_books_stays_text_on_the_page(as_admin, db):
    release = load("markup", Book(codes=codes(("R00", "<b>fever</b>", True))))
    url = reverse("codesets:release", args=[release.pk])
    assert "<b>fever" not in as_admin.get(url).content.decode()
    assert '"><i>' not in as_admin.get(url, {"q": '"><i>'}).content.decode()


def test_an_edit_table_has_no_codes_to_compare(as_admin, db):
    for number in (1, 2):
        table = Release.objects.create(
            system=Reference.EDITS,
            table=EditTable.MCE,
            label=f"v{number}",
            state=ReleaseState.STAGED,
            effective_from=date(2026, number, 1),
        )
    assert texts(shown(as_admin, table), "//section/h2") == ["Release Staged", "Publish"]
    response = as_admin.get(reverse("codesets:release_diff_csv", args=[table.pk]))
    assert response.status_code == 404


def test_a_release_whose_import_has_not_finished_shows_no_difference(as_admin, books):
    half = Release.objects.create(system="icd10cm", label="half", effective_from=APRIL_2027)
    assert texts(shown(as_admin, half), "//section[@id='diff']") == []
    assert as_admin.get(reverse("codesets:release_diff_csv", args=[half.pk])).status_code == 404


def test_sections_of_hcpcs_are_its_chapters(as_admin, books, tmp_path):
    again = stage("hcpcs", write_hcpcs(tmp_path), "again", APRIL_2027)
    nothing = publish("hcpcs", write_hcpcs(tmp_path), "later", date(2028, 1, 1))
    assert texts(shown(as_admin, again), TABS)[0] == "Added 0"
    first = Release.objects.get(label="Teaching set")
    found = shown(as_admin, first, against=nothing.pk, chapter="J", show="added")
    assert texts(found, ROWS) == []
    assert texts(shown(as_admin, first, chapter="J"), f"{ROWS}/td[2]") == ["J0696", "J1815"]


def test_as_many_questions_for_many_changes_as_for_few(books, staged, django_assert_num_queries):
    rows = [(f"S{number:02}", f"Paper cut {number}", True) for number in range(90)]
    many = load("many", Book(codes=codes(*rows)), effective_from=APRIL_2027)
    for release, changes in ((staged, 4), (many, 106)):
        difference(release, books, QueryDict())
        # whether both are staged, what was kept, the releases and the chapters to choose from
        with django_assert_num_queries(4):
            found = difference(release, books, QueryDict())
        assert found.found == changes
