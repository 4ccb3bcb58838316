"""Every URL and method as every role: who is let in, who is sent to sign in, who is refused.

The table is written by hand: a URL without a row fails. Rights are asked before anything is looked up, so
made-up ids tell a 403 from a 404; whose student or attempt it is, is tested beside each app's views.
"""

import re
from collections.abc import Iterator

import pytest
from django.urls import URLPattern, URLResolver, get_resolver

OURS = {"accounts", "codesets", "quizzes", "courses"}
METHODS = ("get", "post", "put", "patch", "delete")
ROLES = ("learner", "outsider", "instructor", "admin")
# Who may: any visitor, anybody signed in, instructors and admins, admins.
ANYONE, SIGNED_IN, STAFF, ADMINS = "anyone", set(ROLES), {"instructor", "admin"}, {"admin"}

ALLOWED: dict[str, object] = {
    "accounts:settings": SIGNED_IN,
    "accounts:user_list": ADMINS,
    "accounts:user_new": ADMINS,
    "accounts:user_edit": ADMINS,
    "accounts:accommodation": STAFF,
    "accounts:cohort_admin_list": ADMINS,
    "accounts:cohort_new": ADMINS,
    "accounts:cohort_edit": ADMINS,
    "accounts:audit_list": ADMINS,
    "accounts_api:csrf": SIGNED_IN,
    "codesets:books": ANYONE,
    "codesets:book": ANYONE,
    "codesets:heading": ANYONE,
    "codesets:code": ANYONE,
    "codesets:code_card": ANYONE,
    "codesets:indexes": ANYONE,
    "codesets:index": ANYONE,
    "codesets:index_entry": ANYONE,
    "codesets:index_letter": ANYONE,
    "codesets:search": ANYONE,
    "codesets:search_results": ANYONE,
    "codesets:marks": SIGNED_IN,
    "codesets:marks_export": SIGNED_IN,
    "codesets:mark_places": SIGNED_IN,
    "codesets:mark_bookmark": SIGNED_IN,
    "codesets:mark_tab": SIGNED_IN,
    "codesets:mark_note": SIGNED_IN,
    "codesets:mark_note_edit": SIGNED_IN,
    "codesets:mark_delete": SIGNED_IN,
    "codesets:licence": ADMINS,
    "codesets:release_list": ADMINS,
    "codesets:release": ADMINS,
    "codesets:release_diff_csv": ADMINS,
    "codesets:release_publish": ADMINS,
    "codesets:release_withdraw": ADMINS,
    "codesets:release_discard": ADMINS,
    "codesets:import_new": ADMINS,
    "codesets:import_job": ADMINS,
    "codesets:import_job_progress": ADMINS,
    "codesets:import_job_again": ADMINS,
    "codesets_api:codes": ANYONE,
    "codesets_api:code": ANYONE,
    "codesets_api:check": ANYONE,
    "codesets_api:releases": ANYONE,
    "codesets_api:release": ANYONE,
    "codesets_api:release-diff": ANYONE,
    "courses:dashboard": SIGNED_IN,
    "courses:courses": SIGNED_IN,
    "courses:course": SIGNED_IN,
    "courses:lesson": SIGNED_IN,
    "courses:lesson_done": SIGNED_IN,
    "courses:lesson_not_done": SIGNED_IN,
    "courses:lesson_check": SIGNED_IN,
    "courses:lesson_checks_again": SIGNED_IN,
    "courses:drawing": SIGNED_IN,
    "courses:progress": SIGNED_IN,
    "courses:report_request": SIGNED_IN,
    "courses:report_state": SIGNED_IN,
    "courses:report_pdf": SIGNED_IN,
    "courses:help": SIGNED_IN,
    "courses:cohort_list": STAFF,
    "courses:cohort": STAFF,
    "courses:cohort_student": STAFF,
    "courses:cohort_report_request": STAFF,
    "courses:authoring": STAFF,
    "courses:lesson_new": STAFF,
    "courses:lesson_preview": STAFF,
    "courses:lesson_edit": STAFF,
    "courses:lesson_versions": STAFF,
    "courses:lesson_compare": STAFF,
    "courses:lesson_publish": STAFF,
    "courses:lesson_coder_review": STAFF,
    "courses:lesson_coder_review_take_back": STAFF,
    "courses:impact": STAFF,
    "courses:new_list": SIGNED_IN,
    "courses:new_release": SIGNED_IN,
    "courses:new_quiz": SIGNED_IN,
    "courses_api:courses": SIGNED_IN,
    "courses_api:lesson": SIGNED_IN,
    "courses_api:progress": SIGNED_IN,
    "courses_api:reports": SIGNED_IN,
    "quizzes:bank": STAFF,
    "quizzes:item_new": STAFF,
    "quizzes:item_preview": STAFF,
    "quizzes:item_edit": STAFF,
    "quizzes:item_versions": STAFF,
    "quizzes:item_ask": STAFF,
    "quizzes:item_publish": STAFF,
    "quizzes:item_coder_review": STAFF,
    "quizzes:item_coder_review_take_back": STAFF,
    "quizzes:item_status": STAFF,
    "quizzes:item_review": STAFF,
    "quizzes:item_decide": STAFF,
    "quizzes:pack_import": STAFF,
    "quizzes:pack_take": STAFF,
    "quizzes:pack_export": STAFF,
    "quizzes:pack_export_zip": STAFF,
    "quizzes:practice_list": SIGNED_IN,
    "quizzes:practice_start": SIGNED_IN,
    "quizzes:exam_list": SIGNED_IN,
    "quizzes:exam_lobby": SIGNED_IN,
    "quizzes:system_check": SIGNED_IN,
    "quizzes:exam_start": SIGNED_IN,
    "quizzes:exam_results_list": STAFF,
    "quizzes:exam_results": STAFF,
    "quizzes:exam_results_csv": STAFF,
    "quizzes:exam_items": STAFF,
    "quizzes:exam_items_csv": STAFF,
    "quizzes:exam_item": STAFF,
    "quizzes:exam_making": STAFF,
    "quizzes:exam_new": STAFF,
    "quizzes:exam_edit": STAFF,
    "quizzes:exam_section_items": STAFF,
    "quizzes:exam_check": STAFF,
    "quizzes:exam_publish": STAFF,
    "quizzes:exam_unpublish": STAFF,
    "quizzes:exam_release": STAFF,
    "quizzes:cut_score": STAFF,
    "quizzes:cut_score_state": STAFF,
    "quizzes:cut_score_rate": STAFF,
    "quizzes:cut_score_sheet": STAFF,
    "quizzes:cut_score_ratings": STAFF,
    "quizzes:sitting_list": STAFF,
    "quizzes:sittings": STAFF,
    "quizzes:sittings_rows": STAFF,
    "quizzes:extra_time": STAFF,
    "quizzes:blueprint_list": STAFF,
    "quizzes:blueprint": STAFF,
    "quizzes:blueprint_confirm": ADMINS,
    "quizzes:attempt": SIGNED_IN,
    "quizzes:attempt_review": SIGNED_IN,
    "quizzes:attempt_submit": SIGNED_IN,
    "quizzes:case_check": SIGNED_IN,
    "quizzes:case_highlights": SIGNED_IN,
    "quizzes:regrade": STAFF,
    "quizzes:regrade_run": STAFF,
    "quizzes:regrade_apply": STAFF,
    "quizzes:report": SIGNED_IN,
    "quizzes:report_pdf": SIGNED_IN,
    "quizzes:report_csv": SIGNED_IN,
    "quizzes_api:exam_attempts": SIGNED_IN,
    "quizzes_api:attempt_pulse": ANYONE,  # who knows an attempt's id; it gives a number
    "quizzes_api:attempt": SIGNED_IN,
    "quizzes_api:attempt_clock": SIGNED_IN,
    "quizzes_api:attempt_submit": SIGNED_IN,
    "quizzes_api:attempt_response": SIGNED_IN,
}


