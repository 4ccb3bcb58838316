"""The words for each line: a sentence of advice, and the official words that decide. Pure."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from codesets.rules.case import title_of
from codesets.rules.facts import Facts
from codesets.rules.values import Finding
from quizzes.grading.claims import decisions
from quizzes.grading.claims.beside_words import words_beside
from quizzes.grading.claims.judge import Judgement, Mark
from quizzes.grading.claims.lines import KeyLine, Line, Record
from quizzes.grading.claims.shape import Words
from quizzes.grading.values import Verdict

STOOD = "It stood in the form when you began, so it neither earns nor costs."
PUT_BACK = "This line stood in the form when you began: put it back."
IN_PART = "It is counted in part, because in the place of the right line a near code would have earned."


class Speaker:
    """Says what one judgement found. `findings` are those of the rules on the answer."""

    def __init__(
        self,
        judgement: Judgement,
        facts: Facts,
        findings: Sequence[Finding],
        queries: Sequence[Mapping[str, Any]],
        query: str,
        *,
        inpatient: bool,
    ) -> None:
        self.judgement, self.facts = judgement, facts
        self.deciding = [each for each in findings if each.quote and each.kind != "excludes2"]
        self.options = {option["id"]: option.get("why") or "" for option in queries}
        self.query, self.inpatient = query, inpatient
        self.answered = {mark.key.id: mark.answer for mark in judgement.marks if mark.key and mark.answer}

    @property
    def record(self) -> Record:
        return self.judgement.record

    def words(self, mark: Mark) -> Words:
        if mark.answer is None:
            return self._missing(mark.key) if mark.key else self._query(mark)
        if mark.key is None:
            return _joined([*self._extra(mark, mark.answer), *self._misplaced(mark.answer)])
        return self._paired(mark, mark.key, mark.answer)

    def _paired(self, mark: Mark, key: KeyLine, line: Line) -> Words:
        """What the author says of a wrong code, what differs, what is wrong beside it and in its place, why
        the key's line is right, and what no loaded book can confirm.
        """
        if key.given and mark.verdicts == (Verdict.OPTIONAL_IGNORED,):
            return self._or_title(Words(STOOD), line)
        told, found = [], mark.difference
        if found is not None:
            told.append(Words(self.record.not_coded.get((line.system, line.code), ("", ""))[1]))
            told.append(Words(found.why, found.quote, found.source))
            told.append(Words(key.element and f"What decides: {key.element}."))
        told += [words_beside(slip, key, line, self.record, self.facts) for slip in mark.slips]
        told += self._misplaced(line)
        if key.given and mark.share:
            told.append(Words(PUT_BACK))
        accepted = key.accepted.get((line.system, line.code)) if not told else ""
        told.append(Words(accepted or key.why))
        if found is not None:
            told.append(Words(found.remark))
        return self._or_title(_joined(told), line if not mark.slips else key)

    def _missing(self, key: KeyLine) -> Words:
        why = f"Report {self._named(key)}."
        if key.given:
            why = f"Put {self._named(key)} back: it stood in the form when you began."
        elif self._has_twin(key):
            shown = "-".join((key.shown, *key.modifiers))
            why = f"Report a second line, {shown}, {key.units} {'unit' if key.units == 1 else 'units'}."
        return self._or_title(_joined([Words(why), Words(key.why)]), key)

    def _has_twin(self, key: KeyLine) -> bool:
        return any(line.code == key.code and line.pool == key.pool for line in self.answered.values())

    def _extra(self, mark: Mark, line: Line) -> Iterator[Words]:
        """What is to come off is not quoted by its own title."""
        named = self.record.not_coded.get((line.system, line.code))
        stands = mark.standing or Words("")
        if named:
            yield Words(named[1], *(self._decision(Verdict(named[0]), line) or ()))
        elif (line.pool, line.system, line.code) in self.record.codes:
            yield Words(self._once_more(line), *(decisions.DUPLICATE if line.is_diagnosis else ()))
        else:
            yield Words(f"Take {self._named(line)} off: the record gives no ground to report it.")
        yield Words(stands.why, stands.quote, stands.source)
        if not named:
            found = next((each for each in self.deciding if line.id in each.lines), None)
            yield Words("", found.quote, found.source) if found else Words("")
        if mark.share < 1:
            yield Words(IN_PART)

    def _decision(self, verdict: Verdict, line: Line) -> decisions.Decision | None:
        if not line.is_diagnosis or (verdict == Verdict.UNCERTAIN_DX and self.inpatient):
            return None
        return decisions.OF_VERDICT.get(verdict)

    def _once_more(self, line: Line) -> str:
        """Of a code that the key has: as often as it stands there, it is reported already."""
        wanted = [key for key in self.record.lines if line.pool == key.pool and key.meets(line)]
        others = [other for key in wanted if (other := self.answered.get(key.id)) and other.code != line.code]
        if others:
            return f"{others[0].shown} already reports this: take {line.shown} off."
        times = sum(mark.answer is not None and _is_same(mark.answer, line) for mark in self.judgement.marks)
        if len(wanted) == 1:
            return f"{line.shown} stands here {_times(times)}: report it once."
        return f"{line.shown} stands here {_times(times)}: the record bears {len(wanted)} lines of it."

    def _misplaced(self, line: Line) -> Iterator[Words]:
        orders, key = self.judgement.orders, self.record.principal
        name = "principal" if self.inpatient else "first-listed"
        defined = decisions.PRINCIPAL_DEFINED if self.inpatient else decisions.FIRST_DEFINED
        if key and orders.first and orders.principal and line in (orders.first, orders.principal):
            yield Words(f"{key.shown} is the {name} diagnosis, not {orders.first.shown}.", *defined)
            yield Words(key.why)
        if line in orders.more:
            yield Words(f"One diagnosis alone is {name}: list {line.shown} as secondary.", *defined)
        if behind := orders.late.get(line.id):
            found = next((each for each in self.deciding if {line.id, behind.id} <= set(each.lines)), None)
            why = f"List {line.shown} before {behind.shown}."
            yield Words(why, *((found.quote, found.source) if found else ()))

    def _query(self, mark: Mark) -> Words:
        sent, wanted = self.options.get(self.query, ""), self.options.get(self.record.query, "")
        if Verdict.EXTRA in mark.verdicts:
            return Words(f"No query is needed here. {sent}".strip())
        decision = decisions.UNCLEAR if self.inpatient else ()
        if Verdict.MISSING in mark.verdicts:
            return Words(f"A query to the provider is needed here. {wanted}".strip(), *decision)
        return Words(sent or wanted, *decision)

    def _named(self, line: Line) -> str:
        fact = self.facts.code(line.system, line.code)
        return f"{line.shown} ({fact.title})" if fact else line.shown

    def _or_title(self, words: Words, line: Line) -> Words:
        """Where nothing else decides, the title of the code does."""
        fact = self.facts.code(line.system, line.code)
        if words.quote or words.source or fact is None:
            return words
        return Words(words.why, f"{line.shown} {fact.title}", title_of(fact))


def _joined(told: Iterable[Words]) -> Words:
    """Each sentence once, and the first official words."""
    every = list(told)
    deciding = next((one for one in every if one.quote or one.source), Words(""))
    why = " ".join(dict.fromkeys(one.why for one in every if one.why))
    return Words(why, deciding.quote, deciding.source)


def _is_same(one: Line, other: Line) -> bool:
    return (one.pool, one.system, one.code) == (other.pool, other.system, other.code)


def _times(number: int) -> str:
    return "twice" if number == 2 else f"{number} times"
