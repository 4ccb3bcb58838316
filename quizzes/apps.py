from django.apps import AppConfig


class QuizzesConfig(AppConfig):
    name = "quizzes"

    def ready(self) -> None:
        from codesets import impact
        from codesets.signals import release_changed
        from quizzes import study
        from quizzes.impact import uses_of
        from quizzes.practice_steps import quizzes_for_domains
        from quizzes.services import holds, news

        impact.register(uses_of)
        study.register(quizzes_for_domains)
        release_changed.connect(news.receive_release_changed)
        release_changed.connect(holds.receive_release_changed)
