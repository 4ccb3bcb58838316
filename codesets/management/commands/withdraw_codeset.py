from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from codesets import catalog
from codesets.services.errors import CodesetError
from codesets.services.releases import withdraw_release


class Command(BaseCommand):
    help = "Takes a published release out of force; its predecessor gets its days back."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("system")
        parser.add_argument("label")

    def handle(self, *args: Any, **options: Any) -> None:
        found = catalog.release_by_label(options["system"], options["label"])
        if found is None:
            raise CommandError(f"There is no release “{options['label']}” of {options['system']}.")
        try:
            release = withdraw_release(release_id=found.id, by=None)
        except CodesetError as error:
            raise CommandError(str(error)) from error
        self.stdout.write(f"{release} is withdrawn.")
