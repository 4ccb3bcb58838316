"""Questions about notes that changed their kind: two conditions that a record has, and what is reported now.

Asked only where both codes can be reported as they are, and where no other note that binds one of them says
something else about the other. Asks no database.
"""

import re
from collections.abc import Collection, Iterator, Mapping
from random import Random
from string import ascii_lowercase
from typing import NamedTuple

from codesets.digest_values import Digest, DigestChapter, NoteNews
from codesets.systems import System, normalize
from codesets.values import CodeInfo, CodePage, NoteInfo
from quizzes.kinds import ItemContent
from quizzes.news_codes import DOMAINS, Books, plain_text, reference_to
from quizzes.packs import ItemSpec

EXCLUDES1, EXCLUDES2 = "excludes1", "excludes2"
CODE_FIRST, USE_ADDITIONAL, CODE_ALSO = "code_first", "use_additional", "code_also"
NAMES = {
    EXCLUDES1: "an Excludes1 note",
    EXCLUDES2: "an Excludes2 note",
    CODE_ALSO: "a Code also note",
    USE_ADDITIONAL: "a Use additional code note",
}
# The section of the Official Guidelines that says what a note of the kind asks for.
GUIDELINES = {EXCLUDES2: "I.A.12.b", CODE_ALSO: "I.A.17"}
ASKS = {
    EXCLUDES2: "the condition is not part of this code, and a patient may have both. You report both then",
    CODE_ALSO: "both codes may be needed, and the circumstances of the encounter decide which comes first",
}
# Notes that would say otherwise: which code is left out, or which comes first.
BINDING = {EXCLUDES2: (EXCLUDES1,), CODE_ALSO: (EXCLUDES1, USE_ADDITIONAL, CODE_FIRST)}
# Words that end in the one code that they name: "dyspepsia NOS (R10.13)".
_ONE_CODE = re.compile(r"^(?P<words>[^()]+?)\s*\((?P<code>[A-Z]\d[\dA-Z](?:\.[\dA-Z]{1,4})?)\)$")


class NoteQuestion(NamedTuple):
    """`owner` has the note, `other` is the code that it names, by `words`; both as stored."""

    chapter: str
    owner: str
    other: str
    words: str
    was_kind: str
    kind: str

    @property
    def group(self) -> str:
        """The two conditions may have the same note at each other: one question for both."""
        return "-".join(sorted((self.owner, self.other)))


def note_questions(chapter: DigestChapter) -> Iterator[NoteQuestion]:
    for note in chapter.notes:
        if (note.was_kind, note.kind) in ASKED and note.owner_kind == "code":
            yield from _of_note(chapter.name, note)


def _of_note(chapter: str, note: NoteNews) -> Iterator[NoteQuestion]:
    """Of an Excludes nothing below a line that ends in a colon: it is meant with the words of that line."""
    for line in note.lines:
        text = " ".join(word.text for word in line if word.kind != "del")
        if text.endswith(":") and note.kind == EXCLUDES2:
            return
        named = _ONE_CODE.match(text)
        if named and not named["words"].lower().startswith(("code ", "if ")):
            other = normalize(named["code"])
            yield NoteQuestion(chapter, note.owner, other, named["words"], note.was_kind, note.kind)


class Choice(NamedTuple):
    text: str
    why: str


def _may_both(owner: str, other: str, books: Books) -> tuple[Choice, ...]:
    """An Excludes1 became an Excludes2. The right one first."""
    was = f"That is what the Excludes1 note of {books.old} asked for. An Excludes2 note allows both codes."
    return (
        Choice(f"{owner} and {other}", "An Excludes2 note allows both codes when the record documents both."),
        Choice(f"{owner} only", was),
        Choice(f"{other} only", was),
        Choice(
            "Neither, until the provider is asked",
            "The record documents both conditions, and the note allows both codes: nothing is unclear.",
        ),
    )


def _need_both(owner: str, other: str, books: Books) -> tuple[Choice, ...]:
    """A Use additional code became a Code also. The right one first."""
    only = "A Code also note says that both codes may be needed, and the record documents both conditions."
    return (
        Choice(
            f"{owner} and {other}, in the order that the encounter calls for",
            "A Code also note asks for both codes and gives no order.",
        ),
        Choice(
            f"{owner} and {other}, always with {owner} first",
            f"That is the order of the Use additional code note of {books.old}. A Code also note gives none.",
        ),
        Choice(f"{owner} only", only),
        Choice(f"{other} only", only),
    )


ASKED = {(EXCLUDES1, EXCLUDES2): _may_both, (USE_ADDITIONAL, CODE_ALSO): _need_both}


def item(
    question: NoteQuestion, digest: Digest, books: Books, pages: Mapping[str, CodePage], slug: str
) -> ItemSpec | None:
    """None where one of the codes is not valid, or a note forbids the two together."""
    owner, other = books.codes.get(question.owner), books.codes.get(question.other)
    if owner is None or other is None or not (owner.billable and other.billable):
        return None
    binding = BINDING[question.kind]
    if _is_named(owner, pages.get(other.code), binding) or _is_named(other, pages.get(owner.code), binding):
        return None
    choices = ASKED[question.was_kind, question.kind](owner.display, other.display, books)
    mixed = list(choices)
    Random(f"{slug} {question.group}").shuffle(mixed)
    content = ItemContent(
        kind="single_best",
        systems=(digest.release.system,),
        service_date=digest.in_force,
        stem=_stem(question, owner, other, digest, books),
        options=[
            {"id": letter, "text": choice.text, "why": choice.why}
            for letter, choice in zip(ascii_lowercase, mixed, strict=False)
        ],
        key=[ascii_lowercase[mixed.index(choices[0])]],
        rationale=_rationale(question, owner, other, books),
        references=[
            {"guideline": GUIDELINES[question.kind]},
            {"code": {"system": owner.system, "code": owner.display}, "note": question.kind},
        ],
    )
    name = f"{slug}-{question.group.lower()}"
    return ItemSpec(name, DOMAINS[System(digest.release.system)], "medium", content)


def _is_named(code: CodeInfo, page: CodePage | None, kinds: Collection[str]) -> bool:
    """Whether a note of these kinds that binds the page's code names this one, or one above or below it."""
    if page is None:
        return True
    notes = (*page.notes_own, *page.notes_inherited)
    return any(note.kind in kinds and _names(note, code.code) for note in notes)


def _names(note: NoteInfo, code: str) -> bool:
    return any(_covers(normalize(t["from"]), normalize(t["to"]), code) for t in note.targets)


def _covers(first: str, last: str, code: str) -> bool:
    shared = min(len(first), len(last), len(code))
    return first[:shared] <= code[:shared] <= last[:shared]


def _stem(question: NoteQuestion, owner: CodeInfo, other: CodeInfo, digest: Digest, books: Books) -> str:
    words = question.words[:1].upper() + question.words[1:]
    named = f"{NAMES[question.was_kind]} at {owner.display} named {other.display}"
    return (
        f"The record of an encounter on {digest.in_force:%-d %B %Y} documents both conditions:\n\n"
        f"> {plain_text(owner.title)} ({owner.display})\n>\n> {plain_text(words)} ({other.display})\n\n"
        f"In {books.old} {named}. What do you report now?"
    )


def _rationale(question: NoteQuestion, owner: CodeInfo, other: CodeInfo, books: Books) -> str:
    became = f"{NAMES[question.was_kind]} of {books.old} became {NAMES[question.kind]} in {books.new}"
    return f"At {reference_to(owner)} {became}. It names {reference_to(other)}: {ASKS[question.kind]}."
