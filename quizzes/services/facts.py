"""Builds what graders may know of the books: the pages on which the codes stand that they will ask about."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import date

from codesets import rule_facts
from codesets.refs import Pair
from codesets.rules.facts import Facts
from codesets.rules.values import Claim
from codesets.systems import System
from quizzes.kinds.base import claim_of

NO_FACTS = Facts()
Occasion = tuple[date, str]  # the day that chooses the books, and the setting


def occasion(claim: Claim) -> Occasion:
    return claim.on, claim.setting


def gather_facts(claims: Iterable[Claim]) -> dict[Occasion, Facts]:
    """Facts by day and setting. A line is compared with its key whatever the reader may open: all systems.

    No claim costs no query. Pages that this process has read before cost none either; see rule_facts.
    """
    wanted: dict[Occasion, set[Pair]] = defaultdict(set)
    for claim in claims:
        wanted[occasion(claim)].update((line.system, line.code) for line in claim.lines)
    return {
        (on, setting): rule_facts.gather(claim_of(setting, on, pairs), frozenset(System))
        for (on, setting), pairs in wanted.items()
    }
