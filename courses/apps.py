from django.apps import AppConfig


class CoursesConfig(AppConfig):
    name = "courses"

    def ready(self) -> None:
        from codesets import impact
        from courses.impact import lessons_citing

        impact.register(lessons_citing)
