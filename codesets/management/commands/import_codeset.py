from datetime import date
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from codesets.importers.base import Finding
from codesets.importers.registry import IMPORTERS
from codesets.printed import in_words
from codesets.services.errors import CodesetError
from codesets.services.imports import ImportOutcome, check_file, import_file
from codesets.services.releases import publish_release

SHOWN = 50


def _day(written: str) -> date:
    return date.fromisoformat(written)


_day.__name__ = "date as YYYY-MM-DD"


def _placed(finding: Finding) -> str:
    return f"{finding.text} (line {finding.line:,})" if finding.line else finding.text


class Command(BaseCommand):
    help = "Reads a code set file and says what it holds; with --stage or --publish, imports it."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("system", help=f"one of {', '.join(IMPORTERS)}")
        parser.add_argument("file", nargs="+", type=Path)
        parser.add_argument("--label", required=True)
        parser.add_argument("--effective", required=True, type=_day, help="first day in force, YYYY-MM-DD")
        parser.add_argument("--base", default="", metavar="LABEL", help="the release that addenda build on")
        how = parser.add_mutually_exclusive_group()
        how.add_argument("--stage", action="store_true")
        how.add_argument("--publish", action="store_true")

    def handle(self, *args: Any, **options: Any) -> None:
        wanted = {
            "system": options["system"],
            "paths": options["file"],
            "label": options["label"],
            "effective_from": options["effective"],
            "base": options["base"],
        }
        try:
            if options["stage"] or options["publish"]:
                outcome = import_file(**wanted, by=None)
            else:
                outcome = check_file(**wanted)
            self.tell(outcome)
            if options["publish"] and outcome.release:
                publish_release(release_id=outcome.release.id, by=None)
        except CodesetError as error:
            raise CommandError(str(error)) from error
        if outcome.release is None:
            self.stdout.write("This was a dry run: nothing was written. --stage or --publish imports it.")
        else:
            done = "Published" if options["publish"] else "Staged"
            self.stdout.write(f"{done}: {outcome.release.system_name} {outcome.release.label}.")

    def tell(self, outcome: ImportOutcome) -> None:
        """Findings, worst first, and the counts; an error among them ends the command with its sentence."""
        first = outcome.errors[0] if outcome.errors else None
        others = [finding for finding in outcome.findings if finding is not first]
        for finding in others[:SHOWN]:
            self.stderr.write(f"{finding.level}: {_placed(finding)}")
        if len(others) > SHOWN:
            self.stderr.write(f"{len(others) - SHOWN:,} more findings are not shown.")
        if first is not None:
            count = len(outcome.errors)
            words = "an error" if count == 1 else f"{count:,} errors"
            raise CommandError(f"The file has {words}, so nothing was loaded: {_placed(first)}")
        self.stdout.write(f"{in_words(outcome.contents, outcome.billable)}.")
