"""What an admin posts to confirm a blueprint from the outline in force."""

from typing import Any

from django import forms
from django.utils import timezone

from quizzes.models import Blueprint


class BlueprintForm(forms.Form):
    """figures: what confirm_blueprint takes, once the form is valid."""

    minutes = forms.IntegerField(min_value=1, max_value=1440)
    pass_mark = forms.IntegerField(label="Pass mark, percent", min_value=1, max_value=100)
    unscored = forms.IntegerField(label="Items that do not count", min_value=0, max_value=100)
    books = forms.BooleanField(label="Code books are allowed", required=False)
    source = forms.CharField(
        label="Which outline",
        max_length=400,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text="Its name and where it stands, so that a colleague finds it again.",
    )
    source_on = forms.DateField(
        label="Date of the outline", widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )

    def __init__(self, blueprint: Blueprint, data: Any = None) -> None:
        names = ("minutes", "pass_mark", "unscored", "books")
        super().__init__(data, initial={name: getattr(blueprint, name) for name in names})
        self.sections = [f"items-{place}" for place in range(len(blueprint.sections))]
        for name, section in zip(self.sections, blueprint.sections, strict=True):
            self.fields[name] = forms.IntegerField(
                label=section["title"], min_value=1, max_value=500, initial=section["items"]
            )
        self.order_fields([*self.sections, *names, "source", "source_on"])

    def clean_source_on(self):
        day = self.cleaned_data["source_on"]
        if day > timezone.localdate():
            raise forms.ValidationError("This day is still to come.")
        return day

    @property
    def figures(self) -> dict[str, Any]:
        data = self.cleaned_data
        named = {name: value for name, value in data.items() if name not in self.sections}
        return {**named, "items": [data[name] for name in self.sections]}
