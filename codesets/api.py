"""The books over HTTP. Systems in the public domain need no account; only admins see unpublished releases."""

from datetime import date
from typing import Any

from django.db.models import QuerySet
from django.urls import path
from django.utils import timezone
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import generics, serializers
from rest_framework.exceptions import NotFound, ParseError
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.permissions import Permission, has_permission
from codesets import catalog, selectors
from codesets.checking import check_claim
from codesets.claims import ClaimSerializer, read_claim
from codesets.diff import diff_releases
from codesets.licensing import may_read, readable_systems
from codesets.models import Note, Release, ReleaseState
from codesets.note_changes import NoteFate
from codesets.rules.values import Severity
from codesets.search import MOST
from codesets.successors import Reason
from codesets.systems import SYSTEMS, System
from codesets.throttles import SearchThrottle

SYSTEM = OpenApiParameter("system", str, enum=[system.value for system in System])
ON = OpenApiParameter("on", date, description="The date whose books answer; today when left out.")


class BooksView(APIView):
    permission_classes = [AllowAny]
    throttle_classes = [SearchThrottle]


class BookCodeSerializer(serializers.Serializer):
    system = serializers.CharField()
    code = serializers.CharField()
    display = serializers.CharField()
    title = serializers.CharField()
    billable = serializers.BooleanField()
    release = serializers.CharField(source="release.label")


class HitSerializer(serializers.Serializer):
    system = serializers.CharField(source="code.system")
    code = serializers.CharField(source="code.code")
    display = serializers.CharField(source="code.display")
    title = serializers.CharField(source="code.title")
    billable = serializers.BooleanField(source="code.billable")
    release = serializers.CharField(source="code.release.label")
    why = serializers.CharField()


class HitsSerializer(serializers.Serializer):
    count = serializers.IntegerField()
    next = serializers.CharField(allow_null=True)
    previous = serializers.CharField(allow_null=True)
    results = HitSerializer(many=True)


class NoteSerializer(serializers.Serializer):
    kind = serializers.CharField()
    text = serializers.CharField()
    targets = serializers.ListField(child=serializers.DictField(child=serializers.CharField()))
    owner = serializers.CharField(source="owner_display")
    owner_title = serializers.CharField()


class NotesSerializer(serializers.Serializer):
    own = NoteSerializer(many=True, source="notes_own")
    inherited = NoteSerializer(many=True, source="notes_inherited")


class SeventhSerializer(serializers.Serializer):
    owner = serializers.CharField(source="owner.display")
    characters = serializers.SerializerMethodField()

    def get_characters(self, seventh: catalog.SeventhInfo) -> list[dict[str, str]]:
        return [{"character": character, "meaning": meaning} for character, meaning in seventh.characters]


class HeadingSerializer(serializers.Serializer):
    name = serializers.CharField()
    title = serializers.CharField()


class CodePageSerializer(serializers.Serializer):
    system = serializers.CharField(source="code.system")
    code = serializers.CharField(source="code.code")
    display = serializers.CharField(source="code.display")
    title = serializers.CharField(source="code.title")
    billable = serializers.BooleanField(source="code.billable")
    release = serializers.CharField(source="code.release.label")
    chapter = HeadingSerializer(allow_null=True)
    block = HeadingSerializer(allow_null=True)
    ancestors = BookCodeSerializer(many=True)
    children = BookCodeSerializer(many=True)
    notes = NotesSerializer(source="*")
    seventh_characters = SeventhSerializer(source="seventh", allow_null=True)
    details = serializers.DictField()


class ReleaseSerializer(serializers.ModelSerializer):
    class Meta:
        model = Release
        fields = [
            "id",
            "system",
            "label",
            "effective_from",
            "effective_to",
            "state",
            "codes_total",
            "codes_billable",
        ]


class ChangeSerializer(serializers.Serializer):
    code = serializers.CharField()
    display = serializers.CharField()
    title = serializers.CharField()
    billable = serializers.BooleanField()
    chapter = serializers.CharField()
    was = serializers.CharField(required=False, help_text="The old title, or whether it was billable.")


class SuccessorSerializer(serializers.Serializer):
    code = serializers.CharField()
    display = serializers.CharField()
    title = serializers.CharField(help_text="Empty for a CPT code.")
    why = serializers.CharField(help_text="The reason in a sentence.")
    reason = serializers.ChoiceField([reason.value for reason in Reason])


class FollowedChangeSerializer(ChangeSerializer):
    """`split` and `successors` only of a code that cannot be reported any more."""

    split = serializers.BooleanField(required=False, help_text="Its successors are the finer codes below it.")
    successors = SuccessorSerializer(many=True, required=False)


class NoteDifferenceSerializer(serializers.Serializer):
    code = serializers.CharField(help_text="The owner: a code, or the name of a chapter or block.")
    display = serializers.CharField()
    title = serializers.CharField()
    owner = serializers.ChoiceField(Note.Owner.values)
    change = serializers.ChoiceField([fate.value for fate in NoteFate])
    kind = serializers.CharField()
    text = serializers.CharField()
    was_kind = serializers.CharField(required=False)
    was = serializers.CharField(required=False)
    chapter = serializers.CharField()


class DiffSerializer(serializers.Serializer):
    added = ChangeSerializer(many=True)
    deleted = FollowedChangeSerializer(many=True)
    revised = ChangeSerializer(many=True)
    billable = FollowedChangeSerializer(many=True)
    notes = NoteDifferenceSerializer(many=True)


