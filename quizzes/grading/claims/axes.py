"""On which axes two codes of ICD-10-PCS differ, and what their values mean by the official titles. Pure."""

from functools import partial
from string import ascii_uppercase, digits

from codesets.rules.case import title_of
from codesets.rules.facts import CATEGORY, OpenBook
from codesets.rules.values import Source
from quizzes.grading.claims.shape import UNRELATED, Shape, Words
from quizzes.grading.values import Verdict

WHOLE = 7
# Characters 2 to 7 by section, as the official tables call them (CMS, ICD-10-PCS 2023).
_MEDICAL = ("Body System", "Operation", "Body Part", "Approach", "Device", "Qualifier")
_MANUAL = ("Body System", "Operation", "Body Region", "Approach", "Method", "Qualifier")
_MENTAL = ("Body System", "Type", "Qualifier", "Qualifier", "Qualifier", "Qualifier")
_NAMES = {
    "2": ("Body System", "Operation", "Body Region", "Approach", "Device", "Qualifier"),
    "3": ("Body System", "Operation", "Body System / Region", "Approach", "Substance", "Qualifier"),
    "4": ("Body System", "Operation", "Body System", "Approach", "Function / Device", "Qualifier"),
    "5": ("Body System", "Operation", "Body System", "Duration", "Function", "Qualifier"),
    "6": ("Body System", "Operation", "Body System", "Duration", "Qualifier", "Qualifier"),
    "7": _MANUAL,
    "8": _MANUAL,
    "9": _MANUAL,
    "B": ("Body System", "Type", "Body Part", "Contrast", "Qualifier", "Qualifier"),
    "C": ("Body System", "Type", "Body Part", "Radionuclide", "Qualifier", "Qualifier"),
    "D": ("Body System", "Modality", "Treatment Site", "Modality Qualifier", "Isotope", "Qualifier"),
    "F": ("Section Qualifier", "Type", "Body System / Region", "Type Qualifier", "Equipment", "Qualifier"),
    "G": _MENTAL,
    "H": _MENTAL,
    "X": (
        "Body System",
        "Operation",
        "Body Part",
        "Approach",
        "Device / Substance / Technology",
        "Qualifier",
    ),
}
SECTION, SYSTEM, OPERATION, PART, APPROACH, DEVICE = range(6)
SURGERY, LAYERS = "0", frozenset("HJK")  # skin, subcutaneous tissue and fascia, muscles
SAME_TABLE, OTHER_TABLE, EACH_AXIS = 0.1, 0.5, 0.05  # costs
NOTHING = "Z"  # no device, no qualifier
_SIGNS = digits + ascii_uppercase
_PREPOSITIONS = frozenset({"of", "with", "to", "from", "into", "using", "in"})


def axis_name(code: str, at: int) -> str:
    """ "Approach"; `at` counts from 0. The operation of a surgical code is called by its full name."""
    name = ("Section", *_NAMES.get(code[0], _MEDICAL))[at]
    return "Root Operation" if name == "Operation" else name


def shape(key: str, answer: str, book: OpenBook | None) -> Shape:
    """A code's table, its first three characters, is its category: within it the other axes are near.

    One error too is another operation on the same body part, the same operation in another layer (skin and
    what lies below it), and the same device put by the same approach into another body system.
    """
    if is_apart(key, answer):
        return Shape((Verdict.WRONG_CATEGORY,), UNRELATED, False, partial(_apart, key, answer, book))
    table, differing = key[:CATEGORY] == answer[:CATEGORY], _differing(key, answer)
    cost = (SAME_TABLE if table else OTHER_TABLE) + EACH_AXIS * len(differing)
    return Shape((Verdict.PCS_AXIS,), cost, table, partial(_told, key, answer, differing, book))


def is_apart(key: str, answer: str) -> bool:
    """Whether the two are two errors, by their characters alone."""
    if not len(key) == len(answer) == WHOLE:
        return True
    return key[:CATEGORY] != answer[:CATEGORY] and not _is_related(key, answer, _differing(key, answer))


def _differing(key: str, answer: str) -> list[int]:
    return [at for at in range(WHOLE) if key[at] != answer[at]]


def _is_related(key: str, answer: str, differing: list[int]) -> bool:
    if SECTION in differing:
        return False
    if OPERATION in differing:
        return SYSTEM not in differing and PART not in differing
    if key[0] == SURGERY and LAYERS.issuperset((key[SYSTEM], answer[SYSTEM])):
        return True
    return key[DEVICE] != NOTHING and APPROACH not in differing and DEVICE not in differing


