"""The limit on searching, shared by the API and the pages."""

from django.core.cache import caches
from rest_framework.request import Request
from rest_framework.throttling import SimpleRateThrottle
from rest_framework.views import APIView


class SearchThrottle(SimpleRateThrottle):
    """By address or account, in the cache that is open when Redis is down."""

    scope = "search"
    cache = caches["limits"]

    def get_cache_key(self, request: Request, view: APIView) -> str:
        who = request.user.pk if request.user.is_authenticated else self.get_ident(request)
        return self.cache_format % {"scope": self.scope, "ident": who}
