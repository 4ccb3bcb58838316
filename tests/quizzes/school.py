"""A tiny school for the tests of quizzes: a hand-drawn release, six items, one practice quiz, one mock exam.

The release is in force from 2026-04-01 on:

    E11 (header)   E11.2 (header)   E11.21   E11.22   E11.3 (header) > E11.32 (header) > E11.321 (header)
                                                      > E11.3211 right eye, E11.3212 left eye
    H65 (header)   H65.00 unspecified ear   H65.01 right ear   H65.02 left ear
    I10
    S52 (header)   S52.501 (header) > S52.501A initial, S52.501D subsequent
"""

from datetime import date, timedelta

from django.db import connection

from codesets.models import Code, Release, ReleaseState
from codesets.systems import normalize
from quizzes.kinds import ItemContent
from quizzes.models import Attempt, Exam, ExamItem, ExamSection, Item, ItemHold, ItemVersion
from quizzes.packs import ItemSpec
from quizzes.services.attempts import save_response
from quizzes.services.items import FROZEN

ON = date(2026, 5, 12)
LABEL = "April 2026"
TREE = [
    ("E11", "Type 2 diabetes mellitus", False, ""),
    ("E11.2", "Type 2 diabetes mellitus with kidney complications", False, "E11"),
    ("E11.21", "Type 2 diabetes mellitus with diabetic nephropathy", True, "E112"),
    ("E11.22", "Type 2 diabetes mellitus with diabetic chronic kidney disease", True, "E112"),
    ("E11.3", "Type 2 diabetes mellitus with ophthalmic complications", False, "E11"),
    ("E11.32", "Type 2 diabetes with mild nonproliferative retinopathy", False, "E113"),
    ("E11.321", "Type 2 diabetes with mild nonproliferative retinopathy with edema", False, "E1132"),
    ("E11.3211", "Mild nonproliferative retinopathy with macular edema, right eye", True, "E11321"),
    ("E11.3213", "Mild nonproliferative retinopathy with macular edema, bilateral", True, "E11321"),
    ("H65", "Nonsuppurative otitis media", False, ""),
    ("H65.00", "Acute serous otitis media, unspecified ear", True, "H65"),
    ("H65.01", "Acute serous otitis media, right ear", True, "H65"),
    ("H65.02", "Acute serous otitis media, left ear", True, "H65"),
    ("I10", "Essential (primary) hypertension", True, ""),
    ("S52", "Fracture of forearm", False, ""),
    ("S52.501", "Unspecified fracture of the lower end of right radius", False, "S52"),
    ("S52.501A", "Fracture of lower end of right radius, initial encounter", True, "S52501"),
    ("S52.501D", "Fracture of lower end of right radius, subsequent encounter", True, "S52501"),
]
# Words that must never reach a student before release; each stands in one place of the items below.
SECRETS = ("WHYTEXT", "RATIONALETEXT", "ACCEPTTEXT")


def make_release(
    system: str = "icd10cm",
    start: date = date(2026, 4, 1),
    *,
    label: str = LABEL,
    tree: list[tuple[str, str, bool, str]] = TREE,
    state: str = ReleaseState.PUBLISHED,
) -> Release:
    release = Release.objects.create(
        system=system,
        label=label,
        state=ReleaseState.IMPORTING,
        effective_from=start,
        source_name="drawn by hand",
        source_sha256="0" * 64,
    )
    Code.objects.bulk_create(
        Code(
            release=release,
            code=normalize(code),
            title=title,
            billable=billable,
            parent=parent,
            depth=0 if not parent else 1,
            position=position,
        )
        for position, (code, title, billable, parent) in enumerate(tree)
    )
    release.state = state
    release.save(update_fields=["state"])
    return release


def stage_release(
    start: date, label: str, *, without: tuple[str, ...] = (), headers: tuple[str, ...] = (), **more
) -> Release:
    """The drawn release again, staged, where some codes are gone and others are headers."""
    tree = [
        (code, title, billable and code not in headers, parent)
        for code, title, billable, parent in TREE
        if code not in without
    ]
    return make_release(start=start, label=label, tree=tree, state=ReleaseState.STAGED, **more)


