"""The bytes of a first visit to each main student page: the page and everything that it loads."""

import asyncio
import gzip
import re
from collections.abc import Iterable
from html.parser import HTMLParser
from urllib.parse import urljoin, urlsplit

from django.db.models.functions import Length
from django.urls import reverse

from courses.models import Lesson
from quizzes.models import Exam
from quizzes.services.attempts import hand_in
from quizzes.services.starting import start_attempt
from tests.bench import people, wire
from tests.bench.beside import Bench, expect
from tests.bench.people import Student
from tests.bench.report import Row
from tests.bench.wire import Connection, Reply

KEY = "first_visit"
BUDGET = 100  # KB
LONG = f"the sitting of a {people.LONG_ITEMS}-item exam"
ENCODINGS = {"Accept-Encoding": "gzip"}
LOADED_RELS = {"stylesheet", "icon", "modulepreload", "preload", "manifest"}
# In a script whatever is written like a module's path, in a style sheet whatever is loaded.
_NAMED = {
    "javascript": re.compile(r"""["'](\.{0,2}/[^"'\s]+\.js)["']"""),
    "css": re.compile(r"""url\(\s*["']?([^"')\s]+)"""),
}


class Loaded(HTMLParser):
    """What a browser loads with a page: not what a template holds for later."""

    def __init__(self, markup: str) -> None:
        super().__init__()
        self.found: list[str] = []
        self.templates = 0
        self.feed(markup)

    def handle_endtag(self, tag: str) -> None:
        self.templates -= tag == "template"

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.templates += tag == "template"
        if self.templates:
            return
        given = {name: value or "" for name, value in attrs}
        if tag in {"script", "img", "source"} and given.get("src"):
            self.found.append(given["src"])
        elif tag == "link" and LOADED_RELS & set(given.get("rel", "").split()):
            self.found.append(given["href"])


def measure(bench: Bench) -> list[Row]:
    student = people.make_students("visitor", 1)[0]
    long = start_attempt(exam=people.long_exam(), by=student.user)
    pages = {**_pages(student), LONG: reverse("quizzes:attempt", args=[long.pk])}
    sizes = asyncio.run(_visit_all(bench, student, pages))
    beyond = sizes.pop(LONG)
    largest = max(sizes, key=lambda name: sizes[name])
    return [
        Row(
            "first_visit",
            f"first visit, the largest of {len(sizes)} student pages",
            f"{sizes[largest]:.0f} KB",
            sizes[largest],
            "KB",
            BUDGET,
            gate=True,
            note="with style sheets and scripts, as the server sends them to a browser that takes gzip; KB:",
            parts={name: round(size) for name, size in sorted(sizes.items(), key=lambda one: -one[1])},
        ),
        Row(
            "first_visit_long",
            f"first visit, {LONG}",
            f"{beyond:.0f} KB",
            beyond,
            "KB",
            BUDGET,
            gate=False,
        ),
    ]


def _pages(student: Student) -> dict[str, str]:
    """The main pages by name, with an attempt of each kind and a graded one."""
    mock = Exam.objects.get(slug=people.SHORT)
    practice, cases = (Exam.objects.get(slug=slug) for slug in ("icd10cm-first-steps", "cases-emergency"))
    graded = hand_in(attempt_id=start_attempt(exam=mock, by=student.user).pk, by=student.user)
    sitting = start_attempt(exam=mock, by=student.user)
    practicing = start_attempt(exam=practice, by=student.user)
    coding = reverse("quizzes:attempt", args=[start_attempt(exam=cases, by=student.user).pk])
    lesson = (  # the longest
        Lesson.objects.exclude(published=None)
        .select_related("course")
        .order_by(Length("published__body").desc(), "pk")[0]
    )
    return {
        "dashboard": reverse("courses:dashboard"),
        "courses": reverse("courses:courses"),
        "course": reverse("courses:course", args=[lesson.course.slug]),
        "lesson": reverse("courses:lesson", args=[lesson.course.slug, lesson.slug]),
        "progress": reverse("courses:progress"),
        "practice list": reverse("quizzes:practice_list"),
        "practice item": reverse("quizzes:attempt", args=[practicing.pk]),
        "worked case": f"{coding}?item=1",
        "case": f"{coding}?item=6",
        "exam list": reverse("quizzes:exam_list"),
        "exam lobby": reverse("quizzes:exam_lobby", args=[mock.slug]),
        "exam sitting": reverse("quizzes:attempt", args=[sitting.pk]),
        "exam review": reverse("quizzes:attempt_review", args=[sitting.pk]),
        "score report": reverse("quizzes:report", args=[graded.pk]),
        "books": reverse("codesets:books"),
        "code": reverse("codesets:code", args=["icd10cm", "E11.22"]),
        "search": reverse("codesets:search") + "?q=diabetes",
        "help": reverse("courses:help"),
    }


async def _visit_all(bench: Bench, student: Student, pages: dict[str, str]) -> dict[str, float]:
    """KB by page, heads of the replies included. Nothing is kept from one page to the next."""
    async with bench.connect() as connection:
        return {name: await _visit(connection, student, path) / 1024 for name, path in pages.items()}


async def _visit(connection: Connection, student: Student, page: str) -> int:
    waiting, loaded, size = [page], set(), 0
    while waiting:
        path = waiting.pop()
        if path in loaded:
            continue
        loaded.add(path)
        reply = expect(200, await connection.send(wire.get(path, student.cookies, ENCODINGS)))
        size += reply.head_bytes + len(reply.body)
        waiting += _own(path, _named_in(reply))
    return size


def _named_in(reply: Reply) -> list[str]:
    kind = reply.headers.get("content-type", "")
    if "html" in kind:
        return Loaded(_text(reply)).found
    return [
        name for part, pattern in _NAMED.items() if part in kind for name in pattern.findall(_text(reply))
    ]


def _text(reply: Reply) -> str:
    packed = reply.headers.get("content-encoding") == "gzip"
    return (gzip.decompress(reply.body) if packed else reply.body).decode()


def _own(base: str, named: Iterable[str]) -> list[str]:
    """Paths on this server, without fragments; nothing is loaded for a data: address."""
    urls = [urlsplit(urljoin(base, name)) for name in named]
    return [
        url._replace(fragment="").geturl() for url in urls if not url.scheme and not url.netloc and url.path
    ]
