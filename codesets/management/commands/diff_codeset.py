import json
from collections.abc import Sequence
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from codesets import catalog
from codesets.diff import Change, NoteDifference, ReleaseDiff, diff_releases
from codesets.models import NoteKind
from codesets.note_changes import NoteFate
from codesets.systems import SYSTEMS

MARKS = {NoteFate.ADDED: "+", NoteFate.REMOVED: "-", NoteFate.KIND_CHANGED: "!", NoteFate.REWORDED: "~"}


class Command(BaseCommand):
    help = "What release B changes against release A, over all rows, headers included, and over the notes."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("system")
        parser.add_argument("label_a")
        parser.add_argument("label_b")
        parser.add_argument("--format", choices=["text", "json"], default="text")

    def handle(self, *args: Any, **options: Any) -> None:
        system, releases = options["system"], []
        if system not in SYSTEMS:
            raise CommandError(f"Code systems can be compared: {', '.join(SYSTEMS)}; “{system}” is none.")
        for label in (options["label_a"], options["label_b"]):
            release = catalog.release_by_label(system, label)
            if release is None:
                raise CommandError(f"There is no release “{label}” of {system}.")
            releases.append(release)
        diff = diff_releases(releases[0].id, releases[1].id)
        if options["format"] == "json":
            self.stdout.write(json.dumps(diff.as_json(), ensure_ascii=False))
        else:
            self.tell(diff)

    def tell(self, diff: ReleaseDiff) -> None:
        for name, sign in (("added", "+"), ("deleted", "-"), ("revised", "~")):
            changes: Sequence[Change] = getattr(diff, name)
            self.stdout.write(f"{len(changes):,} {name}")
            for change in changes:
                was = f" (was: {change.was})" if name == "revised" else ""
                self.stdout.write(f"  {sign} {change.display} {change.title}{was}")
                self.tell_successors(change)
        self.stdout.write(f"{len(diff.billable):,} changed in being billable")
        for change in diff.billable:
            now = "is billable now" if change.billable else "is not billable any more"
            self.stdout.write(f"  ! {change.display} {now}")
            self.tell_successors(change)
        self.stdout.write(f"{len(diff.notes):,} notes changed")
        for note in diff.notes:
            self.tell_note(note)

    def tell_successors(self, change: Change) -> None:
        for successor in change.successors or ():
            title = f" {successor.title}" if successor.title else ""
            self.stdout.write(f"      > {successor.display}{title} ({successor.why.rstrip('.')})")

    def tell_note(self, note: NoteDifference) -> None:
        kind, was = NoteKind(note.kind).label, ""
        if note.was_kind and note.was_kind != note.kind:
            kind = f"{NoteKind(note.was_kind).label} to {kind}"
        if note.was is not None and note.was != note.text:
            was = f" (was: {note.was})"
        self.stdout.write(f"  {MARKS[NoteFate(note.change)]} {note.display} {kind}: {note.text}{was}")
