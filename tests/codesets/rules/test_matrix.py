"""Claims that must draw a kind of finding, and near misses that must not: real codes of fiscal year 2026.

Written from the tabular list and the Official Guidelines, without regard to how a rule decides.

Each part of MATRIX: a kind and its severity, "yes:" claims that draw it and "no:" near misses, parted by ";".
A claim: "setting sex age: diagnoses / procedures > lines", most of it may be absent. Settings are P, O and I;
`@13` are thirteen diagnoses; `1 2` are lines of diagnoses, `p1` of procedures, `+` begins another finding.
"""

import re
from dataclasses import replace
from datetime import date
from functools import lru_cache

import pytest

from codesets.rules import check
from codesets.rules.facts import CodeFact, EditFact, Elsewhere, Facts, OpenBook, PairFact, TableFact
from codesets.rules.values import Claim, Setting
from codesets.systems import System, normalize
from tests.codesets.rules.books import claim, official_book
from tests.codesets.rules.supplies import drawn, procedures, row

CM, HCPCS, CPT, PCS = System.ICD10CM, System.HCPCS, System.CPT, System.ICD10PCS
SETTINGS = {"P": Setting.PROFESSIONAL, "O": Setting.OUTPATIENT, "I": Setting.INPATIENT}

LISTS = {
    ("mce", "newborn_only"): "Z38.00 P59.9 P22.0 A33 P07.16",
    ("mce", "pediatric_only"): "F84.3 R62.51 Z00.129 Z00.121 P92.9",
    ("mce", "maternity_only"): "O80 O24.410 O14.13 Z37.0 Z3A.39 O34.211",
    ("mce", "adult_only"): "I25.10 F03.90 H25.11 N40.1",
    ("mce", "female_only"): "O80 Z37.0 O24.410 N80.03 C53.9 N81.10",
    ("mce", "male_only"): "C61 N40.1 N52.9 Z12.5",
    ("mce", "principal_unacceptable"): "Z37.0 B96.20 R65.20 Z68.41 T38.0X5A Z66 Z79.01 I46.2",
    ("mce", "principal_manifestation"): "F02.80 J91.0 G63 N52.1",
    ("poa_exempt", "poa_exempt"): "Z79.4 Z79.01 Z68.41 I25.2 Z37.0 Z38.00 W19.XXXA Z87.891 Z95.5",
}
# Units and adjudication indicator; column 1, column 2 and modifier indicator. Invented.
UNITS = {"J0696": (16, "3"), "20610": (2, "2"), "17000": (1, "2"), "99213": (2, "3"), "36415": (1, "1")}
BASIS = {"1": "Line Edit", "2": "Date of Service Edit: Policy", "3": "Date of Service Edit: Clinical"}
PAIRS = ("20610 99211 1", "45385 45378 1", "47562 49320 0", "11042 97597 1", "93000 93005 0", "29881 20610 1")
TABLES = ("mce", "poa_exempt", "ncci_practitioner", "ncci_hospital", "mue_practitioner", "mue_hospital")
ENDED = Elsewhere("As it was", (("2025", date(2024, 10, 1), date(2025, 10, 1)),))
TO_COME = Elsewhere("As it will be", (("2027", date(2026, 10, 1), None),))
ELSEWHERE = {"S301XXA": ENDED, "T404X1A": ENDED, "T404X5A": ENDED, "H062": ENDED, "J458": ENDED}
ELSEWHERE |= {"E11A9": TO_COME, "D645": TO_COME}
PRIMARY = "(list separately in addition to code for primary procedure)"
SUPPLIES = drawn(
    *map(row, ("LT", "RT", "E1", "E3", "F2", "TA", "GP", "XS", "XU")),
    row("J0696", "Injection, ceftriaxone sodium, per 250 mg"),
    row("J7325", "Hyaluronan"),
    row("C9601", f"Stent; each additional branch {PRIMARY}"),
    row("C9600", "Stent; single artery"),
    row("G2211", "Complexity (add-on code, list separately in addition to office visit)"),
    row("G0279", "Tomosynthesis (list separately in addition to 77065 or 77066)"),
    row("G0453", "Monitoring each 15 minutes (list in addition to primary procedure)"),
)
SURGERY = OpenBook(PCS, "FY 2026", {"0DTJ4ZZ": CodeFact(PCS, "0DTJ4ZZ", "Resection of Appendix", True)})

