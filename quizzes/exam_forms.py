"""What makers of exams post: the exam with its sections, its cut scores. Hours are the person's own."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.utils.formats import date_format
from django.utils.timezone import localtime

from accounts.models import Cohort, User
from accounts.selectors import cohorts_of
from codesets.spreadsheet import csv_text
from quizzes import angoff
from quizzes.domains import DOMAIN_CHOICES
from quizzes.local_times import HourComesTwice, NoSuchHour, hour_name, instant_of
from quizzes.models import Blueprint, Care, Exam, ExamMode, ExamSection, Release, item_kinds
from quizzes.packs import ExamSpec, read_exam
from quizzes.services.exam_making import Terms

MOST_SECTIONS = 40
MOST_TEXT = 20_000
HOUR = "%Y-%m-%dT%H:%M"
HOURS = ("opens", "closes")
YEARS = range(2000, 2101)  # far from the last that a date can have: time zones and extra time come on top


class ExamForm(forms.Form):
    """An exam without its sections. cleaned_data["opens_at"] and ["closes_at"] are instants or None."""

    title = forms.CharField(max_length=120)
    summary = forms.CharField(
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text="What students read in their list of exams.",
    )
    blueprint = forms.SlugField(required=False, widget=forms.HiddenInput)
    minutes = forms.IntegerField(
        min_value=1, max_value=1440, help_text="For everybody; extra time comes on top of them."
    )
    grace_seconds = forms.IntegerField(
        label="Grace, seconds",
        min_value=0,
        max_value=600,
        initial=30,
        help_text="How long after the end a save on its way is still taken. Students are not told.",
    )
    unscored = forms.IntegerField(
        label="Items that do not count",
        min_value=0,
        max_value=100,
        initial=0,
        help_text="Drawn beside those that count. Nobody can tell them apart.",
    )
    books = forms.BooleanField(label="Code books are allowed", required=False, initial=True)
    choice = forms.BooleanField(
        label="Students may also sit half a form, a quarter, one section, or without the clock",
        required=False,
    )
    cohorts = forms.ModelMultipleChoiceField(
        queryset=Cohort.objects.none(),
        required=False,
        label="For the cohorts",
        widget=forms.CheckboxSelectMultiple,
    )
    opens_at = forms.CharField(
        required=False, label="Opens", widget=forms.DateTimeInput(attrs={"type": "datetime-local"})
    )
    opens_which = forms.CharField(required=False, label="Which of the two", widget=forms.HiddenInput)
    closes_at = forms.CharField(
        required=False, label="Closes", widget=forms.DateTimeInput(attrs={"type": "datetime-local"})
    )
    closes_which = forms.CharField(required=False, label="Which of the two", widget=forms.HiddenInput)
    attempts_allowed = forms.IntegerField(
        label="Attempts for each student",
        required=False,
        min_value=1,
        max_value=50,
        help_text="Empty: any number. A shorter form counts as one too.",
    )
    release = forms.ChoiceField(label="Reports are shown", choices=Release, initial=Release.AT_ONCE)

    def __init__(self, data: Any = None, *, user: User, initial: dict[str, Any] | None = None) -> None:
        super().__init__(data, initial=initial, label_suffix="")
        self.zone = ZoneInfo(user.time_zone)
        self.fields["cohorts"].queryset = cohorts_of(user)  # type: ignore[attr-defined]
        for name in HOURS:
            if initial and initial.get(f"{name}_which"):
                self._ask(name, self._names(initial.get(f"{name}_at") or ""))

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        for name in HOURS:
            data[f"{name}_at"] = self._instant(
                name, data.get(f"{name}_at") or "", data.get(f"{name}_which") or ""
            )
        return data

    @property
    def terms(self) -> Terms:
        data = self.cleaned_data
        return Terms(
            cohorts=frozenset(cohort.pk for cohort in data["cohorts"]),
            opens_at=data["opens_at"],
            closes_at=data["closes_at"],
            attempts_allowed=data["attempts_allowed"],
            release=data["release"],
        )

    def _instant(self, name: str, written: str, which: str) -> datetime | None:
        if not written:
            return None
        try:
            naive = datetime.fromisoformat(written).replace(tzinfo=None)
        except ValueError:
            self.add_error(f"{name}_at", "Write a date and an hour, such as 2026-11-02T09:00.")
            return None
        if naive.year not in YEARS:
            self.add_error(f"{name}_at", f"Choose a year from {YEARS[0]} to {YEARS[-1]}.")
            return None
        try:
            return instant_of(naive, self.zone, which)
        except NoSuchHour:
            words = (
                f"{_said(naive)} does not exist in {self.zone}: clocks go forward then. Choose another hour."
            )
        except HourComesTwice as error:
            self._ask(name, error.names)
            words = f"{_said(naive)} comes twice in {self.zone}: clocks go back then. Say which you mean."
        self.add_error(f"{name}_at", words)
        return None

    def _ask(self, name: str, names: Sequence[str]) -> None:
        if not names:
            return
        order = ("the first", "the second")
        choices = [(one, f"{one}, {word}") for one, word in zip(names, order, strict=True)]
        self.fields[f"{name}_which"].widget = forms.Select(choices=[("", "Choose"), *choices])

    def _names(self, written: str) -> Sequence[str]:
        """Empty for an hour that comes once, and for what is none: it may have been rewritten since."""
        try:
            naive = datetime.fromisoformat(written).replace(tzinfo=None)
            if naive.year in YEARS:
                instant_of(naive, self.zone)
        except HourComesTwice as error:
            return error.names
        except ValueError:
            pass
        return ()


def _said(naive: datetime) -> str:
    return date_format(naive, "H:i \\o\\n j M Y")


class SectionForm(forms.Form):
    """A section: draws a number of items, or lists its own. pk: of one that is kept already."""

    pk = forms.IntegerField(required=False, widget=forms.HiddenInput)
    title = forms.CharField(max_length=120)
    domain = forms.ChoiceField(
        choices=DOMAIN_CHOICES, label="Reported as", help_text="What the report suggests to study."
    )
    draws = forms.IntegerField(required=False, min_value=1, max_value=500, label="Draws")
    domains = forms.MultipleChoiceField(
        required=False,
        choices=DOMAIN_CHOICES,
        widget=forms.CheckboxSelectMultiple,
        label="From the domains",
        help_text="None ticked: from the domain it is reported as.",
    )
    kinds = forms.MultipleChoiceField(
        required=False,
        choices=item_kinds,
        widget=forms.CheckboxSelectMultiple,
        label="Of the kinds",
        help_text="None ticked: of any kind.",
    )
    care = forms.MultipleChoiceField(
        required=False,
        choices=Care,
        widget=forms.CheckboxSelectMultiple,
        label="Cases from",
        help_text="None ticked: from anywhere.",
    )
    items = forms.CharField(
        required=False,
        max_length=MOST_TEXT,
        label="Or its own items",
        help_text="Their names, one a line, in their order. Every form then has these.",
        widget=forms.Textarea(attrs={"rows": 3, "spellcheck": "false"}),
    )

    @property
    def takes(self) -> str:
        """What is chosen beside the number, in words; empty where it takes anything of its domain."""
        items = len((self["items"].value() or "").split())
        found = [f"{items} item{'s' if items > 1 else ''} of its own"] if items else []
        for name, choices in (("domains", DOMAIN_CHOICES), ("kinds", item_kinds()), ("care", Care.choices)):
            chosen = self[name].value() or []
            found += [label for value, label in choices if value in chosen]
        return "; ".join(found)

    @property
    def row(self) -> dict[str, Any]:
        """As a pack's file has it, so that the same rules are asked of both."""
        data = self.cleaned_data
        found = {"title": data["title"], "domain": data["domain"]}
        items = data["items"].split()
        if data["draws"] is not None:
            found["draws"] = data["draws"]
            for name in ("kinds", "care"):
                if data[name]:
                    found[name] = data[name]
            found["domains"] = data["domains"] or [data["domain"]]
        if items or data["draws"] is None:
            found["items"] = items
        return found


