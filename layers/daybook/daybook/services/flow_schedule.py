"""The page about when syncs run: its fields, and what a merchant's answers mean to the configuration."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import TYPE_CHECKING, Any
from zoneinfo import available_timezones

from daybook.domain.schedule import DAILY, DEFAULT_TIME_ZONE, FREQUENCIES, known_zone
from daybook.domain.selection import today_in
from daybook.domain.suggestions import suggest_zone
from daybook.frozen import frozen
from daybook.services.flow_fields import Field, Group, Option, Typed, settled, with_value
from daybook.services.said import named, said

if TYPE_CHECKING:
    from datetime import datetime

    from daybook.services.flow_setup import Setup

_HOURS = 24
# Zones are grouped by the part of the world they begin with; other names are other names of the same.
_AREAS = (
    "Africa",
    "America",
    "Antarctica",
    "Arctic",
    "Asia",
    "Atlantic",
    "Australia",
    "Europe",
    "Indian",
    "Pacific",
)


@frozen
class SchedulePage:
    """What the page shows; hours are those of a day, local to the zone."""

    frequency: Field
    start: Field
    hour: Field
    zone: Field

    @property
    def fields(self) -> tuple[Field, ...]:
        """Every field in the page's order."""
        return (self.start, self.frequency, self.hour, self.zone)


def schedule_page(setup: Setup, now: datetime, typed: Typed) -> SchedulePage:
    """The page, with what was typed in place of what is chosen; today and the ledger's zone are proposed."""
    schedule = setup.body["schedule"]
    is_new = not setup.is_touched("schedule")
    guessed = suggest_zone(setup.offer.reference)
    zone, zone_is_guessed = settled(
        typed("zone"), "" if is_new else schedule["timeZone"], guessed if is_new else ""
    )
    start, start_is_guessed = settled(
        typed("start"),
        schedule.get("startDate", ""),
        today_in(now, guessed).isoformat() if is_new else "",
    )
    frequency, _ = settled(typed("frequency"), schedule.get("selectedFrequency") or "", DAILY)
    hour, _ = settled(typed("hour"), str(schedule["syncHour"]), "")
    return SchedulePage(
        frequency=_field("frequency", "selectedFrequency", frequency, (_frequencies(),)),
        start=_field("start", "startDate", start, (), is_suggested=start_is_guessed),
        hour=_field("hour", "syncHour", hour, (_hours(),)),
        zone=_field(
            "zone",
            "timeZone",
            zone,
            with_value(_zones(), zone, {}),
            is_suggested=zone_is_guessed and zone != DEFAULT_TIME_ZONE,
        ),
    )


def read_schedule(form: Callable[[str], str | None]) -> dict[str, Any]:
    """What was answered, as it is posted to the configuration."""
    hour = form("hour") or ""
    return {
        "schedule": {
            "selectedFrequency": form("frequency") or "",
            "startDate": form("start") or "",
            "syncHour": int(hour) if hour.isdecimal() and int(hour) < _HOURS else _HOURS,
            "timeZone": form("zone") or "",
        }
    }


def _field(
    identity: str, name: str, value: str, groups: tuple[Group, ...], *, is_suggested: bool = False
) -> Field:
    return Field(
        id=identity,
        path=f"$.schedule.{name}",
        label=said(f"flow.schedule.{identity}"),
        value=value,
        groups=groups,
        hint=said(f"flow.schedule.{identity}.hint"),
        is_required=True,
        is_suggested=is_suggested,
    )


def _frequencies() -> Group:
    return Group(None, tuple(Option(each, said(f"flow.frequency.{each}")) for each in FREQUENCIES))


def _hours() -> Group:
    return Group(None, tuple(Option(str(hour), named(f"{hour:02}:00")) for hour in range(_HOURS)))


@cache
def _zones() -> tuple[Group, ...]:
    names = sorted(each for each in available_timezones() if known_zone(each) is not None)
    groups = [
        Group(
            named(area),
            tuple(
                Option(each, named(each.partition("/")[2].replace("_", " ").replace("/", ", ")))
                for each in names
                if each.startswith(f"{area}/")
            ),
        )
        for area in _AREAS
    ]
    return (*groups, Group(None, (Option(DEFAULT_TIME_ZONE, named("UTC")),)))
