"""What authors and reviewers of items post. A form gives the same ItemSpec that a pack's file gives."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Any

from django import forms
from django.http import QueryDict

from codesets.systems import SYSTEMS
from quizzes.domains import DOMAIN_CHOICES
from quizzes.kinds import KINDS, Answer, ItemContent
from quizzes.kinds.claim_writing import YAML_AREAS
from quizzes.kinds.writing import WritingError, text_of
from quizzes.models import Care, Difficulty, Item, ItemStatus, ItemVersion, item_kinds
from quizzes.packs import LONGEST_SLUG, SLUG, ItemSpec

MOST_TEXT = 20_000  # characters; the longest shipped rationale has about 3,000
NOTE_KINDS = (
    *("inclusion_term", "includes", "excludes1", "excludes2", "code_first"),
    *("use_additional", "code_also", "seventh_character", "note"),
)
INDEX = "Index:"  # what begins a reference to a path in the index
_CODE = re.compile(r"\[\[(?:([a-z0-9]+):)?([A-Za-z0-9.]{2,10})\]\](?:\s+(\w+))?")
SYSTEM_CHOICES = [(system.value, info.name) for system, info in SYSTEMS.items()]


class ItemForm(forms.Form):
    """An item of one kind. part: the kind's own, from the controls of write.html; spec: once it is valid."""

    slug = forms.CharField(
        max_length=LONGEST_SLUG,
        label="Name in the address",
        help_text="Lower-case words with dashes. It stays; exams and packs name the item by it.",
    )
    domain = forms.ChoiceField(choices=DOMAIN_CHOICES)
    difficulty = forms.ChoiceField(choices=Difficulty.choices)
    family = forms.CharField(
        required=False,
        max_length=LONGEST_SLUG,
        help_text="One name for items that are nearly the same; a form takes one of them.",
    )
    care = forms.ChoiceField(
        required=False,
        choices=[("", "Not said"), *Care.choices],
        help_text="Where the patient was cared for; exams draw cases by it.",
    )
    systems = forms.MultipleChoiceField(
        required=False,
        choices=SYSTEM_CHOICES,
        widget=forms.CheckboxSelectMultiple,
        label="Code systems",
    )
    service_date = forms.DateField(
        label="Date of the encounter",
        help_text="It chooses the releases that the codes are checked against.",
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )
    stem = forms.CharField(
        required=False,
        max_length=MOST_TEXT,
        label="Stem",
        help_text="Markdown. What is asked, without a word that gives the key away.",
        widget=forms.Textarea(attrs={"rows": 5}),
    )
    rationale = forms.CharField(
        required=False,
        max_length=MOST_TEXT,
        label="Rationale",
        help_text="Markdown; [[E11.22]] or [[hcpcs:J0696]] cites a code. Why the key, in official words.",
        widget=forms.Textarea(attrs={"rows": 6}),
    )
    references = forms.CharField(
        required=False,
        max_length=MOST_TEXT,
        label="References",
        help_text=(
            "One a line: a section of the guidelines (I.C.9.a.2), a code and its note "
            "([[I12]] use_additional), or a path in the index (Index: Otitis, media, suppurative)."
        ),
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    base_number = forms.IntegerField(required=False, min_value=1, widget=forms.HiddenInput)

    def __init__(self, kind: str, data: QueryDict | None = None, *, item: Item | None = None, **more) -> None:
        super().__init__(data, **{"label_suffix": "", **more})
        self.kind, self.item = KINDS[kind], item
        self.controls = dict(data.lists()) if data is not None else {}
        self.part: dict[str, Any] = {}
        self.spec: ItemSpec | None = None
        if item is not None:
            del self.fields["slug"]
        if self.kind.has_chart:
            del self.fields["service_date"]  # the face sheet has it
        else:
            del self.fields["care"]
        if self.kind.slug == "code_entry":
            del self.fields["systems"]  # the key's own

    def clean_slug(self) -> str:
        slug = self.cleaned_data["slug"]
        if not SLUG.fullmatch(slug):
            raise forms.ValidationError("Use lower-case words with dashes, such as otitis-right-ear.")
        return slug

    def clean_family(self) -> str:
        family = self.cleaned_data["family"]
        if family and not SLUG.fullmatch(family):
            raise forms.ValidationError("Use lower-case words with dashes, such as otitis-right-ear.")
        return family

    def clean_references(self) -> list[dict[str, Any]]:
        return read_references(self.cleaned_data["references"])

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        try:
            self.part = self.kind.written(self.controls)
        except WritingError as error:
            self.part = error.part
            for problem in error.problems:
                self.add_error(None, problem)
        if not self.errors:
            self.spec = self._spec(data)
        return data

    def writing(self, content: ItemContent) -> dict[str, Any]:
        """What write.html shows: what was posted, even if it cannot be read, else the content."""
        shown = self.kind.writing(replace(content, **self.part))
        for name in YAML_AREAS if self.is_bound else ():
            if name in shown:
                shown[name] = text_of(self.controls, name)
        return shown

    def _spec(self, data: Mapping[str, Any]) -> ItemSpec:
        fields = {
            "systems": tuple(data.get("systems", ())),
            "service_date": data.get("service_date"),
            "stem": _unix(data["stem"]),
            "rationale": _unix(data["rationale"]),
            "references": data["references"],
            **self.part,
        }
        slug = self.item.slug if self.item else data["slug"]
        content = ItemContent(kind=self.kind.slug, **fields)
        return ItemSpec(
            slug, data["domain"], data["difficulty"], content, data["family"], data.get("care", "")
        )


class PreviewForm(ItemForm):
    """The same for an item that has no name yet."""

    def __init__(self, kind: str, data: QueryDict, **more) -> None:
        super().__init__(kind, data, **more)
        if "slug" in self.fields:
            self.fields["slug"].required = False

    def clean_slug(self) -> str:
        slug = self.cleaned_data["slug"]
        return slug if SLUG.fullmatch(slug) else "new-item"


def initial_of(version: ItemVersion) -> dict[str, Any]:
    """What the form shows of a version; load its item beside it."""
    item = version.item
    return {
        "domain": item.domain,
        "difficulty": item.difficulty,
        "family": item.family,
        "care": item.care,
        "systems": item.systems,
        "service_date": version.service_date,
        "stem": version.stem,
        "rationale": version.rationale,
        "references": reference_text(version.references),
        "base_number": version.number,
    }


def blank_content(kind: str, on: date) -> ItemContent:
    """A new item's content before anything is written."""
    key: Any = {} if KINDS[kind].has_chart else []
    return ItemContent(kind=kind, systems=(), service_date=on, stem="", key=key, rationale="")


def read_references(text: str) -> list[dict[str, Any]]:
    """[{"guideline"}, {"index"} or {"code", "note"}] from one a line. Raises ValidationError."""
    found: list[dict[str, Any]] = []
    for number, line in enumerate(text.splitlines(), start=1):
        words = line.strip()
        if not words:
            continue
        match = _CODE.fullmatch(words)
        if match:
            note = {"note": match[3]} if match[3] else {}
            if match[3] and match[3] not in NOTE_KINDS:
                raise forms.ValidationError(f"Line {number}: {match[3]} is no kind of note.")
            found.append({"code": {"system": match[1] or "icd10cm", "code": match[2]}, **note})
        elif "[" in words:
            raise forms.ValidationError(f"Line {number}: write a code as [[I12]], its note after it.")
        elif words.startswith(INDEX):
            found.append({"index": words.removeprefix(INDEX).strip()})
        else:
            found.append({"guideline": words})
    return found


def reference_text(references: Sequence[Mapping[str, Any]]) -> str:
    return "\n".join(_reference_line(reference) for reference in references)


def _reference_line(reference: Mapping[str, Any]) -> str:
    if "guideline" in reference:
        return reference["guideline"]
    if "index" in reference:
        return f"{INDEX} {reference['index']}"
    code = reference["code"]
    system = "" if code["system"] == "icd10cm" else f"{code['system']}:"
    return f"[[{system}{code['code']}]] {reference.get('note', '')}".strip()


def _unix(text: str) -> str:
    """A browser sends CRLF; a pack has LF."""
    return "\n".join(text.splitlines()).strip()


def posted_answer(content: ItemContent, data: QueryDict) -> Answer | None:
    """The answer in the controls of answer.html, as the kind keeps it. Raises AnswerError."""
    kind = KINDS[content.kind]
    posted = kind.posted(dict(data.lists()), systems=content.systems)
    return kind.parse_answer(posted, options=content.options, systems=content.systems)


class BankFilterForm(forms.Form):
    q = forms.CharField(required=False, max_length=80, label="Words")
    kind = forms.ChoiceField(required=False)
    domain = forms.ChoiceField(required=False, choices=[("", "Every domain"), *DOMAIN_CHOICES])
    difficulty = forms.ChoiceField(required=False, choices=[("", "Any"), *Difficulty.choices])
    status = forms.ChoiceField(required=False, choices=[("", "Any"), *ItemStatus.choices])

    def __init__(self, *args, **kwargs) -> None:
        super().__init__(*args, **{"label_suffix": "", **kwargs})
        self.fields["kind"].choices = [("", "Every kind"), *item_kinds()]  # type: ignore[attr-defined]

    @property
    def filters(self) -> dict[str, Any]:
        """What is asked for; an unknown value filters nothing."""
        self.is_valid()
        return {name: value for name, value in self.cleaned_data.items() if value}


class BankForm(BankFilterForm):
    """What the bank's own page asks beside the filters that other lists of items share with it."""

    coder = forms.ChoiceField(
        required=False,
        label="Credentialed coder",
        choices=[("", "Any"), ("not_yet", "Not yet reviewed"), ("read", "Reviewed")],
    )


class ReasonForm(forms.Form):
    reason = forms.CharField(max_length=400, strip=True)


class DecisionForm(forms.Form):
    """A reviewer's decision; `then` is the button that was pressed."""

    comment = forms.CharField(required=False, max_length=2000, widget=forms.Textarea(attrs={"rows": 4}))
    then = forms.ChoiceField(choices=[("approve", "Approve"), ("return", "Return")])
