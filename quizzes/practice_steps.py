"""What to practise for a domain: the quiz that asks most about it. A source of quizzes.study. Reads."""

from collections.abc import Iterator, Sequence

from django.db.models import Count
from django.urls import reverse

from quizzes.domains import DOMAINS
from quizzes.kinds import Served
from quizzes.models import ExamMode
from quizzes.pools import closed_systems
from quizzes.selectors import seated_items
from quizzes.study import StudyStep

MOST = 3


def quizzes_for_domains(user_id: int, domains: Sequence[str]) -> Iterator[StudyStep]:
    """At most three quizzes, each once, in the order of the domains, weakest first. One query."""
    asked = (
        seated_items()
        .filter(section__exam__mode=ExamMode.PRACTICE, section__exam__cohorts=None, item__domain__in=domains)
        .exclude(served=Served.WORKED)
        .exclude(item__systems__overlap=closed_systems())
    )
    best: dict[str, tuple[int, str, str]] = {}
    exam = "section__exam"
    counted = asked.values_list("item__domain", f"{exam}__slug", f"{exam}__title").annotate(items=Count("pk"))
    for domain, slug, title, items in counted.order_by(f"{exam}__title"):
        if items > best.get(domain, (0,))[0]:
            best[domain] = items, slug, title
    seen: set[str] = set()
    for domain in domains:
        items, slug, title = best.get(domain, (0, "", ""))
        if slug and slug not in seen and len(seen) < MOST:
            seen.add(slug)
            ask = "1 item asks" if items == 1 else f"{items} items ask"
            url = f"{reverse('quizzes:practice_list')}#quiz-{slug}"
            yield StudyStep(f"Practice: {title}", url, f"{ask} about {DOMAINS[domain]}. No clock.")
