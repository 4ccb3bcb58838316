from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from codesets import catalog
from codesets.assessment import Assessment, Touched, assess


class Command(BaseCommand):
    help = "What cites a code that a release changes, the worst first, and what to do about it."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("system")
        parser.add_argument("label")

    def handle(self, *args: Any, **options: Any) -> None:
        release = catalog.release_by_label(options["system"], options["label"])
        if release is None:
            raise CommandError(f"There is no release “{options['label']}” of {options['system']}.")
        self.tell(assess(release.id))

    def tell(self, found: Assessment) -> None:
        name = f"{found.release.system_name} {found.release.label}, from {found.release.effective_from}"
        if found.against is None:
            self.stdout.write(f"{name}: no release is in force before it, so it changes nothing.")
            return
        self.stdout.write(f"{name}, compared with {found.against.label}.")
        self.tell_group("Dated in its days", found.inside)
        self.tell_group("Dated before it: still right for its own date, and worth a newer one", found.before)

    def tell_group(self, title: str, rows: tuple[Touched, ...]) -> None:
        self.stdout.write(f"{title}: {len(rows):,}")
        for touched in rows:
            row = touched.row
            dated = f", {row.on}" if row.on else ""
            met = f"{row.students:,} student{'' if row.students == 1 else 's'} met it"
            self.stdout.write(f"  {touched.severity}: {row.kind} {row.label}{dated}, {met}")
            for hit in touched.hits:
                instead = f", now {', '.join(hit.change.successors)}" if hit.change.successors else ""
                self.stdout.write(f"    {hit.display} {hit.change.words}{instead} ({', '.join(hit.parts)})")
            self.stdout.write(f"    {touched.advice}")
