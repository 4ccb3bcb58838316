"""Which importer reads which book. Adding a code system: a module beside this one, and a line here."""

from collections.abc import Callable
from dataclasses import dataclass

from codesets.importers import hcpcs, icd10cm_tabular
from codesets.importers.base import Book, ImportRefused, Progress, Source
from codesets.systems import System


@dataclass(frozen=True)
class Importer:
    """`parse` gets the files, who watches, and the book that addenda build on, None for a whole release.

    It raises ImportRefused for what is not its kind of file; `accepts` says which that is. An importer that
    does not `builds_on` never gets a base. The codes that the book's rows lead to are checked against the
    releases of the `targets` systems in force.
    """

    parse: Callable[[list[Source], Progress, Book | None], Book]
    accepts: str
    builds_on: bool = False
    targets: frozenset[System] = frozenset()


IMPORTERS: dict[str, Importer] = {
    System.ICD10CM: Importer(
        icd10cm_tabular.parse, "the tabular list in XML from CDC/NCHS, or the zip archive that holds it"
    ),
    System.HCPCS: Importer(hcpcs.parse, "a CSV file with one code or modifier a line"),
}


def importer_for(system: str) -> Importer:
    """Raises ImportRefused for what is no book."""
    if system not in IMPORTERS:
        known = ", ".join(IMPORTERS)
        raise ImportRefused(f"“{system}” is no book that can be imported; these are: {known}.")
    return IMPORTERS[system]
