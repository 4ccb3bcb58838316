"""Questions about the codes of a release: which were divided, which are new, what took a code's place.

The key is a code by its title. Beside it stand codes that differ from it in one character, and the code that
was right before, where the book still has it. Asks no database.
"""

import re
from collections.abc import Iterator, Mapping
from enum import StrEnum
from string import ascii_lowercase, ascii_uppercase, digits
from typing import NamedTuple

from codesets import hierarchy
from codesets.digest_values import CodeLine, Digest, DigestChapter, Went
from codesets.successors import Reason
from codesets.systems import System, display, normalize
from codesets.values import CodeInfo
from quizzes.kinds import ItemContent
from quizzes.packs import ItemSpec

DISTRACTORS = 3
LONGEST_TITLE = 180
SEVENTH, PLACEHOLDER, INITIAL = 7, "X", "A"
PCS_VARIED = range(2, 7)  # places, counted from 0: the root operation and what follows it
CHARACTERS = digits + ascii_uppercase
DOMAINS = {System.ICD10CM: "icd-10-cm", System.ICD10PCS: "procedure-coding", System.HCPCS: "hcpcs"}
ASKS = {
    System.ICD10CM: ("The record of an encounter on {day} documents:", "Which code do you report?"),
    System.ICD10PCS: ("The record of a procedure on {day} documents:", "Which code do you report?"),
    System.HCPCS: ("On {day} you report this:", "Which code is it?"),
}
# Quality measures are reported by rule, not found by what a record documents.
QUALITY = ("M", "G8", "G9")
SURE = (Reason.CROSS_REFERENCE, Reason.SAME_TITLE, Reason.HEADER)
_UNSPECIFIED = re.compile(r"\b(?:unspecified|not otherwise specified|nos)\b", re.IGNORECASE)
_OTHER = re.compile(
    r"\b(?:other|not elsewhere classified|not otherwise classified|nec|miscellaneous)\b", re.IGNORECASE
)
_BESIDE = re.compile(r"\bclassified elsewhere\b", re.IGNORECASE)  # never reported by itself
_WORD = re.compile(r"\w+")
_MARKDOWN = re.compile(r"([\\`*_\[\]<>|])")


class Sort(StrEnum):
    SPLIT = "split"
    CAME = "came"
    GONE = "gone"


class CodeQuestion(NamedTuple):
    """What could be asked. `group`: of what belongs together one thing is asked.

    `title` is what the record says, without what the seventh character means; `kept` so much of the key's
    title. `before` is the stored code that was right before, empty for a new code; `why` its place was taken.
    """

    sort: Sort
    chapter: str
    group: str
    key: str
    title: str
    kept: str
    before: str = ""
    why: str = ""


def split_questions(chapter: DigestChapter) -> Iterator[CodeQuestion]:
    for split in chapter.split:
        code = split.line.code
        for line in split.lines:
            yield CodeQuestion(Sort.SPLIT, chapter.name, code, _leaf(line), line.title, line.title, code)


def new_questions(chapter: DigestChapter) -> Iterator[CodeQuestion]:
    for group in chapter.came:
        for line in group.lines:
            name = group.header.code if group.header else line.code
            yield CodeQuestion(Sort.CAME, chapter.name, name, _leaf(line), line.title, line.title)


def gone_questions(chapter: DigestChapter) -> Iterator[CodeQuestion]:
    for went in chapter.went:
        line = _successor(went)
        if line is None:
            continue
        before = went.line._replace(code=normalize(went.line.display))
        old, why = _leaf(before), went.instead[0].why
        if old and bool(before.seventh) == bool(line.seventh):
            yield CodeQuestion(
                Sort.GONE, chapter.name, before.code, _leaf(line), before.title, line.title, old, why
            )


DRAWS = {Sort.SPLIT: split_questions, Sort.CAME: new_questions, Sort.GONE: gone_questions}


def _leaf(line: CodeLine) -> str:
    """A complete code of a line; of several the one of the initial encounter, empty where there is none."""
    if not line.seventh:
        return line.code
    return line.code.ljust(SEVENTH - 1, PLACEHOLDER) + INITIAL if INITIAL in line.seventh else ""


def _successor(went: Went) -> CodeLine | None:
    """The one code that surely takes its place, or is for a record that says no more."""
    if len(went.instead) != 1:
        return None
    instead = went.instead[0]
    if instead.reason == Reason.FINER:
        same = [line for line in instead.lines if _plain(line.title) == _plain(went.line.title)]
        return same[0] if len(same) == 1 else None
    one = instead.lines[0]
    return one if instead.reason in SURE and len(instead.lines) == 1 and one.code else None


