"""Search as you type: how often it finds what is meant; the engine in process, and the same over HTTP."""

import asyncio
import time
from datetime import date
from urllib.parse import urlencode

from codesets import catalog
from codesets.services.imports import import_file
from codesets.services.releases import publish_release
from tests.bench import people, wire
from tests.bench.beside import Bench, UnexpectedReply, beside_yardstick
from tests.bench.meter import percentile
from tests.bench.report import Row
from tests.bench.search_quality import measure_quality
from tests.official import SAMPLES

KEY = "search"
ON = date(2026, 5, 1)
LIMIT = 20
INDEX_LABEL = "FY 2023"
FIRST = 3  # characters, from which on a search is measured
OVER_HTTP = 3  # every third prefix is asked over HTTP too

# What a coder types, in our own words: conditions in plain and in coders' language, sides and encounters,
# abbreviations, supplies, whole and partial codes, slips of the finger.
PHRASES = tuple(
    line.strip()
    for line in """
    type 2 diabetes with kidney disease
    diabetic foot ulcer
    high blood pressure
    hypertensive heart failure
    chronic kidney disease stage 4
    fracture radius left initial
    wrist fracture delayed healing
    closed fracture neck of femur
    old hip fracture sequela
    broken collarbone
    sprain right ankle
    concussion without loss of consciousness
    laceration scalp
    burn second degree hand
    dog bite forearm
    pneumonia viral
    copd exacerbation
    asthma with status
    acute bronchitis
    sleep apnea obstructive
    atrial fibrillation
    nstemi
    chest pain unspecified
    stroke left side weakness
    tia history
    deep vein thrombosis leg
    urinary tract infection pregnancy
    kidney stone
    preeclampsia third trimester
    gestational diabetes diet controlled
    breast cancer upper outer quadrant
    lung metastasis
    history of colon cancer
    iron deficiency anemia
    hypothyroidism
    morbid obesity
    major depression recurrent
    anxiety
    alcohol dependence withdrawal
    dementia with agitation
    migraine without aura
    low back pain
    osteoarthritis knee bilateral
    rheumatoid arthritis
    gout right big toe
    appendicitis with abscess
    gallstones
    reflux esophagitis
    crohn small intestine
    cataract age related
    ear infection
    pressure ulcer sacrum stage 3
    cellulitis lower limb
    sepsis e coli
    covid
    adverse effect penicillin
    fall from ladder
    ceftriaxone injection
    folding walker
    ambulance basic life support
    hypertnsion
    diabtes mellitus
    E11.22
    I10
    S52.5
    J44
    M17.11
    """.splitlines()
    if line.strip()
)


def prefixes() -> list[str]:
    """What stands in the box after each key, from the third character on."""
    typed = [phrase[:end] for phrase in PHRASES for end in range(FIRST, len(phrase) + 1)]
    return list(dict.fromkeys(q for q in typed if not q.endswith(" ")))


def measure(bench: Bench) -> list[Row]:
    _load_index()
    return [*measure_quality(), _engine(), _over_http(bench)]


def _load_index() -> None:
    """The official ICD-10-PCS index, which the demonstration does not have."""
    if catalog.release_by_label("icd10pcs_index", INDEX_LABEL) is None:
        path = SAMPLES / "icd10pcs" / "icd10pcs_index_2023.xml"
        outcome = import_file(
            system="icd10pcs_index",
            paths=[path],
            label=INDEX_LABEL,
            effective_from=date(2022, 10, 1),
            by=None,
        )
        if outcome.release is None:
            raise UnexpectedReply(f"the index was refused: {outcome.errors[0].text}")
        publish_release(release_id=outcome.release.id, by=None)


def _engine() -> Row:
    questions = prefixes()
    taken: dict[str, float] = {}
    for q in [*questions[:20], *questions, *questions]:
        begun = time.perf_counter()
        catalog.search(q, ON, limit=LIMIT)
        ms = 1000 * (time.perf_counter() - begun)
        taken[q] = min(ms, taken.get(q, ms))
    times = list(taken.values())
    codes = sum(release.codes_total for release in catalog.releases_in_force(ON))
    p95 = percentile(times, 95)
    return Row(
        "search_engine",
        f"search as you type, engine, {codes:,} codes: p95",
        f"{p95:.1f} ms",
        p95,
        "ms",
        15,
        gate=False,
        note=f"p50 {percentile(times, 50):.1f} ms; {len(times):,} prefixes of {len(PHRASES)} phrases, "
        f"from {FIRST} characters on, the quicker of two times; ms of the slowest:",
        parts={q: round(taken[q]) for q in sorted(taken, key=lambda q: -taken[q])[:6]},
    )


def _over_http(bench: Bench) -> Row:
    student = people.make_students("search", 1)[0]
    asked = [
        wire.get(
            "/api/v1/codes/?" + urlencode({"q": q, "on": ON.isoformat(), "limit": LIMIT}), student.cookies
        )
        for q in prefixes()[::OVER_HTTP]
    ]
    subject, yard = asyncio.run(beside_yardstick(bench, student, asked))
    return Row(
        "search_http",
        "the same over HTTP, one client: p95",
        f"{subject.wall_ms(95):.1f} ms",
        subject.wall_ms(95) / yard.wall_ms(95),
        "x",
        5,
        gate=True,
        note=f"p50 {subject.wall_ms(50):.1f} against {yard.wall_ms(50):.1f} ms, p95 against "
        f"{yard.wall_ms(95):.1f} ms; CPU {subject.cpu_ms:.1f} against {yard.cpu_ms:.1f} ms",
    )
