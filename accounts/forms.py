"""Forms of accounts: what a person says of themselves, and what an admin says of them."""

import zoneinfo

from django import forms

from accounts.models import Cohort, Role, Theme, User
from accounts.services import users

TIME_ZONES = sorted(
    name for name in zoneinfo.available_timezones() if "/" in name and not name.startswith("Etc/")
)


class SignupForm(forms.Form):
    """What sign-up asks beside e-mail and password."""

    name = forms.CharField(max_length=150, widget=forms.TextInput(attrs={"autocomplete": "name"}))
    field_order = ["name", "email", "password1", "password2"]

    def signup(self, request, user: User) -> None:
        """allauth calls this once the account exists."""
        users.name_user(user=user, name=self.cleaned_data["name"])


class SettingsForm(forms.Form):
    name = forms.CharField(max_length=150, widget=forms.TextInput(attrs={"autocomplete": "name"}))
    time_zone = forms.ChoiceField(
        choices=[(name, name.replace("_", " ")) for name in TIME_ZONES],
        help_text="Deadlines and dates are shown in this zone.",
    )
    theme = forms.ChoiceField(label="Colors", choices=Theme)
    shortcuts = forms.BooleanField(
        label="Single-key shortcuts",
        required=False,
        help_text="/ for search, letters to answer. Switch them off if you dictate or use sticky keys.",
    )


class NewUserForm(forms.Form):
    name = forms.CharField(max_length=150)
    email = forms.EmailField(label="E-mail")
    role = forms.ChoiceField(choices=Role)

    def clean_email(self) -> str:
        email = self.cleaned_data["email"].lower()
        if User.objects.filter(email__iexact=email).exists():
            raise forms.ValidationError("An account with this e-mail exists already.")
        return email


class UserForm(forms.Form):
    role = forms.ChoiceField(choices=Role)
    is_active = forms.BooleanField(
        label="May sign in",
        required=False,
        help_text="Without this the account and its work are kept, but closed.",
    )


class AccommodationForm(forms.Form):
    extra_time_percent = forms.IntegerField(
        label="Extra time, percent",
        min_value=0,
        max_value=300,
        help_text="50 makes a 4 hour exam 6 hours. It applies to attempts started from now on; 0 ends it.",
    )
    extends_window = forms.BooleanField(
        label="Extends windows too",
        required=False,
        help_text="Where an exam can be sat until a fixed hour, that hour moves by the same extra time.",
    )
    reason = forms.CharField(widget=forms.Textarea(attrs={"rows": 2}))


class CohortForm(forms.Form):
    name = forms.CharField(max_length=120)
    instructors = forms.ModelMultipleChoiceField(
        queryset=User.objects.none(), required=False, widget=forms.CheckboxSelectMultiple
    )
    students = forms.ModelMultipleChoiceField(
        queryset=User.objects.none(), required=False, widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, *args, cohort: Cohort | None = None, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.cohort = cohort
        active = User.objects.filter(is_active=True).order_by("name", "email")
        self.fields["instructors"].queryset = active.exclude(role=Role.STUDENT)  # type: ignore[attr-defined]
        self.fields["students"].queryset = active.filter(role=Role.STUDENT)  # type: ignore[attr-defined]

    def clean_name(self) -> str:
        name = self.cleaned_data["name"].strip()
        others = Cohort.objects.exclude(pk=self.cohort.pk) if self.cohort else Cohort.objects.all()
        if others.filter(name__iexact=name).exists():
            raise forms.ValidationError("Another cohort has this name.")
        return name
