"""The benchmarks still run, at tiny sizes; those that need pandas, DuckDB or a stack of their own in part."""

from __future__ import annotations

import importlib.util

import pytest

from benchmarks.__main__ import PARTS, ROOT, written
from benchmarks.counted_table import CountedClient, item_bytes
from benchmarks.merchants import ZONES, midnights, orders_by_hour, share
from benchmarks.pipeline import Stage, run
from benchmarks.published import Found, how_found
from benchmarks.scale import DAY, Deployment, first_behind, last, limits, midnight, report, spoken
from benchmarks.stage_costs import measure


@pytest.mark.parametrize(("page", "part"), [(page, part) for page, parts in PARTS.items() for part in parts])
def test_every_part_has_its_place_and_its_module(page: str, part: str) -> None:
    text = (ROOT / "docs" / f"{page}.md").read_text("utf-8")
    assert "\n1,234 ms\n" in written(text, part, "1,234 ms")
    assert importlib.util.find_spec(PARTS[page][part][0]) is not None


def test_a_push_is_validated_as_pydantic_has_it() -> None:
    ingest = importlib.import_module("benchmarks.ingest")
    assert "times pydantic" in ingest.report(20, 1)


def test_a_day_is_projected_as_pandas_and_duckdb_have_it() -> None:
    pytest.importorskip("pandas")
    pytest.importorskip("duckdb")
    projection = importlib.import_module("benchmarks.projection")
    assert "times json.loads" in projection.report(200, 1)


def test_units_are_counted_by_the_published_rules() -> None:
    class Client:
        def get_item(self, **_: object) -> dict[str, object]:
            return {"Item": {"PK": {"S": "A#1"}, "SK": {"S": "B"}, "body": {"B": b"x" * 5000}}}

        def transact_write_items(self, **_: object) -> dict[str, object]:
            return {"ConsumedCapacity": [{"CapacityUnits": 6.0}]}

    counted = CountedClient(Client())
    key = {"PK": {"S": "A#1"}, "SK": {"S": "B"}}
    counted.get_item(Key=key)
    counted.transact_write_items(
        TransactItems=[{"Put": {"Item": {**key, "n": {"N": "12"}}}}, {"Delete": {"Key": key}}]
    )
    with counted.pause():
        counted.get_item(Key=key)
    assert counted.read == {"A": 2}
    assert counted.written == {"A": 6}
    assert item_bytes({"name": {"L": [{"S": "ab"}, {"NULL": True}]}}) == 12


def test_work_flows_at_the_rate_of_its_slowest_stage() -> None:
    stages = [Stage("a", 10, 1, makes={"b": 2}), Stage("b", 10, 1)]
    courses = run(stages, {0: {"a": 100}}, 1000)
    assert courses["a"].taken == pytest.approx(100)
    assert courses["b"].taken == pytest.approx(200)
    assert 20 <= courses["b"].ended <= 21
    shared = run([Stage("a", 1, 1, pool="p"), Stage("b", 1, 1, pool="p")], {0: {"a": 5, "b": 5}}, 1000)
    assert last(shared) == 10


def test_merchants_are_all_somewhere_and_their_orders_at_some_hour() -> None:
    assert sum(map(share, ZONES)) == pytest.approx(1)
    assert sum(part for _, part in midnights(DAY)) == pytest.approx(1)
    assert sum(orders_by_hour(DAY)) == pytest.approx(1)


def test_a_knob_turned_shortens_the_night() -> None:
    asked = measure(5)
    few, many = Deployment(), Deployment(relays_a_shard=10, push_workers=1000)
    assert last(midnight(asked, many, 10_000)) < last(midnight(asked, few, 10_000))
    assert first_behind(asked, few).rate < 1000
    assert "10,000 merchants" in report(10_000)
    assert (spoken(90), spoken(3600), spoken(36_000)) == ("90 s", "60 min", "10.0 h")


def test_a_table_says_which_of_its_figures_are_to_check() -> None:
    assert "relied on" not in how_found([Found.THERE])
    assert "relied on" in how_found([Found.THERE, Found.QUOTED])
    costs = importlib.import_module("benchmarks.costs")
    assert costs.listed() in (ROOT / "docs" / "performance.md").read_text("utf-8")
    assert limits() in (ROOT / "docs" / "scale.md").read_text("utf-8")
