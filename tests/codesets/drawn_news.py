"""Two invented releases that follow one another, with one of everything that a release can change.

April 2026                                        October 2026
1  Reading diseases
   R00   Page fever                               excludes1 R02 became excludes2 at R01
     R00.1  ... of the spine                      a header now: R00.11 upper, R00.12 lower, R00.19 unspecified
     R00.2  ... of the margin                     ... of the inner margin
     R00.9  ..., unspecified
                                                  R00.A  ... of the cover
   R01   Lamp glare       Excludes1: ink cough    Excludes2: ink cough (R02); term "glare of lamps" new
   R02   Ink cough
                                                  R03   Shelf rash: R03.0 hand, R03.1 arm, R03.2 face, R03.9
2  Injuries of readers
   S12   Paper cut
     S12.1  ... of digit           7th A D        S12.11 digit, S12.12 thumb, S12.13 palm   7th A D
     S12.2  Crease of nose         7th A D        Fold of nose
   T90   Dust, deleted without a successor
"""

from datetime import date

from codesets.importers.base import Book, CodeRecord
from codesets.models import Release
from codesets.services.releases import publish_release
from tests.codesets.loaded import codes, heading, load, notes

APRIL, OCTOBER = date(2026, 4, 1), date(2026, 10, 1)
MEANINGS = {"A": "initial encounter", "D": "subsequent encounter"}
CHAPTERS = [
    heading("chapter", "1", "Reading diseases (R00-R99)"),
    heading("chapter", "2", "Injuries of readers (S00-T99)")._replace(position=1),
]
FEVERS = [
    ("R00", "Page fever", False),
    ("R001", "Page fever of the spine", True),
    ("R002", "Page fever of the margin", True),
    ("R009", "Page fever, unspecified", True),
    ("R01", "Lamp glare", True),
    ("R02", "Ink cough", True),
]
NEW_FEVERS = [
    ("R00", "Page fever", False),
    ("R001", "Page fever of the spine", False),
    ("R0011", "Page fever of the upper spine", True),
    ("R0012", "Page fever of the lower spine", True),
    ("R0019", "Page fever of the spine, unspecified", True),
    ("R002", "Page fever of the inner margin", True),
    ("R009", "Page fever, unspecified", True),
    ("R00A", "Page fever of the cover", True),
    ("R01", "Lamp glare", True),
    ("R02", "Ink cough", True),
    ("R03", "Shelf rash", False),
    ("R030", "Shelf rash of hand", True),
    ("R031", "Shelf rash of arm", True),
    ("R032", "Shelf rash of face", True),
    ("R039", "Shelf rash, unspecified", True),
]
Row = tuple[str, str, bool]


def with_seventh(code: str, title: str) -> list[Row]:
    """A header and what its seventh characters make of it."""
    made = [(code.ljust(6, "X") + each, f"{title}, {meaning}", True) for each, meaning in MEANINGS.items()]
    return [(code, title, False), *made]


CUTS = [
    ("S12", "Paper cut", False),
    *with_seventh("S121", "Paper cut of digit"),
    *with_seventh("S122", "Crease of nose"),
    ("T90", "Dust", True),
]
NEW_CUTS = [
    ("S12", "Paper cut", False),
    ("S121", "Paper cut of digit", False),
    *with_seventh("S1211", "Paper cut of digit"),
    *with_seventh("S1212", "Paper cut of thumb"),
    *with_seventh("S1213", "Paper cut of palm"),
    *with_seventh("S122", "Fold of nose"),
]


def book(fevers: list[Row], cuts: list[Row], *words: tuple[str, str, str]) -> Book:
    records = codes(*fevers, chapter="1") + codes(*cuts, chapter="2")
    ordered = [record._replace(position=place) for place, record in enumerate(records)]
    return Book(codes=ordered, headings=CHAPTERS, notes=notes(*words))


def old_book() -> Book:
    return book(FEVERS, CUTS, ("R01", "excludes1", "ink cough (R02)"))


def new_book() -> Book:
    changed = ("R01", "excludes2", "ink cough (R02)"), ("R01", "inclusion_term", "glare of lamps")
    return book(NEW_FEVERS, NEW_CUTS, *changed)


def publish(label: str, content: Book | list[CodeRecord], start: date, system: str = "icd10cm") -> Release:
    full = content if isinstance(content, Book) else Book(codes=content)
    release = load(label, full, system, start)
    return publish_release(release_id=release.pk, by=None)


def publish_both() -> tuple[Release, Release]:
    return publish("April 2026", old_book(), APRIL), publish("October 2026", new_book(), OCTOBER)
