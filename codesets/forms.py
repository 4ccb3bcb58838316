"""What people type and upload on the pages of the books."""

from dataclasses import dataclass
from datetime import date

from django import forms
from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.http import QueryDict
from django.utils import timezone

from codesets.importers.registry import IMPORTERS
from codesets.systems import SYSTEMS, System

_ZIP = b"PK\x03\x04"
_XML_STARTS = (b"<", b"\xef\xbb\xbf<", b"\xff\xfe<", b"\xfe\xff\x00<")
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


class ImportForm(forms.Form):
    """An upload. The importer says what is wrong inside a file; this says what is wrong with the file."""

    system = forms.ChoiceField(label="Code system", choices=[(s.value, SYSTEMS[s].name) for s in IMPORTERS])
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
    file = forms.FileField(
        label="File",
        max_length=255,
        error_messages={
            "required": "Choose the file to load.",
            "empty": "The file is empty; get it again from the publisher.",
            "max_length": "The file's name is too long; shorten it.",
        },
    )

    def __init__(self, *args, **kwargs) -> None:
        super().__init__(*args, **{"label_suffix": "", **kwargs})
        accepted = [f"{SYSTEMS[system].name}: {importer.accepts}." for system, importer in IMPORTERS.items()]
        limit = settings.CODESET_UPLOAD_MAX_BYTES // 2**20
        self.fields["file"].help_text = f"{' '.join(accepted)} At most {limit} MB."

    def clean_file(self) -> UploadedFile:
        upload = self.cleaned_data["file"]
        if upload.size > settings.CODESET_UPLOAD_MAX_BYTES:
            raise forms.ValidationError(too_large())
        return upload

    def clean(self) -> dict:
        cleaned = super().clean() or {}
        upload = cleaned.get("file")
        if upload and cleaned.get("system") == System.ICD10CM and not _looks_like_tabular(upload):
            name, accepts = SYSTEMS[System.ICD10CM].name, IMPORTERS[System.ICD10CM].accepts
            self.add_error("file", f"This is neither XML nor a zip archive; {name} needs {accepts}.")
        return cleaned


def _looks_like_tabular(upload: UploadedFile) -> bool:
    upload.seek(0)
    start = upload.read(64).lstrip()
    upload.seek(0)
    return start.startswith((_ZIP, *_XML_STARTS))


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
