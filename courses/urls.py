from django.urls import URLPattern, path

from courses.views import authoring, cohorts, courses, dashboard, help, impact, lessons, new, progress

app_name = "courses"

urlpatterns: list[URLPattern] = [
    path("", dashboard.dashboard, name="dashboard"),
    path("courses/courses/", courses.course_list, name="courses"),
    path("courses/courses/<slug:slug>/", courses.course, name="course"),
    path("courses/lessons/<slug:course_slug>/<slug:lesson_slug>/", lessons.lesson, name="lesson"),
    path(
        "courses/lessons/<slug:course_slug>/<slug:lesson_slug>/done/", lessons.lesson_done, name="lesson_done"
    ),
    path(
        "courses/lessons/<slug:course_slug>/<slug:lesson_slug>/not-done/",
        lessons.lesson_not_done,
        name="lesson_not_done",
    ),
    path(
        "courses/lessons/<slug:course_slug>/<slug:lesson_slug>/check/<int:number>/",
        lessons.lesson_check,
        name="lesson_check",
    ),
    path(
        "courses/lessons/<slug:course_slug>/<slug:lesson_slug>/again/",
        lessons.lesson_checks_again,
        name="lesson_checks_again",
    ),
    path("courses/drawings/<slug:course_slug>/<str:name>", lessons.drawing, name="drawing"),
    path("courses/progress/", progress.progress, name="progress"),
    path("courses/progress/reports/", progress.report_request, name="report_request"),
    path("courses/progress/reports/<int:pk>/", progress.report_state, name="report_state"),
    path("courses/progress/reports/<int:pk>/pdf/", progress.report_pdf, name="report_pdf"),
    path("courses/cohorts/", cohorts.cohort_list, name="cohort_list"),
    path("courses/cohorts/<int:pk>/", cohorts.cohort, name="cohort"),
    path("courses/cohorts/<int:pk>/students/<int:user_pk>/", cohorts.cohort_student, name="cohort_student"),
    path(
        "courses/cohorts/<int:pk>/students/<int:user_pk>/report/",
        cohorts.cohort_report_request,
        name="cohort_report_request",
    ),
    path("courses/authoring/", authoring.authoring, name="authoring"),
    path("courses/authoring/new/", authoring.lesson_new, name="lesson_new"),
    path("courses/authoring/preview/", authoring.lesson_preview, name="lesson_preview"),
    path("courses/authoring/<int:pk>/", authoring.lesson_edit, name="lesson_edit"),
    path("courses/authoring/<int:pk>/versions/", authoring.lesson_versions, name="lesson_versions"),
    path("courses/authoring/<int:pk>/compare/", authoring.lesson_compare, name="lesson_compare"),
    path(
        "courses/authoring/<int:pk>/versions/<int:number>/publish/",
        authoring.lesson_publish,
        name="lesson_publish",
    ),
    path(
        "courses/authoring/<int:pk>/versions/<int:number>/coder-review/",
        authoring.lesson_coder_review,
        name="lesson_coder_review",
    ),
    path(
        "courses/authoring/<int:pk>/versions/<int:number>/coder-review/<int:review_id>/take-back/",
        authoring.lesson_coder_review_take_back,
        name="lesson_coder_review_take_back",
    ),
    path("courses/impact/", impact.impact, name="impact"),
    path("courses/help/", help.help_page, name="help"),
    path("courses/new/", new.new_list, name="new_list"),
    path("courses/new/<int:release_id>/", new.new_release, name="new_release"),
    path("courses/new/<int:release_id>/quiz/", new.new_quiz, name="new_quiz"),
]
