"""Every verdict on real examples: a right answer changed in one way, and all that is said of all its lines.

Written from the books and the rules of grading, without regard to how the grader decides.

A row: setting | key | answer | every line that is not simply right | credit in an exam. Settings are P, O and
I, V where CPT is loaded; claims and lines as in written.py. After `;` a key has fields: `not CODE verdict`,
`before dx:1 dx:2`, `or` another record, `query b`; an answer has the query that it sends. `=` is the key
as the answer. Rows go on in lines that are set in.
"""

from collections import defaultdict

import pytest

from codesets.rules.values import Setting
from quizzes.grading.values import Verdict
from tests.quizzes.grading.claims.written import facts, grade, lines, not_coded, record

SETTINGS = {"P": Setting.PROFESSIONAL, "O": Setting.OUTPATIENT, "I": Setting.INPATIENT}

MATRIX = """
correct
P | E11.22, N18.31, I10, Z79.4 | = | - | 1
I | K35.80 poa=Y, Z79.4 poa=1 / 0DTJ4ZZ | = | - | 1
P | M17.11, E66.9 / J3301-JZ*4:1, J1885*2:1 2 | = | - | 1

alternative_accepted
P | E11.22~E11.21, I10 | E11.21, I10 | dx:1=dx:1 alternative_accepted i 1 | 1
P | I10 / J1885~J2405*2:1 | I10 / J2405*2:1 | px:1=px:1 alternative_accepted i 1 | 1
I | J96.01, J13 ; or J13, J96.01 | J13, J96.01 |
    dx:1=dx:1 alternative_accepted i 1 + dx:2=dx:2 alternative_accepted i 1 | 1

optional_ignored
P | I10, Z87.891? | = | dx:2=dx:2 optional_ignored i 0 | 1
P | I10 / J1885*2, J2405? | = | px:2=px:2 optional_ignored i 0 | 1
I | J13, Z87.891? poa=1 | J13, Z87.891 poa=Y | dx:2=dx:2 optional_ignored i 0 | 1

truncated
P | I10, E11.22 | I10, E11.2 | dx:2=dx:2 truncated c 0 | 0.5
O | S52.501A, W19.XXXA | S52.501, W19.XXXA | dx:1=dx:1 truncated c 0 | 0.5
P | I10, N18.31 | I10, N18 | dx:2=dx:2 truncated c 0 | 0.5
I | K35.80 / 0DTJ4ZZ | K35.80 / 0DTJ | px:1=px:1 truncated invalid c 0 | 0.5

laterality
P | I10, M17.11 | I10, M17.12 | dx:2=dx:2 laterality w 0 | 0.5
P | I10, E11.3211 | I10, E11.3212 | dx:2=dx:2 laterality w 0 | 0.5
O | S52.501A, W19.XXXA | S52.502A, W19.XXXA | dx:1=dx:1 laterality c 0 | 0.5
P | I10, H40.1131 | I10, H40.1121 | dx:2=dx:2 laterality w 0 | 0.5
P | I10, L97.512 | I10, L97.522 | dx:2=dx:2 laterality w 0 | 0.5

seventh_character
O | S52.501A, W19.XXXA | S52.501D, W19.XXXA | dx:1=dx:1 seventh_character c 0 | 0.5
P | I10, H40.1131 | I10, H40.1132 | dx:2=dx:2 seventh_character w 0 | 0.5
O | T81.31XA, W19.XXXA | T81.31XA, W19.XXXD | dx:2=dx:2 seventh_character w 0 | 0.5

specificity
P | I10, N18.31 | I10, N18.30 | dx:2=dx:2 specificity w 0 | 0.5
P | I10, M17.11 | I10, M17.10 | dx:2=dx:2 specificity w 0 | 0.5
I | A41.51, R65.20 | A41.9, R65.20 | dx:1=dx:1 specificity c 0 | 0.5
P | I10, E11.3211 | I10, E11.3219 | dx:2=dx:2 specificity w 0 | 0.5

pcs_axis
I | K35.80 / 0DTJ4ZZ | K35.80 / 0DTJ0ZZ | px:1=px:1 pcs_axis w 0 | 0.5
I | K35.80 / 0DTJ4ZZ | K35.80 / 0DBJ4ZZ | px:1=px:1 pcs_axis c 0 | 0.5
I | M17.11 / 0SRC0J9 | M17.11 / 0SRD0J9 | px:1=px:1 pcs_axis w 0 | 0.5
I | J96.01 / 5A1945Z | J96.01 / 5A1935Z | px:1=px:1 pcs_axis w 0 | 0.5

same_category
P | I10, E11.22 | I10, E11.21 | dx:2=dx:2 same_category w 0 | 0.5
I | J13, J44.0 | J13, J44.1 | dx:2=dx:2 same_category w 0 | 0.5
P | I11.0, I50.22 | I11.0, I50.32 | dx:2=dx:2 same_category w 0 | 0.5

wrong_category
P | I10, E11.22 | I10, E10.22 | dx:2=dx:2 wrong_category w 0 | 0.5
I | I10, J18.9 | I10, J15.9 | dx:2=dx:2 wrong_category w 0 | 0.5
P | I10, N18.31 | I10, N17.9 | dx:2=dx:2 wrong_category w 0 | 0.5

combination
P | E11.22, N18.31 ; not E11.9 combination | E11.22, N18.31, E11.9 | dx:3=- combination w 0 | 0.6667
I | K80.00 ; not K81.0 combination | K80.00, K81.0 | dx:2=- combination w 0 | 0.5

invalid
P | I10, N18.31 | I10, N18.31, XYZ | dx:3=- extra invalid c 0 | 0.6667
P | I10, E11.22 | I10, E11.23 | dx:2=dx:2 invalid c 0 | 0.5
I | K35.80 / 0DTJ4ZZ | K35.80 / 0DTJ4ZX | px:1=px:1 invalid pcs_axis c 0 | 0.5

not_in_force
O | S30.11XA, W19.XXXA | S30.1XXA, W19.XXXA | dx:1=dx:1 not_in_force same_category c 0 | 0.5
P | I10 | I10, T40.4X1A | dx:2=- extra not_in_force c 0 | 0.5

not_verifiable
P | I10 / J1885*2 | I10 / J1885*2, 20610 | px:2=- extra not_verifiable w 0 | 0.6667
P | I10 / J1885*2 | I10 / J1885*2, J1094 | px:2=- extra not_verifiable w 0 | 0.6667
P | I10 / 99214 | I10 / 99213 | px:1=px:1 em_level not_verifiable w 0 | 0.5

missing
P | E11.22, N18.31, I10, Z79.4 | E11.22, N18.31, Z79.4 | -=dx:3 missing w 0 | 0.75
P | E11.22, N18.31 | N18.31 | -=dx:1 missing c 0 | 0.5
P | I10 / J1885*2 | I10 | -=px:1 missing c 0 | 0.5
I | J13, R07.9 admitting | J13 | -=dx:2 missing w 0 | 0.5

extra
P | I10, Z79.4 | I10, Z79.4, N39.0 | dx:3=- extra w 0 | 0.6667
P | I10 / J1885*2 | I10 / J1885*2, A0429 | px:2=- extra w 0 | 0.6667
P | I10, Z79.4 | I10, Z79.4, I10 | dx:3=- extra w 0 | 0.6667
P | E11.22, I10 | E11.22, I10, E11.21 | dx:3=- extra w 0 | 0.6667
P | I10, N39.0 | I10, M17.11 | dx:2=- extra w 0 + -=dx:2 missing w 0 | 0.3333
I | J13, R07.9 admitting | J13, R07.9 admitting, R07.9 | dx:3=- extra w 0 | 0.6667

unsupported
P | I10, Z79.4 ; not A41.9 unsupported | I10, Z79.4, A41.9 | dx:3=- unsupported c 0 | 0.6667
P | I10 / J1885*2 ; not hcpcs J2405 unsupported | I10 / J1885*2, J2405 | px:2=- unsupported c 0 | 0.6667
I | J13, I50.32 ; not I50.33 unsupported | J13, I50.33 | dx:2=dx:2 unsupported same_category c 0 | 0.5

integral_symptom
P | N20.1 ; not R31.0 integral_symptom | N20.1, R31.0 | dx:2=- integral_symptom w 0 | 0.5
I | J13 ; not R05.1 integral_symptom | J13, R05.1 | dx:2=- integral_symptom w 0 | 0.5

uncertain_dx
O | R07.9 ; not I21.4 uncertain_dx | R07.9, I21.4 | dx:2=- uncertain_dx w 0 | 0.5
O | N20.1, I10 ; not N39.0 uncertain_dx | N20.1, I10, N39.0 | dx:3=- uncertain_dx w 0 | 0.6667

sequencing
I | A41.51, N39.0, I10 | N39.0, A41.51, I10 |
    dx:1=dx:2 sequencing w 1 + dx:2=dx:1 sequencing c 0.5 | 0.8333
P | E11.22, N18.31, I10, Z79.4 | I10, E11.22, N18.31, Z79.4 |
    dx:1=dx:3 sequencing w 1 + dx:2=dx:1 sequencing c 0.5 | 0.875
P | I10, E11.22, N18.31 ; before dx:2 dx:3 | I10, N18.31, E11.22 | dx:3=dx:2 sequencing w 0.5 | 0.8333
P | I10, G30.9, F02.80, Z79.4 ; before dx:2 dx:3 | I10, Z79.4, F02.80, G30.9 |
    dx:4=dx:2 sequencing w 0.5 | 0.875
I | J18.9, R06.02 admitting | J18.9, R06.02 | dx:2=dx:2 sequencing w 0.5 | 0.75
I | J18.9, R06.02 | J18.9, R06.02 admitting | dx:2=dx:2 sequencing w 0.5 | 0.75
P | E11.22, N18.31, I10 | E11.22, N18.31 role=first_listed, I10 | dx:2=dx:2 sequencing w 0.5 | 0.8333
I | A41.51, N39.0 | J13, A41.51, N39.0 | dx:1=- extra sequencing w 0 + dx:2=dx:1 sequencing c 0.5 | 0.5

modifier_missing
P | M17.11 / 20610-RT | M17.11 / 20610 | px:1=px:1 modifier_missing w 0.5 | 0.75
P | I10 / 99213-25 | I10 / 99213 | px:1=px:1 modifier_missing c 0.5 | 0.75
P | I10 / J3301-JZ*4 | I10 / J3301*4 | px:1=px:1 modifier_missing w 0.5 | 0.75

modifier_wrong
P | M17.11 / 20610-RT | M17.11 / 20610-LT | px:1=px:1 modifier_wrong w 0.5 | 0.75
P | M17.0 / 20610-50 | M17.0 / 20610-RT | px:1=px:1 modifier_wrong c 0.5 | 0.75

modifier_extra
P | I10 / 99213 | I10 / 99213-25 | px:1=px:1 modifier_extra c 0.5 | 0.75
P | I10 / J1885*2 | I10 / J1885-JZ*2 | px:1=px:1 modifier_extra w 0.5 | 0.75
P | M17.11 / 20610-RT | M17.11 / 20610-RT-59 | px:1=px:1 modifier_extra c 0.5 | 0.75

units
P | I10 / J1885*2 | I10 / J1885*1 | px:1=px:1 units w 0.5 | 0.75
P | I10 / J3301-JZ*4 | I10 / J3301-JZ*40 | px:1=px:1 units w 0.5 | 0.75

poa
I | J13 poa=Y, N17.9 poa=N | J13 poa=Y, N17.9 poa=Y | dx:2=dx:2 poa w 0.5 | 0.75
I | J13 poa=Y, L89.153 poa=N | J13 poa=Y, L89.153 poa=Y | dx:2=dx:2 poa c 0.5 | 0.75
I | J13 poa=Y, N39.0 poa=U | J13 poa=Y, N39.0 | dx:2=dx:2 poa w 0.5 | 0.75
I | J13 poa=Y, L89.153 poa=N | J13 poa=Y, L89.152 poa=Y | dx:2=dx:2 same_category poa c 0 | 0.5

pointer
P | M17.11, I10 / J3301-JZ*4:1 | M17.11, I10 / J3301-JZ*4:2 | px:1=px:1 pointer w 0.5 | 0.8333
P | M17.11, I10 / J3301-JZ*4:1 | M17.11, I10 / J3301-JZ*4:1 2 | px:1=px:1 pointer w 0.5 | 0.8333
P | M17.11, I10 / J3301-JZ*4:1 2 | M17.11, I10 / J3301-JZ*4:1 | px:1=px:1 pointer w 0.5 | 0.8333
P | M17.11, I10 / J3301-JZ*4:1 | M17.11, I10 / J3301-JZ*4 | px:1=px:1 pointer w 0.5 | 0.8333

em_level
V | I10 / 99214 | I10 / 99213 | px:1=px:1 em_level w 0 | 0.5
V | I10 / 99213-25 | I10 / 99214-25 | px:1=px:1 em_level w 0 | 0.5
V | I10 / 99214-25 | I10 / 99213 | px:1=px:1 em_level modifier_missing c 0 | 0.5
V | I10 / 99203 ; not cpt 99202 em_level | I10 / 99202 | px:1=px:1 em_level w 0 | 0.5

unbundled
V | M17.11 / 29881 ; not cpt 29877 unbundled | M17.11 / 29881, 29877 | px:2=- unbundled c 0 | 0.6667
V | M17.11 / 20610 ; not hcpcs J1885 unbundled | M17.11 / 20610, J1885 | px:2=- unbundled c 0 | 0.6667

wrong_option
O | R07.9 ; query b | R07.9 ; query a | query=query wrong_option c 0 | 0.5
I | J13 ; query a | J13 ; query b | query=query wrong_option c 0 | 0.5
"""

