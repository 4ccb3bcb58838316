"""Two small books drawn by hand, loaded through the real importers.

ICD-10-CM, April 2026                          April 2027 changes
  4  Endocrine (E00-E89)
     E08-E13 Diabetes
       E10    Type 1, with E10.9               E10.9 retitled
       E11    Type 2, with notes
         E11.3 > E11.32 > E11.321 (7th 1 2)
         E11.9                                 E11.9 is a header, E11.90 is new
  9  Circulatory (I00-I99)
     I10-I1A Hypertensive
       I10    Essential hypertension           I10 deleted
  20 External causes (V00-Y99)
     W00-W19 Falls
       W10 (7th A D) > W10.0                   unchanged
  21 Factors (Z00-Z99)
     Z77-Z99: Z79.4, with a note that holds markup
"""

from datetime import date
from pathlib import Path

from codesets.models import Release
from codesets.services.imports import import_file
from codesets.services.releases import publish_release

APRIL_2026 = date(2026, 4, 1)
ON = date(2026, 5, 6)
E10 = "<diag><name>E10</name><desc>Type 1 diabetes mellitus</desc><diag><name>E10.9</name>"
E10 += "<desc>Type 1 diabetes mellitus without complications</desc></diag></diag>"
E11_9 = "<diag><name>E11.9</name><desc>Type 2 diabetes mellitus without complications</desc></diag>"
I10 = """<chapter><name>9</name><desc>Diseases of the circulatory system (I00-I99)</desc>
<section id="I10-I1A"><desc>Hypertensive diseases (I10-I1A)</desc>
<excludes1><note>neonatal hypertension (P29.2)</note></excludes1>
<diag><name>I10</name><desc>Essential (primary) hypertension</desc>
<includes><note>high blood pressure</note></includes></diag></section></chapter>"""
BOOK = """<?xml version="1.0" encoding="utf-8"?>
<ICD10CM.tabular><version>{year}</version>
<chapter><name>4</name><desc>Endocrine, nutritional and metabolic diseases (E00-E89)</desc>
<excludes1><note>transitory disorders specific to newborn (P70-P74)</note></excludes1>
<section id="E08-E13"><desc>Diabetes mellitus (E08-E13)</desc>{e10}
<diag><name>E11</name><desc>Type 2 diabetes mellitus</desc>
<includes><note>diabetes NOS</note></includes>
<useAdditionalCode><note>code to identify control using:</note>
<note>insulin (Z79.4)</note></useAdditionalCode>
<excludes1><note>type 1 diabetes mellitus (E10.-)</note></excludes1>
<excludes2><note>high blood pressure (I10)</note></excludes2>
<diag><name>E11.3</name><desc>Type 2 diabetes mellitus with ophthalmic complications</desc>
<diag><name>E11.32</name><desc>Type 2 diabetes mellitus with mild retinopathy</desc>
<inclusionTerm><note>Type 2 diabetes mellitus with background eye disease</note></inclusionTerm>
<sevenChrNote><note>One of the following 7th characters is to be assigned to E11.32</note></sevenChrNote>
<sevenChrDef><extension char="1">right eye</extension><extension char="2">left eye</extension></sevenChrDef>
<diag><name>E11.321</name>
<desc>Type 2 diabetes mellitus with mild retinopathy with macular edema</desc></diag>
</diag></diag>{e11_9}</diag></section></chapter>
{i10}
<chapter><name>20</name><desc>External causes of morbidity (V00-Y99)</desc>
<section id="W00-W19"><desc>Slipping, tripping, stumbling and falls (W00-W19)</desc>
<diag><name>W10</name><desc>Fall on and from stairs and steps</desc>
<sevenChrDef><extension char="A">initial encounter</extension>
<extension char="D">subsequent encounter</extension></sevenChrDef>
<diag><name>W10.0</name><desc>Fall from escalator</desc></diag></diag></section></chapter>
<chapter><name>21</name><desc>Factors influencing health status (Z00-Z99)</desc>
<section id="Z77-Z99"><desc>Persons with potential health hazards (Z77-Z99)</desc>
<diag><name>Z79</name><desc>Long term drug therapy</desc>
<diag><name>Z79.4</name><desc>Long term (current) use of insulin</desc>
<codeAlso><note>&lt;b&gt;any&lt;/b&gt; therapeutic drug level (I10) in vitamin B12</note></codeAlso></diag>
</diag></section></chapter></ICD10CM.tabular>
"""
HCPCS = """kind,code,short,long,added,effective,terminated,coverage
code,J0696,CEFTRIAXONE SODIUM INJECTION,"Injection, ceftriaxone sodium, per 250 mg",1990-01-01,1997-01-01,,D
code,J1815,INSULIN INJECTION,"Injection, insulin, per 5 units",2003-01-01,2003-01-01,,C
modifier,LT,LEFT SIDE,Left side,1984-01-01,1997-01-01,,C
"""


def write_tabular(folder: Path, year: int = 2026) -> Path:
    """The tabular list of a fiscal year; 2027 holds the changes drawn above."""
    changed = year > 2026
    e10 = E10.replace("without complications", "with no complications") if changed else E10
    below = "<diag><name>E11.90</name><desc>Type 2 diabetes mellitus, controlled</desc></diag></diag>"
    e11_9 = E11_9.replace("</diag>", below) if changed else E11_9
    text = BOOK.format(year=year, e10=e10, e11_9=e11_9, i10="" if changed else I10)
    file = folder / f"tabular-{year}.xml"
    file.write_text(text, encoding="utf-8")
    return file


def write_hcpcs(folder: Path) -> Path:
    file = folder / "hcpcs.csv"
    file.write_text(HCPCS, encoding="utf-8")
    return file


def stage(system: str, file: Path, label: str, effective_from: date) -> Release:
    outcome = import_file(system=system, paths=[file], label=label, effective_from=effective_from, by=None)
    assert outcome.release is not None, outcome.findings
    return Release.objects.get(pk=outcome.release.id)


def publish(system: str, file: Path, label: str, effective_from: date) -> Release:
    return publish_release(release_id=stage(system, file, label, effective_from).pk, by=None)


def publish_books(folder: Path) -> Release:
    """ICD-10-CM April 2026 (returned) and HCPCS 2026, both published."""
    publish("hcpcs", write_hcpcs(folder), "Teaching set", date(2026, 1, 1))
    return publish("icd10cm", write_tabular(folder), "April 2026", APRIL_2026)
