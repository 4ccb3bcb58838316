import gzip

import pytest
from django.http import HttpResponse
from django.shortcuts import redirect

from quizzes.views.compressed import gzip_quickly

PAGE = b"<p>A page of many items</p>" * 200


@pytest.fixture
def ask(rf):
    def ask(answer=None, **headers):
        return gzip_quickly(lambda _: answer or HttpResponse(PAGE))(rf.get("/", headers=headers))

    return ask


def test_a_browser_that_takes_gzip_is_sent_the_page_in_less(ask):
    response = ask(accept_encoding="br, gzip")
    assert gzip.decompress(response.content) == PAGE
    assert len(response.content) < len(PAGE) / 10
    assert response.headers["Content-Encoding"] == "gzip"
    assert response.headers["Vary"] == "Accept-Encoding"


@pytest.mark.parametrize("headers", [{}, {"accept_encoding": "br"}])
def test_any_other_is_sent_the_page_as_it_is(ask, headers):
    response = ask(**headers)
    assert response.content == PAGE
    assert "Content-Encoding" not in response.headers
    assert response.headers["Vary"] == "Accept-Encoding"


def test_the_length_of_what_is_sent_tells_nothing_of_the_page(ask):
    assert len({len(ask(accept_encoding="gzip").content) for _ in range(20)}) > 5


def test_what_leads_elsewhere_is_left_alone(ask):
    assert "Content-Encoding" not in ask(redirect("/there"), accept_encoding="gzip").headers