def _patterns(resolver: URLResolver, route: str = "", namespace: str = "") -> Iterator[tuple[str, str]]:
    for entry in resolver.url_patterns:
        if isinstance(entry, URLResolver):
            yield from _patterns(entry, route + str(entry.pattern), entry.namespace or namespace)
        elif isinstance(entry, URLPattern):
            yield f"{namespace}:{entry.name}", route + str(entry.pattern)


def _filled(route: str) -> str:
    made_up = {"int": "999999", "uuid": "00000000-0000-4000-8000-000000000000", "slug": "none", "str": "none"}
    return "/" + re.sub(r"<(?:(\w+):)?\w+>", lambda match: made_up[match.group(1) or "str"], route)


URLS = {
    name: _filled(route)
    for name, route in _patterns(get_resolver())
    if name.partition(":")[0].removesuffix("_api") in OURS
}


def test_every_url_has_its_row_and_every_row_its_url():
    assert set(URLS) == set(ALLOWED)


@pytest.mark.parametrize("name", sorted(URLS))
def test_who_is_let_in(client, request, name, db):
    allowed, path = ALLOWED[name], URLS[name]
    for method in METHODS:
        response = getattr(client, method)(path)
        if allowed == ANYONE:
            assert not _turned_away(response), (method, "a visitor")
        else:
            assert _turned_away(response) or response.status_code == 405, (method, "a visitor")
    if allowed == ANYONE:
        return
    for member in ROLES:
        client.force_login(request.getfixturevalue(member))
        for method in METHODS:
            response = getattr(client, method)(path)
            if member in allowed:  # type: ignore[operator]
                assert not _turned_away(response), (method, member)
            else:
                assert _turned_away(response) or response.status_code == 405, (method, member)


def _turned_away(response) -> bool:
    """Sent to sign in, or refused."""
    return response.status_code in {401, 403} or "/accounts/login/" in response.headers.get("Location", "")
