from django.urls import include, path
from django.views.generic import RedirectView

from config import health

urlpatterns = [
    path("", include("courses.urls")),
    path("quizzes/", include("quizzes.urls")),
    path("codesets/", include("codesets.urls")),
    path("accounts/", include("accounts.urls")),
    path("accounts/", include("allauth.urls")),
    path("api/", include("config.api")),
    path("healthz", health.alive),
    path("readyz", health.ready),
    path("favicon.ico", RedirectView.as_view(url="/static/img/favicon.svg", permanent=True)),
]

handler403 = "config.errors.forbidden"
handler404 = "config.errors.not_found"
handler500 = "config.errors.server_error"
