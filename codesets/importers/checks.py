"""What is checked of a book once it is read, against the books in force on its date. Pure."""

from collections.abc import Mapping

from codesets.importers.base import Book


def check_targets(book: Book, known: Mapping[str, Mapping[str, bool]], names: Mapping[str, str]) -> None:
    """Adds findings. `known`: by system, the release's stored codes and whether each is billable.

    `names`: by system, how the release is called ("ICD-10-CM April 2026"). A system that is not in `known` has
    no release in force, and nothing is said of its codes.
    """
