import os
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from codesets.services.errors import CodesetError
from courses.packs import PackError
from courses.services.demo import DemonstrationIncomplete, NotADemonstration, seed_demo
from courses.services.lessons import NotPublishable
from quizzes.errors import ContentError


def demo_password() -> str:
    """DEMO_PASSWORD, or the one that the supervisor keeps in DATA_DIR."""
    given = os.environ.get("DEMO_PASSWORD", "")
    kept = settings.DATA_DIR / "demo_password"
    password = given or (kept.read_text(encoding="utf-8").strip() if kept.is_file() else "")
    if not password:
        raise CommandError("DEMO_PASSWORD is not set and DATA_DIR holds none. make run makes one.")
    return password


class Command(BaseCommand):
    help = "Fills an empty database with the demonstration; run again, it completes what is missing."

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            seed_demo(password=demo_password(), say=self.say)
        except NotPublishable as error:
            words = "; ".join(problem.words for problem in error.problems)
            raise CommandError(f"A lesson was not published. {words}") from error
        except (NotADemonstration, DemonstrationIncomplete, PackError, ContentError, CodesetError) as error:
            raise CommandError(str(error)) from error
        self.stdout.write("The demonstration is complete.")

    def say(self, words: str) -> None:
        self.stderr.write(words)
        self.stderr.flush()
