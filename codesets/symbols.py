"""The symbols that stand beside a code, as the printed books have them: CC, POA exempt, age, sex and others.

They are what CMS's tables in force say of the code, each with the table's vintage, and none where a table is
not loaded. Only the mark of a manifestation is also made of the title.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date

from codesets import catalog, vintage
from codesets.models import EditEntry
from codesets.rules.guidelines import is_manifestation
from codesets.rules.tables import AGES
from codesets.systems import EDIT_TABLES, EditTable, System

Key = tuple[str, str]  # system, stored code


@dataclass(frozen=True)
class Sign:
    """`shape` is its class in symbols.css, `glyph` what stands before the word; `means` is a sentence."""

    shape: str
    word: str
    means: str
    glyph: str = ""


def _age(edit: str, word: str) -> Sign:
    return Sign("age", word, f"{word} diagnosis: Medicare's edits expect an age of {AGES[edit]}.", word[0])


def _sex(word: str, glyph: str) -> Sign:
    means = (
        f"Medicare's edits expected {word.lower()} patients, until they ended the sex edit in October 2024."
    )
    return Sign("sex", word, means, glyph)


MANIFESTATION = Sign(
    "manifestation",
    "Manifestation",
    "Manifestation of a disease that is coded first: never first-listed or principal.",
)
SIGNS = {  # by the list of a table that they are made of, in the order in which they are shown
    "principal_manifestation": MANIFESTATION,
    "principal_unacceptable": Sign(
        "unacceptable", "Not principal", "Medicare does not accept it as the principal diagnosis of a stay."
    ),
    "mcc": Sign(
        "mcc", "MCC", "Major complication or comorbidity: as a secondary diagnosis it can raise the MS-DRG."
    ),
    "cc": Sign("cc", "CC", "Complication or comorbidity: as a secondary diagnosis it can raise the MS-DRG."),
    "poa_exempt": Sign(
        "poa", "POA exempt", "Exempt from present-on-admission reporting: its indicator is left blank."
    ),
    "newborn_only": _age("newborn_only", "Newborn"),
    "pediatric_only": _age("pediatric_only", "Pediatric"),
    "maternity_only": _age("maternity_only", "Maternity"),
    "adult_only": _age("adult_only", "Adult"),
    "female_only": _sex("Female", "♀"),
    "male_only": _sex("Male", "♂"),
}
TABLES_OF = {
    System.ICD10CM: (EditTable.MS_DRG, EditTable.POA_EXEMPT, EditTable.MCE),
    System.ICD10PCS: (EditTable.MCE,),
}


@dataclass(frozen=True)
class Vintage:
    """Of the table that a symbol is from; `outdated_since` is the end of its year, once that is over."""

    label: str
    effective_from: date
    outdated_since: date | None


@dataclass(frozen=True)
class Symbol:
    """`vintage` is None where the title says it. `note` is what the table adds for this code alone."""

    sign: Sign
    vintage: Vintage | None = None
    note: str = ""


@dataclass(frozen=True)
class Symbols:
    """Of a page: the symbols of each (system, stored code), and the names of tables that are not loaded."""

    by_code: dict[tuple[str, str], tuple[Symbol, ...]] = field(default_factory=dict)
    missing: tuple[str, ...] = ()

    def of(self, system: str, code: str) -> tuple[Symbol, ...]:
        return self.by_code.get((system, code), ())

    @property
    def legend(self) -> list[Symbol]:
        """Each sign that the page shows, once, in the order of SIGNS."""
        every = (symbol for symbols in self.by_code.values() for symbol in symbols)
        shown = {symbol.sign: replace(symbol, note="") for symbol in every}
        return [shown[sign] for sign in SIGNS.values() if sign in shown]


def symbols_of(codes: Iterable[tuple[str, str, str]], on: date) -> Symbols:
    """Symbols of a page's codes, each given as system, stored code and title.

    One query for all of them, after that for the tables in force.
    """
    titles = {(system, code): title for system, code, title in codes if system in TABLES_OF}
    if not titles:
        return Symbols()
    wanted = dict.fromkeys(table for system, _ in titles for table in TABLES_OF[System(system)])
    releases = {each.id: each for each in catalog.references_in_force(on)}
    listed = _listed(titles, releases, on)
    found = {key: _in_order(listed.get(key, {}), title) for key, title in titles.items()}
    loaded = {each.table for each in releases.values()}
    missing = tuple(EDIT_TABLES[table] for table in wanted if table not in loaded)
    return Symbols({key: symbols for key, symbols in found.items() if symbols}, missing)


def _listed(
    codes: Iterable[Key], releases: Mapping[int, catalog.ReleaseInfo], on: date
) -> dict[Key, dict[Sign, Symbol]]:
    found: dict[Key, dict[Sign, Symbol]] = defaultdict(dict)
    rows = EditEntry.objects.filter(
        release__in=list(releases), code__in={code for _, code in codes}, edit__in=SIGNS
    )
    for release_id, edit, system, code, details in rows.values_list(
        "release_id", "edit", "system", "code", "details"
    ):
        symbol = Symbol(SIGNS[edit], _vintage(releases[release_id], on), _note(details))
        found[system, code][symbol.sign] = symbol
    return found


def _in_order(symbols: dict[Sign, Symbol], title: str) -> tuple[Symbol, ...]:
    if is_manifestation(title):
        symbols = symbols | {MANIFESTATION: Symbol(MANIFESTATION)}
    return tuple(symbols[sign] for sign in SIGNS.values() if sign in symbols)


def _vintage(release: catalog.ReleaseInfo, on: date) -> Vintage:
    start, end = release.effective_from, release.effective_to
    outdated = vintage.may_be_superseded(release.table, start, end, on)
    return Vintage(release.label, start, vintage.year_end(release.table, start) if outdated else None)


def _note(details: Mapping) -> str:
    """What takes a CC or MCC its effect (Table 6K of the MS-DRG tables)."""
    said = []
    if collection := details.get("exclusions"):
        said.append(
            f"It does not count beside a principal diagnosis of CC exclusion collection {collection}."
        )
    if details.get("alive_only"):
        said.append("It counts only for a patient discharged alive.")
    return " ".join(said)
