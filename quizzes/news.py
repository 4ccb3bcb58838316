"""A short quiz about what is new in a release, made of its digest. Asks no database: the caller looks up.

Only what the books prove is asked: a code by its title, a note that changed its kind. The same release gives
the same questions. Titles that no record documents ("other", "unspecified") are not asked for.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from itertools import chain, islice, zip_longest
from random import Random
from typing import NamedTuple, TypeVar

from codesets.digest_values import Digest
from codesets.values import CodeInfo, CodePage, ReleaseInfo
from quizzes import news_codes, news_notes
from quizzes.news_codes import Books, CodeQuestion
from quizzes.news_notes import NoteQuestion
from quizzes.packs import ItemSpec

MOST, FEWEST = 10, 5
CONSIDERED = 20  # of each sort, for which codes are looked up
NOTES_CONSIDERED = 6  # for a note the pages of two codes are read
MOST_OF_NOTES = 2
PREFIX = "whats-new-"  # of the slugs of these quizzes and of their items
Question = TypeVar("Question", CodeQuestion, NoteQuestion)


class Plan(NamedTuple):
    """What could be asked: by sort, of each the chapters in turn."""

    codes: tuple[tuple[CodeQuestion, ...], ...] = ()
    notes: tuple[NoteQuestion, ...] = ()

    def codes_to_look_up(self, system: str) -> set[str]:
        """Stored codes, of which the books have a few."""
        near = (news_codes.codes_to_look_up(system, question) for question in chain(*self.codes))
        return {*chain(*near), *chain(*((question.owner, question.other) for question in self.notes))}


def plan(digest: Digest) -> Plan:
    """Nothing for a system whose titles are not Chartroom's to ask for."""
    system = digest.release.system
    if system not in news_codes.DOMAINS:
        return Plan()
    random = Random(f"{system} {digest.release.label}")
    sorts = []
    for draw in news_codes.DRAWS.values():
        drawn = chain(*map(draw, digest.chapters))
        fair = [question for question in drawn if news_codes.is_fair(system, question)]
        sorts.append(tuple(_in_turn(fair, random)[:CONSIDERED]))
    notes = list(chain(*map(news_notes.note_questions, digest.chapters)))
    return Plan(tuple(sorts), tuple(_in_turn(notes, random)[:NOTES_CONSIDERED]))


def _in_turn(questions: list[Question], random: Random) -> list[Question]:
    """One of each group, by chance; then one of each chapter, a second of each, and so on."""
    random.shuffle(questions)
    first = {question.group: question for question in reversed(questions)}
    met: Counter[str] = Counter()
    turns = []
    for question in questions:
        if first[question.group] is question:
            met[question.chapter] += 1
            turns.append((met[question.chapter], question))
    return [question for _, question in sorted(turns, key=lambda turn: turn[0])]


def questions(
    digest: Digest, planned: Plan, codes: Mapping[str, CodeInfo], pages: Mapping[str, CodePage], slug: str
) -> list[ItemSpec]:
    """At most MOST, the sorts in turn; the slug of each item begins with `slug`.

    `codes` and `pages`: those of the plan that the release has, by stored code.
    """
    if digest.predecessor is None:
        return []
    books = Books(_name(digest.predecessor), _name(digest.release), codes)
    sorts = [(news_codes.item(each, digest, books, slug) for each in sort) for sort in planned.codes]
    of_notes = (news_notes.item(each, digest, books, pages, slug) for each in planned.notes)
    turns = zip_longest(*map(_made, sorts), islice(_made(of_notes), MOST_OF_NOTES))
    # A code can be new and take another's place: it is asked for once.
    once: dict[str, ItemSpec] = {}
    for spec in _made(chain(*turns)):
        once.setdefault(spec.slug, spec)
        if len(once) == MOST:
            break
    return list(once.values())


def _made(specs: Iterable[ItemSpec | None]) -> Iterator[ItemSpec]:
    return (spec for spec in specs if spec is not None)


def _name(release: ReleaseInfo) -> str:
    return f"{release.system_name} {release.label}"
