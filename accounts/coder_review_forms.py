"""The form by which a school says that a credentialed coder has read something."""

from typing import Any

from django import forms

from accounts.coder_reviews import Credential


class CoderReviewForm(forms.Form):
    reviewer = forms.CharField(
        max_length=120,
        label="Name of the coder",
        help_text="Students see it beside what was read.",
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    credential = forms.ChoiceField(choices=[("", "Choose one"), *Credential.choices])
    reviewed_on = forms.DateField(
        label="Day of the review", widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    finds = forms.CharField(
        required=False,
        max_length=4000,
        label="What the coder would have otherwise, if anything",
        help_text="Those who write see it. Students read that the coder would have something otherwise.",
        widget=forms.Textarea(attrs={"rows": 4}),
    )
    vouched = forms.BooleanField(
        label="I have seen the credential or know it to be held",
        error_messages={"required": "Without this the review is not recorded."},
    )

    @property
    def review(self) -> dict[str, Any]:
        """The fields of a CoderReview, once the form is valid."""
        return {name: self.cleaned_data[name] for name in ("reviewer", "credential", "reviewed_on", "finds")}