SectionFormSet = forms.formset_factory(
    SectionForm, extra=0, can_order=True, can_delete=True, max_num=MOST_SECTIONS, absolute_max=MOST_SECTIONS
)


def read_form(
    form: ExamForm, sections: Any, *, slug: str, pass_mark: int
) -> tuple[ExamSpec | None, list[int | None], list[str]]:
    """What the valid forms of an exam and its sections come to: the exam, of each section the row that it was
    before, and what is wrong by the rules of packs.
    """
    rows = sections.ordered_forms
    plain = ("title", "summary", "minutes", "grace_seconds", "unscored", "books", "choice")
    exam = {name: form.cleaned_data[name] for name in plain}
    exam |= {"slug": slug, "mode": ExamMode.MOCK.value, "pass_mark": pass_mark}
    if blueprint := form.cleaned_data["blueprint"]:
        exam["blueprint"] = blueprint
    spec, problems = read_exam({**exam, "sections": [row.row for row in rows]})
    if not rows:
        spec, problems = None, ["an exam needs a section"]
    return spec, [row.cleaned_data["pk"] for row in rows], problems


def as_written(form: forms.Form) -> dict[str, Any]:
    """What stands in the controls of a posted form, to be shown again unread."""
    return {
        name: field.widget.value_from_datadict(form.data, form.files, form.add_prefix(name))
        for name, field in form.fields.items()
    }


