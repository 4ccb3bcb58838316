"""Where a person stands: each item once, by its newest answer; how sure beside how often right."""

import pytest

from quizzes import standing
from quizzes.domains import DOMAINS
from quizzes.kinds import KINDS
from quizzes.models import Exam, Grade, GradingRun
from quizzes.services.attempts import hand_in, reveal
from quizzes.services.starting import start_attempt
from tests.quizzes.school import KEYS, cm, coded_case, make_exam, save


class TestDomainStanding:
    def _standing(self, user):
        return {row.slug: (row.answered, row.right, row.share) for row in standing.domain_standing(user.pk)}

    def test_every_domain_is_there_and_unanswered_items_do_not_count(self, sitting, learner, outsider):
        save(sitting, 1, KEYS[0])
        save(sitting, 2, {"choice": "a"})
        assert self._standing(learner)["icd-10-cm"] == (0, 0, None)
        hand_in(attempt_id=sitting.pk, by=learner)
        stands = self._standing(learner)
        assert stands.pop("icd-10-cm") == (2, 1, 0.5)
        assert set(stands.values()) == {(0, 0, None)}
        assert len(stands) == len(DOMAINS) - 1
        assert self._standing(outsider)["icd-10-cm"] == (0, 0, None)

    def test_an_item_counts_once_by_its_newest_answer(self, mock, learner):
        for answer in ({"choice": "a"}, {"choice": "b"}):
            attempt = start_attempt(exam=mock, by=learner)
            save(attempt, 1, answer)
            hand_in(attempt_id=attempt.pk, by=learner)
        assert self._standing(learner)["icd-10-cm"] == (1, 1, 1.0)

    def test_an_answer_checked_in_practice_counts_at_once_and_a_near_miss_is_not_right(self, drill, learner):
        save(drill, 4, cm("E11.21"))
        save(drill, 1, KEYS[0])
        reveal(attempt_id=drill.pk, position=4, by=learner)
        assert self._standing(learner)["icd-10-cm"] == (1, 0, 0.0)

    def test_the_interval_is_wilsons(self, sitting, learner):
        for position, answer in enumerate(KEYS, start=1):
            save(sitting, position, answer)
        hand_in(attempt_id=sitting.pk, by=learner)
        row = next(row for row in standing.domain_standing(learner.pk) if row.answered)
        assert (row.low, row.high) == pytest.approx((0.5965, 1.0), abs=1e-4)


class TestCalibration:
    def test_each_checked_answer_counts_once_by_its_newest_grade(
        self, drill, learner, outsider, django_assert_num_queries
    ):
        for position, sure in ((1, 4), (2, 4), (3, 2)):
            save(drill, position, {"choice": "a"} if position == 2 else KEYS[position - 1])
            reveal(attempt_id=drill.pk, position=position, by=learner, sure=sure)
        first = Grade.objects.get(response__position=1)
        run = GradingRun.objects.create(item_version=first.item_version, reason="Wrong.", created_by=learner)
        Grade.objects.create(response=first.response, item_version=first.item_version, run=run, credit=0)
        with django_assert_num_queries(1):
            levels = standing.calibration(learner.pk).levels
        assert [(level.sure, level.answers, level.right) for level in levels] == [(4, 2, 0), (2, 1, 1)]
        assert standing.calibration(outsider.pk).levels == ()

    def test_answers_for_which_nobody_was_asked_do_not_count(self, drill, learner):
        save(drill, 1, KEYS[0])
        reveal(attempt_id=drill.pk, position=1, by=learner)
        assert standing.calibration(learner.pk).levels == ()

    def test_a_mock_counts_once_its_keys_are_released(self, sitting, learner):
        save(sitting, 1, KEYS[0], sure=4)
        save(sitting, 2, {"choice": "a"}, sure=4)
        save(sitting, 3, KEYS[2], sure=2)
        sitting.responses.filter(position=3).update(scored=False)
        assert standing.calibration(learner.pk).levels == ()
        hand_in(attempt_id=sitting.pk, by=learner)
        levels = standing.calibration(learner.pk).levels
        assert [(level.sure, level.answers, level.right) for level in levels] == [(4, 2, 1)]
        for release in ("score_only", "by_instructor"):
            Exam.objects.update(release=release)
            assert standing.calibration(learner.pk).levels == ()


def test_what_is_not_released_counts_only_for_those_who_teach(sitting, learner):
    save(sitting, 1, KEYS[0])
    save(sitting, 3, KEYS[2])
    sitting.responses.filter(position=3).update(scored=False)
    hand_in(attempt_id=sitting.pk, by=learner)
    for release, own in (("at_once", [1]), ("by_instructor", []), ("score_only", [])):
        Exam.objects.update(release=release)
        rows = standing.domain_standing(learner.pk)
        assert [row.answered for row in rows if row.answered] == own
        rows = standing.domain_standing(learner.pk, released=False)
        assert [(row.answered, row.right) for row in rows if row.answered] == [(1, 1)]


def test_a_claim_counts_as_right_from_the_industrys_accuracy_on(books, learner):
    exam = make_exam("charts", [coded_case("case")])
    attempt = start_attempt(exam=exam, by=learner)
    save(attempt, 1, KINDS["coded_case"].key_answer(coded_case("case").content))
    hand_in(attempt_id=attempt.pk, by=learner)
    for credit, right in ((1, 1), ("0.95", 1), ("0.94", 0)):
        Grade.objects.update(credit=credit)
        assert [row.right for row in standing.domain_standing(learner.pk) if row.answered] == [right]