def cm(code: str, **more) -> dict:
    return {"system": "icd10cm", "code": code, **more}


def single_best(slug: str, key: str = "b", **changes) -> ItemSpec:
    return spec(
        slug,
        kind="single_best",
        options=[{"id": name, "text": f"Choice {name}", "why": f"WHYTEXT {slug} {name}"} for name in "abcd"],
        key=[key],
        **changes,
    )


def multiple_response(slug: str, **changes) -> ItemSpec:
    codes = ("E11.21", "E11.22", "H65.01", "H65.02", "I10")
    options = [
        {"id": name, "code": cm(code), "why": f"WHYTEXT {slug} {name}"}
        for name, code in zip("abcde", codes, strict=True)
    ]
    return spec(slug, kind="multiple_response", options=options, key=["b", "e"], **changes)


def code_entry(slug: str, key: str = "E11.22", **changes) -> ItemSpec:
    fields = {"accept": [cm("I10", why=f"ACCEPTTEXT {slug}")], **changes}
    return spec(slug, kind="code_entry", key=[cm(key)], **fields)


def sequencing(slug: str, **changes) -> ItemSpec:
    """The right order is c, a, b; c, b, a is as right."""
    fields = {
        "options": [
            {"id": name, "text": f"Condition {name}", "why": f"WHYTEXT {slug} {name}"} for name in "abc"
        ],
        "key": ["c", "a", "b"],
        "accept": [{"order": ["c", "b", "a"], "why": f"ACCEPTTEXT {slug}"}],
        **changes,
    }
    return spec(slug, kind="sequencing", **fields)


FACE = {"setting": "outpatient", "service_from": "2026-05-12", "sex": "F", "age": 61}
CHART = [
    {
        "kind": "visit_note",
        "title": "Visit note",
        "text": "**Assessment**\n\nRight serous otitis media, acute.",
    },
    {
        "kind": "laboratory",
        "title": "Laboratory",
        "text": "Diabetic kidney disease, stable.\n\nPressure high.",
    },
]


def claim_key(**changes) -> dict:
    return {
        "diagnoses": [
            {
                "code": "H65.01",
                "role": "first_listed",
                "support": "Right serous otitis media",
                "why": "WHYTEXT ear",
                "given": True,
            },
            {
                "code": "E11.22",
                "role": "secondary",
                "support": "Diabetic kidney disease",
                "why": "WHYTEXT kidney",
                "accept": [{"code": "E11.21", "why": "ACCEPTTEXT kidney"}],
            },
        ],
        "procedures": [],
        "not_coded": [{"code": "I10", "verdict": "unsupported", "why": "WHYTEXT pressure"}],
        **changes,
    }


def coded_case(slug: str, **changes) -> ItemSpec:
    """Key: H65.01, E11.22 (E11.21 is accepted); not I10."""
    fields = {"key": claim_key(), "given": FACE, "chart": CHART, **changes}
    return spec(slug, kind="coded_case", **fields)


def audit(slug: str, **changes) -> ItemSpec:
    """The same record, coded with the left ear and the pressure."""
    coded = [
        {"code": "H65.02", "role": "first_listed"},
        {"code": "E11.22", "role": "secondary"},
        {"code": "I10", "role": "secondary"},
    ]
    fields = {"key": claim_key(), "given": {**FACE, "diagnoses": coded}, "chart": CHART, **changes}
    return spec(slug, kind="audit", **fields)


def spec(
    slug: str,
    *,
    domain: str = "icd-10-cm",
    difficulty: str = "easy",
    family: str = "",
    care: str = "",
    **changes,
) -> ItemSpec:
    fields = {
        "systems": ("icd10cm",),
        "service_date": ON,
        "stem": f"A visit: {slug}?",
        "rationale": f"RATIONALETEXT {slug}",
        "references": [{"guideline": "I.C.9.a.2"}],
        **changes,
    }
    return ItemSpec(slug, domain, difficulty, ItemContent(**fields), family, care)