def initial_of_exam(exam: Exam, zone: ZoneInfo) -> dict[str, Any]:
    plain = ("title", "summary", "minutes", "grace_seconds", "unscored", "books", "choice", "release")
    found = {name: getattr(exam, name) for name in (*plain, "attempts_allowed")}
    found["blueprint"] = exam.blueprint.slug if exam.blueprint else ""
    found["cohorts"] = list(exam.cohorts.values_list("pk", flat=True))
    for name, instant in (("opens", exam.opens_at), ("closes", exam.closes_at)):
        if instant is not None:
            found[f"{name}_at"] = localtime(instant, zone).strftime(HOUR)
            found[f"{name}_which"] = hour_name(instant, zone)
    return found


def initial_of_sections(sections: Iterable[ExamSection]) -> list[dict[str, Any]]:
    """Load their items beside them."""
    return [
        {
            "pk": section.pk,
            "title": section.title,
            "domain": section.domain,
            "draws": section.draws,
            "domains": [] if section.domains == [section.domain] else section.domains,
            "kinds": section.kinds,
            "care": section.care,
            "items": "\n".join(seat.item.slug for seat in section.exam_items.all()),
        }
        for section in sections
    ]


def initial_of_blueprint(blueprint: Blueprint) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """Of a new exam, and of its sections."""
    exam = {name: getattr(blueprint, name) for name in ("title", "summary", "minutes", "books", "unscored")}
    sections = [
        {
            "title": one["title"],
            "domain": one["domain"],
            "draws": one["items"],
            "domains": [] if one["domains"] == [one["domain"]] else one["domains"],
            "kinds": one.get("kinds", []),
            "care": one.get("care", []),
        }
        for one in blueprint.sections
    ]
    return {**exam, "blueprint": blueprint.slug}, sections


class StatedForm(forms.Form):
    """Stands beside the ratings on one page: the ids differ."""

    percent = forms.DecimalField(
        min_value=1,
        max_value=100,
        max_digits=5,
        decimal_places=2,
        label="Percent",
        widget=forms.NumberInput(attrs={"step": "any"}),
    )
    reason = forms.CharField(
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text="Whose decision it is, from which meeting or document. Reports name it.",
        error_messages={"required": "Say whose decision it is."},
    )

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **{"label_suffix": "", "auto_id": "stated_%s", **more})


class RatingsForm(forms.Form):
    """Ratings from a file or pasted; ratings once they are read. known and needed as angoff.read_ratings."""

    upload = forms.FileField(required=False, label="CSV file")
    pasted = forms.CharField(
        required=False,
        max_length=angoff.LARGEST,
        label="Or its text",
        widget=forms.Textarea(attrs={"rows": 6, "spellcheck": "false"}),
    )
    reason = forms.CharField(
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text="Who the judges were, and when they met.",
        error_messages={"required": "Say who the judges were."},
    )

    def __init__(self, *args: Any, known: Iterable[str], needed: Iterable[str], **more: Any) -> None:
        super().__init__(*args, **{"label_suffix": "", **more})
        self.known, self.needed = set(known), set(needed)
        self.ratings: list[angoff.Rating] = []

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        text = data.get("pasted") or ""
        if upload := data.get("upload"):
            if upload.size > angoff.LARGEST:
                raise forms.ValidationError(f"The file is larger than {angoff.LARGEST // 1024} KB.")
            try:
                text = upload.read().decode("utf-8-sig")
            except UnicodeDecodeError as error:
                raise forms.ValidationError("The file is not text in UTF-8. Save it as CSV UTF-8.") from error
        if not text.strip():
            raise forms.ValidationError("Choose a file with the ratings, or paste its text.")
        self.ratings, problems = angoff.read_ratings(text, self.known, self.needed)
        if problems:
            raise forms.ValidationError(problems)
        return data

    @property
    def text(self) -> str:
        """What was read, to be posted again with the decision."""
        return ratings_text(self.ratings)


def ratings_text(ratings: Iterable[angoff.Rating]) -> str:
    return csv_text([angoff.COLUMNS, *((one.judge, one.item, one.written) for one in ratings)])
