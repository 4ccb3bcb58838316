import json
import re
from dataclasses import replace

import pytest
from django.test import override_settings
from django.urls import reverse

from tests.bench import report
from tests.bench.first_visit import Loaded
from tests.bench.meter import percentile
from tests.bench.report import Row

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
