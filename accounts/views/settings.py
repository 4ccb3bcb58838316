from django.contrib import messages
from django.shortcuts import redirect, render

from accounts.forms import SettingsForm
from accounts.permissions import Permission, require
from accounts.services import users


@require(Permission.LEARN)
def settings(request):
    own = {name: getattr(request.user, name) for name in SettingsForm.base_fields}
    form = SettingsForm(request.POST or None, initial=own)
    if request.method == "POST" and form.is_valid():
        users.update_settings(**form.cleaned_data, by=request.user)
        messages.success(request, "Your settings are saved.")
        return redirect("accounts:settings")
    return render(request, "accounts/settings.html", {"form": form})
