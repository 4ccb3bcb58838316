"""An admin loads a code set: upload, watch, findings, difference, publish, withdraw."""

from datetime import date
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from accounts.jobs import JobState
from codesets.importers import icd10cm_tabular
from codesets.importers.base import read_sources, silent
from codesets.models import ImportJob, Release
from codesets.tasks import run_import
from tests.codesets.tiny_books import publish_books, stage, write_tabular


@pytest.fixture
def media(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path / "media"


@pytest.fixture
def site(transactional_db, tmp_path, live_server, media) -> str:
    publish_books(tmp_path)
    return f"{live_server.url}/codesets"


def fill_upload(page: Page, site: str, *files, label: str = "April 2027") -> None:
    page.goto(f"{site}/imports/new/")
    page.get_by_label("Label").fill(label)
    page.get_by_label("In force from").fill("2027-04-01")
    page.get_by_label("Files").set_input_files(files)


def test_a_file_goes_from_upload_to_published(
    page: Page, site, sign_in, admin, tmp_path, assert_accessible, console
):
    sign_in(admin)
    page.goto(f"{site}/releases/")
    assert_accessible()
    page.get_by_role("link", name="Load a code set file").click()
    assert_accessible()
    fill_upload(page, site, write_tabular(tmp_path, 2027))
    page.get_by_role("button", name="Upload and check").click()

    expect(page.locator("#job-status")).to_have_text("Waiting for a worker.")
    assert_accessible()
    job = ImportJob.objects.get()
    assert job.state == JobState.QUEUED
    run_import(job.pk)  # what the worker does with the message

    expect(page.get_by_text("Staged: 16 codes, 7 billable, 6 chapters and blocks")).to_be_visible()
    expect(page.locator("#job-status")).to_have_text("The import is done. The release is staged.")
    expect(page.locator("#findings li")).to_have_count(1)
    assert_accessible()

    page.get_by_role("link", name="See what it would change").click()
    expect(page.locator("table.diff tbody tr")).to_have_count(1)
    expect(page.get_by_text("Type 2 diabetes mellitus, controlled")).to_be_visible()
    page.get_by_role("link", name="Revised 1").click()
    expect(page.locator("table.diff ins")).to_have_text("with no")
    assert_accessible()

    page.get_by_role("link", name="Publish for 1 April 2027").click()
    expect(page.get_by_text("April 2026 closes on 31 March 2027 in the same step.")).to_be_visible()
    assert_accessible()
    page.get_by_role("button", name="Publish it").click()
    expect(page.get_by_role("status")).to_contain_text("is published, in force from 1 April 2027.")
    assert_accessible()
    page.goto(f"{site}/books/icd10cm/E11.90/?on=2027-05-01")
    expect(page.get_by_role("heading", level=1)).to_have_text("Type 2 diabetes mellitus, controlled")

    page.goto(f"{site}/releases/{Release.objects.get(label='April 2027').pk}/")
    page.get_by_role("link", name="Withdraw this release").click()
    assert_accessible()
    page.get_by_role("button", name="Withdraw it").click()
    expect(page.get_by_role("status")).to_contain_text("ICD-10-CM April 2027 is withdrawn.")


def test_a_broken_file_says_why_and_offers_another_go(
    page: Page, site, sign_in, admin, tmp_path, assert_accessible, console
):
    sign_in(admin)
    file = write_tabular(tmp_path, 2027)
    file.write_bytes(file.read_bytes()[:900])
    fill_upload(page, site, file)
    page.get_by_role("button", name="Upload and check").click()
    expect(page.locator("#job-status")).to_have_text("Waiting for a worker.")
    run_import(ImportJob.objects.get().pk)
    expect(page.locator(".outcome")).to_contain_text("is cut off or is not XML")
    assert_accessible()
    page.get_by_role("button", name="Run again with the same file").click()
    expect(page.locator("#job-status")).to_have_text("Waiting for a worker.")
    assert ImportJob.objects.count() == 2


def test_a_file_over_the_limit_is_named_before_it_travels(
    page: Page, site, sign_in, admin, tmp_path, settings, console, assert_accessible
):
    settings.CODESET_UPLOAD_MAX_BYTES = 1024 * 1024
    sign_in(admin)
    large = tmp_path / "large.xml"
    large.write_bytes(b"<" + b" " * 1024 * 1024)
    fill_upload(page, site, large)
    expect(page.get_by_role("alert")).to_contain_text("The file is larger than 1 MB")
    assert_accessible()
    page.get_by_role("button", name="Upload and check").click()
    expect(page).to_have_url(f"{site}/imports/new/")
    assert ImportJob.objects.count() == 0


def test_a_refused_upload_keeps_what_was_typed(page: Page, site, sign_in, admin, tmp_path, console):
    sign_in(admin)
    fill_upload(page, site, write_tabular(tmp_path, 2027), label="April 2026")
    page.get_by_role("button", name="Upload and check").click()
    expect(page.locator(".errorlist li")).to_contain_text("has a release labeled “April 2026” already")
    expect(page.get_by_label("In force from")).to_have_value("2027-04-01")
    console.clear()  # the 409 itself


def test_the_files_of_a_release_go_together_and_their_differences_are_filtered(
    page: Page, site, sign_in, admin, tmp_path, assert_accessible, console
):
    sign_in(admin)
    tabular, order = write_tabular(tmp_path, 2027), tmp_path / "icd10cm-order-2027.txt"
    lines = [
        f"{number:05} {code:7} {valid} {title[:60]:60} {title}"
        for number, (code, title, valid) in enumerate(listed(tabular), start=1)
    ]
    order.write_text("\r\n".join([*lines, ""]))
    fill_upload(page, site, tabular, order)
    page.get_by_role("button", name="Upload and check").click()
    expect(page.locator(".lede")).to_contain_text("tabular-2027.xml, icd10cm-order-2027.txt, to be in force")
    run_import(ImportJob.objects.get().pk)

    page.get_by_role("link", name="Warnings 2").click()
    found = page.locator("#findings li")
    expect(found).to_have_count(2)
    expect(found.nth(0)).to_contain_text("E11.9")
    expect(found.nth(1)).to_contain_text("Z79.4")
    page.evaluate("scrollTo(0, 0)")  # the filter leads to the findings, and half a link shows above them
    assert_accessible()
    page.get_by_role("link", name="Errors 0").click()
    expect(page.get_by_text("No finding of this level.")).to_be_visible()


def listed(tabular: Path) -> list[tuple[str, str, int]]:
    """What a tabular list holds, but for a title of its own and a code that is not there."""
    book = icd10cm_tabular.parse(read_sources([tabular])[0], silent)
    titles = {"E119": "Diabetes of the second type"}
    rows = [(code.code, titles.get(code.code, code.title), int(code.billable)) for code in book.codes]
    return [row for row in rows if row[0] != "Z794"]


@pytest.mark.parametrize("width", [1366, 390, 320])
def test_the_admins_pages_are_accessible_and_never_scroll_sideways(
    page: Page, site, sign_in, admin, tmp_path, console, assert_accessible, width
):
    sign_in(admin)
    page.set_viewport_size({"width": width, "height": 768})
    published = Release.objects.get(label="April 2026").pk
    staged = stage("icd10cm", write_tabular(tmp_path, 2027), "April 2027", date(2027, 4, 1)).pk
    for path in (
        "releases/",
        f"releases/{published}/",
        f"releases/{staged}/?show=revised",
        f"releases/{staged}/publish/",
        f"releases/{staged}/discard/",
        f"releases/{published}/withdraw/",
        "imports/new/",
    ):
        page.goto(f"{site}/{path}")
        assert_accessible()
        wider = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
        assert page.evaluate(wider) == 0, path
