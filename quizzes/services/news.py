"""The quiz about what is new in a release: made once, when somebody first wants to take it.

As long as nobody has taken it, it belongs to its release: it does not keep the release in force, and it goes
when the days of a release of its system change. Then it is made again when it is wanted.
"""

import re
from collections.abc import Iterable, Mapping
from typing import Any

from django.core.cache import cache
from django.db import connection, transaction
from django.db.models import Exists, OuterRef, Q
from django.utils.text import slugify

from accounts import audit
from accounts.models import User
from codesets import catalog
from codesets.catalog import CodeInfo, CodePage, Digest
from codesets.systems import System
from quizzes import news
from quizzes.checks import check_specs
from quizzes.errors import ExamNotAvailable
from quizzes.kinds import Served
from quizzes.models import Attempt, Exam, ExamItem, ExamMode, Item, ItemVersion, Response
from quizzes.news_codes import DOMAINS
from quizzes.packs import ExamSpec, ItemSpec, SectionSpec
from quizzes.services.exams import save_exam
from quizzes.services.items import save_item

LONGEST_LABEL = 45  # in a slug, which has 80 characters and names two codes behind it
PASS_MARK = 70
KEPT = 60 * 60  # seconds
PUBLISHED = "published"
_NOT_IN_SLUG = re.compile(r"[^a-z0-9]+")


def has_quiz(digest: Digest) -> bool:
    """Whether there is one to take: made, or with enough to ask. Only a published release has one."""
    if digest.release.state != PUBLISHED or digest.predecessor is None:
        return False
    if _quiz_of(digest):
        return True
    key = f"quizzes.{_slug(digest)}.{digest.predecessor.id}.{digest.release.id}"
    return bool(cache.get_or_set(key, lambda: bool(questions_about(digest)), KEPT))


def questions_about(digest: Digest) -> list[ItemSpec]:
    """The questions that pass every check on their day, in the books of a published release.

    Empty where they are too few for a quiz.
    """
    planned = news.plan(digest)
    codes = _codes(digest, planned.codes_to_look_up(digest.release.system))
    pages = _pages(digest, planned, codes)
    specs = news.questions(digest, planned, codes, pages, _slug(digest))
    doubtful = {finding.slug for finding in check_specs(specs)}
    sure = [spec for spec in specs if spec.slug not in doubtful]
    return sure if len(sure) >= news.FEWEST else []


@transaction.atomic
def quiz_for(*, release_id: int, by: User) -> Exam:
    """The practice quiz about a published release: the one there is, or a new one.

    Two who ask at once get the same. Raises ExamNotAvailable, which says why there is none.
    """
    digest = _published(release_id)
    if exam := _quiz_of(digest):
        return exam
    _lock(digest.release.system)
    digest = _published(release_id)
    return _quiz_of(digest) or _make(digest, by)


def receive_release_changed(sender: Any, *, system: str, **more: Any) -> None:
    """Receives codesets.signals.release_changed, before quizzes.services.holds does: see _lock."""
    if system in DOMAINS:
        _discard_untaken(system)


def _published(release_id: int) -> Digest:
    digest = catalog.whats_new_of(release_id)
    if digest is None or digest.release.state != PUBLISHED:
        raise ExamNotAvailable("There is no quiz about a release that is not published.")
    return digest


def _quiz_of(digest: Digest) -> Exam | None:
    return Exam.objects.filter(slug=_slug(digest), published=True).first()


def _lock(system: str) -> None:
    """Until the end of the transaction nobody else makes or discards these quizzes.

    Making one asks for the lock of quizzes.services.holds after this one, so whoever needs both takes this
    one first.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('quizzes_news'), hashtext(%s))", [system])


def _slug(digest: Digest) -> str:
    words = _NOT_IN_SLUG.sub("-", slugify(digest.release.label))[:LONGEST_LABEL].strip("-")
    return _prefix(digest.release.system) + (words or str(digest.release.id))


def _prefix(system: str) -> str:
    return f"{news.PREFIX}{system}-"


def _codes(digest: Digest, wanted: Iterable[str]) -> dict[str, CodeInfo]:
    found = catalog.find_codes([(digest.release.system, code) for code in wanted], digest.in_force)
    return {info.code: info for info in found.values()}


def _pages(digest: Digest, planned: news.Plan, codes: Mapping[str, CodeInfo]) -> dict[str, CodePage]:
    """The pages of both codes of a note, where both can be reported."""
    pairs = [(question.owner, question.other) for question in planned.notes]
    wanted = {code for pair in pairs if all(_valid(each, codes) for each in pair) for code in pair}
    pages = {code: catalog.code_page(digest.release.system, code, digest.in_force) for code in wanted}
    return {code: page for code, page in pages.items() if page is not None}


def _valid(code: str, codes: Mapping[str, CodeInfo]) -> bool:
    return code in codes and codes[code].billable


def _make(digest: Digest, by: User) -> Exam:
    specs = questions_about(digest)
    if not specs:
        raise ExamNotAvailable("Too little changed in this release for a quiz whose answers the books prove.")
    for spec in specs:
        save_item(spec=spec, by=None)  # nobody wrote it
    exam = save_exam(spec=_exam(digest, specs))
    audit.record(by=by, action="quizzes.news.made", target=exam, after={"items": len(specs)})
    return exam


def _exam(digest: Digest, specs: list[ItemSpec]) -> ExamSpec:
    name = f"{digest.release.system_name} {digest.release.label}"
    domain = DOMAINS[System(digest.release.system)]
    section = SectionSpec("Changes", domain, [(spec.slug, Served.ALONE) for spec in specs])
    return ExamSpec(
        slug=_slug(digest),
        title=f"What is new in {name}",
        mode=ExamMode.PRACTICE,
        summary=f"{len(specs)} questions about what {name} changes, made from the two books.",
        minutes=None,
        pass_mark=PASS_MARK,
        grace_seconds=30,
        sections=[section],
    )


def _discard_untaken(system: str) -> None:
    """The quizzes about this system that nobody has taken. An item that another exam asks stays."""
    _lock(system)
    made = Exam.objects.filter(slug__startswith=_prefix(system))
    # Locked first: an attempt that is being started at this moment is then seen, or finds no exam.
    locked = [exam.pk for exam in made.select_for_update()]
    untaken = Exam.objects.filter(~Exists(Attempt.objects.filter(exam=OuterRef("pk"))), pk__in=locked)
    seats = ExamItem.objects.filter(item=OuterRef("pk"))
    asked = Exists(Response.objects.filter(item_version__item=OuterRef("pk")))
    elsewhere = Exists(seats.exclude(section__exam__in=untaken))
    goes = Q(exam_items__section__exam__in=untaken) & ~asked & ~elsewhere
    items = set(Item.objects.filter(goes).values_list("pk", flat=True))
    untaken.delete()
    Item.objects.filter(pk__in=items).update(current=None)
    ItemVersion.objects.filter(item__in=items).delete()
    Item.objects.filter(pk__in=items).delete()
