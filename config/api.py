"""The HTTP API: each app's `api.urlpatterns` under /api/v1/, the schema at /api/schema/."""

from django.urls import include, path
from drf_spectacular.views import SpectacularAPIView

import accounts.api
import codesets.api
import courses.api
import quizzes.api

urlpatterns = [
    path("schema/", SpectacularAPIView.as_view(), name="schema"),
    path("v1/", include((accounts.api.urlpatterns, "accounts_api"))),
    path("v1/", include((codesets.api.urlpatterns, "codesets_api"))),
    path("v1/", include((quizzes.api.urlpatterns, "quizzes_api"))),
    path("v1/", include((courses.api.urlpatterns, "courses_api"))),
]
