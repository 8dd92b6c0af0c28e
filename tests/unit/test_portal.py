"""The parts of Sync Health that need no table: names, charts, files, dates, ids."""

from __future__ import annotations

import csv
import io
from datetime import UTC, date, datetime, timedelta

import pytest

from daybook.domain.names import LATER, WHOLE, beginnings, folded
from daybook.services.portal_company import read_month
from daybook.services.portal_dashboard import DayOutcome
from daybook.services.portal_export import as_csv, harmless
from daybook.services.portal_search import Row, read_search
from daybook.services.runtime import time_ordered_id
from daybook.store.ended_syncs import day_of_id
from daybook.store.find_ended import EndedSync, first_id_of, span_of
from portal.charts import HEIGHT, WIDTH, chart_of
from portal.site import duration, query

TODAY = date(2026, 5, 1)


def test_names_as_they_are_searched_for() -> None:
    assert folded("  Café   d'Été, L'ŒUVRE ") == "cafe d'ete, l'œuvre"
    assert folded("STRASSE") == folded("Straße")
    assert len(folded("x" * 500)) == 60
    assert list(beginnings("Copper Kettle & Co")) == [
        (WHOLE, "copper kettle & co"),
        (LATER, "kettle & co"),
        (LATER, "& co"),
        (LATER, "co"),
    ]
    assert len(list(beginnings("a b c d e f g h i j"))) == 6
    assert list(beginnings("")) == []


@pytest.mark.parametrize(
    "cell",
    [
        "=1+1",
        "+44",
        "-1",
        "@SUM(A1)",
        "\t=1",
        "\r=1",
        "\n=1",
        "  =1",
        "\uff1d1",
        '=HYPERLINK("http://x","y")',
    ],
)
def test_no_cell_is_a_formula(cell: str) -> None:
    sync = EndedSync("s", "c", 4000, "latest", *[""] * 5)
    (row,) = csv.DictReader(io.StringIO(as_csv([Row(sync, cell)]).removeprefix("\ufeff"), newline=""))
    assert row["company"] == f"'{cell}"


@pytest.mark.parametrize("cell", ["", "Tea, Coffee & Co", 'Say "yes"', "2026-05-01T00:00:00Z", "4000", "a=b"])
def test_other_cells_stay_as_they_are(cell: str) -> None:
    assert harmless(cell) == cell


def test_the_day_of_an_id() -> None:
    for moment in (
        datetime(2026, 5, 1, tzinfo=UTC),
        datetime(2026, 5, 1, 23, 59, 59, 999_000, tzinfo=UTC),
    ):
        for rest in (b"\x00" * 10, b"\xff" * 10):
            made = time_ordered_id(moment, rest)
            assert day_of_id(made) == TODAY
            assert first_id_of(TODAY) < made < first_id_of(TODAY + timedelta(days=1))
            low, high = span_of(TODAY, TODAY + timedelta(days=1))
            assert low < made < high
            low, high = span_of(TODAY, TODAY + timedelta(days=1), before=made)
            assert not low < made < high
            low, high = span_of(TODAY, TODAY + timedelta(days=1), after=made)
            assert not low < made < high
    assert day_of_id("ffffffff-ffff-ffff-ffff-ffffffffffff").year == 9999
    assert day_of_id("00000000-0000-0000-0000-000000000000") == date(1970, 1, 1)


def test_a_page_begins_right_after_the_one_before() -> None:
    """Whatever the last digit: no id is left out or shown twice."""
    moment = datetime(2026, 5, 1, 9, tzinfo=UTC)
    made = sorted(time_ordered_id(moment, number.to_bytes(10)) for number in range(64))
    for place in range(1, 63):
        low, high = span_of(TODAY, TODAY + timedelta(days=1), before=made[place])
        assert [each for each in made if low <= each <= high] == made[:place]
        low, high = span_of(TODAY, TODAY + timedelta(days=1), after=made[place])
        assert [each for each in made if low <= each <= high] == made[place + 1 :]


@pytest.mark.parametrize("numbers", [(0, 0, 0), (1, 0, 0), (9_999, 0, 1), (3, 4, 5)])
@pytest.mark.parametrize("days", [1, 14, 90])
def test_a_chart_stays_within_its_frame(numbers: tuple[int, int, int], days: int) -> None:
    outcomes = [DayOutcome(TODAY + timedelta(days=number), *numbers) for number in range(days)]
    chart = chart_of(outcomes)
    assert len(chart.bars) == days * sum(number > 0 for number in numbers)
    assert chart.top >= sum(numbers)
    assert 1 <= len(chart.lines) <= 4
    for bar in chart.bars:
        assert bar.x >= 0
        assert bar.x + bar.width <= WIDTH
        assert bar.y >= -4
        assert bar.y + bar.height <= HEIGHT
        assert bar.height > 0


def test_dates_of_a_search() -> None:
    usual = read_search({}, TODAY)
    assert (usual.first, usual.last, usual.problems) == (date(2026, 4, 18), TODAY, ())
    assert read_search({"to": "2026-03-10"}, TODAY).first == date(2026, 2, 25)
    assert read_search({"from": "2025-05-02", "to": "2026-05-01"}, TODAY).problems == ()
    assert read_search({"from": "2025-04-30", "to": "2026-05-01"}, TODAY).problems
    for wrong in ("x", "1999-12-31", "9999-01-01", "2026-02-30"):
        assert read_search({"from": wrong}, TODAY).problems == (("from", "portal.search.date"),)
    odd = read_search({"status": "4001", "sort": "x", "page": "y"}, TODAY)
    assert (odd.status, odd.sort, odd.cursor) == ("", "newest", "")


def test_months_and_lengths_of_time() -> None:
    assert read_month("2026-02", TODAY) == date(2026, 2, 1)
    assert read_month("2026-2", TODAY) == TODAY
    assert duration(timedelta(seconds=119)) == ("portal.time.seconds", 119)
    assert duration(timedelta(seconds=120)) == ("portal.time.minutes", 2)
    assert duration(timedelta(hours=47)) == ("portal.time.hours", 47)
    assert duration(timedelta(days=3)) == ("portal.time.days", 3)
    assert duration(timedelta(seconds=-5)) == ("portal.time.seconds", 0)


def test_a_query_of_what_has_a_value() -> None:
    assert query({"a": "1 &", "b": ""}, c="é") == "?a=1+%26&c=%C3%A9"
    assert query({}) == ""
