from django.apps import AppConfig


class CoursesConfig(AppConfig):
    name = "courses"

    def ready(self) -> None:
        from codesets import impact
        from courses.impact import lessons_citing
        from courses.selectors.study import steps_for_domains
        from quizzes import study

        impact.register(lessons_citing)
        study.register(steps_for_domains)
