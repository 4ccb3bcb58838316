import asyncio
import json
import re
from dataclasses import replace
from random import Random

import pytest
from django.contrib.auth import get_user
from django.db import transaction
from django.test import Client, override_settings
from django.urls import reverse

from quizzes.models import Exam
from tests.bench import people, report, sitting_load, wire
from tests.bench.beside import UnexpectedReply
from tests.bench.first_visit import Loaded
from tests.bench.meter import percentile
from tests.bench.report import Row
from tests.bench.sitting_load import Sitter, Tally, differing
from tests.bench.wire import Connection
from tests.quizzes import school

GATE = Row("save_cpu", "saving: CPU", "6.0 ms", 2.4, "x", 2.5, gate=True, note="against 2.5 ms")
AIM = Row("save_rate", "saving: rate", "160", 160.0, "a second", 150, gate=False, at_least=True)


@pytest.mark.parametrize(
    ("row", "verdict", "code"),
    [
        (GATE, "ok", 0),
        (replace(GATE, measured=2.5), "ok", 0),
        (replace(GATE, measured=2.51), "over", 1),
        (AIM, "ok", 0),
        (replace(AIM, measured=149.9), "aim missed", 0),
        (replace(AIM, measured=149.9, gate=True), "over", 1),
        (report.broken("saving", ValueError("no\nanswer")), "broken", 1),
    ],
)
def test_a_gate_that_is_over_or_a_broken_measurement_fails_the_run_and_a_missed_aim_does_not(
    row, verdict, code
):
    kept = Row("other", "other", "1", 1.0, "", 15, gate=True)
    assert row.verdict == verdict
    assert report.exit_code([kept, row, kept]) == code
    assert f"  {verdict}" in report.table([row])


def test_the_json_has_each_row_with_its_verdict():
    given = json.loads(report.as_json([GATE, replace(AIM, measured=90.0)], {"seconds": 3}))
    assert given["seconds"] == 3
    assert [(row["key"], row["measured"], row["verdict"]) for row in given["rows"]] == [
        ("save_cpu", 2.4, "ok"),
        ("save_rate", 90.0, "aim missed"),
    ]


def test_the_table_says_figure_budget_ratio_and_verdict_of_each_row():
    head, gate, note, aim = report.table([GATE, AIM]).splitlines()
    assert head.split() == ["what", "figure", "budget", "ratio"]
    assert re.split(r" {2,}", gate) == ["saving: CPU", "6.0 ms", "at most 2.5x", "2.4x", "ok"]
    assert note.strip() == "against 2.5 ms"
    assert "at least 150 a second (aim)" in aim


def test_a_percentile_is_a_value_that_was_measured():
    values = [float(value) for value in range(1, 101)]
    assert [percentile(values, percent) for percent in (1, 50, 95, 100)] == [1.0, 50.0, 95.0, 100.0]
    assert percentile([7.0], 95) == 7.0


def test_a_page_loads_its_styles_scripts_and_pictures_and_follows_no_link():
    markup = (
        '<link rel="stylesheet" href="/a.css"><link rel="canonical" href="/b"><script src="/c.js"></script>'
        '<a href="/d">d</a><img src="/e.svg" alt="">'
    )
    assert Loaded(markup).found == ["/a.css", "/c.js", "/e.svg"]


@override_settings(ROOT_URLCONF="tests.bench.urls")
def test_the_yardstick_pays_for_the_session_its_user_and_one_trip(client, learner, django_assert_num_queries):
    client.force_login(learner)
    with django_assert_num_queries(3) as sent:
        assert client.get(reverse("yardstick")).content == b"1"
    assert sent[-1]["sql"] == "SELECT 1"


def test_a_student_of_the_bench_is_signed_in(db):
    mine, other = people.make_students("signed-in", 2)
    client = Client()
    client.cookies.load(mine.cookies)
    request = client.get(reverse("accounts_api:csrf")).wsgi_request
    assert get_user(request) == mine.user != other.user


