"""GET progress/, courses/, lessons/{id}/, reports/; POST reports/ asks for one."""

from django.urls import URLPattern, path, reverse
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.exceptions import NotFound
from rest_framework.pagination import LimitOffsetPagination
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.permissions import Permission, api_permission
from courses.checks import check_lesson
from courses.reports import progress_figures
from courses.selectors.around import to_show
from courses.selectors.lessons import CourseRow, course_rows, published_lesson
from courses.selectors.reports import visible_reports
from courses.services.reports import NotYourStudent, request_report

_LEARN = [api_permission(Permission.LEARN)]


class LessonLineSerializer(serializers.Serializer):
    id = serializers.IntegerField(source="lesson.pk")
    slug = serializers.CharField(source="lesson.slug")
    title = serializers.CharField(source="version.title")
    minutes = serializers.IntegerField(source="version.minutes")
    opened_at = serializers.DateTimeField(allow_null=True)
    done_at = serializers.DateTimeField(allow_null=True)


class CourseSerializer(serializers.Serializer):
    slug = serializers.CharField(source="course.slug")
    title = serializers.CharField(source="course.title")
    system = serializers.CharField(source="course.system")
    summary = serializers.CharField(source="course.summary")
    enrolled = serializers.BooleanField()
    lessons_done = serializers.IntegerField(source="done")
    lessons_total = serializers.IntegerField(source="total")
    lessons = LessonLineSerializer(many=True)


class CodeSerializer(serializers.Serializer):
    system = serializers.CharField()
    code = serializers.CharField()
    display = serializers.CharField()
    title = serializers.CharField()
    billable = serializers.BooleanField()


class LessonSerializer(serializers.Serializer):
    id = serializers.IntegerField()
    course = serializers.CharField()
    slug = serializers.CharField()
    title = serializers.CharField()
    lead = serializers.CharField()
    minutes = serializers.IntegerField()
    as_of = serializers.DateField()
    version = serializers.IntegerField()
    markdown = serializers.CharField()
    html = serializers.CharField()
    codes = CodeSerializer(many=True)


class ReportSerializer(serializers.Serializer):
    id = serializers.IntegerField(source="pk")
    student = serializers.IntegerField(source="student_id")
    state = serializers.CharField()
    requested_at = serializers.DateTimeField()
    finished_at = serializers.DateTimeField(allow_null=True)
    error = serializers.CharField()
    figures = serializers.JSONField(allow_null=True)
    pdf_url = serializers.SerializerMethodField()

    def get_pdf_url(self, report) -> str | None:
        return reverse("courses:report_pdf", args=[report.pk]) if report.state == "done" else None


class ReportRequestSerializer(serializers.Serializer):
    student = serializers.IntegerField(required=False, help_text="Your own report when left out.")


class CourseList(APIView):
    permission_classes = _LEARN

    @extend_schema(responses=CourseSerializer(many=True))
    def get(self, request: Request) -> Response:
        pages = LimitOffsetPagination()
        rows: list[CourseRow] = pages.paginate_queryset(course_rows(request.user.pk), request, self)  # type: ignore[arg-type, assignment]
        return pages.get_paginated_response(CourseSerializer(rows, many=True).data)


class ProgressSerializer(serializers.Serializer):
    """The schema of courses.reports.progress_figures; shares, bounds and scores in percent."""

    student = serializers.DictField()
    made_at = serializers.DateTimeField()
    time_zone = serializers.CharField()
    totals = serializers.DictField(child=serializers.IntegerField())
    courses = serializers.ListField(child=serializers.DictField())
    domains = serializers.ListField(child=serializers.DictField())
    attempts = serializers.ListField(child=serializers.DictField())


class LessonDetail(APIView):
    permission_classes = _LEARN

    @extend_schema(responses=LessonSerializer)
    def get(self, request: Request, pk: int) -> Response:
        lesson = published_lesson(pk)
        version = lesson.shown
        rendered = check_lesson(version.body, version.as_of, to_show(lesson.course_id)).rendered
        codes = [
            {
                "system": system,
                "code": code,
                "display": target.display,
                "title": target.title,
                "billable": target.billable,
            }
            for (system, code), target in rendered.targets.items()
        ]
        data = {
            "id": lesson.pk,
            "course": lesson.course.slug,
            "slug": lesson.slug,
            "title": version.title,
            "lead": version.lead,
            "minutes": version.minutes,
            "as_of": version.as_of,
            "version": version.number,
            "markdown": version.body,
            "html": rendered.html,
            "codes": codes,
        }
        return Response(LessonSerializer(data).data)


class Progress(APIView):
    permission_classes = _LEARN

    @extend_schema(responses=ProgressSerializer)
    def get(self, request: Request) -> Response:
        return Response(progress_figures(request.user))  # type: ignore[arg-type]


class ReportList(APIView):
    permission_classes = _LEARN

    @extend_schema(responses=ReportSerializer(many=True))
    def get(self, request: Request) -> Response:
        pages = LimitOffsetPagination()
        reports = visible_reports(request.user).defer("pdf").order_by("-pk")  # type: ignore[arg-type]
        page = pages.paginate_queryset(reports, request, self)
        return pages.get_paginated_response(ReportSerializer(page, many=True).data)

    @extend_schema(request=ReportRequestSerializer, responses={202: ReportSerializer})
    def post(self, request: Request) -> Response:
        asked = ReportRequestSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        student_id = asked.validated_data.get("student", request.user.pk)
        try:
            report = request_report(student_id=student_id, by=request.user)  # type: ignore[arg-type]
        except NotYourStudent:
            raise NotFound from None
        return Response(ReportSerializer(report).data, status=status.HTTP_202_ACCEPTED)


urlpatterns: list[URLPattern] = [
    path("progress/", Progress.as_view(), name="progress"),
    path("courses/", CourseList.as_view(), name="courses"),
    path("lessons/<int:pk>/", LessonDetail.as_view(), name="lesson"),
    path("reports/", ReportList.as_view(), name="reports"),
]
