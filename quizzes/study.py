"""What to study for a domain: the app above registers sources in its AppConfig.ready(), reports ask them."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class StudyStep:
    """A thing to do next; `why` is one sentence."""

    title: str
    url: str
    why: str


Source = Callable[[int, Sequence[str]], Iterable[StudyStep]]  # user id, domain slugs with the weakest first

_sources: list[Source] = []


def register(source: Source) -> Source:
    """Adds a source. Registering one twice leaves one."""
    if source not in _sources:
        _sources.append(source)
    return source


def suggest(user_id: int, domains: Sequence[str]) -> list[StudyStep]:
    """Every source's steps for these domains; nothing is asked when there is none."""
    return [step for source in _sources for step in source(user_id, domains)] if domains else []