# What must not be penalised, and what one slip must not be made into.
NOT_SAID = """
P | E11.22, N18.31, I10, Z79.4 | E11.22, Z79.4, I10, N18.31 | - | 1
P | I10, E11.22, N18.31 ; before dx:2 dx:3 | I10, E11.22, N18.31 | - | 1
I | K80.00 / 0FT44ZZ, 0DTJ4ZZ | K80.00 / 0DTJ4ZZ, 0FT44ZZ | - | 1
P | M17.11 / 20610-RT-59 | M17.11 / 20610-59-RT | - | 1
P | M17.11, I10 / J3301-JZ*4:1 2 | M17.11, I10 / J3301-JZ*4:2 1 | - | 1
P | M17.11, I10, Z79.4 / J3301-JZ*4:2 | M17.11, Z79.4, I10 / J3301-JZ*4:3 | - | 1
P | M17.11 / J3301-JZ*4 | M17.11 / J3301-JZ*4:1 | - | 1
P | I10, Z87.891? | I10 | - | 1
P | I10 / J1885*2, J2405? | I10 / J1885*2 | - | 1
I | J13 poa=Y, Z79.4 poa=1 | J13 poa=Y, Z79.4 | - | 1
I | J13 poa=Y, Z79.4 | J13 poa=Y, Z79.4 poa=Y | - | 1
O | J18.9 poa=Y | J18.9 | - | 1
P | I10 / J1885 | I10 / J1885*1 | - | 1
P | i10, e1122 | I10, E11.22 | - | 1
P | I10, E11.22 | I10 first=1, E11.22 | - | 1
P | I10 ; not R07.9 integral_symptom | I10 | - | 1
I | J96.01, J13 ; or J13, J96.01 | J96.01, J13 | - | 1
V | M17.0 / 20610-RT, 20610-LT | M17.0 / 20610-LT, 20610-RT | - | 1
O | R07.9 ; query b | R07.9 ; query b | - | 1
P | M17.11, I10 / J3301-JZ*4:1 | M17.12, I10 / J3301-JZ*4:1 | dx:1=dx:1 laterality c 0 | 0.6667
P | M17.11, I10, Z79.4 / J3301-JZ*4:1, J1885*2:1, J2405:1 | I10, Z79.4 / J3301-JZ*4, J1885*2, J2405 |
    -=dx:1 missing c 0 | 0.8333
P | M17.11, I10, Z79.4 / J3301-JZ*4:1, J1885*2:1, J2405:1 ; not M25.561 integral_symptom |
    M25.561, I10, Z79.4 / J3301-JZ*4:1, J1885*2:1, J2405:1 |
    dx:1=- integral_symptom w 0 + -=dx:1 missing c 0 | 0.7143
P | M17.11, I10, Z87.891? / J3301-JZ*4:1 3 | M17.11, I10, Z87.891 / J3301-JZ*4:1 |
    dx:3=dx:3 optional_ignored i 0 | 1
I | A41.51, N39.0, I10 | N39.0, I10 | -=dx:1 missing c 0 | 0.6667
O | R07.9 ; query b | R07.9 | -=query missing c 0 | 0.5
O | R07.9 | R07.9 ; query a | query=- extra w 0 | 0.5
"""


