"""A version of an item as text, and two of them line by line."""

from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Any

from quizzes.kinds.writing import as_yaml
from quizzes.models import ItemVersion

# In the order of a pack's file.
FIELDS = (
    *("service_date", "stem", "options", "given", "chart", "key", "accept", "policy"),
    *("rationale", "references"),
)
CONTEXT = 2  # unchanged lines beside each change


@dataclass(frozen=True)
class Line:
    """kind: same, removed, added, or gap, where unchanged lines are left out."""

    kind: str
    text: str


def version_text(version: ItemVersion) -> str:
    """The version's fields as a pack's file has them, without the space around its texts."""
    return "".join(as_yaml({name: _trimmed(value)}) for name in FIELDS if (value := getattr(version, name)))


def _trimmed(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _trimmed(one) for name, one in value.items()}
    if isinstance(value, list):
        return [_trimmed(one) for one in value]
    return value.strip() if isinstance(value, str) else value


def compare_versions(old: ItemVersion, new: ItemVersion) -> list[Line]:
    """What was taken out and put in; empty where the two say the same."""
    before, after = version_text(old).splitlines(), version_text(new).splitlines()
    lines: list[Line] = []
    matcher = SequenceMatcher(None, before, after, autojunk=False)
    for group in matcher.get_grouped_opcodes(CONTEXT):
        lines += [Line("gap", "")] if lines else []
        for tag, i1, i2, j1, j2 in group:
            if tag == "equal":
                lines += [Line("same", text) for text in before[i1:i2]]
            else:
                lines += [Line("removed", text) for text in before[i1:i2]]
                lines += [Line("added", text) for text in after[j1:j2]]
    return lines
