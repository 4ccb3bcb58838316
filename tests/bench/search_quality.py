"""How often search finds what is meant: phrases with their codes, from the samples beside the checkout.

`python -m tests.bench.search_quality [FILE...] [--missed]` asks the database of DATABASE_URL; with --missed
it lists what was not among ten.
"""

import csv
import os
import sys
from dataclasses import dataclass
from datetime import date

from tests.bench.report import Row, table
from tests.official import SAMPLES

ON = date(2026, 5, 1)
IN_TEN = 10


@dataclass(frozen=True)
class Aim:
    """Shares of a file's phrases: the code first, among ten, and where asked its category among ten."""

    file: str
    first: float | None
    in_ten: float
    category: float | None = None


AIMS = (
    Aim("code_prefixes", 1.0, 1.0),
    Aim("known_terms", 0.99, 1.0),
    Aim("typos", 0.97, 0.99),
    Aim("abbreviations", 0.85, 0.97),
    Aim("natural_phrases", 0.80, 0.97),
    Aim("laterality_shuffled", 0.95, 1.0),
    Aim("lay_phrases", 0.30, 0.45, 0.65),
    Aim("disease_labels", 0.45, 0.68),
    Aim("disease_synonyms", 0.40, 0.60),
    Aim("pcs_index_terms", None, 0.70),
)


@dataclass(frozen=True)
class Answer:
    """A phrase, the beginnings of its codes, and the stored codes that a search gave, best first."""

    q: str
    wanted: tuple[str, ...]
    found: tuple[str, ...]

    @property
    def first(self) -> bool:
        return bool(self.found) and self.found[0].startswith(self.wanted)

    @property
    def in_ten(self) -> bool:
        return any(code.startswith(self.wanted) for code in self.found)

    @property
    def category(self) -> bool:
        return bool({code[:3] for code in self.found} & {code[:3] for code in self.wanted})


def answers(file: str) -> list[Answer]:
    # They need Django set up.
    from codesets import catalog
    from codesets.systems import normalize

    with (SAMPLES / "search" / f"{file}.tsv").open(encoding="utf-8", newline="") as lines:
        phrases = list(csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE))
    return [
        Answer(
            phrase["query"],
            tuple(normalize(code) for code in phrase["codes"].split(",")),
            tuple(hit.code.code for hit in catalog.search(phrase["query"], ON, limit=IN_TEN)),
        )
        for phrase in phrases
    ]


def rows_of(aim: Aim, given: list[Answer]) -> list[Row]:
    shares = (
        ("first", aim.first, sum(each.first for each in given)),
        ("in ten", aim.in_ten, sum(each.in_ten for each in given)),
        ("category in ten", aim.category, sum(each.category for each in given)),
    )
    return [
        Row(
            f"search_{aim.file}_{name.replace(' ', '_')}",
            f"search, {len(given)} {aim.file.replace('_', ' ')}: {name}",
            f"{count / len(given):.3f}",
            count / len(given) * 100,
            "%",
            least * 100,
            gate=False,
            at_least=True,
        )
        for name, least, count in shares
        if least is not None
    ]


def measure_quality() -> list[Row]:
    return [row for aim in AIMS for row in rows_of(aim, answers(aim.file))]


def main(arguments: list[str]) -> None:
    rows = []
    for aim in AIMS:
        if not set(arguments) - {"--missed"} or aim.file in arguments:
            given = answers(aim.file)
            rows += rows_of(aim, given)
            for each in given if "--missed" in arguments else ():
                if not each.in_ten:
                    sys.stdout.write(
                        f"{aim.file}\t{each.q}\t{','.join(each.wanted)}\t{','.join(each.found)}\n"
                    )
    sys.stdout.write(table(rows) + "\n")


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    import django

    django.setup()
    main(sys.argv[1:])
