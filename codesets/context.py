from datetime import date

from django.http import HttpRequest
from django.utils import timezone
from django.utils.functional import SimpleLazyObject

from codesets import catalog


def books_in_force(request: HttpRequest) -> dict:
    """The releases in force today, asked for only by a page that shows them."""
    today: date = timezone.localdate()
    return {"books_in_force": SimpleLazyObject(lambda: catalog.releases_in_force(today))}
