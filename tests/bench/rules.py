"""Rules: a claim of 25 codes checked in process."""

import time
from datetime import date

from django.db import connection
from django.test.utils import CaptureQueriesContext

from codesets import rule_facts
from codesets.claims import read_claim
from codesets.licensing import open_systems
from codesets.rules import check
from tests.bench.beside import Bench
from tests.bench.meter import percentile
from tests.bench.report import Row

KEY = "rules"
TIMES = 60
ON = date(2026, 5, 1)
# An inpatient record with all that makes rules work: combination codes, notes in both directions, injuries
# with their causes, manifestations, an adverse effect.
CODES = (
    *("A41.51", "E11.22", "I13.0", "I50.23", "N18.32", "E11.621", "L97.512", "Z79.4", "R65.20"),
    *("N17.9", "J44.0", "J18.9", "J96.01", "F17.210", "D63.1", "S72.001A", "S52.501A"),
    *("W18.30XA", "Y92.009", "I48.91", "L27.0", "T36.0X5A", "E66.813", "Z68.41", "N39.0"),
)


def record() -> dict:
    roles = ["principal"] + ["secondary"] * (len(CODES) - 1)
    return {
        "setting": "inpatient",
        "service_from": ON.isoformat(),
        "sex": "F",
        "age": 71,
        "diagnoses": [
            {"code": code, "role": role, "poa": "Y"} for code, role in zip(CODES, roles, strict=True)
        ],
    }


def measure(bench: Bench) -> list[Row]:
    claim = read_claim(record())
    systems = open_systems()
    facts = rule_facts.gather(claim, systems)
    with CaptureQueriesContext(connection) as queries:
        rule_facts.gather(claim, systems)
    checked, gathered = _times(lambda: check(claim, facts)), _times(lambda: rule_facts.gather(claim, systems))
    p95 = percentile(checked, 95)
    return [
        Row(
            "rules_check",
            f"rules check of {len(CODES)} codes, in process: p95",
            f"{p95:.1f} ms",
            p95,
            "ms",
            10,
            gate=False,
            note=f"p50 {percentile(checked, 50):.1f} ms, {len(check(claim, facts))} findings, no query; "
            f"gathering warm facts p95 {percentile(gathered, 95):.1f} ms, {len(queries)} queries",
        )
    ]


def _times(run) -> list[float]:
    taken = []
    for _ in range(TIMES):
        begun = time.perf_counter()
        run()
        taken.append(1000 * (time.perf_counter() - begun))
    return taken
