from django.urls import path

from accounts.views import audit, cohorts, settings, users

app_name = "accounts"

urlpatterns = [
    path("settings/", settings.settings, name="settings"),
    path("users/", users.user_list, name="user_list"),
    path("users/new/", users.user_new, name="user_new"),
    path("users/<int:pk>/", users.user_edit, name="user_edit"),
    path("users/<int:pk>/accommodation/", users.accommodation, name="accommodation"),
    path("cohorts/", cohorts.cohort_admin_list, name="cohort_admin_list"),
    path("cohorts/new/", cohorts.cohort_edit, name="cohort_new"),
    path("cohorts/<int:pk>/", cohorts.cohort_edit, name="cohort_edit"),
    path("audit/", audit.audit_list, name="audit_list"),
]
