"""Item statistics from graded sittings: added up by the database, judged by quizzes.statistics. Reads.

An item's figures are those of the students who answered it; who left it empty is counted beside. They hold
for one version of it: another text is another question.
"""

import json
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Any
from uuid import UUID

from django.core.cache import cache
from django.db import connection

from quizzes.kinds import KINDS, Answer
from quizzes.models import Exam, ExamSection, GradingRun, ItemVersion
from quizzes.sittings import BY_THE_CLOCK_SQL, KEYS_KNOWN_SQL
from quizzes.statistics import (
    ENOUGH,
    ItemFigures,
    OptionFigures,
    Quartiles,
    Reliability,
    Sums,
    reliability,
)

MEASURED_FOR, ADDED_UP_FOR = 24 * 60 * 60, 300  # seconds
_MEASURED_KEY = "quizzes.measured"
MOST_ANSWERS = 8  # of an item whose answers are free, the most frequent ones
NOT_THE_SAME = (
    "Its items were not the same for everybody, as in a form that is drawn anew for each student. KR-20 and "
    "alpha compare students on the same items: none is given."
)
Thirds = tuple[int, int, int]

# Every item of the sittings by its newest grade.
ASKED = """
    asked AS MATERIALIZED (
        SELECT DISTINCT ON (r.id) r.attempt_id, r.section_id, r.item_version_id, r.scored, r.answer,
               r.seconds, g.credit::float8 AS credit
        FROM quizzes_response AS r
        JOIN quizzes_grade AS g ON g.response_id = r.id
        WHERE r.attempt_id = ANY(%(attempts)s::uuid[]) AND r.served <> 'worked'
        ORDER BY r.id, g.id DESC
    )
"""
# Sittings without any answer are left out. A sitting's third goes by the middle of its rank, so that equal
# totals stay together. The rest-score leaves the item itself out where it is part of the total.
_FIGURES = f"""
    WITH {ASKED},
    total AS (
        SELECT attempt_id, count(*) FILTER (WHERE scored) AS items,
               coalesce(sum(credit) FILTER (WHERE scored), 0) AS credit
        FROM asked GROUP BY attempt_id HAVING count(answer) > 0
    ),
    ranked AS (
        SELECT *, rank() OVER (ORDER BY credit / greatest(items, 1)) - 1
                  + (count(*) OVER (PARTITION BY credit / greatest(items, 1)) - 1) / 2.0 AS place
        FROM total
    ),
    placed AS (SELECT *, floor(3 * place / count(*) OVER ())::integer AS third FROM ranked),
    rated AS (
        SELECT asked.*, p.third,
               CASE WHEN asked.scored THEN (p.credit - asked.credit) / greatest(p.items - 1, 1)
                    ELSE p.credit / greatest(p.items, 1) END AS rest
        FROM asked JOIN placed AS p ON p.attempt_id = asked.attempt_id
    ),
    given AS (
        SELECT r.item_version_id, r.section_id, r.scored, r.answer IS NOT NULL AS answered, r.third,
               CASE WHEN i.kind <> ALL(%(unlisted)s) THEN r.answer END AS answer,
               count(*), sum(credit) AS x, sum(rest) AS y, sum(credit * credit) AS xx, sum(rest * rest) AS yy,
               sum(credit * rest) AS xy
        FROM rated AS r
        JOIN quizzes_itemversion AS v ON v.id = r.item_version_id
        JOIN quizzes_item AS i ON i.id = v.item_id
        GROUP BY 1, 2, 3, 4, 5, 6
    ),
    timed AS (
        SELECT item_version_id, percentile_cont(ARRAY[0.25, 0.5, 0.75]) WITHIN GROUP (ORDER BY seconds)
        FROM asked WHERE seconds > 0 AND answer IS NOT NULL GROUP BY item_version_id
    ),
    summed AS (
        SELECT section_id, count(*), min(items), max(items), var_pop(credit)
        FROM (
            SELECT section_id, count(*) AS items, sum(credit) AS credit
            FROM rated WHERE scored GROUP BY GROUPING SETS ((attempt_id, section_id), (attempt_id))
        ) AS part
        GROUP BY section_id
    )
    SELECT (SELECT count(*) FROM total),
           (SELECT json_agg(given) FROM given)::text,
           (SELECT json_agg(timed) FROM timed)::text,
           (SELECT json_agg(summed) FROM summed)::text
"""


@dataclass(frozen=True)
class ItemRow:
    """A version of an item as the students of a report met it. tried: in how many sittings it counted not."""

    version: ItemVersion
    section: str
    figures: ItemFigures
    tried: int
    doubts: list[str]

    @property
    def trial(self) -> bool:
        return self.tried == self.figures.asked

    @property
    def key(self) -> tuple[str, int]:
        return self.version.item.slug, self.version.number


