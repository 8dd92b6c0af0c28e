"""How a client's pages look, as a client sets it and a browser gets it (specification: flow and portal)."""

from __future__ import annotations

import base64
from dataclasses import replace
from typing import Any

import pytest

from daybook.domain.branding import DARK, LIGHT
from daybook.domain.colours import TEXT_CONTRAST, contrast
from daybook.services.branding import brand_of
from daybook.services.runtime import Runtime
from daybook.store import clients
from tests.integration.api_calls import Answer, Caller, api_over
from tests.simulation.memory import MemoryTable
from tests.unit.test_images import JPEG, SVG, png

PATH = "/sync/commerce/config/ui/branding"
DRAWING = SVG.format("", "<title>Café</title>").encode()


@pytest.fixture
def api(monkeypatch: pytest.MonkeyPatch) -> tuple[Caller, Runtime]:
    call, runtime = api_over(monkeypatch, ("sync_flow", "assets"))
    for client in ("client-a", "client-b"):
        clients.create(runtime.table, clients.Client(client, "Till Makers"))
    return call, runtime


@pytest.fixture
def call(api: tuple[Caller, Runtime]) -> Caller:
    return api[0]


def encoded(content: bytes) -> str:
    return base64.b64encode(content).decode()


def change(call: Caller, **changes: object) -> Answer:
    return call("PATCH", PATH, changes)


def fetched(call: Caller, url: str) -> Answer:
    """An image as a browser gets it, without a key."""
    path = url.removeprefix("https://api.example/v1")
    assert path != url
    return replace(call, client_id="", is_described=False)("GET", path)


def items(answer: Answer) -> list[str]:
    assert answer.status == 400
    return [error["itemId"] for error in answer.body["validation"]["errors"]]


def test_a_client_who_chose_nothing_looks_like_daybook_under_its_own_name(call: Caller) -> None:
    shown = call("GET", PATH)
    assert shown.status == 200
    assert (shown.body["name"], shown.body["primaryColour"]) == ("Till Makers", "#1d4ed8")
    assert (shown.body["logo"], shown.body["icon"]) == (None, None)


def test_what_is_chosen_is_shown_and_what_is_not_named_stays(api: tuple[Caller, Runtime]) -> None:
    call, runtime = api
    change(call, name=" Brightside Tills ", primaryColour="#FC0")
    shown = change(call, logo=encoded(png(40, 10))).body
    assert (shown["name"], shown["primaryColour"]) == ("Brightside Tills", "#ffcc00")
    assert {**shown["logo"], "url": ""} == {"url": "", "contentType": "image/png", "width": 40, "height": 10}
    assert call("GET", PATH).body == shown
    brand = brand_of(runtime, "client-a")
    assert brand.name == "Brightside Tills"
    assert shown["logo"]["url"] == f"https://api.example/v1{brand.logo}"
    assert brand_of(runtime, "client-b").name == "Till Makers", "each client has its own"


@pytest.mark.parametrize("colour", ["#ffffff", "#000000", "#ffff00", "#777777", "#1d4ed8"])
def test_every_colour_can_be_read_by_day_and_by_night(call: Caller, colour: str) -> None:
    shades = change(call, primaryColour=colour).body["colours"]
    for ink, fill, on_fill, grounds in (
        ("ink", "fill", "onFill", LIGHT),
        ("darkInk", "darkFill", "darkOnFill", DARK),
    ):
        assert min(contrast(shades[ink], ground) for ground in grounds) >= TEXT_CONTRAST
        assert contrast(shades[fill], shades[on_fill]) >= TEXT_CONTRAST


def test_null_brings_the_default_back(call: Caller) -> None:
    before = call("GET", PATH).body
    change(call, name="A", primaryColour="#123456", logo=encoded(JPEG), icon=encoded(DRAWING))
    assert change(call, name=None, primaryColour=None, logo=None, icon=None).body == before


@pytest.mark.parametrize("body", [None, {}, {"colour": "red"}])
def test_nothing_given_changes_nothing(call: Caller, body: object) -> None:
    before = change(call, name="Mine").body
    assert call("PATCH", PATH, body).body == before


@pytest.mark.parametrize("prefix", ["", "data:image/png;base64,", "data:text/plain;base64,"])
def test_an_image_is_what_its_bytes_are(call: Caller, prefix: str) -> None:
    assert change(call, icon=prefix + encoded(JPEG)).body["icon"]["contentType"] == "image/jpeg"


