"""The live list and extra time as an instructor's browser sees them."""

import re

import pytest
from django.urls import reverse

from quizzes.models import Attempt, ExtraTime
from quizzes.pulse import presence
from quizzes.services.attempts import hand_in
from quizzes.services.starting import start_attempt
from tests.quizzes.school import KEYS, SECRETS, move, save

B = {"choice": "b"}
LIST = reverse("quizzes:sittings", args=["mock"])
ROWS = reverse("quizzes:sittings_rows", args=["mock"])
GIVE = reverse("quizzes:extra_time", args=["mock"])


@pytest.fixture
def teacher(client, instructor, cohort):
    client.force_login(instructor)
    return client


def _known(checked) -> dict[str, str]:
    """What the confirmation says it took into account."""
    found = re.search(r'name="known" value="(\d+)"', checked.content.decode())
    assert found
    return {"known": found[1]}


def text(response) -> str:
    page = re.sub(r"<(script|style).*?</\1>", "", response.content.decode(), flags=re.S)
    return " ".join(re.sub(r"<[^>]+>", " ", page).split())


class TestLists:
    def test_the_exams_that_are_sat_now(self, teacher, sitting):
        page = teacher.get(reverse("quizzes:sitting_list"))
        assert f'href="{LIST}"' in page.content.decode()
        hand_in(attempt_id=sitting.pk, by=sitting.user)
        assert "Nobody sits an exam now." in text(teacher.get(reverse("quizzes:sitting_list")))

    def test_a_sitting_leads_to_the_results_of_its_exam(self, teacher, sitting):
        page = teacher.get(LIST).content.decode()
        for name in ("exam_results", "exam_items"):
            assert f'href="{reverse(f"quizzes:{name}", args=["mock"])}"' in page

    def test_a_row_says_how_it_goes(self, teacher, sitting):
        save(sitting, 1, B, flagged=True)
        page = text(teacher.get(LIST))
        assert "1 sits this exam, 0 connected, 1 not connected" in page
        row = re.search(r"Dana Ruiz (.*?) none Extra time", page)
        assert row
        assert re.fullmatch(r"Not connected \d s ago 1 of 4 1 1[12] min, until \d\d:\d\d", row[1]), row[1]
        presence().seen(sitting.pk)
        assert "Dana Ruiz Connected" in text(teacher.get(LIST))

    def test_the_fragment_is_the_table_and_the_summary_alone(self, teacher, sitting):
        fragment = teacher.get(ROWS).content.decode()
        assert "<html" not in fragment
        assert fragment.count("<table") == fragment.count('hx-swap-oob="true"') == 1
        assert f'id="pick-{sitting.pk}"' in fragment

    def test_it_refreshes_until_it_is_told_not_to(self, teacher, sitting):
        assert f'hx-get="{ROWS}?page=1" hx-trigger="every 10s"' in teacher.get(LIST).content.decode()
        assert "hx-trigger" not in teacher.get(f"{LIST}?live=0").content.decode()

    def test_a_look_closes_what_no_worker_did(self, teacher, sitting):
        move(sitting, minutes=12, seconds=31)
        assert "Dana Ruiz Time was up" in text(teacher.get(ROWS))
        sitting.refresh_from_db()
        assert (sitting.close_reason, sitting.finished_at) == ("time_up", sitting.deadline_at)

    def test_shows_no_answer_no_key_and_not_which_items_count(self, teacher, sitting):
        for position, key in enumerate(KEYS, start=1):
            save(sitting, position, key, note="my own words")
        before = teacher.get(ROWS).content.decode()
        sitting.responses.filter(position=2).update(scored=False)
        after = teacher.get(ROWS).content.decode()
        assert "4 of 4" in before
        varying = r"\d+ s ago|\d\d:\d\d(:\d\d)?|datetime=\"[^\"]*\""
        assert re.sub(varying, "", before) == re.sub(varying, "", after)
        words = (*SECRETS, "my own words", "E11.22", "mock-first")
        assert [word for word in words if word in before] == []

    def test_other_peoples_students_are_not_there(self, teacher, mock, outsider):
        start_attempt(exam=mock, by=outsider)
        for url in (LIST, ROWS, reverse("quizzes:sitting_list")):
            assert "Otto" not in text(teacher.get(url))

    def test_there_is_no_list_of_practice_or_of_nothing(self, teacher, practice):
        for slug in ("practice", "none-such"):
            assert teacher.get(reverse("quizzes:sittings", args=[slug])).status_code == 404
            assert teacher.get(reverse("quizzes:sittings_rows", args=[slug])).status_code == 404
            assert teacher.post(reverse("quizzes:extra_time", args=[slug])).status_code == 404

    def test_an_exam_of_others_is_not_there(self, teacher, mock, sitting, cohort):
        """Though a student of theirs sits it, and its title is not told."""
        mock.cohorts.add(type(cohort).objects.create(name="Evening"))
        assert [teacher.get(url).status_code for url in (LIST, ROWS)] == [404, 404]
        assert teacher.post(GIVE, {"to": "all"}).status_code == 404
        assert "Nobody sits an exam now." in text(teacher.get(reverse("quizzes:sitting_list")))

    def test_a_draft_of_others_is_not_there(self, teacher, mock):
        mock.published = False
        mock.save()
        assert [teacher.get(url).status_code for url in (LIST, ROWS)] == [404, 404]

    def test_the_same_queries_for_one_row_and_for_many(
        self, client, admin, mock, sitting, outsider, instructor, django_assert_num_queries
    ):
        client.force_login(admin)

        def ask():
            client.get(LIST)
            Attempt.objects.update(extra_time_percent=50)
            with django_assert_num_queries(8):  # session, user, exam, and five of the list
                client.get(ROWS)
            with django_assert_num_queries(10):  # two more of the frame: books in force, items to review
                return text(client.get(LIST)).count("until")

        assert ask() == 1
        for person in (outsider, instructor, admin):
            start_attempt(exam=mock, by=person)
        assert ask() == 4


