"""An hour as a person writes it in their own time zone, to the instant that it names. Pure.

Where clocks are put forward an hour is left out, where they are put back one comes twice (PEP 495, fold).
"""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo


class NoSuchHour(ValueError):
    """Clocks were put forward over it."""


class HourComesTwice(ValueError):
    """Clocks were put back over it. names: of the two, such as EDT and EST, the earlier first."""

    def __init__(self, names: tuple[str, str]) -> None:
        super().__init__(names)
        self.names = names


def instant_of(written: datetime, zone: ZoneInfo, name: str = "") -> datetime:
    """The instant that a naive date and time mean in the zone.

    name: which of two hours is meant, by what the zone calls its time then; of an hour that comes once it
    says nothing. Raises NoSuchHour, HourComesTwice.
    """
    both = [written.replace(tzinfo=zone, fold=fold) for fold in (0, 1)]
    found = [one for one in both if one.astimezone(UTC).astimezone(zone).replace(tzinfo=None) == written]
    if not found:
        raise NoSuchHour
    if found[0].utcoffset() == found[-1].utcoffset():
        return found[0]
    names = (both[0].strftime("%Z"), both[1].strftime("%Z"))
    if name not in names:
        raise HourComesTwice(names)
    return both[names.index(name)]


def hour_name(instant: datetime, zone: ZoneInfo) -> str:
    """What the zone calls its time then, where the hour comes twice; empty elsewhere."""
    local = instant.astimezone(zone)
    other = local.replace(fold=1 - local.fold)
    return "" if local.utcoffset() == other.utcoffset() else local.strftime("%Z")
