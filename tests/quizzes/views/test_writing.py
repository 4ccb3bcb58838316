"""The form of a case: its rows say what the key says, and a problem is linked to the row that it is about."""

from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.template.loader import render_to_string
from lxml import html

from quizzes.kinds import KINDS, ItemContent
from quizzes.packs import ItemSpec, read_items
from quizzes.views.writing import at_rows, show_writing
from tests.quizzes import school

CONTENT = Path(settings.BASE_DIR) / "quizzes" / "content" / "items"


def shipped() -> list[ItemSpec]:
    files = sorted(CONTENT.rglob("*.yaml"))
    specs = [spec for file in files for spec in read_items(file.read_text(), file.name)[0]]
    return [spec for spec in specs if KINDS[spec.content.kind].has_chart]


def sent(content: ItemContent) -> dict[str, list[str]]:
    """The controls of the form that shows the content, as a browser without script sends them."""
    writing = show_writing(KINDS[content.kind].writing(content), content.service_date)
    form = html.fromstring(
        f"<form>{render_to_string('quizzes/kinds/claim/write.html', {'writing': writing})}</form>"
    )
    data: dict[str, list[str]] = {}
    for name, value in form.form_values():
        data.setdefault(name, []).append(value)
    return data


def bare(value: Any) -> Any:
    """Without fields left empty and the space around words: a pack's file has those, and a form does not."""
    if isinstance(value, dict):
        return {name: found for name, one in value.items() if (found := bare(one)) not in (None, "", [], {})}
    if isinstance(value, list):
        return [bare(one) for one in value]
    if isinstance(value, str):
        return "\n".join(line.rstrip() for line in value.strip().splitlines())
    return value


@pytest.mark.django_db
@pytest.mark.parametrize("spec", shipped(), ids=lambda spec: spec.slug)
def test_every_shipped_case_and_audit_is_the_same_after_its_rows(spec):
    content = spec.content
    written = KINDS[content.kind].written(sent(content))
    for name in ("given", "key", "options", "chart", "policy"):
        assert bare(written[name]) == bare(getattr(content, name)), name
    assert written["service_date"] == content.service_date


def test_rows_have_the_titles_of_the_day_and_cost_one_query(books, django_assert_num_queries):
    content = school.audit("audit").content
    with django_assert_num_queries(1):
        writing = show_writing(KINDS["audit"].writing(content), content.service_date)
    assert [row.get("title") for row in writing["key"]["dx"]][:2] == [
        "Acute serous otitis media, right ear",
        "Type 2 diabetes mellitus with diabetic chronic kidney disease",
    ]
    assert writing["key"]["nc"][0]["title"] == "Essential (primary) hypertension"
    assert writing["coded"]["dx"][0]["title"] == "Acute serous otitis media, left ear"
    assert writing["searches"]["dx"].endswith("system=icd10cm&on=2026-05-12")


@pytest.mark.parametrize(
    ("message", "shown"),
    [
        (
            "the key, dx:2, accepted: <b> is not in the release",
            'the key, <a href="#key-dx-2">diagnosis 2</a>, accepted: &lt;b&gt; is not in the release',
        ),
        ("px:1: a pointer is", '<a href="#key-px-1">procedure 1</a>: a pointer is'),
        ("not_coded 3 has no code", '<a href="#key-nc-3">code not to report, 3</a> has no code'),
        ("alternative 1, dx:2 has no code", "alternative 1, dx:2 has no code"),
    ],
)
def test_a_problem_is_linked_to_its_row(message, shown):
    assert str(at_rows(message)) == shown
