import json
import sys
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from rest_framework.exceptions import ValidationError

from codesets.checking import check_claim
from codesets.claims import read_claim
from codesets.licensing import open_systems


class Command(BaseCommand):
    help = "What the books say about the codes of a claim: JSON in, findings out as JSON."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", nargs="?", default="-", help="a claim as JSON; - or nothing reads stdin")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            claim = read_claim(_read(options["file"]))
        except ValidationError as error:
            raise CommandError(
                f"This is not a claim: {json.dumps(error.detail, ensure_ascii=False)}"
            ) from error
        self.stdout.write(json.dumps(check_claim(claim, open_systems()), ensure_ascii=False))


def _read(name: str) -> Any:
    try:
        text = sys.stdin.read() if name == "-" else Path(name).read_text(encoding="utf-8")
        return json.loads(text)
    except (OSError, UnicodeDecodeError) as error:
        raise CommandError(f"{name} cannot be read: {error}.") from error
    except ValueError as error:
        raise CommandError(f"This is not JSON: {error}.") from error
