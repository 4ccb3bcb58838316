from allauth.account.forms import default_token_generator
from allauth.account.utils import user_pk_to_url_str
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse

from accounts import selectors
from accounts.forms import AccommodationForm, NewUserForm, UserForm
from accounts.models import Role, User
from accounts.permissions import Permission, require
from accounts.services import users


@require(Permission.MANAGE_USERS)
def user_list(request):
    q, role = request.GET.get("q", "").strip(), request.GET.get("role", "")
    found = selectors.find_users(q=q, role=role if role in Role.values else "")
    page = Paginator(found, 50).get_page(request.GET.get("page"))
    return render(
        request,
        "accounts/user_list.html",
        {"page": page, "q": q, "role": role, "roles": Role.choices, "nav": "admin"},
    )


@require(Permission.MANAGE_USERS)
def user_new(request):
    form = NewUserForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        user = users.create_user(**form.cleaned_data, by=request.user)
        return redirect("accounts:user_edit", user.pk)
    return render(request, "accounts/user_new.html", {"form": form, "nav": "admin"})


@require(Permission.MANAGE_USERS)
def user_edit(request, pk: int):
    user = get_object_or_404(User, pk=pk)
    form = UserForm(request.POST or None, initial={"role": user.role, "is_active": user.is_active})
    if request.method == "POST" and form.is_valid():
        try:
            users.change_user(user_id=user.pk, **form.cleaned_data, by=request.user)
        except users.LastAdmin as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, f"{user} is saved.")
            return redirect("accounts:user_edit", user.pk)
    return render(
        request,
        "accounts/user_edit.html",
        {
            "person": user,
            "form": form,
            "extra_time": selectors.standing_time(user.pk).percent,
            "password_link": "" if user.has_usable_password() else _password_link(request, user),
            "nav": "admin",
        },
    )


@require(Permission.GRANT_ACCOMMODATIONS)
def accommodation(request, pk: int):
    """Admins grant to anybody, instructors to the students of their cohorts."""
    user = get_object_or_404(User, pk=pk)
    if not selectors.teaches(request.user, user.pk):
        raise Http404
    standing = selectors.standing_time(user.pk)
    form = AccommodationForm(request.POST or None, initial={"extends_window": standing.extends_window})
    if request.method == "POST" and form.is_valid():
        users.set_accommodation(user_id=user.pk, **form.cleaned_data, by=request.user)
        messages.success(
            request, f"Extra time of {user} is saved. Attempts under way keep the time they have."
        )
        return redirect(request.path)
    return render(
        request,
        "accounts/accommodation.html",
        {"person": user, "form": form, "standing": standing},
    )


def _password_link(request, user: User) -> str:
    """The link by which a new person sets a first password: for one use, within three days."""
    key = [user_pk_to_url_str(user), default_token_generator.make_token(user)]
    return request.build_absolute_uri(reverse("account_reset_password_from_key", args=key))
