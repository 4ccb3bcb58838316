"""What can go wrong in the services, by name. Each text can be shown to a person as it is."""

from dataclasses import dataclass

from django.http import Http404


class AttemptNotFound(Http404):
    """No such attempt, or not this person's: the two look alike."""


class ExamNotAvailable(Exception):
    """The exam is not published, or has nothing to seat in one of its sections; the words say what."""


class NotPractice(Exception):
    """The key of a mock exam's item is shown in its report, not before."""


class NothingToReveal(Exception):
    """The item has no kept answer yet."""


class KeyWithheld(Exception):
    """The item stands in a mock exam of the same person whose keys are not shown yet."""

    def __str__(self) -> str:
        return (
            "This would show the key of an item that stands in a mock exam of yours whose answers are not "
            "shown yet. Go on here when they are."
        )


class AttemptOver(Exception):
    """The attempt is closed; what was asked needs an open one."""


class ExtraTimeRefused(ValueError):
    """The minutes or the reason of extra time do not fit; the words say why."""


class RegradeRefused(Exception):
    """Grading again is not possible, or not as it was looked at."""


class CheckRefused(Exception):
    """The rules are not asked about this claim now; the words say why."""


class HighlightRefused(ValueError):
    """A mark on a chart that cannot be kept; the words say why."""


class CutScoreRefused(Exception):
    """A cut score that cannot be set; the words say why."""


class ReleaseRefused(Exception):
    """The reports of this exam are not released by this person; the words say why."""


class NotReleased(Exception):
    """The attempt's rules do not show keys and scores yet."""


@dataclass(frozen=True)
class Problem:
    """One thing wrong with a content file. slug is empty where the file as a whole is meant."""

    file: str
    slug: str
    message: str

    def __str__(self) -> str:
        return f"{self.file}: {self.slug}: {self.message}" if self.slug else f"{self.file}: {self.message}"


class ContentError(Exception):
    """A content file that was refused as a whole; nothing of it was kept."""

    def __init__(self, problems: list[Problem]) -> None:
        super().__init__("\n".join(map(str, problems)))
        self.problems = problems
