"""Loading packs: as drafts that a second person has still to review, or published as what ships is."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from django.db import transaction

from accounts.models import User
from quizzes import pack_files, packs
from quizzes.errors import ContentError, Problem
from quizzes.incoming import Arrival, check_strangers
from quizzes.kinds import KINDS
from quizzes.models import Item
from quizzes.packs import ItemSpec
from quizzes.services.authoring import NewerVersion, create_item, save_draft
from quizzes.services.blueprints import load_blueprints
from quizzes.services.exams import load_exams
from quizzes.services.items import LoadOutcome, load_items


@dataclass(frozen=True)
class Taken:
    """How many items were made, and how many got a draft on top of what they were."""

    created: int
    changed: int


@transaction.atomic
def take_in_drafts(*, arrivals: Iterable[Arrival], by: User) -> Taken:
    """Keeps every arrival as a draft, or none. Raises ContentError, naming those that stand in the way."""
    counts = {True: 0, False: 0}
    problems: list[Problem] = []
    for arrival in arrivals:
        try:
            _take_in(arrival, by)
        except ContentError as error:
            problems += error.problems
        except NewerVersion as error:
            problems.append(Problem("the bank", arrival.spec.slug, str(error)))
        counts[arrival.base == 0] += 1
    if problems:
        raise ContentError(problems)
    return Taken(counts[True], counts[False])


def _take_in(arrival: Arrival, by: User) -> None:
    if arrival.base == 0:
        create_item(spec=arrival.spec, by=by)
        return
    item = Item.objects.get(slug=arrival.spec.slug)
    save_draft(item_id=item.pk, base_number=arrival.base, spec=arrival.spec, by=by)


def pack_problems(texts: Mapping[str, str]) -> tuple[list[Problem], list[Problem]]:
    """(errors, warnings) of a pack's items and exams, as files and against the books of their dates."""
    specs: list[ItemSpec] = []
    places: list[tuple[str, str]] = []
    errors: list[Problem] = pack_files.layout_problems(texts)
    for path, text in pack_files.item_files(texts).items():
        found, wrong = packs.read_items(text, path)
        specs += found
        places += [(path, spec.slug) for spec in found]
        errors += wrong
    errors += packs.duplicate_slugs(places)
    if pack_files.EXAMS in texts:
        errors += packs.read_exams(texts[pack_files.EXAMS], pack_files.EXAMS)[1]
    warnings: list[Problem] = []
    files = {slug: path for path, slug in places}
    findings, odd = check_strangers(specs)
    errors += [Problem(files[slug], slug, packs.ODD_SHAPE) for slug in sorted(odd)]
    for finding in findings:
        problem = Problem(files[finding.slug], finding.slug, finding.message)
        (errors if finding.level == "error" else warnings).append(problem)
    return errors, warnings


def askable_slugs(texts: Mapping[str, str]) -> set[str]:
    """Of a pack's items those that a lesson may ask: the ones without a chart."""
    return {
        spec.slug
        for path, text in pack_files.item_files(texts).items()
        for spec in packs.read_items(text, path)[0]
        if not KINDS[spec.content.kind].has_chart
    }


@transaction.atomic
def load_shipped(*, folder: Path, by: User | None) -> tuple[LoadOutcome, LoadOutcome]:
    """Publishes the items and then the exams that ship, and before them the blueprints: all or nothing.

    Neither blueprints nor the CPT pack, which is a folder within, need be there. Raises ContentError with
    every problem.
    """
    if (folder / "blueprints.yaml").is_file():
        load_blueprints(folder / "blueprints.yaml", by)
    places = [place for place in (folder, folder / "cpt") if place.is_dir()]
    items, exams = LoadOutcome(0, 0, 0), LoadOutcome(0, 0, 0)
    for place in places:
        items = _sum(items, load_items(place / "items", by))
    for place in places:
        exams = _sum(exams, load_exams(place / "exams.yaml", by))
    return items, exams


@transaction.atomic
def publish_pack(*, texts: Mapping[str, str], by: User | None) -> tuple[LoadOutcome, LoadOutcome]:
    """Publishes a pack's items and then its exams, all or nothing. Raises ContentError with every problem."""
    items, exams = LoadOutcome(0, 0, 0), LoadOutcome(0, 0, 0)
    with TemporaryDirectory() as name:
        folder = Path(name) / "pack"
        pack_files.write_pack(texts, folder)
        for part in pack_files.ITEM_FOLDERS:
            if (folder / part).is_dir():
                items = _sum(items, load_items(folder / part, by))
        if pack_files.EXAMS in texts:
            exams = load_exams(folder / pack_files.EXAMS, by)
    return items, exams


def _sum(one: LoadOutcome, other: LoadOutcome) -> LoadOutcome:
    return LoadOutcome(
        one.created + other.created,
        one.changed + other.changed,
        one.unchanged + other.unchanged,
        one.left + other.left,
    )
