"""Where a million merchants are, and when in their day they trade.

Weights are the populations, in millions, that keep each zone's time, of countries whose books the supported
platforms serve (rounded; national statistics of 2024 and 2025, states and provinces by their larger part).
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

ZONES = {
    "America/New_York": 158,
    "America/Chicago": 98,
    "America/Denver": 17,
    "America/Phoenix": 7,
    "America/Los_Angeles": 54,
    "America/Anchorage": 1,
    "Pacific/Honolulu": 1,
    "America/Halifax": 2,
    "America/Toronto": 25,
    "America/Winnipeg": 3,
    "America/Edmonton": 5,
    "America/Vancouver": 6,
    "Europe/London": 69,
    "Europe/Dublin": 5,
    "Europe/Paris": 68,
    "Europe/Berlin": 84,
    "Europe/Madrid": 49,
    "Europe/Amsterdam": 18,
    "Africa/Johannesburg": 63,
    "Asia/Singapore": 6,
    "Australia/Perth": 3,
    "Australia/Adelaide": 2,
    "Australia/Brisbane": 6,
    "Australia/Sydney": 16,
    "Pacific/Auckland": 5,
}

# Of a day's orders, how many fall in each local hour: a morning's coffee, lunch, the evening.
BY_HOUR = (1, 0, 0, 0, 0, 1, 2, 4, 6, 6, 6, 8, 11, 10, 6, 5, 5, 6, 8, 8, 4, 2, 1, 0)


def share(zone: str) -> float:
    """The part of all merchants that keeps this zone's time."""
    return ZONES[zone] / sum(ZONES.values())


def midnights(day: date) -> Iterator[tuple[int, float]]:
    """(second of the UTC day, share of all merchants) at which each zone's business day begins."""
    for zone in ZONES:
        local = datetime.combine(day, time(), ZoneInfo(zone)).astimezone(UTC)
        yield (local.hour * 60 + local.minute) * 60, share(zone)


def orders_by_hour(day: date) -> list[float]:
    """For each hour of the UTC day the share of all the day's orders."""
    found = [0.0] * 24
    begin = datetime.combine(day, time(), UTC)
    for zone in ZONES:
        for hour in range(24):
            local = (begin + timedelta(hours=hour)).astimezone(ZoneInfo(zone)).hour
            found[hour] += share(zone) * BY_HOUR[local] / sum(BY_HOUR)
    return found
