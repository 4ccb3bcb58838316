from django.apps import AppConfig


class QuizzesConfig(AppConfig):
    name = "quizzes"

    def ready(self) -> None:
        from codesets import impact
        from quizzes.impact import used_versions

        impact.register(used_versions)