class TestExtraTime:
    def _steps(self, client, **whom):
        asked = client.post(GIVE, whom)
        fields = {**whom, "minutes": "15", "reason": "The fire alarm went off."}
        checked = client.post(GIVE, {**fields, "step": "check"})
        assert not ExtraTime.objects.exists()
        given = client.post(GIVE, {**fields, **_known(checked), "step": "give"}, follow=True)
        return text(asked), text(checked), text(given)

    def test_for_one(self, teacher, sitting):
        presence().seen(sitting.pk)
        asked, checked, given = self._steps(teacher, only=str(sitting.pk))
        assert "For Dana Ruiz." in asked
        assert "15 more minutes for Dana Ruiz?" in checked
        assert "Why: The fire alarm went off." in checked
        assert "Dana Ruiz has 15 more minutes." in given
        assert re.search(r"15 min by Moji Adeyemi, \d\d:\d\d: The fire alarm went off\.", given)
        row = ExtraTime.objects.get()
        assert (row.attempt_id, row.minutes, row.granted_by.name) == (sitting.pk, 15, "Moji Adeyemi")

    def test_only_one_though_others_are_ticked(self, client, admin, mock, sitting, outsider):
        client.force_login(admin)
        other = start_attempt(exam=mock, by=outsider)
        asked, *_ = self._steps(client, only=str(sitting.pk), attempt=[str(other.pk), str(sitting.pk)])
        assert "For Dana Ruiz." in asked
        assert ExtraTime.objects.get().attempt_id == sitting.pk

    def test_for_those_ticked(self, client, admin, mock, sitting, outsider, instructor):
        client.force_login(admin)
        other, _ = (start_attempt(exam=mock, by=one) for one in (outsider, instructor))
        *_, given = self._steps(client, attempt=[str(other.pk), str(sitting.pk)])
        assert "Dana Ruiz and Otto Lind have 15 more minutes." in given
        assert set(ExtraTime.objects.values_list("attempt_id", flat=True)) == {other.pk, sitting.pk}

    def test_for_all_who_sit(self, client, admin, mock, sitting, outsider):
        client.force_login(admin)
        start_attempt(exam=mock, by=outsider)
        asked, checked, given = self._steps(client, to="all")
        assert "For all 2 who sit it now." in asked
        assert "15 more minutes for all 2 students?" in checked
        assert "Dana Ruiz and Otto Lind have 15 more minutes." in given
        assert ExtraTime.objects.count() == 2

    def test_a_form_sent_twice_gives_once(self, teacher, sitting):
        fields = {"only": str(sitting.pk), "minutes": "10", "reason": "x"}
        fields |= _known(teacher.post(GIVE, {**fields, "step": "check"}))
        teacher.post(GIVE, {**fields, "step": "give"})
        again = text(teacher.post(GIVE, {**fields, "step": "give"}, follow=True))
        assert "Dana Ruiz was given extra time after you looked, and got none now." in again
        assert ExtraTime.objects.count() == 1
        anew = teacher.post(GIVE, {**fields, "step": "check"})
        teacher.post(GIVE, {**fields, **_known(anew), "step": "give"})
        assert ExtraTime.objects.count() == 2

    def test_without_a_confirmation_it_is_asked_for(self, teacher, sitting):
        fields = {"only": str(sitting.pk), "minutes": "10", "reason": "x", "step": "give"}
        assert "10 more minutes for Dana Ruiz?" in text(teacher.post(GIVE, fields))
        assert not ExtraTime.objects.exists()

    def test_the_confirmation_says_until_when(self, teacher, sitting):
        Attempt.objects.update(deadline_at="2031-03-04T20:00:00Z")
        fields = {"only": str(sitting.pk), "minutes": "90", "reason": "x", "step": "check"}
        page = text(teacher.post(GIVE, fields))
        assert "Ends now at Will end at Dana Ruiz 4 Mar, 15:00 4 Mar, 16:30" in page
        assert "America/New_York" in page

    @pytest.mark.parametrize(
        ("changes", "words"),
        [
            ({"minutes": "0"}, "greater than or equal to 1"),
            ({"minutes": "601"}, "less than or equal to 600"),
            ({"minutes": ""}, "Say how many minutes"),
            ({"reason": "  "}, "Say why the extra time is given."),
        ],
    )
    @pytest.mark.parametrize("step", ["check", "give"])
    def test_what_does_not_fit_is_said_and_nothing_is_given(self, teacher, sitting, changes, words, step):
        fields = {"only": str(sitting.pk), "minutes": "5", "reason": "x", "step": step, **changes}
        assert words in text(teacher.post(GIVE, fields))
        assert not ExtraTime.objects.exists()

    def test_nobody_is_chosen_or_chosen_too_late(self, teacher, sitting):
        words = "Nobody was ticked who still sits this exam."
        assert words in text(teacher.post(GIVE, follow=True))
        hand_in(attempt_id=sitting.pk, by=sitting.user)
        fields = {"attempt": str(sitting.pk), "minutes": "5", "reason": "x", "step": "give"}
        assert words in text(teacher.post(GIVE, fields, follow=True))
        assert teacher.post(GIVE, {"attempt": "x"}).status_code == 404
        assert not ExtraTime.objects.exists()

    def test_somebody_elses_student_gets_none(self, teacher, mock, sitting, outsider):
        other = start_attempt(exam=mock, by=outsider)
        fields = {"minutes": "5", "reason": "x", "known": "0", "step": "give"}
        teacher.post(GIVE, {**fields, "attempt": [str(other.pk), str(sitting.pk)]})
        fields["known"] = str(ExtraTime.objects.get().pk)
        teacher.post(GIVE, {**fields, "to": "all"})
        assert set(ExtraTime.objects.values_list("attempt_id", flat=True)) == {sitting.pk}

    def test_students_may_not(self, client, sitting):
        client.force_login(sitting.user)
        assert client.post(GIVE, {"only": str(sitting.pk)}).status_code == 403
        assert client.get(LIST).status_code == client.get(ROWS).status_code == 403
