"""Every byte that a browser receives in a sitting is recorded, and searched for each key and rationale."""

import base64
import json
import re
import socket
import threading
from collections.abc import Iterator
from contextlib import suppress
from urllib.parse import urlsplit

import pytest
import redis
from django.conf import settings
from django.db import connection
from django.urls import reverse
from django.utils.html import escape
from playwright.sync_api import Page, expect

from quizzes.models import Attempt, Exam, Release, Response
from quizzes.services.releases import release_exam
from tests.quizzes import school

pytestmark = pytest.mark.django_db(transaction=True)

# Names that only grading data carries, as JSON and as attributes of a page.
NAMES = (
    "key|keys|why|rationale|accept|accepted|credit|correct|verdicts?|scores?|scored|unscored|passed|references"
    "|alternatives?|support|not_coded|misconception"
)
NAMED = re.compile(rf"""(?:"|&quot;)({NAMES})(?:"|&quot;)\s*:|\sdata-({NAMES})[\s=>]""")
QUERIES = [
    {"id": "a", "text": "Query a?", "why": "WHYTEXT query a", "misconception": "WHYTEXT belief a"},
    {"id": "b", "text": "Query b?", "why": "WHYTEXT query b"},
]
KEPT_ON_DEVICE = """async () => {
    const bases = await Promise.all((await indexedDB.databases()).map(({ name }) => new Promise((done) => {
        const request = indexedDB.open(name);
        request.onsuccess = () => {
            const base = request.result;
            const names = [...base.objectStoreNames];
            Promise.all(names.map((name) => new Promise((read) => {
                const all = base.transaction(name).objectStore(name).getAll();
                all.onsuccess = () => read(all.result);
            }))).then((rows) => { base.close(); done([name, names, rows]); });
        };
    })));
    const caches_ = await Promise.all((await caches.keys()).map(async (name) => {
        const cache = await caches.open(name);
        const pages = await cache.matchAll();
        return [name, await Promise.all(pages.map((page) => page.text()))];
    }));
    const workers = (await navigator.serviceWorker?.getRegistrations() ?? []).length;
    return { bases, caches: caches_, workers, local: { ...localStorage }, session: { ...sessionStorage } };
}"""


class Recorder:
    """A port that passes everything on to the server and keeps every byte that comes back."""

    def __init__(self, server: str) -> None:
        self._server = urlsplit(server)
        self._listener = socket.create_server(("localhost", 0))
        self.url = f"http://localhost:{self._listener.getsockname()[1]}"
        self._streams: list[bytearray] = []  # of each connection
        threading.Thread(target=self._listen, daemon=True).start()

    def _listen(self) -> None:
        with suppress(OSError):
            while True:
                browser, _ = self._listener.accept()
                server = socket.create_connection((self._server.hostname, self._server.port))
                sent, received = bytearray(), bytearray()
                self._streams.append(received)
                for source, target, record in ((browser, server, sent), (server, browser, received)):
                    threading.Thread(target=_pass_on, args=(source, target, record), daemon=True).start()

    def received(self) -> str:
        """All of it, as it stood on the wire."""
        text = "\n".join(stream.decode("utf-8", "replace") for stream in self._streams)
        assert not re.search(r"(?im)^content-encoding:", text), "what is compressed cannot be searched"
        return text

    def close(self) -> None:
        self._listener.close()


def _pass_on(source: socket.socket, target: socket.socket, record: bytearray) -> None:
    with suppress(OSError):
        while data := source.recv(65536):
            record += data
            target.sendall(data)
    with suppress(OSError):
        target.shutdown(socket.SHUT_WR)


@pytest.fixture
def form(transactional_db, admin) -> Exam:
    """Every kind of item, one that does not count among them; the report waits for the instructor."""
    school.make_release()
    claims = [
        school.coded_case("case", options=QUERIES, key=school.claim_key(query="b")),
        school.audit("audited"),
        school.sequencing("ordered"),
    ]
    exam = school.make_exam("mock", [*school.mixed("mock"), *claims], minutes=30)
    Exam.objects.filter(pk=exam.pk).update(release=Release.BY_INSTRUCTOR)
    return exam


@pytest.fixture
def recorder(live_server) -> Iterator[Recorder]:
    recorder = Recorder(live_server.url)
    yield recorder
    recorder.close()


@pytest.fixture
def seat(page: Page, recorder, sign_in, learner, context) -> Page:
    """Signed in by way of the recorder. Cookies know no ports; nothing comes compressed."""
    sign_in(learner)
    context.set_extra_http_headers({"Accept-Encoding": "identity"})
    page.set_default_timeout(60_000)
    return page


def secrets(exam: Exam) -> set[str]:
    """Each sentence of an item's key and rationale that stands in nothing that a student may see."""

    def sentences(value) -> Iterator[str]:
        if isinstance(value, dict):
            for name, inner in value.items():
                if name in {"why", "misconception"}:
                    yield inner
                else:
                    yield from sentences(inner)
        elif isinstance(value, list):
            for inner in value:
                yield from sentences(inner)

    found: set[str] = set()
    for response in Response.objects.filter(attempt__exam=exam).select_related("item_version"):
        version = response.item_version
        found |= {version.rationale, *sentences([version.options, version.key, version.accept])}
    assert all(found)
    return found