class CodeSearch(BooksView):
    @extend_schema(
        operation_id="v1_codes_search",
        parameters=[
            OpenApiParameter("q", str, required=True, description="Words, or the beginning of a code."),
            SYSTEM,
            ON,
            OpenApiParameter("billable", bool),
            OpenApiParameter("limit", int, description=f"1 to {MOST}, 20 when left out."),
        ],
        responses=HitsSerializer,
    )
    def get(self, request: Request) -> Response:
        q = request.query_params.get("q", "").strip()
        if not q:
            raise ParseError("Give q: the words or the beginning of a code to look for.")
        hits = catalog.search(
            q,
            _date(request),
            systems=_systems(request),
            billable=_flag(request, "billable"),
            limit=_limit(request),
        )
        results = HitSerializer(hits, many=True).data
        return Response({"count": len(results), "next": None, "previous": None, "results": results})


class CodeDetail(BooksView):
    @extend_schema(parameters=[ON], responses=CodePageSerializer)
    def get(self, request: Request, system: str, code: str) -> Response:
        on = _date(request)
        page = catalog.code_page(system, code, on) if may_read(request.user, system) else None
        if page is None:
            raise NotFound(f"No book in force on {on} has {code[:20]} in {system[:20]}.")
        return Response(CodePageSerializer(page).data)


class SourceSerializer(serializers.Serializer):
    code = serializers.CharField(
        help_text="The code or heading that carries the note; else the guideline or table."
    )
    note = serializers.CharField(help_text="The kind of the note, or what the guideline or table is called.")
    url = serializers.CharField(help_text="Where to read it; empty where no book here has it.")


class FindingSerializer(serializers.Serializer):
    kind = serializers.CharField()
    severity = serializers.ChoiceField([severity.value for severity in Severity])
    lines = serializers.ListField(child=serializers.CharField(), help_text='"dx:1", "px:2"')
    codes = serializers.ListField(child=serializers.CharField())
    message = serializers.CharField()
    quote = serializers.CharField()
    source = SourceSerializer(allow_null=True)  # type: ignore[assignment]
    vintage = serializers.CharField(help_text="The release or table that it rests on.")


class FindingsSerializer(serializers.Serializer):
    releases = serializers.DictField(child=serializers.CharField())
    findings = FindingSerializer(many=True)


class CodeCheck(BooksView):
    """A claim in, findings out. Nothing is kept."""

    @extend_schema(request=ClaimSerializer, responses=FindingsSerializer)
    def post(self, request: Request) -> Response:
        return Response(check_claim(read_claim(request.data), readable_systems(request.user)))


class ReleaseList(generics.ListAPIView):
    permission_classes = [AllowAny]
    serializer_class = ReleaseSerializer
    queryset = Release.objects.none()

    def get_queryset(self) -> QuerySet[Release]:
        return _releases(self.request)


class ReleaseDetail(generics.RetrieveAPIView):
    permission_classes = [AllowAny]
    serializer_class = ReleaseSerializer
    queryset = Release.objects.none()

    def get_queryset(self) -> QuerySet[Release]:
        return _releases(self.request)


class ReleaseDifference(BooksView):
    @extend_schema(
        parameters=[
            OpenApiParameter(
                "against", int, description="The older release's id; left out, the one published before."
            )
        ],
        responses=DiffSerializer,
    )
    def get(self, request: Request, pk: int) -> Response:
        releases = _releases(request)
        release = releases.filter(pk=pk).first()
        if release is None:
            raise NotFound("There is no such release.")
        against = request.query_params.get("against")
        if against is None:
            older = selectors.predecessor(release)
        elif against.isdecimal() and len(against) < 19:
            older = releases.filter(pk=int(against), system=release.system).first()
        else:
            older = None
        if older is None and against is not None:
            raise ParseError("against must be the id of another release of the same system.")
        return Response(diff_releases(older.pk if older else None, release.pk).as_json())


def _date(request: Request) -> date:
    written = request.query_params.get("on", "")
    try:
        return date.fromisoformat(written) if written else timezone.localdate()
    except ValueError as error:
        raise ParseError(f"on must be a date as YYYY-MM-DD, not “{written[:20]}”.") from error


def _flag(request: Request, name: str) -> bool | None:
    written = request.query_params.get(name, "").lower()
    known: dict[str, bool | None] = {"": None, "true": True, "1": True, "false": False, "0": False}
    if written not in known:
        raise ParseError(f"{name} must be true or false, not “{written[:20]}”.")
    return known[written]


def _limit(request: Request) -> int:
    written = request.query_params.get("limit", "20")
    if not written.isdecimal() or not 1 <= int(written[:9]) <= MOST:
        raise ParseError(f"limit must be a number from 1 to {MOST}, not “{written[:20]}”.")
    return int(written)


def _systems(request: Request) -> frozenset[str]:
    asked = request.query_params.get("system", "")
    if asked and asked not in set(System):
        known = ", ".join(SYSTEMS)
        raise ParseError(f"system must be one of {known}, not “{asked[:20]}”.")
    return readable_systems(request.user) & ({asked} if asked else set(System))


def _releases(request: Any) -> QuerySet[Release]:
    rows = Release.objects.filter(system__in=readable_systems(request.user))
    if not has_permission(request.user, Permission.MANAGE_CODESETS):
        rows = rows.filter(state=ReleaseState.PUBLISHED)
    return rows.order_by("system", "-effective_from", "pk")


urlpatterns = [
    path("codes/", CodeSearch.as_view(), name="codes"),
    path("codes/check/", CodeCheck.as_view(), name="check"),
    path("codes/<str:system>/<str:code>/", CodeDetail.as_view(), name="code"),
    path("releases/", ReleaseList.as_view(), name="releases"),
    path("releases/<int:pk>/", ReleaseDetail.as_view(), name="release"),
    path("releases/<int:pk>/diff/", ReleaseDifference.as_view(), name="release-diff"),
]
