"""A page of half a megabyte on its way: compressed, and cheaply."""

import gzip
import secrets
from collections.abc import Callable
from functools import wraps
from io import BytesIO

from django.http import HttpResponse
from django.middleware.gzip import GZipMiddleware, re_accepts_gzip
from django.utils.cache import patch_vary_headers

from accounts.permissions import SignedInRequest

LEVEL = 3  # half the time of Django's 6, for a fifth more bytes


def gzip_quickly(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """As Django's gzip_page at another level, which Django does not let one choose."""

    @wraps(view)
    def compressed(request: SignedInRequest, *args: object, **kwargs: object) -> HttpResponse:
        response = view(request, *args, **kwargs)
        patch_vary_headers(response, ["Accept-Encoding"])
        if response.content and re_accepts_gzip.search(request.headers.get("Accept-Encoding", "")):
            response.content = _compress(response.content)
            response["Content-Encoding"] = "gzip"
        return response

    return compressed


def _compress(content: bytes) -> bytes:
    """With a file name of random length, Django's guard against BREACH: the length then tells nothing."""
    padding = "a" * secrets.randbelow(GZipMiddleware.max_random_bytes)
    packed = BytesIO()
    with gzip.GzipFile(padding, "wb", LEVEL, packed, mtime=0) as file:
        file.write(content)
    return packed.getvalue()