MANY = (
    "I10, E11.9, N39.0, J18.9, M54.50, R07.9, K21.9, E03.9, F41.1, G47.33, N40.1, L40.0, D50.9, H40.1131, "
    "B35.1, Z79.4, M17.11, E78.5, I25.10, F33.1, K57.30, N20.0, D12.4, L57.0, H25.11, M10.9"
)

MATRIX = """
unknown critical
yes: A00.7 > 1 ; F32.6, I10 > 1 ; I10, K35.9 > 2 ; U99.9 > 1 ; E11.23 > 1 ; Q99.5 > 1 ; I10, XYZ > 2
no:  I10 ; E11 ; S52.501 ; S52.501X ; W19 ; I10.9 ; M54.5 ; S30.1XXA ; T40.4X1A ; E11.A9 ; C44.1021

not_in_force critical
yes: S30.1XXA > 1 ; T40.4X1A, R40.0 > 1 ; T40.4X5A > 1 ; E11.A9 > 1 ; I10, H06.2 > 2 ; J45.8 > 1 ;
     D64.5, I10 > 1
no:  I10 ; E11.9 ; A00.7 ; E11 ; S52.501 ; M54.5 ; T40.411A ; S30.11XA ; G35.A

not_billable critical
yes: E11 > 1 ; I10, M54.5 > 2 ; G35, N31.9 > 1 ; N18.3 > 1 ; F50.2 > 1 ; Z68.5 > 1 ; Y07.03 > 1 ;
     C50.91 > 1 ; J45.90 > 1 ; S52.5 > 1
no:  I10 ; N18.30 ; M54.50 ; S52.501 ; G35.A ; A00.7 ; T14.91XA ; Z23 ; U07.1 ; S72.001 ; C44.1021

missing_seventh critical
yes: S52.501 > 1 ; I10, W19 > 2 ; M84.451 > 1 ; H40.1131, H40.112 > 2 ; O36.63 > 1 ; T39.1X2 > 1 ;
     S72.001, I10 > 1 ; E11.351 > 1 ; M1A.071 > 1 ; S01.01 > 1
no:  S52.501A ; H40.1131 ; C44.1021 ; Z91.0112 ; Z86.0100 ; I10 ; E11.9 ; E11 ; O80 ; E11.36 ; M10.9 ;
     R40.2411 ; T14.91XA

invalid_seventh critical
yes: S52.501Z > 1 ; H40.113A > 1 ; M84.451X > 1 ; S06.0X1B > 1 ; E11.3517 > 1 ; T39.1X2G > 1 ;
     O36.63X8 > 1 ; S06.1X7D > 1 ; W19.XXXK > 1 ; S82.201X > 1
no:  S52.501A ; S52.501R ; S01.01XS ; H40.1134 ; M1A.0710 ; O36.63X9 ; C44.1021 ; S06.1X7A ; M84.451S ;
     Z86.0101 ; R40.2412 ; S32.010B

placeholder critical
yes: W19A > 1 ; S01.01A > 1 ; T39.12A > 1 ; S01.81A, I10 > 1 ; W01.0A > 1 ; O36.630 > 1 ; T31.XXA > 1 ;
     T14.91A > 1 ; I10, X58.A > 2
no:  W19.XXXA ; S01.01XA ; T39.1X2A ; S52.501A ; O36.63X0 ; I10 ; T31.0 ; S06.0X1A ; V43.52XA ; C44.1021 ;
     T58.01XA

superfluous_character critical
yes: I10.0 > 1 ; I10X > 1 ; E11.9A > 1 ; N39.0A > 1 ; J18.9XXA > 1 ; Z23.0 > 1 ; L03.115A > 1
no:  I10 ; S52.501A ; C44.1021 ; Z91.0112 ; N39.0 ; E11.3511 ; W19.XXXA ; M1A.0710 ; Z86.0100 ; R40.2411

excludes1 warning
yes: I10, O10.011 > 1 2 ; O10.011, I10 > 1 2 ; N39.0, N30.00 > 1 2 ; E11.9, E10.9 > 1 2 ;
     R55, I95.1 > 1 2 ; F31.9, F33.1 > 1 2 ; M10.9, M1A.0710 > 1 2 ; N20.1, N13.2 > 1 2 ;
     K92.2, K57.31 > 1 2 ; R73.03, E11.9 > 1 2 ; E11.610, M14.671 > 1 2 ; G30.9, F03.90 > 1 2 ;
     O24.410, Z34.83 > 1 2 ; I10, N39.0, E11.9, N30.00, E10.9 > 2 4 + 3 5 ; S05.01XA, T15.01XA > 1 2 ;
     O85, A41.51 > 1 2
no:  I10, E11.9 ; J44.0, J44.1 ; J44.1, J45.901 ; E11.621, L97.512 ; M17.0, M25.561 ; K57.30, K92.1 ;
     I48.91, I10 ; N17.9, N18.30 ; B20, B59 ; F32.A, F41.9 ; I25.10, I25.2 ; I11.0, I50.22 ;
     O99.012, D50.9 ; Z12.11, K63.5 ; S52.501A, S72.001A ; G40.909, G43.909 ; D50.0, K92.2

excludes2 information
yes: M25.561, M79.661 > 1 2 ; L97.511, L89.150 > 1 2 ; F41.1, F43.0 > 1 2 ; G43.909, R51.9 > 1 2 ;
     I63.9, I69.351 > 1 2 ; J44.1, J44.0 > 1 2 ; J45.901, J44.89 > 1 2 ; I63.9, I10, Z86.73 > 1 2 + 1 3 ;
     Z79.4, Z79.84 > 1 2
no:  I10, O99.012 ; J18.9, S27.0XXA ; I10, E11.9 ; E11.9, O24.410 ; N39.0, N30.00 ; M10.9, M1A.0710 ;
     C50.911, D05.12 ; Z23, Z00.129 ; K21.9, S36.113A ; R10.9, O26.891 ; N18.30, P59.9 ; J44.1, J45.901

manifestation_first critical
yes: F02.80, G30.9 > 1 2 ; F02.80 > 1 ; G63, E85.1 > 1 2 ; I10 admitting, F02.80, G30.9 > 2 3 ;
     M36.8 > 1 ; H42, E85.9 > 1 2 ; L45 > 1 ; I: D77 poa=Y > 1 ; N08, E85.3 > 1 2
no:  G30.9, F02.80 ; D63.0, C18.2 ; F03.90, I10 ; E11.22, N18.30 ; I50.22, I11.0 ; E85.1, G63 ;
     G30.9, I10, F02.80 ; I: F02.80 admitting, G30.9 poa=Y, F02.80 poa=Y ; I98.8, I10 ; D63.1, N18.4 ;
     R65.20, A41.9 ; B37.0

code_first warning
yes: T36.8X5A, L51.1 > 1 2 ;
     D63.0, C18.2 > 1 2 ; D63.0, I10 > 1 ; R65.20, A41.9 > 1 2 ; I50.22, I11.0 > 1 2 ;
     N18.6, I12.0 > 1 2 ; L97.512, E11.621 > 1 2 ; I10, R65.20 > 2 ; G30.9, I10, J12.82 > 3 ;
     J12.82, U07.1 > 1 2 ; K31.84, E11.43 > 1 2 ; Z08, Z17.0, C50.911 > 2 3 ; I1A.0, I10 > 1 2 ;
     F02.80, G30.9, D63.1 > 3 ; A41.9, T81.44XA, R65.20 > 1 2 ; N17.9, A41.9, R65.20 > 1 3 ;
     G92.8, T42.4X1A > 1 2
no:  G92.8, T42.4X5A, I10 ; T36.8X1A, L51.1 ; Z01.818, Z79.01, I48.91, M17.11 ; Z51.81, Z79.01, I48.20 ;
     C18.2, D63.0 ; A41.9, R65.20 ; I11.0, I50.22 ; E11.621, L97.512 ; I50.22, E78.5 ; N18.30, E11.9 ;
     L97.512, I10 ; K31.84, I10 ; U07.1, J12.82 ; N40.1, R33.8 ; R33.8, I10 ; L27.0, T36.0X5A ;
     F05, N39.0 ; N39.0, B96.20 ; I50.9 ; G89.3, C50.911 ; Z51.11, C18.2 ;
     R65.21 admitting, A41.9, R65.21 ; T45.1X5A admitting, D70.1 ; G92.8, T42.4X5A ;
     N30.00, B96.20, R33.8, N40.1 ; J96.01, I21.A1, D64.9, J44.9 ; M06.9, K74.60, B18.2

use_additional warning
yes: E11.22, I10 > 1 ; I12.0 > 1 ; I12.9, I10 > 1 ; I13.0, I50.22 > 1 ; I13.0, N18.30 > 1 ;
     E11.621, I10 > 1 ; O80, Z3A.39 > 1 ; E11.22, I12.9, E78.5 > 1 + 2 ; O80, Z37.2 > 1 2 ;
     I11.0, I10 > 1 ; O99.331, Z3A.10 > 1 ; I12.9, N18.6 > 1 2 ; I13.0, I50.22, N18.6 > 1 3 ;
     E11.22, E11.21 > 1
no:  E11.22, N18.30 ; I12.0, N18.6 ; I13.2, I50.22, N18.6 ; E11.621, L97.512 ; O80, Z37.0 ; E11.9 ;
     E11.65 ; J44.1 ; N39.0 ; I10 ; E66.9 ; L27.0 ; T39.1X2A ; C50.911 ; I25.10 ; H66.91 ;
     E11.622, L98.491 ; I12.9, N18.9

code_also information
yes: I16.0 > 1 ; Z51.81 > 1 ; G31.2 > 1 ; K76.82 > 1 ; N94.3 > 1 ; F80.4 > 1 ; Z49.01 > 1 ;
     E83.01, I10 > 1
no:  I10 ; E11.9 ; J44.0, J18.9 ; I16.0, I10 ; Z51.81, Z79.01 ; N39.0 ; K74.60, B18.2 ; M17.0 ; K74.60 ;
     J44.0 ; K76.82, K74.60 ; Z49.01, N18.6

sequence warning
yes: S46.011S, M25.511 > 1 ; T22.211A, T23.301A > 1 2 ; I: J18.9 poa=Y, A41.9 poa=Y, R65.20 poa=Y > 1 2 ;
     S00.83XA, T76.12XA > 1 2 ; I82.501, I82.401 > 1 2 ; T42.0X5A, R27.0 > 1 ; I26.99, O88.23 > 1 2 ;
     S01.81XA, W19.XXXA, V43.52XA > 2 3 ; D64.9, O99.02 > 1 2
no:  I50.32, I50.31 ; I21.4, I25.2 ;
     M25.511, S46.011S ; K59.03, T40.2X5A ; T23.301A, T22.211A ;
     I: J18.9 poa=Y, A41.9 poa=N, R65.20 poa=N ; I: A41.9 poa=Y, J18.9 poa=Y ; T39.1X2A, K71.10 ;
     T76.12XA, S00.83XA ; I82.401, I82.501 ; T23.301A, T31.10 ; S52.501A, W19.XXXA, Y92.009 ;
     I50.33, I50.22 ; J44.1, J44.9 ; T40.2X5A, K59.03 ; L90.5, T23.301A, T22.211A

external_cause_first critical
yes: W19.XXXA, S52.501A > 1 ; Y92.009, S52.501A > 1 ; V43.52XA > 1 ; Y95, J18.9 > 1 ;
     I: X58.XXXA, S06.0X0A poa=Y > 1 ; W54.0XXA, S61.451A, Z23 > 1 ; Y83.1, T84.51XA > 1
no:  S52.501A, W19.XXXA ; J18.9, Y95 ; I: W19.XXXA admitting, S52.501A poa=Y ; T84.51XA, Y83.1 ; Z23 ;
     T39.1X2A ; T63.441A ; U07.1 ; Z20.3, W55.81XA

secondary_only warning
yes: Z68.41, E66.813 > 1 ; R29.710, I63.9 > 1 ; R40.2411, S06.0X1A > 1 ; T45.516A, I48.91 > 1 ;
     Z59.00, F20.9 > 1 ; Z28.310 > 1 ; Z55.0, F81.0 > 1 ; Z63.0 > 1
no:  E66.813, Z68.41 ; I63.9, R29.710 ; I48.91, T45.516A ; S06.0X1A, R40.2411 ; R40.20, T40.411A ;
     Z71.3, E66.9, Z68.33 ; I: Z68.41 admitting, E66.813 poa=Y ; Z79.4, E11.9 ; R29.6 ; T45.515A, R79.1 ;
     Z99.2, N18.6 ; Y90.6, F10.129

first_listed_only warning
yes: I10, Z00.00 > 2 ; C18.2, Z51.11 > 2 ; Z85.3, Z51.0 > 2 ; I10, Z02.5 > 2 ; P59.9, Z38.00 > 2 ;
     Z36.9, Z34.92 > 2 ; T74.21XA, Z04.41 > 2 ; S01.81XA, Z04.1 > 2 ; Z12.31, Z00.00 > 2
no:  Z00.00, I10 ; Z51.11, C18.2 ; Z51.11, Z51.0, C15.4 ; Z51.12, Z51.11, C34.11 ; Z38.00, P59.9 ;
     I10, Z23 ; I10, Z12.11 ; O80, Z37.0 ; Z34.02, Z3A.12 ; Z01.419, N92.0 ; Z00.00, Z12.31 ;
     I: Z38.00 admitting, Z38.00, P59.9 poa=Y ; Z51.5, C25.9 ; O90.6, Z39.2 ; C50.911, Z40.01

duplicate warning
yes: I10, I10 > 1 2 ; E11.9, I10, E11.9 > 1 3 ; I10, I10, I10 > 1 2 3 ; i10, I10 > 1 2 ;
     E11.9, E119 > 1 2 ; I10, E11.9, I10, E11.9 > 1 3 + 2 4
no:  I10, E11.9 ; I: I10 admitting, I10 poa=Y ; S52.501A, S52.502A ; E11.319, E11.311 ; M17.11, M17.12 ;
     S52.501A, S52.501D ; T40.2X1A, T40.2X5A ; L97.511, L97.521

laterality warning
yes: M17.11, M17.12 > 1 2 ; H10.31, H10.32 > 1 2 ; G56.01, G56.02 > 1 2 ; I80.01, I80.02 > 1 2 ;
     M17.0, M17.11 > 1 2 ; M16.0, M16.12 > 1 2 ; H25.13, H25.11 > 1 2 ; I10, M17.12, M17.11 > 2 3 ;
     H40.1112, H40.1122 > 1 2 ; I70.211, I70.212 > 1 2
no:  M25.551, M25.552 ; M79.604, M79.605 ;
     M17.11, M16.12 ; M25.561, M25.562 ; H40.1111, H40.1122 ; S52.501A, S52.502A ; C50.411, C50.412 ;
     M17.0 ; L97.511, L97.521 ; M75.101, M75.122 ; H90.41, H90.42 ; S61.411A, S61.412A ;
     E11.3511, E11.3592 ; H00.11, H00.14 ; M17.11, M25.562 ; M25.511, M25.519

seventh_disagrees warning
yes: S52.501A, W19.XXXD > 1 2 ; S52.501D, W19.XXXA > 1 2 ; S72.001D, W01.0XXA > 1 2 ;
     S01.81XA, V43.52XS > 1 2 ; S93.401D, W18.40XA > 1 2 ; T23.301A, X10.2XXD > 1 2
no:  S52.501A, W19.XXXA ; S52.501D, W19.XXXD ; S52.501B, W19.XXXA ; S52.501G, W19.XXXD ;
     S52.501K, W19.XXXD ; S52.501A, Y92.009 ; S52.501A, S82.101D, W19.XXXA, W19.XXXD ;
     S52.501D, S01.81XA, W01.0XXA ; H40.1131, W19.XXXA ; M25.511, S46.011S ; M80.051A, W19.XXXA ;
     S52.501P, W19.XXXD

obstetric_newborn warning
yes: I: O80, Z38.00, Z37.0 > 1 2 3 ; Z37.0, Z38.00 > 1 2 ; O24.410, P59.9 > 1 2 ; Z38.00, O34.211 > 1 2 ;
     I: O70.0, Z37.0, Z3A.39, P59.9 > 1 2 3 4 ; P07.16, O60.14X0 > 1 2
no:  O80, Z37.0, Z3A.39 ; Z38.00, P59.9 ; Z38.01, P00.0 ; O24.410, Z3A.30 ; Z38.00, Z23 ; O99.012, Q21.0 ;
     O35.11X0, Q90.9 ; Z3A.39, Z34.03 ; P59.9, I10

duplicate_severity warning
yes: A41.9, R65.20, R65.21 > 2 3 ; A41.9, R65.21, R65.20 > 2 3 ; R65.10, R65.11 > 1 2 ;
     A41.9, R65.10, R65.20 > 2 3 ; A41.9, N39.0, R65.20, R65.11 > 3 4 ;
     K85.90, R65.10, A41.9, R65.21 > 2 4
no:  A41.9, R65.20 ; A41.9, R65.21 ; K85.90, R65.10 ; A41.9 ;
     I: R65.20 admitting, A41.9 poa=Y, R65.20 poa=Y ; I: R65.20 admitting, A41.9 poa=Y, R65.21 poa=Y ;
     A41.9, R65.20, J96.01 ; I63.9, R29.710

age information
yes: P 30: Z38.00 > 1 ; P 18: Z00.129 > 1 ; P 3: H25.11 > 1 ; P F 70: O80, Z37.0 > 1 + 2 ;
     P 40: P59.9 > 1 ; P 10: I25.10 > 1
no:  P 0: Z38.00 ; P 17: Z00.129 ; P 15: H25.11 ; P 30: O80, Z37.0 ; P: Z38.00 ; P 64: I10 ; P 0: I10 ;
     P 9: O24.410 ; P 18: F84.0 ; P 100: I25.10

sex information
yes: P M: O80, Z37.0 > 1 + 2 ; P F: N40.1 > 1 ; P F: C61 > 1 ; P M: C53.9 > 1 ; P M: N80.03 > 1 ;
     P F: I10, Z12.5 > 2
no:  P F: O80, Z37.0 ; P M: N40.1 ; P: C61 ; P: O80 ; P M: C50.921 ; P F: I10 ; P M: I10 ; P M: Z12.31 ;
     P F: C50.911

unacceptable_principal warning
yes: I: Z37.0 > 1 ; I: R65.20 poa=Y, A41.9 poa=Y > 1 ; I: B96.20 poa=Y, N39.0 poa=Y > 1 ;
     I: Z68.41, E66.813 poa=Y > 1 ; I: I46.2 poa=Y > 1 ; I: R07.9 admitting, Z66 > 2
no:  P: Z37.0 ; O: R65.20, A41.9 ; I: A41.9 poa=Y, R65.20 poa=Y ; I: B96.20 admitting, N39.0 poa=Y ;
     I: I10 poa=Y ; I: N39.0 poa=Y, B96.20 poa=Y ; I: O80, Z37.0 ; P: Z79.01 ;
     I: F02.80 poa=Y, G30.9 poa=Y

poa_exempt warning
yes: I: I10 > 1 ; I: I10 poa=Q > 1 ; I: I10 poa=Y, Z79.4 poa=Y > 2 ; I: I10 poa=Y, E11.9 > 2 ;
     I: I10 poa=E > 1 ; I: I10 poa=1 > 1
no:  I: I10 poa=Y ; I: I10 poa=N ; I: I10 poa=U ; I: I10 poa=W ; I: I10 poa=Y, Z79.4 ;
     I: I10 poa=Y, Z79.4 poa=1 ; P: I10 ; O: I10 ; I: R07.9 admitting, I10 poa=Y ; P: I10 poa=Y

ncci warning
yes: I10 / 20610, 99211 > p1 p2 ; I10 / 45385, 45378 > p1 p2 ; I10 / 99211, 20610 > p1 p2 ;
     I10 / 11042, 97597 > p1 p2 ; I10 / 29881, 20610 > p1 p2 ; O: I10 / 45385, 45378 > p1 p2
no:  I10 / 20610, 99211-25 ; I10 / 45385, 45378-59 ; I10 / 20610 ; I: I10 poa=Y / 20610, 99211 ;
     I10 / 20610, 99213 ; I10 / 11042, 97597-XS ; I10 / 29881-LT, 20610-RT ; I10 / 47562, 99213

ncci critical
yes: I10 / 47562, 49320 > p1 p2 ; I10 / 49320, 47562 > p1 p2 ; I10 / 93000, 93005 > p1 p2 ;
     I10 / 93000, 93005-59 > p1 p2 ; O: I10 / 47562, 49320-XU > p1 p2 ;
     I10 / 99213, 93000, 93005 > p2 p3
no:  I10 / 47562 ; I10 / 93000, 99213 ; I: I10 poa=Y / 47562, 49320 ; I10 / 20610 ; I10 / 93005 ;
     I10 / 20610-25 ; I10 / 49320, 45378 ; I10

mue warning
yes: I10 / J0696 x17 > p1 ; I10 / 36415 x2 > p1 ; I10 / 99213 x3 > p1 ; I10 / 99213 x2, 99213 x1 > p1 p2 ;
     O: I10 / J0696 x20 > p1 ; I10 / 36415, 36415 x3 > p2
no:  I10 / J0696 x16 ; I10 / 36415 ; I10 / 36415, 36415 ; I10 / 99213 x2 ; I: I10 poa=Y / J0696 x99 ;
     I10 / J7325 x99 ; I10 / J0696 x8, J0696 x8 ; I10 / 20610 x2

mue critical
yes: I10 / 17000 x2 > p1 ; I10 / 20610 x3 > p1 ; I10 / 20610-LT x2, 20610-RT > p1 p2 ;
     I10 / 17000, 17000-59 > p1 p2 ; O: I10 / 17000 x4 > p1 ; I10 / 99213, 17000 x2 > p2
no:  I10 / 17000 ; I10 / 20610 x2 ; I10 / 20610-LT, 20610-RT ; I: I10 poa=Y / 17000 x9 ; I10 / 99213 x2 ;
     I10 / 17000, 20610 ; I10 / J0696 x16 ; I10 / 36415

modifier warning
yes: I10 / 99213-QQ > p1 ; M17.11 / 20610-LT:1 > 1 p1 ; S82.891A / 29515-LT:1 > 1 p1 ;
     I10 / 20610-LT-LT > p1 ; M17.12 / 20610-RT:1 > 1 p1 ; H00.14 / 67800-E3:1 > 1 p1 ;
     L60.0, S62.632A / 26750-F2:2 > 2 p1 ; I: I10 poa=Y / 0DTJ4ZZ-LT > p1
no:  M17.11 / 20610-RT:1 ; M17.0 / 20610-LT:1 ; M17.0 / 20610-50:1 ;
     M17.12, M16.11 / 20610-LT:1, 20610-RT:2 ; I10 / 20610-LT:1 ; I10 / 99213-25:1 ; I10 / 97110-GP-59:1 ;
     M25.562, M25.561 / 20610-50:1 2 ; H00.11 / 67800-E3:1 ; L60.0 / 11750-TA:1 ;
     M17.11, M17.12 / 20610-RT:1 2

add_on warning
yes: I10 / C9601 > p1 ; I10 / G2211 > p1 ; I10 / G0279 > p1 ; I10 / G0453 > p1 ; I10 / G0279, 99213 > p1 ;
     I10 / J0696, C9601 > p2 ; I10 / C9601, G2211 > p1 + p2
no:  I10 / C9600, C9601 ; I10 / 99213, G2211 ; I10 / 77066, G0279 ; I10 / G0279, 77065 ;
     I10 / 95700, G0453 ; I10 / 99213 ; I10 / J0696 ; I10 / C9600 ; I10

role warning
yes: P: R07.9 admitting, I10 > 1 ; I: R07.9 admitting > 1 ; O: R07.9 admitting, I10 > 1 ;
     I: R07.9 admitting, I10 admitting > 1 2 ; O: I10, R07.9 admitting > 2 ;
     P: I10, E11.9, R07.9 admitting > 3
no:  I10, E11.9 ; I: R07.9 admitting, I10 poa=Y ; O: I10, E11.9 ; I: I10 poa=Y ;
     I: I10 poa=Y, E11.9 poa=Y ; P: Z00.00 ; O: R07.9 ; I: I10 poa=Y, R07.9 admitting

claim_limit warning
yes: P: @13 > 13 ; P: @14 > 13 14 ; O: @26 > 26 ; I: @26 > 26 ;
     P: I10 / 99213, 93000, 36415, 17000, 81002, 90471, 20610 > p7 ; P: I10 / 99213-25-57-24-32-33 > p1 ;
     P: @5 / 99213:1 2 3 4 5 > p1
no:  P: @12 ; O: @25 ; I: @25 ; P: I10 / 99213, 93000, 36415, 17000, 81002, 90471 ;
     O: I10 / 99213, 93000, 36415, 17000, 81002, 90471, 20610, 87880 ; P: I10 / 99213-25-57-24-32 ;
     P: @5 / 99213:1 2 3 4 ; I: R07.9 admitting, @25 ; P: I10
"""