def make_exam(slug: str, specs: list[ItemSpec], minutes: int | None = None) -> Exam:
    """One section for each two items."""
    exam = Exam.objects.create(
        slug=slug,
        title=slug.title(),
        mode="mock" if minutes else "practice",
        minutes=minutes,
        summary="For tests.",
    )
    sections = ExamSection.objects.bulk_create(
        ExamSection(exam=exam, position=number, title=f"Section {number}", domain="icd-10-cm")
        for number in range(1, (len(specs) + 1) // 2 + 1)
    )
    ExamItem.objects.bulk_create(
        ExamItem(section=sections[number // 2], item=item, position=number % 2 + 1)
        for number, item in enumerate(make_items(specs))
    )
    return exam


def make_drawn_exam(slug: str, draws: dict[str, int], **changes) -> Exam:
    """A mock exam that draws so many items of each domain, a section each, with the choice of lengths."""
    fields = {"minutes": 240, "choice": True, "summary": "For tests.", **changes}
    exam = Exam.objects.create(slug=slug, title=slug.title(), mode="mock", **fields)
    ExamSection.objects.bulk_create(
        ExamSection(
            exam=exam, position=number, title=f"Of {domain}", domain=domain, domains=[domain], draws=size
        )
        for number, (domain, size) in enumerate(draws.items(), start=1)
    )
    return exam


def make_items(specs: list[ItemSpec]) -> list[Item]:
    """What save_item makes one by one, at once: a form of a hundred items is then made in no time."""
    items = Item.objects.bulk_create(
        Item(
            slug=one.slug,
            kind=one.content.kind,
            domain=one.domain,
            systems=list(one.content.systems),
            difficulty=one.difficulty,
            family=one.family,
            care=one.care,
            status="published",
        )
        for one in specs
    )
    versions = ItemVersion.objects.bulk_create(
        ItemVersion(item=item, number=1, **{name: getattr(one.content, name) for name in FROZEN})
        for item, one in zip(items, specs, strict=True)
    )
    for item, version in zip(items, versions, strict=True):
        item.current = version
    Item.objects.bulk_update(items, ["current"])
    return items


def set_aside(*slugs: str, system: str = "icd10cm") -> None:
    """What quizzes.services.holds does when a release takes the keys of these items away."""
    ItemHold.objects.bulk_create(
        ItemHold(
            item_version=version_of(slug),
            system=system,
            release_label="July 2026",
            reason="It is not in the book.",
        )
        for slug in slugs
    )


def mixed(prefix: str) -> list[ItemSpec]:
    """One item of each kind and a second single best answer, keys: b, b, (b, e), E11.22."""
    return [
        single_best(f"{prefix}-first"),
        single_best(f"{prefix}-second"),
        multiple_response(f"{prefix}-many"),
        code_entry(f"{prefix}-code"),
    ]


KEYS = [{"choice": "b"}, {"choice": "b"}, {"choices": ["b", "e"]}, cm("E11.22")]


def save(attempt: Attempt, position: int, answer, revision: int = 1, **changes):
    fields = {"flagged": False, "struck": [], "note": "", "by": attempt.user, **changes}
    return save_response(attempt_id=attempt.pk, position=position, revision=revision, answer=answer, **fields)


def move(attempt: Attempt, **delta: float) -> Attempt:
    """Moves an attempt's instants into the past: `move(attempt, minutes=13)` began 13 minutes earlier."""
    by = timedelta(**delta)
    fields = {"started_at": attempt.started_at - by}
    if attempt.deadline_at:
        fields["deadline_at"] = attempt.deadline_at - by
    Attempt.objects.filter(pk=attempt.pk).update(**fields)
    attempt.refresh_from_db()
    return attempt


def version_of(slug: str) -> ItemVersion:
    return ItemVersion.objects.select_related("item").filter(item__slug=slug).latest("number")


def server_now():
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        return cursor.fetchone()[0]
