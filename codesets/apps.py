from django.apps import AppConfig


class CodesetsConfig(AppConfig):
    name = "codesets"

    def ready(self) -> None:
        from codesets import impact
        from codesets.marks import marks_on_deleted

        impact.register(marks_on_deleted)
