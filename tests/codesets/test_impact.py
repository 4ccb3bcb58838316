from datetime import date

from codesets import impact
from codesets.impact import ImpactRow, Question

MAY, JUNE = date(2026, 5, 1), date(2026, 6, 1)
QUESTION = Question("icd10cm", frozenset({"R00"}), MAY, None)


def row(kind: str, on: date | None, blocked: bool) -> ImpactRow:
    return ImpactRow(kind, f"a {kind}", "/x", on, 0, blocked)


def test_every_source_is_asked_and_what_blocks_comes_first(monkeypatch):
    monkeypatch.setattr(impact, "_sources", [])
    asked = []

    @impact.register
    def lessons(question):
        asked.append(question)
        return [row("lesson", None, False), row("lesson", MAY, False)]

    @impact.register
    def attempts(question):
        return iter([row("attempt", JUNE, True)])

    impact.register(lessons)
    assert impact.ask(QUESTION) == [
        row("attempt", JUNE, True),
        row("lesson", MAY, False),
        row("lesson", None, False),
    ]
    assert asked == [QUESTION]
