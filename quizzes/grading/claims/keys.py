"""The key of a claim: what an author can get wrong in one, in sentences. Pure.

Whether its codes exist and can be submitted is asked of the books, not here.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import fields
from typing import Any

from codesets.rules.values import Role
from codesets.systems import System, normalize
from quizzes.grading.claims.keys_advice import advice, is_text, names
from quizzes.grading.values import Critical, Policy, Verdict

NOT_CODED = frozenset(
    {
        Verdict.UNSUPPORTED,
        Verdict.INTEGRAL_SYMPTOM,
        Verdict.UNCERTAIN_DX,
        Verdict.COMBINATION,
        Verdict.UNBUNDLED,
        Verdict.EM_LEVEL,
    }
)
KEY_FIELDS = frozenset({"diagnoses", "procedures", "before", "alternatives", "not_coded", "query"})
LINE_FIELDS = frozenset({"code", "optional", "accept", "support", "why", "given", "critical", "element"})
DIAGNOSIS_FIELDS = LINE_FIELDS | {"role", "poa"}
PROCEDURE_FIELDS = LINE_FIELDS | {"system", "modifiers", "units", "pointers"}
PARTS = (("diagnoses", "dx", DIAGNOSIS_FIELDS), ("procedures", "px", PROCEDURE_FIELDS))
MOST_LINES = 60  # of diagnoses, and of procedures; the time to grade grows with their square
MOST_ACCEPTED = 20  # codes of a line beside its own
MOST_RECORDS = 5  # beside the key
POA = frozenset({"", "Y", "N", "U", "W", "1"})
CHECKS = "checks"  # of the policy, and not the grader's: how often the rules may be asked
SHARES = frozenset(one.name for one in fields(Policy) if one.name.endswith("_credit"))


def key_problems(
    key: Any,
    given: Mapping[str, Any],
    chart: Sequence[Mapping[str, Any]],
    queries: Sequence[Mapping[str, Any]],
    policy: Any,
) -> list[str]:
    """One sentence each, empty when all is well. What cannot be graded at all is told alone."""
    return unreadable(key, queries, policy) or list(advice(key, given, chart))


def unreadable(key: Any, queries: Sequence[Mapping[str, Any]], policy: Any) -> list[str]:
    """What keeps the grader from grading by this key."""
    if not isinstance(key, Mapping):
        return ["the key must be a claim with diagnoses and procedures"]
    found = list(_record_problems(key, "the key", KEY_FIELDS))
    others = key.get("alternatives") or []
    if not _is_list_of_mappings(others):
        found.append("the key's alternatives must be a list of records")
        others = []
    if len(others) > MOST_RECORDS:
        found.append(f"the key has {len(others)} alternatives, more than {MOST_RECORDS}")
        others = []
    for number, record in enumerate(others, start=1):
        where = f"alternative {number}"
        found += _record_problems(record, where, {"why", "diagnoses", "procedures"})
        if not is_text(record.get("why")):
            found.append(f"{where} does not say why it is as right")
    found += _not_coded_problems(key)
    found += _query_problems(key, queries)
    found += _policy_problems(policy)
    return found or list(_before_problems(key))


def _record_problems(record: Mapping[str, Any], where: str, known: Collection[str]) -> Iterator[str]:
    yield from _unknown(record, known, where)
    for part, name, line_fields in PARTS:
        lines = record.get(part) or []
        if not _is_list_of_mappings(lines):
            yield f"{where}: {part} must be a list of lines"
            continue
        if len(lines) > MOST_LINES:
            yield f"{where}: {part} has {len(lines)} lines, more than {MOST_LINES}"
            continue
        for number, line in enumerate(lines, start=1):
            place = f"{where}, {name}:{number}" if where != "the key" else f"{name}:{number}"
            yield from _unknown(line, line_fields, place)
            if name == "dx":
                yield from _diagnosis_problems(line, place)
            else:
                yield from _procedure_problems(line, place, record)
            yield from _accept_problems(line, place)
            for flag in ("optional", "given", "critical"):
                if type(line.get(flag, False)) is not bool:
                    yield f"{place}: {flag} is true or false"
            for text in ("why", "element"):
                if line.get(text) is not None and not isinstance(line[text], str):
                    yield f"{place}: {text} must be a text"
    if not record.get("diagnoses") and not record.get("procedures"):
        yield f"{where} has no lines"


def _diagnosis_problems(line: Mapping[str, Any], place: str) -> Iterator[str]:
    if not _is_code(line.get("code")):
        yield f"{place} has no code"
    if not _is_among(line.get("role") or "", ("", *Role)):
        yield f"{place}: {line['role']!r} is no role ({', '.join(Role)})"
    if str(line.get("poa") or "") not in POA:
        yield f"{place}: POA is Y, N, U, W, 1 or nothing"


def _procedure_problems(line: Mapping[str, Any], place: str, record: Mapping[str, Any]) -> Iterator[str]:
    if not _is_code(line.get("code")):
        yield f"{place} has no code"
    if not _is_among(line.get("system"), set(System) - {System.ICD10CM}):
        yield f"{place}: {line.get('system')!r} is no code system of procedures"
    modifiers, units, pointers = line.get("modifiers") or [], line.get("units"), line.get("pointers") or []
    if not isinstance(modifiers, list) or any(len(normalize(str(one))) != 2 for one in modifiers):
        yield f"{place}: a modifier has two characters"
    if units is not None and (type(units) is not int or units < 1):
        yield f"{place}: units are a whole number from 1"
    diagnoses = record.get("diagnoses")
    most = len(diagnoses) if isinstance(diagnoses, list) else 0
    if not isinstance(pointers, list) or not all(type(one) is int and 1 <= one <= most for one in pointers):
        yield f"{place}: a pointer is the number of a diagnosis, 1 to {most}"


def _accept_problems(line: Mapping[str, Any], place: str) -> Iterator[str]:
    accept = line.get("accept") or []
    if not _is_list_of_mappings(accept):
        yield f"{place}: accept must be a list of codes with why"
        return
    if len(accept) > MOST_ACCEPTED:
        yield f"{place} accepts {len(accept)} codes, more than {MOST_ACCEPTED}"
        return
    for other in accept:
        yield from _unknown(other, {"code", "system", "why"}, f"{place}, accepted")
        if not _is_code(other.get("code")):
            yield f"{place} accepts a line without a code"
        elif not is_text(other.get("why")):
            yield f"{place} does not say why {other['code']} is accepted"
        if not _is_among(other.get("system") or System.ICD10CM, System):
            yield f"{place} accepts a code of the unknown system {other['system']!r}"


def _not_coded_problems(key: Mapping[str, Any]) -> Iterator[str]:
    rows = key.get("not_coded") or []
    if not _is_list_of_mappings(rows):
        yield "not_coded must be a list of codes with verdict and why"
        return
    for number, row in enumerate(rows, start=1):
        place = f"not_coded {number}"
        yield from _unknown(row, {"code", "system", "verdict", "why"}, place)
        if not _is_code(row.get("code")):
            yield f"{place} has no code"
            continue
        if not _is_among(row.get("system") or System.ICD10CM, System):
            yield f"{place}: {row['system']!r} is no code system"
        if not _is_among(row.get("verdict"), NOT_CODED):
            yield f"{place}, {row['code']}: the verdict is one of {', '.join(sorted(NOT_CODED))}"
        if not is_text(row.get("why")):
            yield f"{place}, {row['code']} does not say why it is not coded"


def _query_problems(key: Mapping[str, Any], queries: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    query, known = key.get("query"), [option.get("id") for option in queries]
    if query and query not in known:
        yield f"the key's query {query!r} is no option"


def _policy_problems(policy: Any) -> Iterator[str]:
    if not isinstance(policy, Mapping):
        yield "the policy must be a mapping of its fields"
        return
    yield from _unknown(policy, {CHECKS, *(one.name for one in fields(Policy))}, "the policy")
    for name, value in policy.items():
        if name in SHARES and not (_is_number(value) and 0 <= value <= 1):
            yield f"the policy: {name} is a share from 0 to 1"
        elif name == "critical_weight" and not (_is_number(value) and value >= 1):
            yield "the policy: critical_weight is a number from 1"
        elif name == "critical" and not _are_causes(value):
            yield f"the policy: critical lists names among {', '.join(Critical)}"
        elif name == CHECKS and value is not None and (type(value) is not int or value < 0):
            yield "the policy: checks is a whole number or nothing"


def _before_problems(key: Mapping[str, Any]) -> Iterator[str]:
    """Run last: the lines are known to be lines."""
    pairs, known = key.get("before") or [], set(names(key))
    if not isinstance(pairs, list) or not all(map(_is_pair, pairs)):
        yield "before must be a list of pairs of lines"
        return
    for pair in pairs:
        for name in pair:
            if name not in known:
                yield f"before names {name!r}, which is no line of the key"
        if set(pair) <= known and (pair[0] == pair[1] or pair[0][:2] != pair[1][:2]):
            yield f"before: {pair[0]} and {pair[1]} are not two diagnoses or two procedures"
    if _has_circle(pairs):
        yield "before: the orders contradict each other"


def _has_circle(pairs: Sequence[Sequence[str]]) -> bool:
    """Whether some line would have to stand before itself."""
    left = {tuple(pair) for pair in pairs if pair[0] != pair[1]}
    while left:
        behind = {later for _, later in left}
        free = {pair for pair in left if pair[0] not in behind}
        if not free:
            return True
        left -= free
    return False


def _unknown(row: Mapping[str, Any], known: Collection[str], place: str) -> Iterator[str]:
    for name in sorted(map(str, set(row) - set(known))):
        yield f"{place} has the unknown field {name!r}"


def _is_list_of_mappings(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(one, Mapping) for one in value)


def _is_pair(value: Any) -> bool:
    return isinstance(value, list) and len(value) == 2 and all(isinstance(one, str) for one in value)


def _is_among(value: Any, known: Iterable[str]) -> bool:
    return isinstance(value, str) and value in set(known)


def _is_code(value: Any) -> bool:
    return isinstance(value, str) and bool(normalize(value))


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _are_causes(value: Any) -> bool:
    return isinstance(value, list | tuple) and all(_is_among(one, Critical) for one in value)
