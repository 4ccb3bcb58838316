from django.apps import AppConfig


class QuizzesConfig(AppConfig):
    name = "quizzes"

    def ready(self) -> None:
        from codesets import impact
        from codesets.signals import release_changed
        from quizzes.impact import uses_of
        from quizzes.services import holds, news

        impact.register(uses_of)
        release_changed.connect(news.receive_release_changed)
        release_changed.connect(holds.receive_release_changed)
