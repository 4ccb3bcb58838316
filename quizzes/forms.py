"""What the pages of quizzes post without script: the answer to an item, the word that one has finished."""

from datetime import timedelta
from typing import Any

from django import forms
from django.http import QueryDict

from quizzes.kinds import KINDS, AnswerError
from quizzes.models import Scope
from quizzes.selectors import SittingItem

# How sure a student says to be before the key is shown.
SURE = [(1, "A guess"), (2, "Unsure"), (3, "Fairly sure"), (4, "Certain")]


class AnswerForm(forms.Form):
    """The answer to one item. cleaned_data["answer"] has the shape that the services keep, or is None."""

    revision = forms.IntegerField(min_value=1, widget=forms.HiddenInput)
    flagged = forms.BooleanField(required=False)
    struck = forms.MultipleChoiceField(required=False)
    note = forms.CharField(required=False, max_length=2000, strip=False)

    def __init__(self, item: SittingItem, data: QueryDict | None = None) -> None:
        super().__init__(data)
        self.item = item
        self.controls = dict(data.lists()) if data is not None else {}
        ids = [(option["id"], option["text"]) for option in item.shown["options"]]
        self.fields["struck"].choices = ids  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        kind = KINDS[self.item.kind]
        try:
            posted = kind.posted(self.controls, systems=self.item.systems)
            options = self.item.shown["options"]
            data["answer"] = kind.parse_answer(posted, options=options, systems=self.item.systems)
        except AnswerError as error:
            raise forms.ValidationError(f"The answer could not be read: {error}.") from error
        return data


class SittingAnswerForm(AnswerForm):
    """In an exam nobody has to say how sure they are."""

    sure = forms.TypedChoiceField(choices=SURE, coerce=int, required=False, empty_value=None)


class PracticeAnswerForm(AnswerForm):
    """Checking an answer needs a whole one, and how sure the student is of it."""

    sure = forms.TypedChoiceField(
        choices=SURE,
        coerce=int,
        error_messages={"required": "Say how sure you are, then check the answer."},
    )

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        if "answer" in data:
            why = KINDS[self.item.kind].unfinished(self.item.shown, data["answer"])
            if why:
                self.add_error(None, why)
        return data


class RegradeForm(forms.Form):
    reason = forms.CharField(
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
        label="Why it is graded again",
        help_text="Students whose mark changes read this, and it stays in the audit trail.",
        error_messages={"required": "Say why it is graded again."},
    )


class ExtraTimeForm(forms.Form):
    minutes = forms.IntegerField(
        min_value=1,
        max_value=600,
        label="Minutes more",
        error_messages={"required": "Say how many minutes, from 1 to 600."},
    )
    reason = forms.CharField(
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
        label="Why",
        help_text="It stays in the audit trail, and beside each student in the list of the sitting.",
        error_messages={"required": "Say why the extra time is given."},
    )
    known = forms.IntegerField(required=False, min_value=0, max_value=2**63 - 1, widget=forms.HiddenInput)

    @property
    def added(self) -> timedelta:
        return timedelta(minutes=self.cleaned_data["minutes"])


class HandInForm(forms.Form):
    confirm = forms.BooleanField(
        error_messages={"required": "Nothing was handed in. Tick the box to say that you have finished."}
    )


class StartForm(forms.Form):
    """What of an exam is to be sat: without a choice, the whole form by the clock.

    length: a scope, or section-12 for the section with that id.
    """

    length = forms.RegexField(r"^(whole|half|quarter|section-[0-9]{1,9})$", required=False)
    untimed = forms.BooleanField(required=False)

    @property
    def asked(self) -> dict[str, Any]:
        """As start_attempt takes it, once the form is valid."""
        scope, _, section_id = (self.cleaned_data["length"] or Scope.WHOLE).partition("-")
        return {
            "scope": scope,
            "section_id": int(section_id) if section_id else None,
            "timed": not self.cleaned_data["untimed"],
        }
