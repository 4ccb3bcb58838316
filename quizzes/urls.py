from django.urls import path

from quizzes.views import attempts, authoring, cases, exams, item_reviews, packs, practice, regrades, reports

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
    path("attempts/<uuid:attempt_id>/items/<int:position>/check/", cases.case_check, name="case_check"),
    path(
        "attempts/<uuid:attempt_id>/items/<int:position>/highlights/",
        cases.case_highlights,
        name="case_highlights",
    ),
    path("bank/", authoring.item_bank, name="bank"),
    path("bank/import/", packs.pack_import, name="pack_import"),
    path("bank/import/take/", packs.pack_take, name="pack_take"),
    path("bank/export/", packs.pack_export, name="pack_export"),
    path("bank/export/zip/", packs.pack_export_zip, name="pack_export_zip"),
    path("bank/new/<slug:kind>/", authoring.item_new, name="item_new"),
    path("bank/preview/<slug:kind>/", authoring.item_preview, name="item_preview"),
    path("bank/items/<slug:slug>/", authoring.item_edit, name="item_edit"),
    path("bank/items/<slug:slug>/versions/", authoring.item_versions, name="item_versions"),
    path("bank/items/<slug:slug>/versions/<int:number>/ask/", authoring.item_ask, name="item_ask"),
    path(
        "bank/items/<slug:slug>/versions/<int:number>/publish/", authoring.item_publish, name="item_publish"
    ),
    path("bank/items/<slug:slug>/status/", authoring.item_status, name="item_status"),
    path("bank/items/<slug:slug>/review/", item_reviews.item_review, name="item_review"),
    path("bank/items/<slug:slug>/review/decide/", item_reviews.item_decide, name="item_decide"),
    path("bank/items/<slug:slug>/regrade/", regrades.regrade, name="regrade"),
    path("regrades/<int:pk>/", regrades.regrade_run, name="regrade_run"),
    path("regrades/<int:pk>/apply/", regrades.regrade_apply, name="regrade_apply"),
    path("reports/<uuid:attempt_id>/", reports.report, name="report"),
]
