"""Which syncs a strike of a schedule, or the hourly sweep, requests."""

from __future__ import annotations

import importlib
import json
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfoNotFoundError

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from daybook.domain.configuration import read_configuration
from daybook.domain.errors import Conflict
from daybook.domain.schedule import DAILY, MONTHLY, Schedule, next_due
from daybook.domain.selection import merge
from daybook.services import schedule as service
from daybook.services.runtime import Runtime, over
from daybook.services.schedule import dispatch, due_change, relay_left_behind
from daybook.store import companies, configurations, due, outbox, queues
from daybook.store.companies import Company
from daybook.store.scheduler import schedule_name
from daybook.store.table import ConditionFailed
from daybook.telemetry import FunctionFailed
from tests import configuration_bodies as bodies
from tests.simulation.memory import MemoryTable


@dataclass
class Clock:
    instant: datetime

    def now(self) -> datetime:
        return self.instant


@dataclass
class Ids:
    count: int = 0

    def new(self) -> str:
        self.count += 1
        return f"00000000-0000-7000-8000-{self.count:012}"


def runtime_at(text: str) -> Runtime:
    return over(MemoryTable(), Clock(datetime.fromisoformat(text).replace(tzinfo=UTC)), Ids())


def set_clock(runtime: Runtime, text: str) -> None:
    assert isinstance(runtime.clock, Clock)
    runtime.clock.instant = datetime.fromisoformat(text).replace(tzinfo=UTC)


def configure(runtime: Runtime, number: int, schedule: Schedule) -> str:
    """A company with a saved configuration."""
    company_id = f"00000000-0000-4000-8000-{number:012}"
    companies.create(runtime.table, Company(company_id, "client", "Shop"))
    posted = bodies.nested()
    posted["schedule"] = {
        "selectedFrequency": schedule.frequency,
        "startDate": schedule.start_date.isoformat(),
        "syncHour": schedule.sync_hour,
        "timeZone": schedule.time_zone,
    }
    body = merge(None, posted, date(2026, 1, 1))
    assert read_configuration(body).schedule == schedule
    change = due_change(runtime, company_id, body)
    configurations.save(runtime.table, company_id, body, None, "2026-01-01T00:00:00Z", change)
    return company_id


def finishes(runtime: Runtime, company_id: str) -> list[str]:
    """Where the data of each sync of a company ends, in the order they were due."""
    return [sync.finish for sync in runtime.syncs.newest_first(company_id)][::-1]


DAWN = Schedule(DAILY, date(2026, 3, 1), 4, "Europe/London")


def test_a_sync_is_requested_once_at_each_due_time() -> None:
    runtime = runtime_at("2026-03-10T12:00")
    company_id = configure(runtime, 1, DAWN)
    assert dispatch(runtime).requested == 0
    set_clock(runtime, "2026-03-11T03:59")
    assert dispatch(runtime).requested == 0
    set_clock(runtime, "2026-03-11T04:00")
    assert [dispatch(runtime).requested for _ in range(3)] == [1, 0, 0]
    set_clock(runtime, "2026-03-12T04:30")
    assert dispatch(runtime).requested == 1
    assert finishes(runtime, company_id) == ["2026-03-11T04:00:00Z", "2026-03-12T04:00:00Z"]


def test_after_an_outage_the_last_due_time_alone_is_made_up_for() -> None:
    runtime = runtime_at("2026-03-10T12:00")
    company_id = configure(runtime, 1, DAWN)
    set_clock(runtime, "2026-03-14T11:17")
    assert dispatch(runtime).requested == 1
    assert finishes(runtime, company_id) == ["2026-03-14T04:00:00Z"]


def test_companies_due_at_once_in_several_zones_are_all_found() -> None:
    runtime = runtime_at("2026-06-10T11:00")
    zones = ("Asia/Kathmandu", "Etc/UTC", "Europe/London", "Australia/Lord_Howe", "America/St_Johns")
    schedules = [Schedule(DAILY, date(2026, 1, 1), hour, zone) for zone in zones for hour in range(0, 24, 5)]
    made = {configure(runtime, number, schedule): schedule for number, schedule in enumerate(schedules)}
    for minutes in range(0, 24 * 60, 15):
        set_clock(runtime, (datetime(2026, 6, 10, 11) + timedelta(minutes=minutes)).isoformat())  # noqa: DTZ001
        dispatch(runtime)
    for company_id in made:
        assert len(finishes(runtime, company_id)) == 1


