from django.urls import path

from quizzes.views import attempts, exams, practice, reports

app_name = "quizzes"

urlpatterns = [
    path("practice/", practice.practice_list, name="practice_list"),
    path("practice/<slug:slug>/start/", practice.practice_start, name="practice_start"),
    path("exams/", exams.exam_list, name="exam_list"),
    path("exams/<slug:slug>/", exams.exam_lobby, name="exam_lobby"),
    path("exams/<slug:slug>/check/", exams.system_check, name="system_check"),
    path("exams/<slug:slug>/start/", exams.exam_start, name="exam_start"),
    path("attempts/<uuid:attempt_id>/", attempts.attempt, name="attempt"),
    path("attempts/<uuid:attempt_id>/review/", attempts.attempt_review, name="attempt_review"),
    path("attempts/<uuid:attempt_id>/submit/", attempts.attempt_submit, name="attempt_submit"),
    path("reports/<uuid:attempt_id>/", reports.report, name="report"),
]
