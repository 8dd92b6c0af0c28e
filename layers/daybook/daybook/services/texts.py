"""The texts of the sync configuration flow: ours in each locale, a client's own in their place."""

from __future__ import annotations

import json
from functools import cache
from importlib import resources
from types import MappingProxyType
from typing import TYPE_CHECKING

from daybook.domain.flow_rows import TEXT_KEYS, labels_required_row
from daybook.store import flow_settings
from daybook.wire.models import answer
from daybook.wire.sync_flow import Localization

if TYPE_CHECKING:
    from collections.abc import Mapping

    from daybook.services.runtime import Runtime


def show_texts(runtime: Runtime, client_id: str, locale: str) -> dict[str, object]:
    """The texts in force for a client in a locale, by key, in the flow's order."""
    return _shown(locale, flow_settings.texts(runtime.table, client_id, locale))


def change_texts(
    runtime: Runtime, client_id: str, locale: str, changes: Mapping[str, str | None]
) -> dict[str, object]:
    """Set a client's own texts by key, None for ours again; the texts in force then."""
    if not changes:
        return show_texts(runtime, client_id, locale)
    return _shown(locale, flow_settings.change_texts(runtime.table, client_id, locale, changes))


def own_texts(runtime: Runtime, client_id: str, locale: str) -> Mapping[str, str]:
    """A client's own texts in a locale, by key."""
    return flow_settings.texts(runtime.table, client_id, locale)


@cache
def default_texts(locale: str) -> Mapping[str, str]:
    """Our texts in a locale, by key."""
    file = resources.files("daybook.web") / "texts" / f"{locale}.json"
    return MappingProxyType(json.loads(file.read_text(encoding="utf-8")))


def _shown(locale: str, own: Mapping[str, str]) -> dict[str, object]:
    ours = default_texts(locale)
    return {
        key: answer(Localization(text=own.get(key, ours[key]), required=labels_required_row(key)))
        for key in TEXT_KEYS
    }