@dataclass(frozen=True)
class Consistency:
    """How reliable a form or one of its sections is, or why that cannot be said."""

    title: str
    reliability: Reliability | None
    why_not: str = ""


@dataclass(frozen=True)
class ItemTable:
    """sittings: with at least one answer. whole: of the form; sections: only where the form as a whole has
    none, those of its sections that all took.
    """

    sittings: int
    rows: list[ItemRow]
    whole: Consistency
    sections: list[Consistency]


def item_table(exam: Exam, attempt_ids: Sequence[UUID]) -> ItemTable:
    """Of these graded sittings; most doubts first, then in the order of the exam.

    What the database adds up, seconds for a large school, is kept for some minutes: a page of one item and a
    file rest on the same sums. Another sitting or another grading run adds up anew.
    """
    sittings, *found = _added_up(attempt_ids)
    given, timed, summed = (json.loads(rows) if rows else [] for rows in found)
    sections = {section.pk: section for section in ExamSection.objects.filter(exam=exam)}
    rows = _rows(given, timed, sections)
    whole, parts = _consistency(given, summed, sections)
    return ItemTable(sittings, rows, whole, parts)


def _added_up(attempt_ids: Sequence[UUID]) -> Sequence[Any]:
    """The row of _FIGURES: how many sittings, and three lists as JSON."""
    runs = GradingRun.objects.filter(applied_at__isnull=False).count()
    of = "\n".join([str(runs), *sorted(map(str, attempt_ids))])
    key = f"quizzes.item_figures.{sha256(of.encode()).hexdigest()}"
    row = cache.get(key)
    if row is None:
        listed = [kind.slug for kind in KINDS.values() if kind.has_chart]
        with connection.cursor() as cursor:
            cursor.execute(_FIGURES, {"attempts": list(attempt_ids), "unlisted": listed})
            row = cursor.fetchone()
        cache.set(key, row, ADDED_UP_FOR)
    return row


def _rows(given: list[dict], timed: list[dict], sections: dict[int, ExamSection]) -> list[ItemRow]:
    times = {one["item_version_id"]: Quartiles(*one["percentile_cont"]) for one in timed}
    by_version: dict[int, list[dict]] = defaultdict(list)
    for one in given:
        by_version[one["item_version_id"]].append(one)
    versions = ItemVersion.objects.select_related("item").in_bulk(by_version)
    rows = []
    for pk, parts in by_version.items():
        figures = item_figures(versions[pk], parts, times.get(pk))
        tried = sum(part["count"] for part in parts if not part["scored"])
        section = sections[parts[0]["section_id"]]
        row = ItemRow(versions[pk], section.title, figures, tried, figures.doubts)
        rows.append((-len(row.doubts), section.position, row.key, row))
    return [row for *_, row in sorted(rows, key=lambda row: row[:3])]


def item_figures(version: ItemVersion, parts: Iterable[dict], seconds: Quartiles | None) -> ItemFigures:
    """parts: of each answer that was given, by each third: answered, answer, third, count and the sums."""
    kind = KINDS[version.item.kind]
    asked, sums, thirds = 0, Sums(), [0, 0, 0]
    chosen: dict[str, tuple[list[int], Sums]] = {}
    for part in parts:
        asked += part["count"]
        if not part["answered"]:
            continue
        own = Sums(part["count"], *(part[name] or 0.0 for name in ("x", "y", "xx", "yy", "xy")))
        sums += own
        thirds[part["third"]] += part["count"]
        for name in _named(version, part["answer"]):
            counts, before = chosen.get(name, ([0, 0, 0], Sums()))
            counts[part["third"]] += part["count"]
            chosen[name] = counts, before + own
    content = version.content
    keyed = kind.chosen(kind.key_answer(content)) if _has_options(version) else []
    return ItemFigures(
        asked=asked,
        sums=sums,
        thirds=_three(thirds),
        options=tuple(_options(version, chosen, keyed)),
        one_of=len(content.options) if len(keyed) == 1 else None,
        seconds=seconds,
    )


def _has_options(version: ItemVersion) -> bool:
    return KINDS[version.item.kind].templates == "choice"


def _named(version: ItemVersion, answer: Answer | None) -> list[str]:
    """What an answer chose: option ids, or itself in words where it is free."""
    if answer is None:
        return []
    kind = KINDS[version.item.kind]
    return kind.chosen(answer) if _has_options(version) else [kind.answer_text(version.content, answer)]


def _options(
    version: ItemVersion, chosen: dict[str, tuple[list[int], Sums]], keyed: list[str]
) -> Iterable[OptionFigures]:
    if _has_options(version):
        for option in version.options:
            counts, sums = chosen.get(option["id"], ([0, 0, 0], Sums()))
            yield OptionFigures(option["id"], option["id"] in keyed, _three(counts), sums.rest)
        return
    frequent = sorted(chosen.items(), key=lambda one: (-one[1][1].n, one[0]))
    for text, (counts, sums) in frequent[:MOST_ANSWERS]:
        yield OptionFigures(text, sums.x == sums.n, _three(counts), sums.rest)


