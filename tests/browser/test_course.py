"""A student's path through a course: its lessons with their questions, its quiz, and what comes next."""

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.stack import DEMO_PASSWORD, Stack

pytestmark = pytest.mark.stack

COURSE = "how-icd-10-cm-works"
LESSONS = 8
MISSED = "excludes-notes"  # the lesson whose questions the student gets wrong in the quiz
Keys = dict[str, tuple[str, list]]


@pytest.fixture
def student(stack: Stack) -> str:
    """Somebody new: what Today suggests follows from this path alone."""
    made = f"User.objects.create_user('path@example.com', {DEMO_PASSWORD!r}, name='Pat Ho', role='student')"
    stack.manage("shell", "-c", f"from accounts.models import User; {made}")
    return "path"


@pytest.fixture
def keys(stack: Stack) -> Keys:
    """By slug, the kind and the key of every item without a chart."""
    rows = stack.rows(
        "SELECT i.slug, i.kind, v.key FROM quizzes_item i JOIN quizzes_itemversion v ON v.id = i.current_id "
        "WHERE jsonb_typeof(v.key) = 'array'"
    )
    return {slug: (kind, key) for slug, kind, key in rows}


def test_a_student_walks_through_the_second_course(
    page: Page, stack: Stack, student: str, keys: Keys, sign_in_as, assert_accessible
):
    sign_in_as(student)
    page.get_by_role("navigation", name="Main").get_by_role("link", name="Lessons").click()
    page.get_by_role("main").get_by_role("link", name="How ICD-10-CM works").first.click()
    page.get_by_role("link", name="Start lesson 1").click()
    _answer_the_questions(page, stack, keys)
    assert_accessible()
    for number in range(1, LESSONS + 1):
        expect(page.get_by_text(f"Lesson {number} of {LESSONS}")).to_be_visible()
        page.get_by_role("button", name="Mark as done").first.click()
        expect(page.get_by_role("button", name="Mark as not done").first).to_be_visible()
        if number < LESSONS:
            page.locator(".lesson-end").get_by_role("link", name="Next:").click()
    page.locator(".lesson-end").get_by_role("button", name="Next: practice quiz").click()
    missed = _sit_the_quiz(page, stack, keys)
    _today_follows_from_what_was_missed(page, stack, missed)
    page.goto(f"{stack.url}/courses/courses/{COURSE}/")
    page.get_by_role("button", name="Start the practice quiz").click()
    expect(page.get_by_text("its sections come in turns")).to_be_visible()


def _answer_the_questions(page: Page, stack: Stack, keys: Keys) -> None:
    """The first one wrong, the others right; each is explained at once."""
    ((slugs,),) = stack.rows(
        "SELECT v.checks FROM courses_lesson l JOIN courses_lessonversion v ON v.id = l.published_id "
        "JOIN courses_course c ON c.id = l.course_id WHERE c.slug = %s AND l.position = 1",
        COURSE,
    )
    for number, slug in enumerate(slugs, start=1):
        check = page.locator(f"#check-{number}")
        _answer(check, *keys[slug], wrong=number == 1)
        check.get_by_label("Fairly sure").check()
        check.get_by_role("button", name="Check answer").click()
        expect(check.locator(".finding .sev").first).to_contain_text("Not right" if number == 1 else "Right")
    count = len(slugs)
    expect(page.locator("#checks-sum")).to_contain_text(f"{count} of {count} answered, {count - 1} right.")


def _sit_the_quiz(page: Page, stack: Stack, keys: Keys) -> int:
    """Everything right but what the lesson prepares for; gives how many that are."""
    attempt = page.url.split("/")[-2]
    rows = stack.rows(
        "SELECT i.slug FROM quizzes_response r JOIN quizzes_itemversion v ON v.id = r.item_version_id "
        "JOIN quizzes_item i ON i.id = v.item_id WHERE r.attempt_id = %s ORDER BY r.position",
        attempt,
    )
    ((also,),) = stack.rows(
        "SELECT v.also FROM courses_lesson l JOIN courses_lessonversion v ON v.id = l.published_id "
        "WHERE l.slug = %s",
        MISSED,
    )
    for (slug,) in rows:
        form = page.locator("form#answer")
        _answer(form, *keys[slug], wrong=slug in also)
        form.get_by_label("Fairly sure").check()
        form.get_by_role("button", name="Check answer").click()
        expect(page.locator("#verdict .finding .sev").first).to_contain_text("ight")
        following = page.get_by_role("link", name="Next item")
        if following.count():
            following.click()
    page.get_by_role("button", name="Finish and see the result").click()
    missed = len({slug for (slug,) in rows} & set(also))
    expect(page.get_by_role("main")).to_contain_text(f"{len(rows) - missed} of {len(rows)}")
    return missed


def _today_follows_from_what_was_missed(page: Page, stack: Stack, missed: int) -> None:
    page.goto(stack.url + "/")
    step = page.locator(".next > li").filter(has_text="You missed").first
    expect(step).to_contain_text("Excludes notes")
    expect(step).to_contain_text(f"You missed {missed} of ")
    step.get_by_role("link", name="Read again").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Excludes notes")


def _answer(form: Locator, kind: str, key: list, *, wrong: bool) -> None:
    if kind == "code_entry":
        form.locator("input[name=code]").fill("R69" if wrong else key[0]["code"])
        form.locator("input[name=code]").press("Escape")
    elif kind == "sequencing":
        for place, option in enumerate(reversed(key) if wrong else key, start=1):
            form.locator(f"select[name=place-{option}]").select_option(str(place))
    elif kind == "multiple_response":
        names = [box.get_attribute("value") for box in form.locator("input[name=choices]").all()]
        chosen = [name for name in names if name not in key][: len(key)] if wrong else key
        for name in (*chosen, *key)[: len(key)]:
            form.locator(f"input[name=choices][value={name}]").check()
    else:
        name = next(one for one in "abcd" if one != key[0]) if wrong else key[0]
        form.locator(f"input[name=choice][value={name}]").check()
