"""What authors upload to take items in."""

from typing import Any

from django import forms
from django.utils import timezone

from codesets.systems import SYSTEMS
from quizzes.domains import DOMAIN_CHOICES
from quizzes.incoming import LARGEST_UPLOAD, SUFFIXES, Tags
from quizzes.models import Difficulty


def too_large() -> str:
    limit = LARGEST_UPLOAD // 2**20
    return f"The file is larger than {limit} MB. Nothing was kept; export fewer questions at once."


class PackImportForm(forms.Form):
    """A file, and what Moodle's files do not say of a question."""

    upload = forms.FileField(
        label="File",
        max_length=255,
        widget=forms.ClearableFileInput(attrs={"accept": ",".join(SUFFIXES)}),
        help_text=f"A pack (.zip), items (.yaml), Moodle XML (.xml) or GIFT (.gift, .txt), at most "
        f"{LARGEST_UPLOAD // 2**20} MB.",
        error_messages={
            "required": "Choose the file to take in.",
            "empty": "The file is empty.",
            "max_length": "The file's name is too long; shorten it.",
        },
    )
    domain = forms.ChoiceField(label="Domain", choices=DOMAIN_CHOICES)
    difficulty = forms.ChoiceField(label="Difficulty", choices=Difficulty.choices, initial=Difficulty.MEDIUM)
    systems = forms.MultipleChoiceField(
        label="Code systems",
        required=False,
        choices=[(system.value, SYSTEMS[system].name) for system in SYSTEMS],
        widget=forms.CheckboxSelectMultiple,
    )
    service_date = forms.DateField(
        label="Date of the items",
        initial=timezone.localdate,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        help_text="It chooses the books that their codes are checked against.",
        error_messages={
            "required": "Give the date of the items.",
            "invalid": "This is not a date; write it as YYYY-MM-DD.",
        },
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{"label_suffix": "", **kwargs})

    @property
    def tag_fields(self) -> list[forms.BoundField]:
        return [self[name] for name in ("domain", "difficulty", "service_date", "systems")]

    @property
    def tags(self) -> Tags:
        data = self.cleaned_data
        return Tags(data["domain"], data["difficulty"], tuple(data["systems"]), data["service_date"])
