"""Events as they are sent: the published names and shapes (specs/codat/Webhooks.json), old and new.

What there is nothing to say of is left out. `services/publish_event.py` writes them.
"""

from __future__ import annotations

from pydantic import ConfigDict, Field
from pydantic.alias_generators import to_pascal

from daybook.wire.companies import DataConnectionError
from daybook.wire.formats import ConnectionStatus, SourceType, Url, UtcTime, Uuid
from daybook.wire.models import Model


class EventPart(Model):
    """The base of all that events hold: what there is nothing to say of is left out."""

    model_config = ConfigDict(json_schema_serialization_defaults_required=False)


class CompanyPayload(EventPart):
    """A company as it is when something happens to it."""

    id: Uuid
    name: str
    description: str | None = None
    redirect: Url
    created: UtcTime
    tags: dict[str, str] | None = None


class ReferenceCompany(EventPart):
    """Which company an event is about; only its id once it was deleted."""

    id: Uuid
    name: str | None = None
    tags: dict[str, str] | None = None


class EventConnection(EventPart):
    """A connection as it was when something happened to it."""

    id: Uuid
    integration_id: Uuid
    integration_key: str
    source_id: Uuid
    source_type: SourceType
    platform_name: str
    link_url: Url
    status: ConnectionStatus
    last_sync: UtcTime | None = None
    created: UtcTime
    data_connection_errors: list[DataConnectionError] | None = None


class ConnectionPayload(EventPart):
    """A connection and its company."""

    reference_company: ReferenceCompany
    connection: EventConnection


class ScheduleDisabledPayload(EventPart):
    """Why a company's schedule was switched off, and from when its days were to be synced."""

    reference_company: ReferenceCompany
    message: str
    start_date: UtcTime | None = None


class WebhookDisabledPayload(EventPart):
    """Which subscription was disabled, and why."""

    webhook_id: Uuid
    reason: str


class WebhookTestPayload(EventPart):
    """Which subscription was tried."""

    webhook_id: Uuid
    message: str


class NewStyle(EventPart):
    """An event in the newer of the two published styles."""

    id: Uuid
    event_type: str
    generated_date: UtcTime
    payload: (
        CompanyPayload
        | ConnectionPayload
        | ScheduleDisabledPayload
        | WebhookDisabledPayload
        | WebhookTestPayload
    )


class SyncData(EventPart):
    """Which sync ended, how, and at which step if it failed."""

    sync_id: Uuid
    sync_type: str
    sync_status_code: int
    failure_stage: str | None = Field(default=None, alias="FailureStage")


class DatasetData(EventPart):
    """Which dataset came to which end."""

    dataset_id: Uuid
    data_type: str
    dataset_status: str


class PushOperationData(EventPart):
    """Which document of the ledger came to which end."""

    data_type: str
    status: str
    push_operation_key: Uuid


class OldStyle(EventPart):
    """An event in the older of the two published styles: an alert of a rule."""

    model_config = ConfigDict(alias_generator=to_pascal)

    client_id: str
    client_name: str
    company_id: Uuid
    data_connection_id: Uuid | None = None
    rule_id: Uuid
    rule_type: str
    alert_id: Uuid
    message: str
    data: SyncData | DatasetData | PushOperationData | None = None
