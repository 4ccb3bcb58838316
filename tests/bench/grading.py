"""Grading: a thousand cases of twenty lines, half of them answered with slips, graded in process."""

import random
import time
from typing import Any

from django.db import connection
from django.test.utils import CaptureQueriesContext

from quizzes.grading.claims import grade_claim
from quizzes.grading.values import PRACTICE
from quizzes.kinds import KINDS, ItemContent
from quizzes.services.facts import gather_facts, occasion
from tests.bench.beside import Bench
from tests.bench.meter import percentile
from tests.bench.report import Row
from tests.bench.rules import CODES, ON

KEY = "grading"
CASES = 1000
LINES = 20
# What a coder might have answered for some of the codes: another stage, side, encounter or type.
SLIPS = {
    "A41.51": "A41.9",
    "E11.22": "E11.21",
    "I50.23": "I50.33",
    "N18.32": "N18.30",
    "L97.512": "L97.522",
    "J96.01": "J96.00",
    "S72.001A": "S72.002A",
    "I48.91": "I48.0",
    "N17.9": "N39.0",
    "J18.9": "J18",
}


def record(codes: list[str]) -> dict[str, Any]:
    roles = ["principal"] + ["secondary"] * (len(codes) - 1)
    lines = [{"code": code, "role": role, "poa": "Y"} for code, role in zip(codes, roles, strict=True)]
    return {"diagnoses": lines, "procedures": []}


def answers() -> list[dict[str, Any]]:
    """The key's lines in any order; in every other answer some are slips, one is missing and one is extra."""
    chance = random.Random(5)
    made = []
    for number in range(CASES):
        first, *rest = CODES[:LINES]
        chance.shuffle(rest)
        codes = [first, *rest]
        if number % 2:
            codes = [SLIPS.get(code, code) if chance.random() < 0.5 else code for code in codes]
            codes[-1] = "M17.11"
        made.append({"claim": record(codes), "query": None})
    return made


def measure(bench: Bench) -> list[Row]:
    face = {"setting": "inpatient", "service_from": ON.isoformat(), "discharged_on": ON.isoformat()}
    key = record(list(CODES[:LINES]))
    content = ItemContent("coded_case", ("icd10cm",), ON, "", key, "", given=face)
    every = answers()
    looked_up = [KINDS["coded_case"].look_up(content, answer) for answer in every]
    claims = [claim for claim in looked_up if claim]
    facts = gather_facts(claims)
    with CaptureQueriesContext(connection) as queries:
        known = facts[occasion(claims[0])]
        taken = [_time(key, face, answer, known) for answer in every]
    p95 = percentile(taken, 95)
    return [
        Row(
            "grading_case",
            f"grading a case of {LINES} lines, in process: p95 of {CASES:,}",
            f"{p95:.1f} ms",
            p95,
            "ms",
            5,
            gate=False,
            note=f"p50 {percentile(taken, 50):.1f} ms, {sum(taken) / 1000:.1f} s in all, "
            f"{len(queries)} queries once the facts are gathered",
        )
    ]


def _time(key: dict[str, Any], face: dict[str, Any], answer: dict[str, Any], facts: Any) -> float:
    begun = time.perf_counter()
    grade_claim(key, face, answer, facts, PRACTICE)
    return 1000 * (time.perf_counter() - begun)