def server_side() -> str:
    """What stands in Valkey and in the database's cache, sessions and jobs of the queue included."""
    client = redis.Redis.from_url(settings.CACHES["limits"]["LOCATION"])
    read = {b"string": client.get, b"list": lambda key: client.lrange(key, 0, -1), b"hash": client.hgetall}
    found = [str((key, read.get(client.type(key), client.dump)(key))) for key in client.scan_iter()]
    with connection.cursor() as cursor:
        cursor.execute("SELECT cache_key, value FROM accounts_cache")
        found += [f"{key} {base64.b64decode(value)!r}" for key, value in cursor.fetchall()]
    return "\n".join(found)


def said(seat: Page) -> None:
    expect(seat.locator("[data-item]:not([hidden]) [data-save]")).to_contain_text("Saved ")


def sit(seat: Page, url: str, exam: Exam) -> str:
    """The whole sitting, every item answered; gives what the device keeps in the middle of it."""
    seat.goto(url + reverse("quizzes:exam_list"))
    seat.goto(url + reverse("quizzes:exam_lobby", args=[exam.slug]))
    expect(seat.locator('[data-check="clock"]')).to_have_attribute("data-state", "good")
    seat.get_by_role("button", name="Start the exam").click()
    seat.wait_for_selector("[data-ready]")
    attempt = Attempt.objects.get(exam=exam)
    Response.objects.filter(attempt=attempt, position=2).update(scored=False)
    seat.reload()
    seat.wait_for_selector("[data-ready]")

    seat.keyboard.press("b")
    seat.keyboard.press("f")
    said(seat)
    school.save(attempt, 2, {"choice": "c"})  # another device was faster: the page hears what is kept
    seat.keyboard.press("j")
    seat.keyboard.press("a")
    seat.get_by_role("button", name="The one from here").click()
    said(seat)
    seat.keyboard.press("j")
    seat.keyboard.press("b")
    seat.keyboard.press("e")
    said(seat)
    seat.keyboard.press("j")
    seat.locator("#code-4").fill("E11.22")
    said(seat)
    for position in (5, 6):
        seat.keyboard.press("Escape")
        seat.locator(f"[data-go='{position}']").click()
        seat.locator(f"[data-item='{position}'] [name=dx-1-code]").fill("H65.01")
        seat.locator(f"[data-item='{position}'] [name=dx-1-code]").blur()
        said(seat)
    seat.locator("[data-go='7']").click()
    seat.locator("[data-item='7'] [data-sequence] button").last.click()
    said(seat)

    seat.locator("[data-book-open]").click()
    expect(seat.locator("[data-book-pane]")).to_be_visible()
    expect(seat.locator("[data-book-pane]")).not_to_contain_text("did not answer")
    seat.wait_for_timeout(1500)
    seat.context.set_offline(True)
    seat.locator("[data-go='1']").click()
    seat.keyboard.press("d")
    expect(seat.locator("[data-item='1'] [data-save]")).to_contain_text("kept on this device")
    device = json.dumps(seat.evaluate(KEPT_ON_DEVICE))
    seat.context.set_offline(False)
    said(seat)
    # what the page asks when its clock changed
    seat.evaluate("async (url) => (await fetch(url)).text()", f"/api/v1/attempts/{attempt.pk}/clock/")
    seat.locator("[data-review]").click()
    seat.get_by_label("I have finished.").check()
    seat.get_by_role("button", name="Hand in", exact=True).click()
    expect(seat.get_by_role("heading", level=1)).to_have_text("Mock: handed in")
    seat.goto(url + reverse("quizzes:exam_list"))
    for name in ("quizzes:report_pdf", "quizzes:report_csv"):
        seat.request.get(url + reverse(name, args=[attempt.pk]))
    for refused in ("clock/", "", "submit/"):
        seat.evaluate("async (url) => (await fetch(url)).text()", f"/api/v1/attempts/{attempt.pk}/{refused}")
    seat.goto(url + reverse("quizzes:attempt", args=[attempt.pk]))
    seat.goto(url + reverse("quizzes:attempt_review", args=[attempt.pk]))
    return device


def test_a_sitting_receives_no_key_no_reason_and_no_rationale(
    seat, recorder, form, admin, console, caplog, live_server
):
    caplog.set_level("DEBUG")
    device = sit(seat, recorder.url, form)
    received = recorder.received()
    logs = "\n".join(str(record.__dict__) + record.getMessage() for record in caplog.records)
    looked_for = secrets(form)
    for where, text in {
        "wire": received,
        "device": device,
        "log": logs,
        "server's caches": server_side(),
    }.items():
        assert [one for one in looked_for if one in text] == [], where
    named = [match.group() for match in NAMED.finditer(received)]
    assert named == []
    # Items, saves, the pulse and the clock were on the wire indeed, the book too.
    stems = [
        f"A visit: {slug}?" for slug in ("mock-first", "mock-many", "mock-code", "case", "audited", "ordered")
    ]
    for one in (*stems, '"status":"kept"', '{"clock": ', '"state":"open"', "data-book"):
        assert one in received
    assert json.loads(device)["workers"] == 0
    assert json.loads(device)["caches"] == []
    assert "chartroom-answers" in device
    console.clear()

    # The same searches must find all of it where it is: in the items, and in the report once it is released.
    key = json.dumps(school.version_of("case").key)
    assert all(NAMED.search(text) for text in (key, escape(key), "<li data-scored>"))
    release_exam(exam_id=form.pk, by=admin)
    report = reverse("quizzes:report", args=[Attempt.objects.get(exam=form).pk])
    seat.goto(recorder.url + report)
    expect(seat.get_by_role("heading", level=1)).to_have_text("Mock: score report")
    released = recorder.received()
    assert {one for one in looked_for if one not in released} == set()
    console.clear()
