"""How items are worded, one by one and over the bank: what gives a key away, and what unsettles a reader.

Pure. The limits are the house's own; the habits behind them are the usual guidance on writing items
(Haladyna, Downing and Rodriguez, 2002): ask in the positive, no "all of the above", options of like length,
keys spread evenly.
"""

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import combinations

from codesets.systems import System
from quizzes.kinds import KINDS, ItemContent

LONGEST_STEM = 180  # words, of items without a chart
KEY_LONGEST = 0.35  # of the items in which one option can be the longest
POSITION_POINTS = 8.0  # percent, from the share that an even spread would give
TOO_ALIKE = 0.3  # share of runs of three words that two items have in common
SMALLEST_BANK = 40  # items with options, below which shares say nothing

_WORD = re.compile(r"[\w.'’-]+")
_SENTENCE = re.compile(r"(?:[^.?!]|\.(?=\w))*\?")  # the dot of a code ends none
_NEGATIVE = re.compile(
    r"\b(not|except|least|incorrect|incorrectly|false(?! claims)|wrong|never|cannot|isn['’]t|doesn['’]t)\b",
    re.I,
)
_ALL_OR_NONE = re.compile(
    r"\b(all|none|both|neither) of (the|these) (above|below|options|answers|other)|\bboth [a-f] and [a-f]\b|"
    r"^\W*(?:(all|none|both|neither) of (them|these)\b|all (two|three|four|five)\W*$|"
    r"[a-f](, [a-f])*,? (and|or) [a-f]\W*$)",
    re.I,
)
_ABSOLUTE = re.compile(
    r"\b(always|never|invariably|without exception|in (all|every) cases?|under (no|any) circumstances|"
    r"at all times|every time|without fail|impossible)\b",
    re.I,
)
_CPT_NUMBER = re.compile(r"\d{5}|\d{4}[FMTU]")
# One of them, or some in a row: 99202-99215, 99213,99214, 99213-25 with its modifier.
_CPT_NUMBERS = re.compile(
    rf"(?<![A-Za-z0-9$.-])(?<!\d,)(?:{_CPT_NUMBER.pattern})"
    rf"(?:[-–,](?:{_CPT_NUMBER.pattern})|-[0-9A-Z]{{2}}(?![A-Za-z0-9]))*(?![A-Za-z0-9-]|[.,]\d)"
)


@dataclass(frozen=True)
class Worded:
    """An item as this module sees it."""

    slug: str
    content: ItemContent
    family: str = ""


def item_wording(content: ItemContent, *, is_case: bool = False) -> list[str]:
    """What is wrong with the words of one item, a sentence each. is_case: its stem is a whole record."""
    found = []
    if not KINDS[content.kind].has_chart:
        words = len(_WORD.findall(content.stem))
        if words > LONGEST_STEM and not is_case:
            found.append(f"the stem has {words} words, more than {LONGEST_STEM}")
        if any(_NEGATIVE.search(sentence) for sentence in _SENTENCE.findall(content.stem)):
            found.append("the question is asked in the negative")
    texts = [option.get("text") or "" for option in content.options]
    if any(_ALL_OR_NONE.search(text) for text in texts):
        found.append("an option stands for other options")
    if words_found := sorted({match[0].lower() for text in texts for match in _ABSOLUTE.finditer(text)}):
        found.append(f"an option is absolute ({', '.join(words_found)})")
    if System.CPT not in content.systems and (numbers := cpt_numbers(_all_texts(content))):
        found.append(
            f"it names what may be a CPT number ({', '.join(numbers)}), which the CPT pack alone may"
        )
    return found


def cpt_numbers(text: str) -> list[str]:
    """What looks like a CPT number: five digits, or four and F, M, T or U, and no part of a larger figure."""
    return sorted({number for found in _CPT_NUMBERS.findall(text) for number in _CPT_NUMBER.findall(found)})


@dataclass(frozen=True)
class BankFigures:
    """Over the items with one right option. longest: share in which it is the longest, 0 to 1; positions:
    share in percent of the keys at each place, with what an even spread would give.
    """

    items: int
    longest: float
    positions: dict[str, tuple[float, float]]

    def problems(self) -> list[str]:
        if self.items < SMALLEST_BANK:
            return []
        found = []
        if self.longest > KEY_LONGEST:
            found.append(
                f"the key is the longest option in {self.longest:.0%} of items, more than {KEY_LONGEST:.0%}"
            )
        found += [
            f"{share:.0f}% of the keys stand at {place}, where {even:.0f}% would be even"
            for place, (share, even) in self.positions.items()
            if abs(share - even) > POSITION_POINTS
        ]
        return found


def bank_figures(contents: Iterable[ItemContent]) -> BankFigures:
    """A tie for the longest option does not count, nor do options that are codes alone: in them length tells
    nothing.
    """
    chosen = [content for content in contents if content.kind == "single_best"]
    worded = [content for content in chosen if all(option.get("text") for option in content.options)]
    longest = sum(_is_longest(content) for content in worded)
    at: Counter[int] = Counter()
    even: dict[int, float] = {}
    for content in chosen:
        ids = [option["id"] for option in content.options]
        at[ids.index(content.key[0])] += 1
        for place in range(len(ids)):
            even[place] = even.get(place, 0.0) + 1 / len(ids)
    return BankFigures(
        len(chosen),
        longest / len(worded) if worded else 0.0,
        {
            "abcdefgh"[place]: (100 * at[place] / len(chosen), 100 * share / len(chosen))
            for place, share in sorted(even.items())
        },
    )


def _is_longest(content: ItemContent) -> bool:
    lengths = {option["id"]: len(option["text"]) for option in content.options}
    key = lengths.pop(content.key[0])
    return key > max(lengths.values())


def near_duplicates(items: Sequence[Worded]) -> list[tuple[str, str, float]]:
    """Pairs of items that share too many runs of three words: (slug, slug, share), the most alike first.

    The share is the Jaccard index of the runs in stem, options and chart. Items of one family are meant to be
    alike, and a form takes one of them.
    """
    runs = [(item, _runs(item.content)) for item in items]
    found = []
    for (one, left), (other, right) in combinations(runs, 2):
        if one.family and one.family == other.family:
            continue
        small, large = sorted((len(left), len(right)))
        if small <= TOO_ALIKE * large:
            continue  # their share cannot reach the limit
        common = len(left & right)
        share = common / (small + large - common)
        if share > TOO_ALIKE:
            found.append((one.slug, other.slug, share))
    return sorted(found, key=lambda pair: (-pair[2], pair))


def _runs(content: ItemContent) -> frozenset[tuple[str, ...]]:
    text = " ".join(
        [
            content.stem,
            *(option.get("text") or option["code"]["code"] for option in content.options),
            *(part["text"] for part in content.chart),
        ]
    )
    words = [word.lower() for word in _WORD.findall(text)]
    return frozenset(zip(words, words[1:], words[2:], strict=False))


def _all_texts(content: ItemContent) -> str:
    texts = [text for _, text in KINDS[content.kind].texts(content)]
    texts += [option.get(name) or "" for option in content.options for name in ("text", "misconception")]
    texts += [part[name] for part in content.chart for name in ("title", "text")]
    return "\n".join(texts)
