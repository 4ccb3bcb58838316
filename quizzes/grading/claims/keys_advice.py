"""What an author should mend in a key that can be graded: it would grade wrongly, or explain nothing."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from codesets.rules.values import Role, Setting
from codesets.systems import System, normalize
from quizzes.grading.values import Verdict


def advice(
    key: Mapping[str, Any], given: Mapping[str, Any], chart: Sequence[Mapping[str, Any]]
) -> Iterator[str]:
    """What can be graded, and would be graded wrongly or left unexplained."""
    yield from _unexplained(key)
    for where, record in _records(key):
        yield from _role_problems(record, where, given)
        yield from _repeated(record, where)
        yield from _support_problems(record, where, chart)
    mine = {code for _, record in _records(key) for code in _right_codes(record)}
    for row in key.get("not_coded") or []:
        code = (row.get("system") or System.ICD10CM.value, normalize(row["code"]))
        if code in mine:
            yield f"{row['code']} is right for a line of the key, and not_coded names it"
        if row["verdict"] == Verdict.UNCERTAIN_DX and given.get("setting") == Setting.INPATIENT:
            yield f"not_coded, {row['code']}: an inpatient's uncertain diagnosis is coded as if it existed"
    counted = [line for line in _lines(key) if not line.get("optional")]
    if not counted and not key.get("query"):
        yield "all lines of the key are optional: nothing is left to earn"


def _unexplained(key: Mapping[str, Any]) -> Iterator[str]:
    for name, line in zip(names(key), _lines(key), strict=True):
        if not is_text(line.get("why")):
            yield f"{name} does not say why it is right"


def _role_problems(record: Mapping[str, Any], where: str, given: Mapping[str, Any]) -> Iterator[str]:
    diagnoses = record.get("diagnoses") or []
    inpatient = given.get("setting") == Setting.INPATIENT
    wanted = Role.PRINCIPAL if inpatient else Role.FIRST_LISTED
    reported = [line for line in diagnoses if line.get("role") != Role.ADMITTING]
    if diagnoses and [line.get("role") for line in reported[:1]] != [wanted]:
        yield f"{where}: the first diagnosis that is not admitting has the role {wanted}"
    for number, line in enumerate(diagnoses, start=1):
        role = line.get("role")
        if line is not (reported or [None])[0] and role not in (Role.SECONDARY, Role.ADMITTING):
            yield f"{where}: dx:{number} has the role secondary"
        if role == Role.ADMITTING and not inpatient:
            yield f"{where}: dx:{number} is admitting, and the claim is no inpatient's"
        if line.get("poa") and not inpatient:
            yield f"{where}: dx:{number} has a POA indicator, and the claim is no inpatient's"


def _repeated(record: Mapping[str, Any], where: str) -> Iterator[str]:
    """A diagnosis is reported once, an admitting one beside it; a procedure again with other modifiers, and
    one of ICD-10-PCS again for another site. A code right for two lines leaves open which of them it is.
    """
    diagnoses = Counter(
        (line.get("role") == Role.ADMITTING, normalize(line["code"]))
        for line in record.get("diagnoses") or []
    )
    twice = [code for (_, code), times in diagnoses.items() if times > 1]
    procedures = Counter(
        (line["system"], normalize(line["code"]), tuple(sorted(line.get("modifiers") or [])))
        for line in record.get("procedures") or []
        if line["system"] != System.ICD10PCS
    )
    twice += [code for (_, code, _), times in procedures.items() if times > 1]
    yield from (f"{where} has {code} on two lines" for code in twice)
    for name, line in zip(names(record), _lines(record), strict=True):
        for other in line.get("accept") or []:
            same = [
                each
                for each, another in zip(names(record), _lines(record), strict=True)
                if each[:2] == name[:2] and normalize(another["code"]) == normalize(other["code"])
            ]
            if same:
                yield f"{where}: {name} accepts {other['code']}, the code of {same[0]}"


def _support_problems(
    record: Mapping[str, Any], where: str, chart: Sequence[Mapping[str, Any]]
) -> Iterator[str]:
    """The words must stand so in one paragraph of the chart, or its highlight cannot be shown."""
    paragraphs = [
        paragraph for document in chart for paragraph in str(document.get("text") or "").split("\n\n")
    ]
    for name, line in zip(names(record), _lines(record), strict=True):
        support = line.get("support") or []
        told = [support] if isinstance(support, str) else support
        if not isinstance(told, list) or not all(is_text(words) for words in told):
            yield f"{where}: the support of {name} is a text or a list of texts"
            continue
        for words in told:
            if not any(words in paragraph for paragraph in paragraphs):
                yield f"{where}: the chart does not say {words!r}, the support of {name}"


def _records(key: Mapping[str, Any]) -> Iterator[tuple[str, Mapping[str, Any]]]:
    yield "the key", key
    for number, record in enumerate(key.get("alternatives") or [], start=1):
        yield f"alternative {number}", record


def names(record: Mapping[str, Any]) -> list[str]:
    """ "dx:1" and so on, in the order of `_lines`."""
    return [
        f"{name}:{number}"
        for part, name in (("diagnoses", "dx"), ("procedures", "px"))
        for number, _ in enumerate(record.get(part) or [], start=1)
    ]


def _lines(record: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    return [*(record.get("diagnoses") or []), *(record.get("procedures") or [])]


def _right_codes(record: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    for line in _lines(record):
        system = line.get("system") or System.ICD10CM.value
        yield system, normalize(line["code"])
        for other in line.get("accept") or []:
            yield other.get("system") or system, normalize(other["code"])


def is_text(value: Any) -> bool:
    return isinstance(value, str) and bool(value.strip())
