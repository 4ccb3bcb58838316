import json
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from codesets import catalog
from codesets.diff import ReleaseDiff, diff_releases


class Command(BaseCommand):
    help = "What release B changes against release A, over all rows, headers included."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("system")
        parser.add_argument("label_a")
        parser.add_argument("label_b")
        parser.add_argument("--format", choices=["text", "json"], default="text")

    def handle(self, *args: Any, **options: Any) -> None:
        releases = []
        for label in (options["label_a"], options["label_b"]):
            release = catalog.release_by_label(options["system"], label)
            if release is None:
                raise CommandError(f"There is no release “{label}” of {options['system']}.")
            releases.append(release)
        diff = diff_releases(releases[0].id, releases[1].id)
        if options["format"] == "json":
            self.stdout.write(json.dumps(diff.as_json(), ensure_ascii=False))
        else:
            self.tell(diff)

    def tell(self, diff: ReleaseDiff) -> None:
        for name, sign in (("added", "+"), ("deleted", "-"), ("revised", "~")):
            changes = getattr(diff, name)
            self.stdout.write(f"{len(changes):,} {name}")
            for change in changes:
                was = f" (was: {change.was})" if name == "revised" else ""
                self.stdout.write(f"  {sign} {change.display} {change.title}{was}")
        self.stdout.write(f"{len(diff.billable):,} changed in being billable")
        for change in diff.billable:
            now = "is billable now" if change.billable else "is not billable any more"
            self.stdout.write(f"  ! {change.display} {now}")
