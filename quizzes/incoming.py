"""What an uploaded file would bring into the bank: read, checked against the books, nothing written."""

import json
from collections import Counter
from collections.abc import Container, Iterable, Mapping
from dataclasses import asdict, dataclass, replace
from datetime import date
from pathlib import PurePosixPath

from django.utils.text import slugify

from quizzes import pack_files, packs
from quizzes.bank import newest_version
from quizzes.checks import ItemFinding, check_specs
from quizzes.errors import ContentError, Problem
from quizzes.importers.gift import read_gift
from quizzes.importers.moodle_xml import read_moodle_xml
from quizzes.importers.questions import MOST_ITEMS, FileRefused, Reading
from quizzes.kinds import KINDS
from quizzes.models import Item
from quizzes.packs import ItemSpec
from quizzes.services.items import differs

LARGEST_UPLOAD = 16 * 1024 * 1024  # bytes; a Moodle file may carry images, which stay behind
SUFFIXES = (".zip", ".yaml", ".yml", ".xml", ".gift", ".txt")
_SLUG_ROOM = packs.LONGEST_SLUG - 6  # leaves room for a number behind it


@dataclass(frozen=True)
class Tags:
    """What Moodle's files do not say of a question."""

    domain: str
    difficulty: str
    systems: tuple[str, ...]
    service_date: date


@dataclass(frozen=True)
class Arrival:
    """One item that would come in. base: the newest version of the item that it changes, 0 for a new one.

    findings: what is to be mended before anybody can be asked to review it. notes: what stayed behind.
    """

    spec: ItemSpec
    place: str
    base: int
    findings: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()

    @property
    def kind_name(self) -> str:
        return KINDS[self.spec.content.kind].name


@dataclass(frozen=True)
class Refusal:
    """place: the file, or the category that a question stood in."""

    place: str
    name: str
    reason: str


@dataclass(frozen=True)
class Plan:
    """unchanged: slugs of items that the bank holds just so."""

    arrivals: tuple[Arrival, ...]
    refusals: tuple[Refusal, ...]
    unchanged: tuple[str, ...]


def read_upload(data: bytes, name: str, tags: Tags) -> Plan:
    """Raises ContentError for a file that cannot be read as a whole."""
    suffix = PurePosixPath(name).suffix.lower()
    if suffix not in SUFFIXES:
        raise ContentError([Problem(name, "", f"its name ends in none of {', '.join(SUFFIXES)}")])
    try:
        if suffix == ".zip":
            found, refused = _read_pack(data, name)
        elif suffix in (".yaml", ".yml"):
            found, refused = _read_yaml(_decoded(data, name), name)
        else:
            found, refused = _read_questions(data, name, suffix, tags)
    except FileRefused as error:
        raise ContentError([Problem(name, "", str(error))]) from error
    if len(found) > MOST_ITEMS:
        raise ContentError([Problem(name, "", f"it has more than {MOST_ITEMS:,} items; split it")])
    return _settle(found, refused)


def _read_pack(data: bytes, name: str) -> tuple[list[Arrival], list[Refusal]]:
    texts = pack_files.read_zip(data, name)
    refused = [_refusal(problem) for problem in pack_files.layout_problems(texts)]
    found: list[Arrival] = []
    for path, text in pack_files.item_files(texts).items():
        arrivals, more = _read_yaml(text, path)
        found += arrivals
        refused += more
    if pack_files.EXAMS in texts:
        refused.append(Refusal(pack_files.EXAMS, "", "exams come in with the command import_pack"))
    refused += [
        Refusal(folder, "", "lessons come in with the command import_pack")
        for folder in pack_files.course_folders(texts)
    ]
    return found, refused


def _read_yaml(text: str, file: str) -> tuple[list[Arrival], list[Refusal]]:
    """Items with nothing wrong but explanations that are still to be written."""
    specs, problems = packs.read_drafts(text, file)
    return [Arrival(spec, file, 0) for spec in specs], [_refusal(problem) for problem in problems]


def _read_questions(data: bytes, name: str, suffix: str, tags: Tags) -> tuple[list[Arrival], list[Refusal]]:
    if suffix == ".xml":
        reading = read_moodle_xml(data, systems=tags.systems, on=tags.service_date)
    else:
        reading = read_gift(_decoded(data, name), systems=tags.systems, on=tags.service_date)
    refused = [Refusal(row.category, row.name, row.reason) for row in reading.not_taken]
    return _named(reading, tags), refused


def _named(reading: Reading, tags: Tags) -> list[Arrival]:
    """Each draft with a slug of its own, made from its title."""
    taken = set(Item.objects.values_list("slug", flat=True))
    counts: Counter[str] = Counter()
    found = []
    for draft in reading.drafts:
        slug = free_slug(draft.title, taken, counts)
        taken.add(slug)
        spec = ItemSpec(slug, tags.domain, tags.difficulty, draft.content)
        found.append(Arrival(spec, draft.category, 0, notes=draft.notes))
    return found


