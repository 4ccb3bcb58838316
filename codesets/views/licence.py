"""The school's licence for CPT: what is recorded, who is counted under it, and the form that records one."""

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from accounts.permissions import Permission, SignedInRequest, require
from codesets import licensing
from codesets.services.licences import record_licence


class LicenceForm(forms.Form):
    """The terms as the licence states them."""

    holder = forms.CharField(
        label="Licence holder",
        max_length=120,
        help_text="The school or person that the American Medical Association licensed.",
    )
    number = forms.CharField(label="Licence number", max_length=60)
    users = forms.IntegerField(
        label="Users",
        min_value=1,
        max_value=1_000_000,
        help_text="How many people the licence is for.",
    )
    expires_on = forms.DateField(
        label="Last day",
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        help_text="CPT closes after this day. To close it at once, give a day that has passed.",
        error_messages={"invalid": "This is not a date; write it as YYYY-MM-DD."},
    )


@require_http_methods(["GET", "HEAD", "POST"])
@require(Permission.MANAGE_CODESETS)
def licence(request: SignedInRequest) -> HttpResponse:
    form = LicenceForm(request.POST or None, label_suffix="")
    if request.method == "POST" and form.is_valid():
        recorded = record_licence(**form.cleaned_data, by=request.user)
        messages.success(request, f"The licence {recorded.number} of {recorded.holder} is recorded.")
        return redirect("codesets:licence")
    today = timezone.localdate()
    context = {
        "nav": "admin",
        "form": form,
        "newest": licensing.newest_licence(),
        "in_force": licensing.licence_in_force(today),
        "problem": licensing.licence_problem(today),
        "evaluation": licensing.is_evaluation(),
        "accounts": licensing.active_accounts(),
        "history": licensing.licences(),
    }
    return render(request, "codesets/licence.html", context, status=400 if form.errors else 200)
