"""Chartroom's URLs and the yardstick."""

from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.urls import path

from config import urls

YARDSTICK = "bench/yardstick/"


def yardstick(request: HttpRequest) -> HttpResponse:
    """The least that a page does: the full middleware, the session and its user, one trip to the database."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
        (one,) = cursor.fetchone()
    return HttpResponse(str(one))


urlpatterns = [path(YARDSTICK, yardstick, name="yardstick"), *urls.urlpatterns]

handler403, handler404, handler500 = urls.handler403, urls.handler404, urls.handler500
