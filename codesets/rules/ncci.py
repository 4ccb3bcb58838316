"""Rules made of CMS's National Correct Coding Initiative: pairs of services that are not paid together (PTP
edits) and units that are medically unlikely (MUE). Practitioners and outpatient hospitals have tables of
their own, and only those of the claim's setting are asked. Pure.
"""

from collections import defaultdict
from collections.abc import Iterator

from codesets.rules.case import Case, Rule, shown
from codesets.rules.facts import EditFact, PairFact
from codesets.rules.values import Finding, Procedure, Setting, Severity, Source, SourceKind
from codesets.systems import EDIT_TABLES, EditTable, System

NCCI: dict[str, EditTable] = {
    Setting.PROFESSIONAL: EditTable.NCCI_PRACTITIONER,
    Setting.OUTPATIENT: EditTable.NCCI_HOSPITAL,
}
MUE: dict[str, EditTable] = {
    Setting.PROFESSIONAL: EditTable.MUE_PRACTITIONER,
    Setting.OUTPATIENT: EditTable.MUE_HOSPITAL,
}
# The PTP-associated modifiers (NCCI Policy Manual for Medicare Services, chapter I) belong on the column
# 2 code, but since 1 July 2019 (CR 11168) 59 and its finer kinds count on either, and a visit has its own
# whichever column it is in.
ON_EITHER = frozenset({"59", "XE", "XS", "XP", "XU", "24", "25", "57"})
MODIFIERS = ON_EITHER | {
    *("E1", "E2", "E3", "E4", "FA", "F1", "F2", "F3", "F4", "F5", "F6", "F7", "F8", "F9"),
    *("TA", "T1", "T2", "T3", "T4", "T5", "T6", "T7", "T8", "T9"),
    *("LT", "RT", "LC", "LD", "RC", "LM", "RI", "27", "58", "78", "79", "91"),
}
LINE, POLICY, CLINICAL = "1", "2", "3"  # MUE adjudication indicators


def ncci(case: Case) -> Iterator[Finding]:
    """NCCI PTP edits: the column 2 code is denied beside the column 1 code of the same day.

    Modifier indicator 0: always. 1: unless a PTP-associated modifier says that it was a separate service.
    9: not applicable. Lines have no dates of their own: where the claim spans days, what would be critical
    is a warning.
    """
    table = NCCI.get(case.claim.setting)
    if table is None or table not in case.facts.tables:
        return
    services = [line for line in case.claim.procedures if line.system != System.ICD10PCS]
    for pair in case.facts.pairs:
        firsts = [line for line in services if line.code == pair.column1]
        seconds = [line for line in services if line.code == pair.column2]
        if pair.table != table or not firsts or not seconds:
            continue
        if pair.indicator == "0":
            yield _pair(case, pair, firsts + seconds, case.claim.days == 1)
        elif pair.indicator == "1" and not any(ON_EITHER.intersection(line.modifiers) for line in firsts):
            bare = [line for line in seconds if not MODIFIERS.intersection(line.modifiers)]
            if bare:
                yield _pair(case, pair, firsts + bare, False)


def _pair(case: Case, pair: PairFact, lines: list[Procedure], critical: bool) -> Finding:
    first, second = (shown(code, lines[0].system) for code in (pair.column1, pair.column2))
    if pair.indicator == "0":
        message = (
            f"Take {second} off: NCCI never pays it beside {first} on the same day, whatever the modifier."
        )
    else:
        message = (
            f"Take {second} off, which NCCI bundles into {first} on the same day, or append the modifier "
            "that tells why it was separate (XE, XS, XP, XU or 59, the site, 25 on a visit) if the record "
            "bears it out."
        )
    severity = Severity.CRITICAL if critical else Severity.WARNING
    return _finding(case, "ncci", severity, lines, message, pair.table, pair.rationale)


def mue(case: Case) -> Iterator[Finding]:
    """Medically Unlikely Edits: more units than the table has for a line (adjudication indicator 1) or for a
    day, over all lines of the code (2, by policy: absolute; 3, by clinical benchmarks).

    A claim of several days may have the units of each of them.
    """
    table = MUE.get(case.claim.setting)
    if table is None or table not in case.facts.tables:
        return
    by_code: dict[tuple[str, str], list[Procedure]] = defaultdict(list)
    for line in case.claim.procedures:
        by_code[line.system, line.code].append(line)
    for (system, code), lines in by_code.items():
        edit = case.facts.edit(table, "mue", system, code)
        if edit is None:
            continue
        counted = [[line] for line in lines] if edit.details["indicator"] == LINE else [lines]
        for group in counted:
            units = sum(line.units for line in group)
            if units > edit.details["units"] * case.claim.days:
                yield _unlikely(case, edit, group, units)


def _unlikely(case: Case, edit: EditFact, lines: list[Procedure], units: int) -> Finding:
    most, indicator = edit.details["units"], edit.details["indicator"]
    advice = {
        LINE: "report separate services on lines of their own, each with its modifier.",
        POLICY: "Medicare's policy allows no more, whatever the modifier.",
        CLINICAL: "more is paid only on appeal, with the record.",
    }[indicator]
    message = (
        f"Check the {units:,} units of {shown(edit.code, edit.system)}: the limit is {most:,} a "
        f"{'line' if indicator == LINE else 'day'}; {advice}"
    )
    severity = Severity.CRITICAL if indicator == POLICY else Severity.WARNING
    quote = ". ".join(filter(None, (edit.details["basis"], edit.details["rationale"])))
    return _finding(case, "mue", severity, lines, message, edit.table, quote)


def _finding(
    case: Case,
    kind: str,
    severity: Severity,
    lines: list[Procedure],
    message: str,
    table: str,
    quote: str,
) -> Finding:
    source = Source(SourceKind.TABLE, table, EDIT_TABLES[EditTable(table)], lines[0].system)
    vintage = case.facts.tables[table].vintage
    return case.finding(kind, severity, lines, message, vintage=vintage, quote=quote, source=source)


RULES: tuple[Rule, ...] = (ncci, mue)