def free_slug(title: str, taken: Container[str], counts: Counter[str]) -> str:
    """counts: how often each beginning was tried, so that a thousand of one title are not counted anew."""
    stem = slugify(title)[:_SLUG_ROOM].replace("_", "-").strip("-")
    stem = "-".join(part for part in stem.split("-") if part) or "question"
    name = stem
    while name in taken:
        counts[stem] += 1
        name = f"{stem}-{counts[stem] + 1}"
    return name


def _settle(found: Iterable[Arrival], refused: list[Refusal]) -> Plan:
    """Compares with the bank, then with the books."""
    rows = list(found)
    stored = _stored([row.spec.slug for row in rows])
    seen: set[str] = set()
    arrivals: list[Arrival] = []
    unchanged: list[str] = []
    for row in rows:
        slug, item = row.spec.slug, stored.get(row.spec.slug)
        reason = "this slug stands more than once" if slug in seen else _why_not(row.spec, item)
        seen.add(slug)
        if reason:
            refused.append(Refusal(row.place, slug, reason))
        elif item is None:
            arrivals.append(row)
        elif _is_same(row.spec, item):
            unchanged.append(slug)
        else:
            arrivals.append(replace(row, base=newest_version(item).number))
    checked = _checked(arrivals, refused)
    return Plan(tuple(checked), tuple(refused), tuple(unchanged))


def _stored(slugs: list[str]) -> dict[str, Item]:
    items = Item.objects.filter(slug__in=slugs).select_related("draft", "current")
    return {item.slug: item for item in items}


def _why_not(spec: ItemSpec, item: Item | None) -> str:
    """Why it cannot come in as a draft; empty when it can."""
    if not _is_storable(spec):
        return "it holds a value that cannot be kept, such as a number without end or a letter that is none"
    if item is None:
        return ""
    if item.kind != spec.content.kind:
        return f"the bank has this slug as {item.kind}; another kind needs another slug"
    if item.draft is not None and not _is_same(spec, item):
        return "somebody is writing this item; its draft would be lost from sight"
    if item.current is not None and item.systems[:1] != list(spec.content.systems[:1]):
        return "a published item keeps its first code system"
    return ""


def _is_storable(spec: ItemSpec) -> bool:
    """YAML can write what neither JSON nor PostgreSQL's text can hold."""
    try:
        written = json.dumps(asdict(spec), ensure_ascii=False, allow_nan=False, default=date.isoformat)
        written.encode()
    except (TypeError, ValueError):
        return False
    return "\\u0000" not in written


def _is_same(spec: ItemSpec, item: Item) -> bool:
    tags = (item.domain, item.difficulty, item.family, item.care, item.systems)
    same_tags = tags == (
        *(spec.domain, spec.difficulty, spec.family, spec.care),
        list(spec.content.systems),
    )
    return same_tags and not differs(newest_version(item), spec)


def _checked(arrivals: list[Arrival], refused: list[Refusal]) -> list[Arrival]:
    """The arrivals with what the books say of them; those that cannot be checked are refused."""
    found: dict[str, list[str]] = {}
    findings, odd = check_strangers([row.spec for row in arrivals])
    for finding in findings:
        found.setdefault(finding.slug, []).append(finding.message)
    refused += [
        Refusal(row.place, row.spec.slug, packs.ODD_SHAPE) for row in arrivals if row.spec.slug in odd
    ]
    return [
        replace(row, findings=tuple(found.get(row.spec.slug, ())))
        for row in arrivals
        if row.spec.slug not in odd
    ]


def check_strangers(specs: list[ItemSpec]) -> tuple[list[ItemFinding], set[str]]:
    """check_specs, and the slugs of items from outside whose values have shapes that no check foresees."""
    try:
        return check_specs(specs), set()
    except packs.SHAPE_ERRORS:
        findings: list[ItemFinding] = []
        odd: set[str] = set()
    for spec in specs:
        try:
            findings += check_specs([spec])
        except packs.SHAPE_ERRORS:
            odd.add(spec.slug)
    return findings, odd


def _refusal(problem: Problem) -> Refusal:
    return Refusal(problem.file, problem.slug, problem.message)


def _decoded(data: bytes, name: str) -> str:
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise ContentError([Problem(name, "", "it is not UTF-8 text; save it as UTF-8")]) from error
    if "\0" in text:
        raise ContentError([Problem(name, "", "it is no text")])
    return text


def read_back(text: str, bases: Mapping[str, int]) -> list[Arrival]:
    """The arrivals of a plan from the YAML that they were kept in. Raises ContentError."""
    specs, problems = packs.read_drafts(text, "the import")
    if problems or {spec.slug for spec in specs} != set(bases):
        raise ContentError(problems or [Problem("the import", "", "it does not name what it holds")])
    return [Arrival(spec, "", bases[spec.slug]) for spec in specs]