def _rows(text: str) -> dict[str, list[list[str]]]:
    """The rows by the verdict above them; before the first one, by nothing."""
    found: dict[str, list[list[str]]] = defaultdict(list)
    verdict = ""
    for written in text.strip().replace("\n    ", " ").splitlines():
        cells = [cell.strip() for cell in written.split(" | ")]
        if len(cells) == 1:
            verdict = cells[0] or verdict
        else:
            found[verdict].append(cells)
    return found


ROWS = _rows(MATRIX)
SAID = [(verdict, *row) for verdict, rows in ROWS.items() for row in rows]


def _graded(setting: str, key: str, answer: str):
    known = facts(visits=setting == "V")
    setting = SETTINGS.get(setting, Setting.PROFESSIONAL)
    lines_of_key, *said = [part.strip() for part in key.split(";")]
    more: dict = {"not_coded": [], "alternatives": [], "before": []}
    for words in said:
        name, _, rest = words.partition(" ")
        if name == "not":
            more["not_coded"] += not_coded(rest)
        elif name == "or":
            more["alternatives"].append({"why": "It fits as well.", **record(rest, setting)})
        elif name == "before":
            more["before"].append(rest.split())
        else:
            more["query"] = rest
    claim, _, query = (part.strip() for part in answer.partition(";"))
    claim = lines_of_key.replace("?", "") if claim == "=" else claim
    return grade(lines_of_key, claim, setting, known=known, sent=query[6:] or None, **more)