def _plain(title: str) -> list[str]:
    return _WORD.findall(_UNSPECIFIED.sub("", title.lower()))


def is_fair(system: str, question: CodeQuestion) -> bool:
    """Whether a record would document this title, and a coder would look for it."""
    title = question.title
    if not question.key or len(title) > LONGEST_TITLE:
        return False
    if any(pattern.search(title) for pattern in (_UNSPECIFIED, _OTHER, _BESIDE)):
        return False
    return not (system == System.HCPCS and question.key.startswith(QUALITY))


def codes_to_look_up(system: str, question: CodeQuestion) -> set[str]:
    """The key, what stands above it, what was before, and every code that could stand beside it."""
    above = hierarchy.beginnings(question.key)
    return {*above, *near(system, question.key), question.before} - {""}


def near(system: str, code: str) -> set[str]:
    """Codes that differ in one character, or in HCPCS in the last two, whether there are such or not."""
    if system == System.HCPCS:
        found = {f"{code[:-2]}{number:02}" for number in range(100)}
    elif system == System.ICD10PCS:
        found = {code[:at] + other + code[at + 1 :] for at in PCS_VARIED for other in CHARACTERS}
    else:
        found = _near_in_the_tabular(code)
    return found - {code}


def _near_in_the_tabular(code: str) -> set[str]:
    """With the same seventh character, or another one; and those beside the code above."""
    body, seventh = code[: SEVENTH - 1].rstrip(PLACEHOLDER), code[SEVENTH - 1 :]
    stems = [body[:-1]] if len(body) > 3 else []
    stems += [body[:-2]] if len(body) > 4 else []
    bodies = [stem + other for stem in stems for other in CHARACTERS]
    if not seventh:
        return set(bodies)
    padded = {each.ljust(SEVENTH - 1, PLACEHOLDER) + seventh for each in bodies}
    return padded | {code[:-1] + other for other in CHARACTERS}


class Books(NamedTuple):
    """How the two releases are called, and the codes that were looked up in the new one, by stored code."""

    old: str
    new: str
    codes: Mapping[str, CodeInfo]


def item(question: CodeQuestion, digest: Digest, books: Books, slug: str) -> ItemSpec | None:
    """None where the books do not give three codes that are surely wrong."""
    key = books.codes.get(question.key)
    if key is None or not key.billable:
        return None
    wrong = _wrong(question, key, books)
    if len(wrong) < DISTRACTORS:
        return None
    options = sorted(
        [(key, _why_right(question, key, books)), *wrong.values()], key=lambda each: each[0].code
    )
    system, day = digest.release.system, digest.in_force
    content = ItemContent(
        kind="single_best",
        systems=(system,),
        service_date=day,
        stem=_stem(question, key, digest, books),
        options=[
            {"id": letter, "code": {"system": system, "code": info.display}, "why": why}
            for letter, (info, why) in zip(ascii_lowercase, options, strict=False)
        ],
        key=[ascii_lowercase[[info for info, _ in options].index(key)]],
        rationale=_rationale(question, key, books),
        references=[{"code": {"system": system, "code": _reference(question, key, books)}}],
    )
    return ItemSpec(f"{slug}-{key.code.lower()}", DOMAINS[System(system)], "medium", content)


def _wrong(question: CodeQuestion, key: CodeInfo, books: Books) -> dict[str, tuple[CodeInfo, str]]:
    """By code with the reason: what was right before, then what is most like the key, then the header."""
    found: dict[str, tuple[CodeInfo, str]] = {}
    before = books.codes.get(question.before)
    if before is not None and not before.billable:
        found[before.code] = (before, _why_not_any_more(question, books))
    beside = [books.codes[code] for code in near(key.system, key.code) if code in books.codes]
    ranked = sorted(
        (info for info in beside if _is_wrong(info, key)),
        key=lambda info: (_apart(question, key, info), -_alike(info.title, key.title), info.code),
    )
    found |= {info.code: (info, _why_wrong(info, key)) for info in ranked[: DISTRACTORS - len(found)]}
    header = books.codes.get(key.parent)
    if len(found) < DISTRACTORS and header is not None and key.system == System.ICD10CM:
        found.setdefault(header.code, (header, "It is a header: it needs another character."))
    return found


