import pytest
from django.utils import timezone

from quizzes.bank import status_words
from quizzes.models import Item, ItemVersion


@pytest.mark.parametrize(
    ("status", "draft", "asked", "approved", "words"),
    [
        ("draft", 1, False, False, "Draft"),
        ("in_review", 1, True, False, "In review"),
        ("in_review", 1, True, True, "Approved, not published"),
        ("published", None, False, False, "Published"),
        ("published", 3, False, False, "Published, version 3 is a draft"),
        ("published", 3, True, False, "Published, version 3 is in review"),
        ("published", 3, True, True, "Published, version 3 is approved"),
        ("set_aside", None, False, False, "Set aside"),
        ("set_aside", 2, True, False, "Set aside, version 2 is in review"),
    ],
)
def test_where_an_item_stands_is_said_with_its_draft(status, draft, asked, approved, words):
    item = Item(status=status, review_asked_at=timezone.now() if asked else None)
    item.draft = ItemVersion(number=draft) if draft else None
    assert status_words(item, approved=approved) == words
