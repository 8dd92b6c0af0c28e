"""Each event as it is sent, with exactly the contents of its type."""

from __future__ import annotations

from daybook.wire import events


class CompanyEvent(events.NewStyle):
    """Something happened to a company."""

    payload: events.CompanyPayload


class ConnectionEvent(events.NewStyle):
    """Something happened to a connection."""

    payload: events.ConnectionPayload


class ScheduleDisabledEvent(events.NewStyle):
    """A company's schedule was switched off."""

    payload: events.ScheduleDisabledPayload


class WebhookDisabledEvent(events.NewStyle):
    """A webhook was disabled."""

    payload: events.WebhookDisabledPayload


class WebhookTestEvent(events.NewStyle):
    """A webhook is tried."""

    payload: events.WebhookTestPayload


class ConnectionRemovedEvent(events.OldStyle):
    """A connection was deleted, in the older style."""


class SyncEvent(events.OldStyle):
    """A sync ended."""

    data: events.SyncData


class DatasetEvent(events.OldStyle):
    """A dataset came to its end."""

    data: events.DatasetData


class PushOperationEvent(events.OldStyle):
    """A document came to its end in the books."""

    data: events.PushOperationData