def _told(key: str, answer: str, differing: list[int], book: OpenBook | None) -> Words:
    """The operation first. An axis of whose values the book tells no meaning is left out beside others."""
    ordered = sorted(differing, key=lambda at: at != OPERATION)
    meanings = {at: _meanings(key, answer, at, book) for at in ordered}
    known = [at for at in ordered if any("," in meaning for meaning in meanings[at])]
    parts = []
    for at in known or ordered:
        right, wrong = meanings[at]
        parts.append(f"another {axis_name(key, at)} ({wrong}; the record supports {right})")
    told = " and ".join(filter(None, (", ".join(parts[:-1]), parts[-1])))
    return Words(f"{answer} has {told}: report {key}.", *_title(key, book))


def _meanings(key: str, answer: str, at: int, book: OpenBook | None) -> tuple[str, str]:
    """ "4, Percutaneous Endoscopic Approach" and "0, Open Approach": what titles say otherwise whose codes
    differ in this axis alone, of the two codes where such are in the book, else of each beside its like.
    """
    right, wrong = _value(key, at, answer[at], book), _value(answer, at, key[at], book)
    return f"{key[at]}{right}", f"{answer[at]}{wrong}"


def _value(code: str, at: int, other: str, book: OpenBook | None) -> str:
    """What the character says, after a comma; empty where the book has no like of the code to tell it by."""
    if book is None or code not in book.codes:
        return ""
    if at < CATEGORY:
        heading = _heading(code, at, book)
        return f", {heading}" if heading else ""
    likes = (f"{code[:at]}{sign}{code[at + 1 :]}" for sign in (other, *_SIGNS))
    like = next((one for one in likes if one != code and one in book.codes), None)
    if like is None:
        return ""
    said = _otherwise(book.codes[code].title, book.codes[like].title)[0]
    if not said and code[at] == NOTHING:
        said = f"no {axis_name(code, at).lower()}"
    return f", {said}" if said else ""


def _heading(code: str, at: int, book: OpenBook) -> str:
    """A table is titled by body system and operation: "Gastrointestinal System, Resection"."""
    table = book.codes.get(code[:CATEGORY])
    return table.title.rpartition(", ")[0 if at == SYSTEM else 2] if table else ""


def _otherwise(one: str, other: str) -> tuple[str, str]:
    """What each title says and the other does not, in whole phrases."""
    first, second = one.split(", "), other.split(", ")
    while first and second and first[0] == second[0]:
        del first[0], second[0]
    while first and second and first[-1] == second[-1]:
        del first[-1], second[-1]
    return _phrases(", ".join(first), ", ".join(second))


def _phrases(one: str, other: str) -> tuple[str, str]:
    """Without the words that both begin with, up to a preposition, and end with, from one on."""
    first, second = one.split(), other.split()
    begun = _common(first, second)
    if not all(not rest or rest[0] in _PREPOSITIONS for rest in (first[begun:], second[begun:])):
        begun = max((at + 1 for at in range(begun) if first[at] in _PREPOSITIONS), default=0)
    first, second = first[begun:], second[begun:]
    ended = _common(first[::-1], second[::-1])
    cut = max((back for back in range(1, ended + 1) if first[-back] in _PREPOSITIONS), default=0)
    if cut and cut < min(len(first), len(second)):
        first, second = first[:-cut], second[:-cut]
    return _bare(first), _bare(second)


def _common(first: list[str], second: list[str]) -> int:
    pairs = enumerate(zip(first, second, strict=False))
    return next((at for at, (one, other) in pairs if one != other), min(len(first), len(second)))


def _bare(words: list[str]) -> str:
    return " ".join(words[1:] if words and words[0] in _PREPOSITIONS else words).rstrip(",")


def _apart(key: str, answer: str, book: OpenBook | None) -> Words:
    wanted, known = (book.codes.get(code) if book else None for code in (key, answer))
    wrong = f"{answer} is “{known.title}”" if known else f"{answer} is another procedure"
    why = f"{wrong}; the record supports {key}" + (f", “{wanted.title}”." if wanted else ".")
    return Words(why, *_title(key, book))


def _title(code: str, book: OpenBook | None) -> tuple[str, Source | None]:
    fact = book.codes.get(code) if book else None
    return (f"{code} {fact.title}", title_of(fact)) if fact else ("", None)