def test_monthly_companies_wait_for_the_first_of_the_month() -> None:
    runtime = runtime_at("2026-03-10T12:00")
    company_id = configure(runtime, 1, replace(DAWN, frequency=MONTHLY))
    for day in range(11, 32):
        set_clock(runtime, f"2026-03-{day}T12:00")
        assert dispatch(runtime).requested == 0
    set_clock(runtime, "2026-04-01T04:00")
    dispatch(runtime)
    assert finishes(runtime, company_id) == ["2026-04-01T03:00:00Z"]


@pytest.mark.parametrize(
    "trouble",
    [
        Conflict("changed meanwhile"),
        ConditionFailed(),
        KeyError("selectedFrequency"),
        ZoneInfoNotFoundError("Europe/Atlantis"),
    ],
    ids=lambda each: type(each).__name__,
)
def test_one_companys_trouble_keeps_no_other_from_its_sync(
    trouble: Exception, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Though it has been due for longest, so that whoever asks meets it before the others."""
    monkeypatch.setenv("STACK_NAME", "shop")
    runtime = runtime_at("2026-03-10T12:00")
    troubled, *others = [configure(runtime, number, DAWN) for number in range(40)]
    assert due.shard_of(troubled) in map(due.shard_of, others)
    request = service.request_scheduled

    def trip(runtime: Runtime, company_id: str, when: datetime) -> object:
        if company_id == troubled:
            raise trouble
        return request(runtime, company_id, when)

    monkeypatch.setattr(service, "request_scheduled", trip)
    set_clock(runtime, "2026-03-11T04:00")
    assert dispatch(runtime).failed == (troubled,)
    told = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    named = [line for line in told if line.get("companyId") == troubled]
    assert [line["error"] for line in named] == [type(trouble).__name__]
    assert named[0]["stack"][-1].endswith(" trip")
    assert all(finishes(runtime, company_id) for company_id in others)
    monkeypatch.undo()
    assert dispatch(runtime).requested == 1
    assert finishes(runtime, troubled) == ["2026-03-11T04:00:00Z"]


def test_a_deleted_company_is_forgotten() -> None:
    runtime = runtime_at("2026-03-10T12:00")
    company_id = configure(runtime, 1, DAWN)
    companies.delete(runtime.table, companies.find(runtime.table, company_id), "2026-03-02T09:00:00Z")
    set_clock(runtime, "2026-03-11T04:00")
    assert dispatch(runtime) == service.Dispatched(0, ())
    assert due.get(runtime.table, company_id) is None


def test_a_schedule_changed_while_it_strikes_stays_changed() -> None:
    runtime = runtime_at("2026-03-10T12:00")
    company_id = configure(runtime, 1, DAWN)
    struck = due.get(runtime.table, company_id)
    assert struck is not None
    changed = replace(struck, schedule=replace(DAWN, sync_hour=9), at=datetime(2026, 3, 11, 9, tzinfo=UTC))
    runtime.table.put(due.put(changed).item)
    due.advance(runtime.table, struck, datetime(2026, 3, 12, 4, tzinfo=UTC))
    assert due.get(runtime.table, company_id) == changed


def test_messages_left_behind_are_sent(monkeypatch: pytest.MonkeyPatch) -> None:
    runtime = runtime_at("2026-03-10T12:00")
    sent: list[str] = []
    monkeypatch.setattr(queues, "send", lambda _queue, body, *_: sent.append(body["datasetId"]))
    for created in ("2026-03-10T11:50:00Z", "2026-03-10T11:58:00Z"):
        body = {"version": 1, "companyId": "c", "datasetId": created}
        runtime.table.transact([outbox.outbox_put("ingest", "c", body, created, created)])
    assert relay_left_behind(runtime) == 1
    assert sent == ["2026-03-10T11:50:00Z"]
    assert relay_left_behind(runtime) == 0


schedules = st.builds(
    Schedule,
    frequency=st.sampled_from((DAILY, MONTHLY)),
    start_date=st.dates(date(2026, 1, 1), date(2026, 12, 1)),
    sync_hour=st.integers(0, 23),
    time_zone=st.sampled_from(("Europe/London", "Asia/Kathmandu", "Africa/Cairo", "America/St_Johns")),
)


@settings(max_examples=25, deadline=None)
@given(
    schedules,
    st.datetimes(datetime(2026, 1, 1), datetime(2026, 12, 1)),  # noqa: DTZ001
    st.lists(st.integers(1, 60 * 40), min_size=1, max_size=8),
)
def test_however_late_or_often_asked_every_sync_ends_at_a_due_time(
    schedule: Schedule, start: datetime, waits: list[int]
) -> None:
    runtime = runtime_at(start.isoformat())
    company_id = configure(runtime, 1, schedule)
    expected: list[datetime] = []
    upcoming = next_due(schedule, runtime.clock.now())
    for minutes in waits:
        now = runtime.clock.now() + timedelta(minutes=minutes)
        set_clock(runtime, now.replace(tzinfo=None).isoformat())
        last = None
        while upcoming <= now:
            last, upcoming = upcoming, next_due(schedule, upcoming)
        expected += [last] if last else []
        dispatch(runtime)
    assert [datetime.fromisoformat(text) for text in finishes(runtime, company_id)] == expected


def test_schedules_are_named_apart() -> None:
    names = {
        schedule_name(zone, hour)
        for zone in ("Etc/GMT+5", "Etc/GMT-5", "Europe/London", "America/Argentina/ComodRivadavia")
        for hour in (0, 4, 14)
    }
    assert len(names) == 12
    assert all(len(name) <= 64 and set(name) <= set(_NAME_LETTERS) for name in names)


_NAME_LETTERS = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_."


@pytest.mark.parametrize(
    ("event", "relayed"),
    [({"version": 1, "timeZone": "Europe/London", "syncHour": 4}, 0), ({"version": 1}, 3)],
)
def test_only_the_hourly_strike_sees_to_messages(
    monkeypatch: pytest.MonkeyPatch, event: dict[str, object], relayed: int
) -> None:
    app = importlib.import_module("dispatcher.app")
    runtime = runtime_at("2026-03-10T12:00")
    configure(runtime, 1, DAWN)
    set_clock(runtime, "2026-03-11T04:00")
    monkeypatch.setattr(app, "runtime", lambda: runtime)
    monkeypatch.setattr(app, "relay_left_behind", lambda _runtime: 3)
    monkeypatch.setenv("RECORD_RETENTION_DAYS", "0")
    counts = {"requested": 1, "failed": 0, "relayed": relayed}
    assert app.handler(event, None) == counts | {"swept": 0, "retention": 0, "keptAlive": 0}


STEPS = {
    "relayed": "dispatcher.app.relay_left_behind",
    "requested": "dispatcher.app.dispatch",
    "swept": "daybook.services.sweep.sweep",
    "retention": "daybook.services.retention.request_due",
    "keptAlive": "daybook.services.keep_alive.keep_alive",
}


@pytest.mark.parametrize("broken", STEPS)
def test_what_a_strike_cannot_do_keeps_it_from_nothing_else(
    broken: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """And Lambda is told, so that it strikes again and in the end keeps the strike where an alarm sees it."""
    monkeypatch.setenv("STACK_NAME", "shop")
    app = importlib.import_module("dispatcher.app")
    monkeypatch.setattr(app, "runtime", lambda: runtime_at("2026-03-10T12:00"))
    done: list[str] = []

    def step(name: str) -> object:
        done.append(name)
        if name == broken:
            raise KeyError(name)
        return service.Dispatched(1, ()) if name == "requested" else 1

    for name, place in STEPS.items():
        monkeypatch.setattr(place, lambda _runtime, name=name: step(name))
    with pytest.raises(FunctionFailed, match="StepsFailed"):
        app.handler({"version": 1}, None)
    assert done == list(STEPS)
    told = {line["message"]: line for line in map(json.loads, capsys.readouterr().out.splitlines())}
    assert (told["step failed"]["step"], told["step failed"]["error"]) == (broken, "KeyError")
    counted = {name: told["dispatched"][name] for name in STEPS}
    assert counted == {name: int(name != broken) for name in STEPS}
