"""Which importer reads which system. Adding a code system: a module beside this one, and a line here."""

from collections.abc import Callable
from dataclasses import dataclass

from codesets.importers import hcpcs, icd10cm_tabular
from codesets.importers.base import Book, ImportRefused, Progress, Source
from codesets.systems import SYSTEMS, System


@dataclass(frozen=True)
class Importer:
    """`parse` raises ImportRefused for what is not its kind of file; `accepts` says which that is."""

    parse: Callable[[list[Source], Progress], Book]
    accepts: str


IMPORTERS: dict[System, Importer] = {
    System.ICD10CM: Importer(
        icd10cm_tabular.parse, "the tabular list in XML from CDC/NCHS, or the zip archive that holds it"
    ),
    System.HCPCS: Importer(hcpcs.parse, "a CSV file with one code or modifier a line"),
}


def importer_for(system: str) -> Importer:
    """Raises ImportRefused for a system without an importer."""
    importer = IMPORTERS.get(System(system)) if system in set(System) else None
    if importer is None:
        known = ", ".join(name.value for name in IMPORTERS)
        named = SYSTEMS[System(system)].name if system in set(System) else f"“{system}”"
        raise ImportRefused(f"No importer reads {named} yet; these can be imported: {known}.")
    return importer