def _three(counts: Sequence[int]) -> Thirds:
    low, middle, high = counts
    return low, middle, high


def _consistency(
    given: list[dict], summed: list[dict], sections: dict[int, ExamSection]
) -> tuple[Consistency, list[Consistency]]:
    """Alpha compares students on the same items: only where all took the same ones is there any."""
    variances: dict[int | None, dict[int, Sums]] = defaultdict(lambda: defaultdict(Sums))
    for part in given:
        if part["scored"]:
            own = Sums(part["count"], part["x"], 0.0, part["xx"])
            for place in (None, part["section_id"]):
                variances[place][part["item_version_id"]] += own
    totals = {one["section_id"]: one for one in summed}
    titled = sorted(((one.position, pk, one.title) for pk, one in sections.items() if pk in totals))
    whole = _alpha("The whole form", totals.get(None), variances[None])
    parts = [_alpha(title, totals[pk], variances[pk]) for _, pk, title in titled]
    if whole.reliability or len(parts) < 2:
        return whole, []
    return whole, [part for part in parts if part.reliability]


def _alpha(title: str, total: dict[str, Any] | None, items: dict[int, Sums]) -> Consistency:
    if total is None or total["count"] < ENOUGH:
        return Consistency(title, None, "Not enough sittings yet.")
    if not total["min"] == total["max"] == len(items):
        return Consistency(title, None, NOT_THE_SAME)
    binary = all(abs(sums.x - sums.xx) < 1e-9 for sums in items.values())
    found = reliability(
        [sums.variance for sums in items.values()], total["var_pop"], total["count"], binary=binary
    )
    return Consistency(
        title, found, "" if found else "It has a single item, or everybody has the same total."
    )


def measured_facility(item_ids: Iterable[int]) -> dict[int, tuple[int, float]]:
    """By item: how many students answered its published version in mock exams, their mean credit in percent.

    Items that nobody answered are left out.
    """
    return {pk: (sums.n, 100 * sums.x / sums.n) for pk, sums in measured(item_ids).items()}


def measured(item_ids: Iterable[int]) -> dict[int, Sums]:
    """By item, what was answered to its published version in graded mock exams, whichever they were.

    Of each student the first answer in a whole form by the clock counts; what was left unanswered says more
    of the clock than of the item. Every start of a drawn form asks: what is read here is what measure_items()
    kept a few minutes ago.
    """
    kept: dict[int, Sums] = cache.get(_MEASURED_KEY, {})
    return {pk: kept[pk] for pk in item_ids if pk in kept}


def measure_items() -> int:
    """Adds up anew what measured() reads, seconds for a large school. Returns how many items have answers."""
    fresh = _measure()
    cache.set(_MEASURED_KEY, fresh, MEASURED_FOR)
    return len(fresh)


def _measure() -> dict[int, Sums]:
    """The rest-score comes of the attempt's score, which is the share of the items that count."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"""
            WITH form AS (
                SELECT a.id, a.user_id, a.started_at, a.score::float8 / 100 AS share, count(*) AS items
                FROM quizzes_attempt AS a
                JOIN quizzes_exam AS e ON e.id = a.exam_id
                JOIN accounts_user AS u ON u.id = a.user_id
                JOIN quizzes_response AS r ON r.attempt_id = a.id
                WHERE e.mode = 'mock' AND a.state = 'graded' AND a.scope = 'whole' AND {BY_THE_CLOCK_SQL}
                      AND u.role = 'student' AND r.scored AND r.served <> 'worked' AND NOT {KEYS_KNOWN_SQL}
                GROUP BY a.id
            ),
            first AS (
                SELECT DISTINCT ON (r.item_version_id, f.user_id) i.id AS item_id, g.credit::float8 AS x,
                       CASE WHEN r.scored THEN (f.share * f.items - g.credit::float8)
                            / greatest(f.items - 1, 1)
                            ELSE f.share END AS y
                FROM quizzes_item AS i
                JOIN quizzes_response AS r ON r.item_version_id = i.current_id
                JOIN form AS f ON f.id = r.attempt_id
                JOIN quizzes_grade AS g ON g.response_id = r.id
                WHERE r.answer IS NOT NULL
                ORDER BY r.item_version_id, f.user_id, f.started_at, g.id DESC
            )
            SELECT item_id, count(*), sum(x), sum(y), sum(x * x), sum(y * y), sum(x * y)
            FROM first GROUP BY item_id
            """
        )
        return {item: Sums(*sums) for item, *sums in cursor.fetchall()}
