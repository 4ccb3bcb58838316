from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render

from accounts import selectors
from accounts.forms import CohortForm
from accounts.models import Cohort
from accounts.permissions import Permission, require
from accounts.services import cohorts


@require(Permission.MANAGE_COHORTS)
def cohort_admin_list(request):
    return render(
        request,
        "accounts/cohort_admin_list.html",
        {"cohorts": selectors.cohorts_with_counts(), "nav": "admin"},
    )


@require(Permission.MANAGE_COHORTS)
def cohort_edit(request, pk: int | None = None):
    cohort = get_object_or_404(Cohort, pk=pk) if pk else None
    initial = (
        {"name": cohort.name, "instructors": cohort.instructors.all(), "students": cohort.students.all()}
        if cohort
        else {}
    )
    form = CohortForm(request.POST or None, cohort=cohort, initial=initial)
    if request.method == "POST" and form.is_valid():
        saved = cohorts.save_cohort(cohort=cohort, **form.cleaned_data, by=request.user)
        messages.success(request, f"Cohort {saved} is saved.")
        return redirect("accounts:cohort_admin_list")
    return render(request, "accounts/cohort_edit.html", {"form": form, "cohort": cohort, "nav": "admin"})
