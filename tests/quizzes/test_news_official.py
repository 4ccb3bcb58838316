"""April 2026 against April 2025, the official files: what is told of it, and what is asked.

The figures come from the raw files read with XPath, by the expansion of tests.codesets.test_diff_official.
"""

from collections import Counter
from datetime import date
from typing import NamedTuple

import pytest
from django.db import transaction

from codesets import catalog
from codesets.catalog import Digest
from codesets.importers import icd10cm_tabular
from codesets.importers.base import Source, silent
from codesets.services.releases import publish_release
from codesets.systems import normalize
from quizzes.checks import check_specs
from quizzes.kinds.base import option_text
from quizzes.services.news import questions_about
from tests.codesets.importers.test_official import sample, wheel_file
from tests.codesets.loaded import load
from tests.codesets.test_diff_official import CM_2025, Raw, tabular

pytestmark = [pytest.mark.official, pytest.mark.django_db]


class Years(NamedTuple):
    old: Raw
    new: Raw
    digest: Digest


@pytest.fixture(scope="module")
def years(django_db_setup, django_db_blocker):
    """In a transaction around those of the module's tests, rolled back when they are over."""
    files = sample(CM_2025), wheel_file("icd10c-tabular-April-1-2026.xml").read_bytes()
    with django_db_blocker.unblock(), transaction.atomic():
        for data, year in zip(files, (2025, 2026), strict=True):
            book = icd10cm_tabular.parse(Source("tabular.xml", data), silent)
            release = load(f"April {year}", book, effective_from=date(year, 4, 1))
            publish_release(release_id=release.pk, by=None)
        digest = catalog.whats_new_of(release.pk)
        yield Years(*map(tabular, files), digest)
        transaction.set_rollback(True)


def valid(raw: Raw) -> set[str]:
    return {code for code, (_, billable) in raw.codes.items() if billable}


def told(lines) -> list[str]:
    """Every code of some lines, written out."""
    return [
        each
        for line in lines
        for each in (
            [line.code.ljust(6, "X") + character for character in line.seventh]
            if line.seventh
            else [line.code]
        )
    ]


def test_every_new_code_is_told_once(years):
    chapters = years.digest.chapters
    groups = [told(group.lines) for chapter in chapters for group in chapter.came]
    below = [told(split.lines) for chapter in chapters for split in chapter.split]
    counted = Counter(code for group in [*groups, *below] for code in group)
    assert set(counted.values()) == {1}
    assert set(counted) == valid(years.new) - valid(years.old)
    assert years.digest.totals.came == len(counted) == 487
    # 487 codes in 49 groups and 16 that were divided: that is what a student reads.
    assert (len(groups), len(below)) == (49, 16)


def test_what_was_valid_and_is_not_is_told_as_divided_or_gone(years):
    gone = valid(years.old) - valid(years.new)
    chapters = years.digest.chapters
    split = {split.line.code for chapter in chapters for split in chapter.split}
    assert split == {code for code in gone if code in years.new.codes}
    lines = [went.line for chapter in chapters for went in chapter.went]
    deleted = {
        normalize(line.display).ljust(6, "X") + character for line in lines for character in line.seventh
    }
    assert deleted == gone - split
    assert (len(split), len(lines), len(deleted)) == (16, 4, 12)


def test_titles_are_counted_as_they_changed(years):
    both = years.old.codes.keys() & years.new.codes.keys()
    changed = [code for code in both if years.old.codes[code][0] != years.new.codes[code][0]]
    assert years.digest.totals.retitled == len(changed) == 44


def test_the_notes_that_changed_from_excludes1_to_excludes2(years):
    moved = {
        (code, words)
        for code, kind, words in years.old.notes - years.new.notes
        if kind == "excludes1" and (code, "excludes2", words) in years.new.notes - years.old.notes
    }
    found = {
        (note.owner, "".join(word.text for word in line))
        for chapter in years.digest.chapters
        for note in chapter.notes
        if (note.was_kind, note.kind, note.owner_kind) == ("excludes1", "excludes2", "code")
        for line in note.lines
    }
    assert moved - found == set()
    # Mended besides: "methodone" is methadone now, a capital is small, and a dash behind a category is gone.
    assert {code for code, _ in found - moved} == {"Z79891", "J9582", "D7281"}
    assert len(moved) > 40


def test_the_quiz_asks_ten_questions_that_the_books_prove(years):
    specs = questions_about(years.digest)
    assert len(specs) == 10
    assert check_specs(specs) == []
    assert {spec.content.service_date for spec in specs} == {date(2026, 4, 1)}
    fresh = valid(years.new) - valid(years.old)
    for spec in specs:
        (key,) = [option for option in spec.content.options if option["id"] in spec.content.key]
        if "code" not in key:
            continue
        code = normalize(option_text(key))
        title = years.new.codes[code][0]
        assert code in fresh
        wrong = [normalize(option_text(option)) for option in spec.content.options if option is not key]
        assert title not in {years.new.codes[other][0] for other in wrong if years.new.codes[other][1]}


def test_the_quiz_is_the_same_each_time(years):
    assert questions_about(years.digest) == questions_about(catalog.whats_new_of(years.digest.release.id))
