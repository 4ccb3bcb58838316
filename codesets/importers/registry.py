"""Which importer reads which book. Adding a code system: a module beside this one, and a line here."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from codesets.importers import cpt, edits, hcpcs, icd10_index, icd10cm, icd10pcs
from codesets.importers.base import Book, ImportRefused, Progress, Source
from codesets.systems import Reference, System


@dataclass(frozen=True)
class Importer:
    """`parse` gets the files, who watches, and the book that addenda build on, None for a whole release.

    It raises ImportRefused for what is not its kind of file; `accepts` says which that is. An importer that
    does not `builds_on` never gets a base. The codes that the book's rows lead to are checked against the
    releases of the `targets` systems in force. `begin` gives the book and the steps that fill it, for files
    whose codes are final while the rest is still read, and None for others.
    """

    parse: Callable[[list[Source], Progress, Book | None], Book]
    accepts: str
    builds_on: bool = False
    targets: frozenset[System] = frozenset()
    begin: Callable[[list[Source], Progress], tuple[Book, Iterator[None]] | None] | None = None


IMPORTERS: dict[str, Importer] = {
    System.ICD10CM: Importer(
        icd10cm.parse,
        "the tabular list in XML from CDC/NCHS, the order file from CMS, or both; or addenda to the order "
        "file or to the list of codes, which build on the release before",
        builds_on=True,
        begin=icd10cm.begin,
    ),
    System.ICD10PCS: Importer(
        icd10pcs.parse,
        "the tables in XML, the order file from CMS, or both, with the definitions; a list of codes and "
        "titles in CSV; or addenda to the order file, which build on the release before",
        builds_on=True,
    ),
    System.HCPCS: Importer(
        hcpcs.parse,
        "the quarterly ANWEB file from CMS as text or .xlsx, with its processing notes; or a CSV file with "
        "one code or modifier a line",
    ),
    System.CPT: Importer(
        cpt.parse,
        "the AMA's LONGULT file, with MEDU, SHORTU and the modifiers; only with a recorded licence",
    ),
    Reference.ICD10CM_INDEX: Importer(
        icd10_index.parse_cm,
        "disease index, external cause index, neoplasm table and drug table in XML from CDC/NCHS, together",
        targets=frozenset({System.ICD10CM}),
    ),
    Reference.ICD10PCS_INDEX: Importer(
        icd10_index.parse_pcs, "the index in XML from CMS", targets=frozenset({System.ICD10PCS})
    ),
    Reference.EDITS: Importer(
        edits.parse,
        "one table at a time: Medicare Code Editor lists, POA exempt list, POA indicators, places of "
        "service, NCCI procedure-to-procedure edits, MUE, MS-DRG tables with CC, MCC and exclusions",
        targets=frozenset({System.ICD10CM, System.ICD10PCS, System.HCPCS}),
    ),
}


def importer_for(system: str) -> Importer:
    """Raises ImportRefused for what is no book."""
    if system not in IMPORTERS:
        known = ", ".join(IMPORTERS)
        raise ImportRefused(f"“{system}” is no book that can be imported; these are: {known}.")
    return IMPORTERS[system]
