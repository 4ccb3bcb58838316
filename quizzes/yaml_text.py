"""YAML as packs and forms hold it: read within bounds, written as people write it. Pure."""

from typing import Any

import yaml

DEEPEST = 30  # mappings and lists within each other; the key of a case is eight deep
LONGEST_NUMBER = 100  # signs; the time to read one grows with the square of its length
WIDTH = 110
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
# What the tags of YAML raise for a value that they cannot make, such as 2026-02-31 or !!bool maybe.
_NO_VALUE = (ValueError, ArithmeticError, AttributeError, LookupError, TypeError)


class YamlRefused(ValueError):
    """A text that is not loaded, and why; line: from 1, None where none is to blame."""

    def __init__(self, why: str, line: int | None = None) -> None:
        self.line = line
        super().__init__(why)


def load(text: str, *, references: bool = False) -> Any:
    """The value. references: whether *name may stand for what was named before; only ours may.

    References grow without bound when they are followed, and the loader in C falls with the depth of a text.
    """
    try:
        _guard(text, references)
        return yaml.load(text, Loader=_LOADER)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line = min(mark.line, text.count("\n")) + 1 if mark else None  # the end of a text is no line of it
        raise YamlRefused(f"not readable as YAML: {error.problem or error.context}", line) from error
    except yaml.YAMLError as error:
        raise YamlRefused(f"not readable as YAML: {' '.join(str(error).split())}") from error
    except YamlRefused:
        raise
    except _NO_VALUE as error:
        raise YamlRefused("it has a date, number or other value that there is not") from error


def _guard(text: str, references: bool) -> None:
    depth = 0
    for event in yaml.parse(text, Loader=_LOADER):
        line = event.start_mark.line + 1 if event.start_mark else None
        depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
        if depth > DEEPEST:
            raise YamlRefused("its mappings and lists lie too deep", line)
        if isinstance(event, yaml.AliasEvent) and not references:
            raise YamlRefused("it uses YAML references (*name), which are not read", line)
        if isinstance(event, yaml.ScalarEvent) and not event.implicit[1] and _is_endless(event.value):
            raise YamlRefused(f"it has a number of more than {LONGEST_NUMBER} signs", line)


def _is_endless(word: str) -> bool:
    return len(word) > LONGEST_NUMBER and not word.strip("0123456789_:.+-")


class _Dumper(yaml.SafeDumper):
    """Lists indented, long texts as blocks, no references."""

    def increase_indent(self, flow: bool = False, indentless: bool = False) -> None:
        super().increase_indent(flow, False)

    def ignore_aliases(self, data: Any) -> bool:
        return True


def _text_node(dumper: yaml.SafeDumper, text: str) -> yaml.ScalarNode:
    style = None
    if not text.isascii() and any(sign in text for sign in "\x85\u2028\u2029\ufeff"):
        style = '"'  # a block would read these back as ends of lines
    elif "\n" in text:
        style = "|"
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style=style)


_Dumper.add_representer(str, _text_node)


def dump(value: Any, width: int = WIDTH) -> str:
    """YAML that is read back as the same value, the fields of mappings in their order."""
    return yaml.dump(value, Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=width)