def _apart(question: CodeQuestion, key: CodeInfo, info: CodeInfo) -> int:
    """Of what was divided the other parts come first: how many characters are not those of the key."""
    if question.sort == Sort.CAME:
        return 0
    same = (one == other for one, other in zip(key.code, info.code, strict=False))
    return len(key.code) - [*same, False].index(False)


def _is_wrong(info: CodeInfo, key: CodeInfo) -> bool:
    """Whether its title says something else: not the same, nor the same and more.

    Codes that only the meaning of the seventh character tells apart are left out.
    """
    own, other = _words(key.title), _words(info.title)
    if not info.billable or info.kind != key.kind or own == other:
        return False
    if len(key.code) == SEVENTH and info.code[:-1] == key.code[:-1] and key.system == System.ICD10CM:
        return info.title.rpartition(", ")[0] != key.title.rpartition(", ")[0]
    vague = _says(_UNSPECIFIED, info, key) or _says(_OTHER, info, key)
    more = own < other and not vague
    less = key.system == System.HCPCS and other < own
    return not more and not less


def _says(vague: re.Pattern[str], info: CodeInfo, key: CodeInfo) -> bool:
    """Whether its title is vague where the key's is not: what both say tells them not apart."""
    return len(vague.findall(info.title)) > len(vague.findall(key.title))


def _alike(title: str, other: str) -> float:
    some, others = _words(title), _words(other)
    return len(some & others) / len(some | others)


def _words(title: str) -> set[str]:
    return set(_WORD.findall(title.lower()))


def _why_not_any_more(question: CodeQuestion, books: Books) -> str:
    if question.sort == Sort.SPLIT:
        return f"It was complete in {books.old}. In {books.new} it is a header and needs another character."
    return f"It was valid in {books.old}. In {books.new} it is not."


def _why_wrong(info: CodeInfo, key: CodeInfo) -> str:
    """Pages show the title beside the code, so it is not repeated."""
    less = info.system == System.ICD10CM and key.title.startswith(info.title)
    if less or _says(_UNSPECIFIED, info, key):
        return "The record says more than this title."
    if _says(_OTHER, info, key):
        return "This title is for what has no code of its own, and here there is one."
    return "This title is not what the record says."


def _why_right(question: CodeQuestion, key: CodeInfo, books: Books) -> str:
    if question.sort == Sort.GONE:
        return f"It took the place of {_was(question, key)}."
    return f"Its title is what the record says, and it is new in {books.new}."


def _was(question: CodeQuestion, key: CodeInfo) -> str:
    return display(key.system, question.before)


def _stem(question: CodeQuestion, key: CodeInfo, digest: Digest, books: Books) -> str:
    said = question.title + key.title.removeprefix(question.kept)
    quoted = f"> {plain_text(said)}"
    day = f"{digest.in_force:%-d %B %Y}"
    if question.sort == Sort.GONE:
        lead = f"In {books.old} you reported {_was(question, key)} for this:"
        ask = f"The record says no more. What do you report on {day}?"
    else:
        lead, ask = ASKS[System(key.system)]
    return f"{lead.format(day=day)}\n\n{quoted}\n\n{ask}"


def _rationale(question: CodeQuestion, key: CodeInfo, books: Books) -> str:
    named = f"{reference_to(key)}, “{plain_text(key.title)}”"
    if question.sort == Sort.SPLIT:
        header = books.codes[question.before]
        return (
            f"{reference_to(header)} was complete in {books.old}. {books.new} has codes below it, so that it "
            f"needs another character: here {named}."
        )
    if question.sort == Sort.GONE:
        gone = f"{_was(question, key)} was valid in {books.old} and is not valid in {books.new}."
        return f"{gone} Report {named}. {question.why}"
    above = books.codes.get(key.parent)
    stands = f" It stands under {reference_to(above)}, “{plain_text(above.title)}”." if above else ""
    return f"{named}, is new in {books.new}.{stands}"


def _reference(question: CodeQuestion, key: CodeInfo, books: Books) -> str:
    above = question.before if question.sort == Sort.SPLIT else key.parent
    return books.codes[above].display if above in books.codes else key.display


def reference_to(info: CodeInfo) -> str:
    prefix = "" if info.system == System.ICD10CM else f"{info.system}:"
    return f"[[{prefix}{info.display}]]"


def plain_text(text: str) -> str:
    """As Markdown that shows the text as it is."""
    return _MARKDOWN.sub(r"\\\1", text)
