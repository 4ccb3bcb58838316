from django.core.paginator import Paginator
from django.shortcuts import render

from accounts.models import AuditEntry
from accounts.permissions import Permission, require


@require(Permission.SEE_AUDIT)
def audit_list(request):
    action = request.GET.get("action", "")
    entries = AuditEntry.objects.filter(action__startswith=action) if action else AuditEntry.objects.all()
    actions = AuditEntry.objects.order_by("action").values_list("action", flat=True).distinct()
    page = Paginator(entries, 100).get_page(request.GET.get("page"))
    return render(
        request,
        "accounts/audit_list.html",
        {"page": page, "action": action, "actions": actions, "nav": "admin"},
    )
