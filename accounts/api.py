from django.middleware.csrf import get_token
from django.urls import path
from drf_spectacular.utils import extend_schema, inline_serializer
from rest_framework import serializers
from rest_framework.decorators import api_view
from rest_framework.request import Request
from rest_framework.response import Response


@extend_schema(responses=inline_serializer("Csrf", {"csrf_token": serializers.CharField()}))
@api_view(["GET"])
def csrf(request: Request) -> Response:
    """The token of this sign-in. It rotates at the next one: a page with unsent answers asks anew."""
    return Response({"csrf_token": get_token(request)})


urlpatterns = [path("csrf/", csrf, name="csrf")]
