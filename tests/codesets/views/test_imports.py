from datetime import date

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from accounts.jobs import JobState
from codesets.models import ImportFinding, ImportJob, Release, ReleaseState
from codesets.tasks import run_import
from tests.codesets.tiny_books import write_tabular
from tests.codesets.views.pages import page, texts

NEW = "/codesets/imports/new/"


@pytest.fixture(autouse=True)
def media(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path / "media"


@pytest.fixture
def as_admin(client, admin):
    client.force_login(admin)
    return client


def upload(client, content: bytes, name: str = "tabular.xml", **given):
    fields = {"system": "icd10cm", "label": "April 2027", "effective_from": "2027-04-01"} | given
    return client.post(NEW, {**fields, "uploads": SimpleUploadedFile(name, content)})


def errors(response) -> list[str]:
    return texts(page(response), "//ul[contains(@class,'errorlist')]/li")


def test_a_student_can_neither_see_nor_start_an_import(client, learner, admin, tmp_path):
    job = ImportJob.objects.create(
        requested_by=admin, system="icd10cm", label="Secret label", effective_from=date(2027, 4, 1)
    )
    client.force_login(learner)
    for name in ("import_job", "import_job_progress"):
        response = client.get(reverse(f"codesets:{name}", args=[job.pk]))
        assert response.status_code == 403
        assert "Secret label" not in response.content.decode()
    assert client.post(reverse("codesets:import_job_again", args=[job.pk])).status_code == 403
    assert upload(client, b"<x/>").status_code == 403
    assert ImportJob.objects.count() == 1


def test_an_upload_runs_and_is_staged_with_its_findings(as_admin, books, tmp_path):
    response = upload(as_admin, write_tabular(tmp_path, 2027).read_bytes())
    job = ImportJob.objects.get()
    assert response.url == reverse("codesets:import_job", args=[job.pk])
    waiting = page(as_admin.get(response.url))
    assert waiting.xpath("//*[@id='import-progress']/@hx-trigger") == ["every 1s"]
    assert texts(waiting, "//p[@id='job-status']") == ["Waiting for a worker."]

    run_import(job.pk)

    done = page(as_admin.get(response.url))
    release = Release.objects.get(label="April 2027")
    assert release.state == ReleaseState.STAGED
    assert done.xpath("//*[@id='import-progress']/@hx-trigger") == []
    assert texts(done, "//ol[@class='steps']/li[@class='done']") == [
        "Uploaded",
        "Reading the file",
        "Checking",
        "Loading",
        "Comparing",
        "Staged",
    ]
    assert "Staged: 16 codes, 7 billable, " in done.text_content()
    (finding,) = texts(done, "//section[@id='findings']//li//div/p[1]")
    assert finding.startswith("Compared with ICD-10-CM April 2026: 1 ")
    assert done.xpath("//a[text()='See what it would change']/@href") == [f"/codesets/releases/{release.pk}/"]


def test_a_file_that_fails_says_why_and_can_run_again(as_admin, books, tmp_path):
    content = write_tabular(tmp_path, 2027).read_bytes()
    upload(as_admin, content[: len(content) // 2])
    job = ImportJob.objects.get()
    run_import(job.pk)
    failed = page(as_admin.get(reverse("codesets:import_job", args=[job.pk])))
    assert "is cut off or is not XML" in texts(failed, "//ul[@class='outcome']//p")[1]
    assert "Nothing of this file is in the books." in failed.text_content()
    assert texts(failed, "//ol[@class='steps']/li[@class='failed']") == ["Reading the file"]
    assert Release.objects.filter(label="April 2027").count() == 0

    again = as_admin.post(reverse("codesets:import_job_again", args=[job.pk]))
    fresh = ImportJob.objects.exclude(pk=job.pk).get()
    assert again.url == reverse("codesets:import_job", args=[fresh.pk])
    assert fresh.state == JobState.QUEUED
    assert fresh.files.get().file.name == job.files.get().file.name
    assert fresh.file_names == job.file_names == "tabular.xml"


def test_an_import_that_has_not_failed_is_not_run_again(as_admin, books, tmp_path):
    upload(as_admin, write_tabular(tmp_path, 2027).read_bytes())
    job = ImportJob.objects.get()
    response = as_admin.post(reverse("codesets:import_job_again", args=[job.pk]), follow=True)
    assert "This import has not failed, so it is not run again." in response.content.decode()
    assert ImportJob.objects.count() == 1


def test_the_fragment_shows_rows_and_speaks_only_of_a_new_step(as_admin, admin):
    job = ImportJob.objects.create(
        requested_by=admin,
        system="icd10cm",
        label="L",
        effective_from=date(2027, 4, 1),
        state=JobState.RUNNING,
        step=ImportJob.Step.LOADING,
        rows_read=98_186,
        rows_loaded=24_547,
        rows_total=98_186,
    )
    url = reverse("codesets:import_job_progress", args=[job.pk])
    shown = page(as_admin.get(url, {"seen": "running-checking"}))
    assert texts(shown, "//tbody/tr") == [
        "Rows read 98,186 of 98,186 100% 100%",
        "Rows loaded 24,547 of 98,186 25% 25%",
    ]
    assert texts(shown, "//li[@aria-current='step']") == ["Loading"]
    assert texts(shown, "//p[@role='status']") == ["Loading."]
    assert shown.xpath("//@hx-get") == [f"{url}?seen=running-loading"]
    quiet = page(as_admin.get(url, {"seen": "running-loading"}))
    assert texts(quiet, "//p[@role='status']") == []


@pytest.fixture
def job_with_findings(admin) -> ImportJob:
    job = ImportJob.objects.create(
        requested_by=admin,
        system="icd10cm",
        label="L",
        effective_from=date(2027, 4, 1),
        state=JobState.FAILED,
        error="Line 3 has no code.",
    )
    for level, text, line in [
        ("information", "15 rows.", None),
        ("warning", "A stray period at <I16.1>.", 61_196),
        ("error", "Line 3 has no code.", 3),
    ]:
        ImportFinding.objects.create(job=job, level=level, text=text, line=line)
    return job


def test_findings_stand_by_weight_and_are_filtered_by_level(as_admin, job_with_findings):
    url = reverse("codesets:import_job", args=[job_with_findings.pk])
    found = "//section[@id='findings']//li//div/p[1]"
    everything = page(as_admin.get(url))
    assert texts(everything, found) == ["Line 3 has no code.", "A stray period at <I16.1>.", "15 rows."]
    assert texts(everything, "//section[@id='findings']/h2/small") == ["1 error, 1 warning, 1 information"]
    warnings = page(as_admin.get(url, {"level": "warning"}))
    assert texts(warnings, found) == ["A stray period at <I16.1>."]
    assert texts(warnings, "//section[@id='findings']//p[@class='src']") == ["Line 61,196 of the file"]
    assert texts(warnings, "//a[@aria-current='true' and contains(@href,'level')]") == ["Warnings 1"]


def test_the_job_page_asks_as_many_questions_for_many_findings(
    as_admin, job_with_findings, django_assert_num_queries
):
    url = reverse("codesets:import_job", args=[job_with_findings.pk])
    as_admin.get(url)
    with django_assert_num_queries(8):
        as_admin.get(url)
    ImportFinding.objects.bulk_create(
        ImportFinding(job=job_with_findings, level="warning", text=f"Number {n}") for n in range(60)
    )
    with django_assert_num_queries(8):
        as_admin.get(url)


@pytest.mark.parametrize(
    ("given", "content", "said"),
    [
        ({}, b"", "The file is empty; get it again from the publisher."),
        ({"label": ""}, b"<x/>", "Give the release a label, for example April 2026."),
        (
            {"label": "April 2026"},
            b"<x/>",
            "ICD-10-CM has a release labeled “April 2026” already; choose another.",
        ),
        ({"effective_from": ""}, b"<x/>", "Give the date from which the release is in force."),
        ({"effective_from": "31/12"}, b"<x/>", "This is not a date; write it as YYYY-MM-DD."),
        ({"system": "klingon"}, b"<x/>", "Select a valid choice."),
    ],
)
def test_a_wrong_upload_is_refused_in_one_sentence(as_admin, books, given, content, said):
    response = upload(as_admin, content, **given)
    (error,) = errors(response)
    assert error.startswith(said)
    assert response.status_code in (400, 409)
    assert ImportJob.objects.count() == 0


def test_a_file_over_the_limit_is_refused(as_admin, settings, books):
    settings.CODESET_UPLOAD_MAX_BYTES = 1024 * 1024
    response = upload(as_admin, b"<" + b" " * 1024 * 1024)
    assert errors(response) == [
        "The file is larger than 1 MB, which no code set file is. Nothing was kept; check the file."
    ]
    assert ImportJob.objects.count() == 0


class Unreadable:
    """A body that must not be asked for."""

    def read(self, size: int = -1) -> bytes:
        raise AssertionError("the body was read")

    readline = read


def test_the_size_is_checked_before_a_byte_is_read(admin, settings, books):
    client = Client(enforce_csrf_checks=True)
    client.force_login(admin)
    settings.CODESET_UPLOAD_MAX_BYTES = 1024
    response = client.generic(
        "POST",
        NEW,
        b"",
        content_type="multipart/form-data; boundary=x",
        CONTENT_LENGTH="70000000",
        **{"wsgi.input": Unreadable()},
    )
    assert response.status_code == 413
    assert "The file is larger than" in errors(response)[0]


def test_an_upload_without_its_token_is_refused(admin, books, tmp_path):
    client = Client(enforce_csrf_checks=True)
    client.force_login(admin)
    assert upload(client, write_tabular(tmp_path, 2027).read_bytes()).status_code == 403
    assert ImportJob.objects.count() == 0


def test_a_date_outside_the_files_year_fails_with_the_year(as_admin, books, tmp_path):
    upload(as_admin, write_tabular(tmp_path, 2027).read_bytes(), effective_from="2029-01-01")
    job = ImportJob.objects.get()
    run_import(job.pk)
    shown = page(as_admin.get(reverse("codesets:import_job", args=[job.pk])))
    assert "release 2027, valid from 2026-10-01" in texts(shown, "//ul[@class='outcome']//p")[1]
    assert Release.objects.filter(label="April 2027").count() == 0
