"""One way to round what pages, reports and sentences show. Pure."""

from decimal import ROUND_HALF_UP, Decimal


def whole(value: float) -> int:
    """Half up, as the templates' floatformat does; Python's own rounding would show 88.5 as 88."""
    return int(Decimal(str(value)).quantize(Decimal(1), rounding=ROUND_HALF_UP))


def counted(number: int, singular: str, plural: str) -> str:
    return f"{number} {singular if number == 1 else plural}"