@pytest.mark.parametrize(("verdict", "setting", "key", "answer", "expected", "credit"), SAID)
def test_what_is_said_of_every_line(verdict, setting, key, answer, expected, credit):
    graded = _graded(setting, key, answer)
    assert lines(graded) == ([] if expected == "-" else expected.split(" + "))
    assert round(graded.credit, 4) == float(credit)
    assert verdict in {said.value for line in graded.lines for said in line.verdicts}


@pytest.mark.parametrize(("setting", "key", "answer", "expected", "credit"), _rows(NOT_SAID)[""])
def test_what_must_not_be_said(setting, key, answer, expected, credit):
    graded = _graded(setting, key, answer)
    assert lines(graded) == ([] if expected == "-" else expected.split(" + "))
    assert round(graded.credit, 4) == float(credit)


def test_every_verdict_has_two_examples():
    assert {verdict: len(rows) >= 2 for verdict, rows in ROWS.items()} == {
        verdict.value: True for verdict in Verdict
    }


@pytest.mark.parametrize(("verdict", "setting", "key", "answer", "expected", "credit"), SAID)
def test_every_line_has_words(verdict, setting, key, answer, expected, credit):
    """Advice in sentences wherever something is wrong; and no quote without its source."""
    for line in _graded(setting, key, answer).lines:
        if line.severity.value != "information":
            assert line.why.endswith((".", "?")), line
        if line.quote and "not_in_force" not in line.verdicts:  # another release says what it was
            assert line.source is not None, line