@lru_cache(maxsize=1)
def facts() -> Facts:
    listed = [
        EditFact(table, edit, CM, code)
        for (table, edit), codes in LISTS.items()
        for code in map(normalize, codes.split())
    ]
    for code, (units, indicator) in UNITS.items():
        said = {"units": units, "indicator": indicator, "basis": BASIS[indicator], "rationale": "Invented"}
        system = CPT if code.isdigit() else HCPCS
        listed += [EditFact(table, "mue", system, code, "", said) for table in TABLES if "mue" in table]
    edits: dict = {}
    for edit in listed:
        edits[edit.system, edit.code] = (*edits.get((edit.system, edit.code), ()), edit)
    return Facts(
        books={CM: official_book(), HCPCS: SUPPLIES, PCS: SURGERY},
        elsewhere={(CM, code): where for code, where in ELSEWHERE.items()},
        tables={name: TableFact(name, f"{name} 2026", date(2025, 10, 1)) for name in TABLES},
        edits=edits,
    )


def read(words: str) -> tuple[Claim, Facts]:
    """The claim, and the facts with those NCCI edits whose codes it has."""
    person, _, rest = words.rpartition(": ")
    codes, _, services = rest.partition(" / ")
    codes = re.sub(r"@(\d+)", lambda count: ", ".join(MANY.split(", ")[: int(count[1])]), codes)
    lines = []
    for number, service in enumerate(filter(None, services.split(", ")), start=1):
        written, _, units = service.partition(" x")
        lines.append(replace(procedures(written)[0], number=number, units=int(units or 1)))
    setting = next((SETTINGS[word] for word in person.split() if word in SETTINGS), Setting.PROFESSIONAL)
    sex = next((word for word in person.split() if word in "FM"), "")
    age = next((int(word) for word in person.split() if word.isdigit()), None)
    table = "ncci_hospital" if setting == Setting.OUTPATIENT else "ncci_practitioner"
    present = {line.code for line in lines}
    pairs = tuple(PairFact(table, *pair.split()) for pair in PAIRS if {*pair.split()[:2]} <= present)
    return claim(codes, lines, setting, sex=sex, age=age), replace(facts(), pairs=pairs)


def told(kind: str, words: str) -> list[tuple[str, str]]:
    """Severity and lines of each finding of the kind."""
    return [
        (each.severity.value, " ".join(each.lines).replace("dx:", "").replace("px:", "p"))
        for each in check(*read(words))
        if each.kind == kind
    ]


def rows(answer: str) -> list:
    """Kind, severity and claim of each claim that has this answer."""
    found = []
    for part in MATRIX.strip().split("\n\n"):
        head, *answers = re.split(r"\n(yes|no): ", part)
        claims = dict(zip(answers[::2], answers[1::2], strict=True))[answer].split(";")
        found += [pytest.param(*head.split(), each.strip(), id=f"{head}: {each.strip()}") for each in claims]
    return found


@pytest.mark.parametrize(("kind", "severity", "words"), rows("yes"))
def test_claims_that_draw_it(kind, severity, words):
    words, _, lines = words.partition(" > ")
    assert told(kind, words) == [(severity, each) for each in lines.split(" + ")]


@pytest.mark.parametrize(("kind", "severity", "words"), rows("no"))
def test_near_misses(kind, severity, words):
    assert told(kind, words) == []
