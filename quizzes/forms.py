"""What the pages of quizzes post without script: the answer to an item, the word that one has finished."""

from typing import Any

from django import forms
from django.utils.datastructures import MultiValueDict

from quizzes.selectors import SittingItem


class AnswerForm(forms.Form):
    """The answer to one item. cleaned_data["answer"] has the shape that the services keep, or is None."""

    revision = forms.IntegerField(min_value=1, widget=forms.HiddenInput)
    flagged = forms.BooleanField(required=False)
    struck = forms.MultipleChoiceField(required=False)
    note = forms.CharField(required=False, max_length=2000, strip=False)

    def __init__(self, item: SittingItem, data: MultiValueDict | None = None) -> None:
        super().__init__(data)
        self.item = item
        ids = [(option["id"], option["text"]) for option in item.shown["options"]]
        self.fields["struck"].choices = ids  # type: ignore[attr-defined]
        self.fields["choice"] = forms.ChoiceField(choices=ids, required=False)
        self.fields["choices"] = forms.MultipleChoiceField(choices=ids, required=False)
        self.fields["code"] = forms.CharField(max_length=12, required=False)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        data["answer"] = self._answer(data)
        return data

    def _answer(self, data: dict[str, Any]) -> dict[str, Any] | None:
        if self.item.kind == "single_best":
            return {"choice": data["choice"]} if data.get("choice") else None
        if self.item.kind == "multiple_response":
            return {"choices": data["choices"]} if data.get("choices") else None
        return {"code": data["code"], "system": self.item.systems[0]} if data.get("code") else None


class PracticeAnswerForm(AnswerForm):
    """Checking an answer needs one, and of a multiple response as many options as the item asks for."""

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        answer = data["answer"]
        if self.errors:
            return data
        if answer is None:
            raise forms.ValidationError(
                "Enter a code, then check it."
                if self.item.kind == "code_entry"
                else "Choose an answer, then check it."
            )
        wanted = self.item.shown.get("choose")
        if wanted and len(answer["choices"]) != wanted:
            raise forms.ValidationError(f"Choose {wanted} options; you chose {len(answer['choices'])}.")
        return data


class HandInForm(forms.Form):
    confirm = forms.BooleanField(
        error_messages={"required": "Nothing was handed in. Tick the box to say that you have finished."}
    )
