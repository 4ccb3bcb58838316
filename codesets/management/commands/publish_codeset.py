from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from codesets import catalog
from codesets.services.errors import CodesetError
from codesets.services.releases import publish_release


class Command(BaseCommand):
    help = "Puts a staged release in force from its date."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("system")
        parser.add_argument("label")

    def handle(self, *args: Any, **options: Any) -> None:
        found = catalog.release_by_label(options["system"], options["label"])
        if found is None:
            raise CommandError(f"There is no release “{options['label']}” of {options['system']}.")
        try:
            release = publish_release(release_id=found.id, by=None)
        except CodesetError as error:
            raise CommandError(str(error)) from error
        until = f"until {release.effective_to} (exclusive)" if release.effective_to else "with an open end"
        self.stdout.write(f"{release} is published from {release.effective_from} {until}.")
