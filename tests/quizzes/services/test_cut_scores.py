"""Cut scores are added with their reason, and set the exam's pass mark for attempts to come."""

from datetime import datetime, timedelta
from decimal import Decimal

import pytest

from accounts.models import AuditEntry
from quizzes.angoff import Rating
from quizzes.errors import CutScoreRefused
from quizzes.models import Blueprint, CutScore, Exam
from quizzes.packs import read_exam
from quizzes.services.cut_scores import set_angoff, set_stated
from quizzes.services.exams import follow_blueprint, save_exam
from quizzes.services.starting import start_attempt
from tests.quizzes.school import server_now


@pytest.fixture
def own(mock, instructor):
    Exam.objects.filter(pk=mock.pk).update(created_by=instructor)
    mock.refresh_from_db()
    return mock


def test_a_stated_percentage_is_rounded_and_kept_with_its_reason(own, instructor, learner):
    before = start_attempt(exam=own, by=learner)
    cut = set_stated(exam_id=own.pk, percent=Decimal("64.50"), reason="Board, 3 May.", by=instructor)
    own.refresh_from_db()
    before.refresh_from_db()
    assert (own.pass_mark, before.pass_mark) == (65, 70)
    assert (cut.percent, cut.method, cut.reason, cut.ratings) == (
        Decimal("64.50"),
        "stated",
        "Board, 3 May.",
        [],
    )
    entry = AuditEntry.objects.get(action="quizzes.exam.cut_score")
    assert (entry.actor_id, entry.reason) == (instructor.pk, "Board, 3 May.")
    assert (entry.before, entry.after["pass_mark"]) == ({"pass_mark": 70}, 65)


def test_it_is_dated_by_the_clock_that_dates_starts(own, instructor, monkeypatch):
    """The web server's clock is a day behind."""

    class Behind(datetime):
        @classmethod
        def now(cls, tz=None):
            return datetime.now(tz) - timedelta(days=1)

    monkeypatch.setattr("django.utils.timezone.datetime", Behind)
    before = server_now()
    cut = set_stated(exam_id=own.pk, percent=Decimal(65), reason="Board.", by=instructor)
    assert before < cut.set_at < server_now()


def test_angoff_keeps_the_ratings_and_the_newest_counts(own, instructor):
    set_stated(exam_id=own.pk, percent=Decimal(60), reason="For now.", by=instructor)
    ratings = [Rating("Ann", "mock-first", Decimal(70)), Rating("Bo", "mock-first", Decimal(77))]
    set_angoff(exam_id=own.pk, ratings=ratings, reason="Two judges.", by=instructor)
    own.refresh_from_db()
    assert own.pass_mark == 74
    newest, first = own.cut_scores.all()
    assert (newest.method, newest.percent, first.percent) == ("angoff", Decimal("73.50"), Decimal(60))
    assert newest.ratings[1] == {"judge": "Bo", "item": "mock-first", "percent": "77"}


def test_only_its_maker_or_an_admin_sets_it(mock, instructor, admin):
    with pytest.raises(CutScoreRefused):
        set_stated(exam_id=mock.pk, percent=Decimal(60), reason="Mine.", by=instructor)
    assert not CutScore.objects.exists()
    set_stated(exam_id=mock.pk, percent=Decimal(60), reason="The school's.", by=admin)
    assert Exam.objects.get(pk=mock.pk).pass_mark == 60


def test_a_mark_of_nothing_is_refused(own, instructor):
    ratings = [Rating("Ann", "mock-first", Decimal(0)), Rating("Bo", "mock-first", Decimal("0.5"))]
    with pytest.raises(CutScoreRefused, match="comes to 0%"):
        set_angoff(exam_id=own.pk, ratings=ratings, reason="Low.", by=instructor)
    own.refresh_from_db()
    assert (own.pass_mark, CutScore.objects.count()) == (70, 0)


def test_neither_a_pack_nor_a_blueprint_takes_the_place_of_a_cut_score(own, instructor):
    figures = {"source": "Drawn by hand.", "source_on": "2026-01-01", "minutes": 12, "sections": []}
    was = Blueprint.objects.create(slug="own", title="Own", pass_mark=64, **figures)
    Exam.objects.filter(pk=own.pk).update(blueprint=was)
    set_stated(exam_id=own.pk, percent=Decimal(64), reason="Board.", by=instructor)
    changed = Blueprint.objects.get(pk=was.pk)
    changed.pass_mark = 75
    follow_blueprint(blueprint=changed, was=was, by=None)
    section = {"title": "Section 1", "domain": "icd-10-cm", "items": ["mock-first"]}
    row = {"slug": own.slug, "title": "Anew", "mode": "mock", "summary": "Of a pack.", "minutes": 12}
    spec, _ = read_exam({**row, "pass_mark": 80, "sections": [section]})
    save_exam(spec=spec)
    own.refresh_from_db()
    assert (own.title, own.pass_mark) == ("Anew", 64)
