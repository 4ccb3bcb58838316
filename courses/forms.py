from django import forms

from courses.models import Course
from courses.selectors.around import known_items
from courses.services.lessons import LessonText

MAX_BODY = 200_000  # characters; the longest shipped lesson has about 8,000


class LessonForm(forms.Form):
    """What an author writes; `base_number` is the version that the text was made from."""

    title = forms.CharField(max_length=160)
    lead = forms.CharField(
        required=False,
        max_length=400,
        label="Lead",
        help_text="One sentence under the title: what the reader will be able to do.",
    )
    minutes = forms.IntegerField(min_value=1, max_value=240, initial=20, label="Minutes")
    as_of = forms.DateField(
        label="Codes as of",
        help_text="Chooses the releases that the codes are checked against.",
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )
    body = forms.CharField(
        max_length=MAX_BODY,
        label="Text in Markdown",
        widget=forms.Textarea(attrs={"rows": 24, "spellcheck": "true"}),
    )
    also = forms.CharField(
        required=False,
        max_length=2_000,
        label="Prepares for",
        help_text="Items that this lesson prepares for, by their slugs: who misses one is sent here.",
    )
    base_number = forms.IntegerField(required=False, min_value=1, widget=forms.HiddenInput)

    def __init__(self, *args, **kwargs) -> None:
        super().__init__(*args, **{"label_suffix": "", **kwargs})

    def clean_body(self) -> str:
        """A browser sends CRLF; a pack has LF. Kept alike, or every line of a comparison would differ."""
        return "\n".join(self.cleaned_data["body"].splitlines()).strip() + "\n"

    def clean_also(self) -> tuple[str, ...]:
        slugs = tuple(dict.fromkeys(self.cleaned_data["also"].replace(",", " ").split()))
        if unknown := sorted(set(slugs) - known_items(slugs)):
            raise forms.ValidationError(f"There is no item {', '.join(unknown)}.")
        return slugs

    @property
    def text(self) -> LessonText:
        data = self.cleaned_data
        return LessonText(
            data["title"], data["lead"], data["minutes"], data["as_of"], data["body"], data["also"]
        )


class NewLessonForm(LessonForm):
    course = forms.ModelChoiceField(queryset=Course.objects.none())

    field_order = ["course", "title"]

    def __init__(self, *args, courses, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.fields["course"].queryset = courses  # type: ignore[attr-defined]


class PreviewForm(forms.Form):
    as_of = forms.DateField()
    course = forms.IntegerField(required=False)
    body = forms.CharField(required=False, max_length=MAX_BODY)
