"""What people type and upload on the pages of the books."""

from dataclasses import dataclass
from datetime import date
from typing import Any, cast

from django import forms
from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.http import QueryDict
from django.utils import timezone

from codesets.importers.registry import IMPORTERS
from codesets.models import Release, ReleaseState
from codesets.systems import LOADABLE

# Dates that a calendar can show on either side: no book is older, and no page needs the year 9999.
_FIRST, _LAST = date(1990, 1, 1), date(2199, 12, 31)


@dataclass(frozen=True)
class OnDate:
    """The date a page of the books is shown for. `param` is empty when nobody asked: today."""

    on: date
    param: str
    error: str

    @property
    def context(self) -> dict:
        query = f"?on={self.param}" if self.param else ""
        return {"on": self.on, "on_param": self.param, "on_query": query, "on_error": self.error}


def read_on(query: QueryDict) -> OnDate:
    """The `on` of an address; what is not a date is said and today is shown."""
    written = query.get("on", "").strip()
    today = timezone.localdate()
    if not written:
        return OnDate(today, "", "")
    try:
        on = date.fromisoformat(written)
    except ValueError:
        return OnDate(today, "", f"“{written[:20]}” is not a date as YYYY-MM-DD; today is shown.")
    if not _FIRST <= on <= _LAST:
        return OnDate(today, "", f"The books start in {_FIRST.year} and end in {_LAST.year}; today is shown.")
    return OnDate(on, on.isoformat(), "")


def too_large() -> str:
    limit = settings.CODESET_UPLOAD_MAX_BYTES // 2**20
    return f"The file is larger than {limit} MB, which no code set file is. Nothing was kept; check the file."


class FilesInput(forms.ClearableFileInput):
    allow_multiple_selected = True


class FilesField(forms.FileField):
    """One or more files; cleaned to a list."""

    widget = FilesInput

    def clean(self, data: Any, initial: Any = None) -> Any:
        files = data if isinstance(data, list) else [data]
        return [super(FilesField, self).clean(file, initial) for file in files or [None]]


class ImportForm(forms.Form):
    """An upload. The importer says what is wrong inside a file; this says what is wrong with the file."""

    system = forms.ChoiceField(label="Book", choices=[(name, LOADABLE[name].name) for name in IMPORTERS])
    label = forms.CharField(
        label="Label",
        max_length=80,
        help_text="What people will see, for example April 2026.",
        error_messages={"required": "Give the release a label, for example April 2026."},
    )
    effective_from = forms.DateField(
        label="In force from",
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        help_text="The publisher's date. ICD-10-CM changes on 1 October and 1 April.",
        error_messages={
            "required": "Give the date from which the release is in force.",
            "invalid": "This is not a date; write it as YYYY-MM-DD.",
        },
    )
    uploads = FilesField(
        label="Files",
        max_length=255,
        error_messages={
            "required": "Choose the file to load.",
            "empty": "The file is empty; get it again from the publisher.",
            "max_length": "The file's name is too long; shorten it.",
        },
    )
    base = forms.ModelChoiceField(
        Release.objects.none(),
        required=False,
        label="Addenda build on",
        empty_label="No addenda: the file is a whole release",
        help_text="Addenda say only what changed. Choose the release that they change.",
    )

    def __init__(self, *args, **kwargs) -> None:
        super().__init__(*args, **{"label_suffix": "", **kwargs})
        limit = settings.CODESET_UPLOAD_MAX_BYTES // 2**20
        self.fields["uploads"].help_text = f"Files of one release together, at most {limit} MB."
        base = cast(forms.ModelChoiceField, self.fields["base"])
        base.queryset = Release.objects.filter(
            system__in=[name for name, importer in IMPORTERS.items() if importer.builds_on]
        ).exclude(state=ReleaseState.IMPORTING)

    @property
    def accepted(self) -> list[tuple[str, str]]:
        """Of each book its name, and which files its importer reads."""
        return [(LOADABLE[name].name, importer.accepts) for name, importer in IMPORTERS.items()]

    def clean_uploads(self) -> list[UploadedFile]:
        uploads = self.cleaned_data["uploads"]
        if sum(upload.size for upload in uploads) > settings.CODESET_UPLOAD_MAX_BYTES:
            raise forms.ValidationError(too_large())
        return uploads

    def clean(self) -> dict:
        cleaned = super().clean() or {}
        base = cleaned.get("base")
        if base and base.system != cleaned.get("system"):
            self.add_error("base", f"{base} is a release of another book.")
        return cleaned


class PublishForm(forms.Form):
    """The confirmation: the day from which the release is in force."""

    effective_from = forms.DateField(
        label="In force from",
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        error_messages={
            "required": "Give the date from which the release is in force.",
            "invalid": "This is not a date; write it as YYYY-MM-DD.",
        },
    )