def test_a_browser_gets_an_image_without_a_key_and_keeps_it(call: Caller) -> None:
    got = fetched(call, change(call, logo=encoded(png(40, 10))).body["logo"]["url"])
    assert got.status == 200
    assert got.headers["Content-Type"] == ["image/svg+xml; charset=utf-8"]
    assert got.headers["Cache-Control"] == ["public, max-age=31536000, immutable"]
    assert got.headers["X-Content-Type-Options"] == ["nosniff"]
    (policy,) = got.headers["Content-Security-Policy"]
    assert policy.startswith("default-src 'none'")
    assert policy.endswith("sandbox")
    assert f"data:image/png;base64,{encoded(png(40, 10))}" in got.body
    assert 'viewBox="0 0 40 10"' in got.body
    drawn = fetched(call, change(call, icon=encoded(DRAWING)).body["icon"]["url"])
    assert drawn.body == DRAWING.decode()


def test_an_address_changes_with_its_image_and_the_old_one_goes_later(api: tuple[Caller, Runtime]) -> None:
    call, runtime = api
    first = change(call, logo=encoded(png(4, 4)), icon=encoded(png(5, 5))).body
    second = change(call, logo=encoded(png(6, 6))).body
    assert first["logo"]["url"] != second["logo"]["url"]
    assert first["icon"] == second["icon"]
    assert fetched(call, first["logo"]["url"]).status == 200
    assert isinstance(runtime.table, MemoryTable)
    kept = {
        item["width"]: "expires" in item
        for item in runtime.table.everything()
        if item["PK"].startswith("BRANDING#")
    }
    assert kept == {4: True, 5: False, 6: False}
    assert change(call, logo=encoded(png(4, 4))).body["logo"] == first["logo"]
    assert not any(
        "expires" in item and item["width"] == 4
        for item in runtime.table.everything()
        if item["PK"].startswith("BRANDING#")
    ), "what is shown again stays"


def test_the_same_image_twice_stays_while_it_is_shown_once(api: tuple[Caller, Runtime]) -> None:
    call, runtime = api
    change(call, logo=encoded(png()), icon=encoded(png()))
    change(call, logo=None)
    assert isinstance(runtime.table, MemoryTable)
    assert not any("expires" in item for item in runtime.table.everything())


@pytest.mark.parametrize(
    ("changes", "faults"),
    [
        ({"name": ""}, ["$.name"]),
        ({"name": "x" * 61}, ["$.name"]),
        ({"name": "a\nb"}, ["$.name"]),
        ({"name": 5, "primaryColour": "red"}, ["$.name", "$.primaryColour"]),
        ({"primaryColour": ["#fff"]}, ["$.primaryColour"]),
        ({"primaryColour": "#fff;}body{display:none"}, ["$.primaryColour"]),
        ({"logo": "***"}, ["$.logo"]),
        ({"logo": 5, "icon": ""}, ["$.logo", "$.icon"]),
        ({"logo": {"data": "x"}}, ["$.logo"]),
        ({"logo": encoded(b"GIF89a" + bytes(40))}, ["$.logo"]),
        ({"logo": "data:image/png;base64," + encoded(b"<script>alert(1)</script>")}, ["$.logo"]),
        ({"icon": encoded(SVG.format(' onload="alert(1)"', "").encode())}, ["$.icon"]),
        ({"icon": encoded(png() + bytes(100_000))}, ["$.icon"]),
        ({"icon": "A" * 3_000_000}, ["$.icon"]),
        ({"icon": "é" * 50}, ["$.icon"]),
    ],
)
def test_what_cannot_be_shown_is_refused_and_nothing_changes(
    call: Caller, changes: dict[str, Any], faults: list[str]
) -> None:
    before = change(call, name="Mine", primaryColour="#123456", logo=encoded(png())).body
    fine = {"name": "Other", "icon": encoded(DRAWING)}
    assert items(change(call, **{**fine, **changes})) == faults
    assert call("GET", PATH).body == before


@pytest.mark.parametrize("body", [[], "x", 5])
def test_changes_come_as_an_object(call: Caller, body: object) -> None:
    assert items(call("PATCH", PATH, body)) == ["$"]


def test_there_are_no_other_images(call: Caller) -> None:
    url = change(call, logo=encoded(png())).body["logo"]["url"]
    for wrong in (
        url.replace("client-a", "client-b"),
        url.replace("logo.svg", "logo.png"),
        url[: -len("logo.svg") - 2] + "x/logo.svg",
        url.replace("client-a", "nobody"),
    ):
        assert fetched(call, wrong).status == 404
