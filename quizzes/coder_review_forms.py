"""What the bank's own page asks beside the filters that other lists of items share with it."""

from django import forms

from quizzes.authoring_forms import BankFilterForm


class BankForm(BankFilterForm):
    coder = forms.ChoiceField(
        required=False,
        label="Credentialed coder",
        choices=[("", "Any"), ("not_yet", "Not yet reviewed"), ("read", "Reviewed")],
    )
