"""The page of a sitting, and the start of an attempt at an exam of 100 items."""

import asyncio

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from quizzes.models import Attempt, Exam, Response
from quizzes.services.starting import start_attempt
from tests.bench import people, wire
from tests.bench.beside import Bench, UnexpectedReply, beside_yardstick
from tests.bench.report import Row

KEY = "exam"
PAGES = 100
STARTS = 100


def measure(bench: Bench) -> list[Row]:
    long = people.long_exam()
    short = Exam.objects.get(slug=people.SHORT)
    return [
        _page(bench, short, "exam_page", gate=True),
        _page(bench, long, "exam_page_long", gate=False),
        _start_statements(long),
        _start(bench, long),
    ]


def _page(bench: Bench, exam: Exam, key: str, *, gate: bool) -> Row:
    student = people.make_students(key, 1)[0]
    attempt = start_attempt(exam=exam, by=student.user)
    asked = [wire.get(reverse("quizzes:attempt", args=[attempt.pk]), student.cookies)] * PAGES
    sizes: list[int] = []
    subject, yard = asyncio.run(
        beside_yardstick(bench, student, asked, see=lambda reply: sizes.append(len(reply.body)))
    )
    return Row(
        key,
        f"exam page, {attempt.responses.count()} items: CPU",
        f"{subject.cpu_ms:.1f} ms",
        subject.cpu_ms / yard.cpu_ms,
        "x",
        6,
        gate=gate,
        note=f"against {yard.cpu_ms:.1f} ms; wall p50 {subject.wall_ms(50):.1f} ms; "
        f"{sizes[0] / 1024:.0f} KB of HTML",
    )


def _start_statements(exam: Exam) -> Row:
    """Everything that is sent to PostgreSQL, session, user and transaction included."""
    student = people.make_students("counted", 1)[0]
    client = Client(SERVER_NAME="localhost")
    for name, value in student.cookies.items():
        client.cookies[name] = value
    with CaptureQueriesContext(connection) as sent:
        response = client.post(reverse("quizzes:exam_start", args=[exam.slug]))
    kept = Response.objects.filter(attempt__user=student.user).count()
    if response.status_code != 302 or kept != people.LONG_ITEMS:
        raise UnexpectedReply(f"the start gave {response.status_code} and {kept} responses")
    return Row(
        "start_statements",
        f"start of a {people.LONG_ITEMS}-item attempt: statements",
        str(len(sent)),
        len(sent),
        "",
        15,
        gate=True,
    )


def _start(bench: Bench, exam: Exam) -> Row:
    students = people.make_students("starter", STARTS)
    path = reverse("quizzes:exam_start", args=[exam.slug])
    asked = [wire.send("POST", path, student.cookies) for student in students]
    subject, yard = asyncio.run(beside_yardstick(bench, students[0], asked, status=302))
    begun = Attempt.objects.filter(user__in=[student.user for student in students]).count()
    if begun != STARTS:
        raise UnexpectedReply(f"{begun} attempts stand after {STARTS} starts")
    return Row(
        "start_cost",
        f"start of a {people.LONG_ITEMS}-item attempt: CPU",
        f"{subject.cpu_ms:.1f} ms",
        subject.cpu_ms / yard.cpu_ms,
        "x",
        10,
        gate=True,
        note=f"against {yard.cpu_ms:.1f} ms; wall p50 {subject.wall_ms(50):.1f} ms",
    )