def test_the_load_is_drawn_where_the_shipped_form_can_be_and_listed_where_it_cannot(db):
    school.make_release()
    school.make_items([school.single_best("one"), school.single_best("two")])
    with transaction.atomic():
        listed = people.load_exam()
        assert (listed.slug, listed.sections.filter(draws=None).count()) == (people.LOAD, 50)
        transaction.set_rollback(True)
    shipped = school.make_drawn_exam(people.DRAWN, {"icd-10-cm": 2}, minutes=9)
    drawn = people.load_exam()
    assert (drawn.slug, [one.draws for one in drawn.sections.all()]) == (people.LOAD, [2])
    assert people.load_exam() == drawn != shipped
    assert shipped.sections.count() == 1


FIRST, CHANGED, OTHER = (1, {"choice": "a"}), (2, {"choice": "b"}), (2, {"choice": "c"})
HERE = ("attempt", 7)


@pytest.mark.parametrize(
    ("told", "unheard", "kept", "is_lost"),
    [
        (CHANGED, None, CHANGED, False),
        (CHANGED, None, FIRST, True),
        (CHANGED, None, OTHER, True),
        (CHANGED, None, None, True),
        (FIRST, CHANGED, FIRST, False),
        (FIRST, CHANGED, CHANGED, False),
        (FIRST, CHANGED, OTHER, True),
        (None, FIRST, FIRST, False),
        (None, FIRST, None, False),
        (None, None, FIRST, True),
    ],
)
def test_what_is_kept_is_what_was_acknowledged_or_the_one_save_that_was_not_answered(
    told, unheard, kept, is_lost
):
    there = [{HERE: save} if save else {} for save in (told, unheard, kept)]
    assert differing(*there) == ([HERE] if is_lost else [])


def _sitter(host="", port=0, answers=()):
    student = people.Student(user=None, cookies={})
    return Sitter(student, Exam(slug="form"), answers, Connection(host, port), Tally(), Random(1))


def test_a_sitter_answers_item_after_item_and_changes_every_fourth_save_an_answer():
    sitter = _sitter(answers=["a", "b", "c"])
    went = []
    for _ in range(12):
        position, body = sitter.next_save()
        revision, before = sitter.told.get(position, (0, None))
        assert body["revision"] == revision + 1
        assert body["answer"] != before
        went.append(revision == 0)
        sitter.told[position] = body["revision"], body["answer"]
    assert went == [True, True, True, False] * 3
    assert sorted(sitter.told) == list(range(1, 10))


KEPT = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}"
BUSY = b"HTTP/1.1 503 Busy\r\nContent-Length: 0\r\n\r\n"


async def _ask(replies):
    """Asks a server that gives these replies, and hangs up where there is none."""
    asked, left = [], list(replies)

    async def answer(reader, writer):
        while left:
            asked.append(await reader.readuntil(b"\r\n\r\n"))
            reply = left.pop(0)
            if reply is None:
                break
            writer.write(reply)
        writer.close()

    async with await asyncio.start_server(answer, "127.0.0.1", 0) as server:
        sitter = _sitter(*server.sockets[0].getsockname())
        try:
            return sitter, await sitter.ask(wire.get("/", {})), asked
        finally:
            sitter.line.close()


def test_what_was_lost_or_refused_is_sent_again_as_it_was(monkeypatch):
    monkeypatch.setattr(sitting_load, "RETRY", (0, 0, 0))
    sitter, reply, asked = asyncio.run(_ask([None, BUSY, KEPT]))
    assert (reply.status, reply.body, len(asked), len(set(asked))) == (200, b"{}", 3, 1)
    assert (sitter.tally.again, sitter.line.opened) == (2, 2)


def test_a_server_that_never_takes_it_breaks_the_measurement(monkeypatch):
    monkeypatch.setattr(sitting_load, "RETRY", (0, 0))
    with pytest.raises(UnexpectedReply, match="sent 2 times"):
        asyncio.run(_ask([BUSY, BUSY, KEPT]))
