"""The words in which a function's `description.py` says what its operations take and answer.

`OPERATIONS` of each `functions/<name>/description.py` maps an operation of its `app.py` to a `Described`;
`local/openapi.py` makes the OpenAPI document of them. The first line of an operation's docstring is its
summary, the rest its description. No handler imports this: a cold start pays nothing for it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from enum import Enum
from typing import Any, Literal

from daybook.frozen import frozen

Json = Mapping[str, Any]


class Tag(Enum):
    """The groups that operations are listed in, in this order: a name, and what it is about."""

    COMPANIES = "Companies", "Merchants: each is one company."
    CONNECTIONS = "Connections", "What a company is connected to: its books, and where its sales come from."
    INTEGRATIONS = "Integrations", "The platforms there are, and the images that stand for them."
    CONFIGURATION = "Configuration", "Where sales, payments and fees go in the merchant's books, and when."
    SYNC_FLOW = "Sync flow", "The pages on which a merchant connects and configures, their words and choices."
    COMMERCE_DATA = "Commerce data", "Orders, payments and everything else a day in the books is made of."
    DATASETS = "Datasets", "What became of data that was sent or read."
    LEDGER_DATA = "Ledger data", "What the merchant's books hold: accounts, tax rates, customers, suppliers."
    SYNCS = "Syncs", "Writing business days into the books: ask for it, watch it, prove it."
    PUSHES = "Pushes", "The documents that were written into the books, one by one."
    DIRECT_PUSHES = "Direct pushes", "Writing a single document of one's own into the books."
    WEBHOOKS = "Webhooks", "Being told of what happens."
    KEYS = "API keys", "The keys this API is called with."
    SANDBOX = "Sandbox books", "The embedded accounting platform: a whole ledger to look at and to try with."
    DESCRIPTION = "This description", "What you are reading, for machines and for people."


@frozen
class Parameter:
    """A parameter of the query, of a header or of the path."""

    name: str
    description: str
    where: Literal["query", "header", "path"] = "query"
    schema: Json = field(default_factory=lambda: {"type": "string"})
    required: bool = False
    example: object = None


@frozen
class PageOf:
    """A page of items of this model; `item` is a pydantic model."""

    item: Any


@frozen
class Media:
    """An answer or a body that is not JSON; `schema` says what a form holds."""

    content_type: str
    example: str = ""
    schema: Json = field(default_factory=lambda: {"type": "string"})


@frozen
class Nothing:
    """No body: 204, or 302 to another page; with 200 an empty object."""

    status: int


NO_CONTENT = Nothing(204)
EMPTY_OBJECT = Nothing(200)


@frozen
class Link:
    """What can be called with an answer: `operation` by name, its parameters from the answer's properties.

    `{"company_id": "id"}` passes the answer's `id`; a value that starts with `path.` passes on the
    parameter of the path with that name.
    """

    operation: str
    parameters: Mapping[str, str]


@frozen
class Described:
    """One operation.

    `answer` and `request` are pydantic models, any type pydantic knows (`list[Sync]`, `dict[str, Status]`),
    or what stands above. `also` are further types of answer. `errors` says when a status is answered that is
    not a matter of course: those (401, 403, 404 with an id in the path, 413 and 415 with a body, 429, 500,
    503) are added to every operation. `headers` are those of the answer. `summary` replaces the docstring's
    first line, for each of `PerValue`. `failures_as` is how a person is told of a failure, a page. A POST
    with a key takes an `Idempotency-Key`.
    """

    tag: Tag
    answer: Any
    request: Any = None
    parameters: tuple[Parameter, ...] = ()
    example: object = None
    request_example: object = None
    errors: Mapping[int, str] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)
    links: Mapping[str, Link] = field(default_factory=dict)
    also: tuple[Media, ...] = ()
    summary: str = ""
    body_required: bool = True
    keyless: bool = False
    failures_as: Media | None = None


@frozen
class Event:
    """What is sent to a webhook: when, in which shape, for example. `EVENTS` in a description lists them."""

    summary: str
    body: Any
    example: object


@frozen
class PerValue:
    """One operation for each value of a parameter of the path, such as a data type."""

    parameter: str
    values: Mapping[str, Described]


# Ids of the examples: the same thing has the same id all over the document.
COMPANY_ID = "0b8f8b1a-5d6c-7c3e-9a51-3f1d2c4b5a60"
CONNECTION_ID = "0b8f8b1a-61f0-7d2b-8c44-97b0a1c2d3e4"
LEDGER_ID = "0b8f8b1a-7a35-7e19-b0d2-45c6d7e8f901"
DATASET_ID = "0b8f8b1a-8c77-7f42-a6e3-1b2c3d4e5f60"
SYNC_ID = "0b8f8b1a-9d02-7a68-bf15-c7d8e9f0a1b2"
DOCUMENT_ID = "0b8f8b1a-ae4c-7b93-8d27-2e3f4a5b6c7d"
BASE_URL = "https://daybook.example/v1"

UUID: Json = {"type": "string", "format": "uuid"}
COUNT: Json = {"type": "integer", "minimum": 1}

PAGING = (
    Parameter("page", "Which page, from 1.", schema={**COUNT, "maximum": 1_000_000_000, "default": 1}),
    Parameter("pageSize", "How many on a page.", schema={**COUNT, "maximum": 2000, "default": 100}),
)
LISTING = (
    *PAGING,
    Parameter(
        "orderBy",
        "The properties to order by, separated by commas; a `-` before one orders it descending.",
        example="-created",
    ),
    Parameter(
        "query",
        "Which items: `property=value` with `=`, `!=`, `~` (contains), `>`, `<`, `>=`, `<=`; joined by `&&` "
        "and `||`, grouped by `{}`; a dot leads to a property within a property. Encoded once or twice.",
        schema={"type": "string", "maxLength": 2048},
        example="name~cafe",
    ),
    Parameter(
        "after",
        "Given by the link to the next page, which begins after this item whatever is made or deleted "
        "meanwhile. Not together with `orderBy`.",
        schema={"type": "string", "maxLength": 2048},
    ),
)
IDEMPOTENCY_KEY = Parameter(
    "Idempotency-Key",
    "Any text of yours that names this request. Sent again with the same key within 24 hours, the request is "
    "answered as it was the first time and does nothing else.",
    "header",
    {"type": "string", "pattern": "^[\\x21-\\x7e]{1,255}$"},
    example="3f0c9a52-8d1b-4c7e-9f60-2b5a7d8e1c34",
)
IF_MATCH = Parameter(
    "If-Match",
    "The `ETag` of the version that the change is based on, or `*` for any. Where somebody saved another one "
    "since, nothing is saved.",
    "header",
    example='"3"',
)

# What every event is sent with, as Standard Webhooks has it.
EVENT_HEADERS = (
    Parameter("webhook-id", "The event's id, the same at every attempt.", "header", required=True),
    Parameter("webhook-timestamp", "The second of this attempt, Unix time.", "header", required=True),
    Parameter(
        "webhook-signature",
        "`v1,` and the signature in base64; while a secret is being replaced two, with a space between them.",
        "header",
        required=True,
    ),
)

PATH_PARAMETERS = {
    "company_id": Parameter("companyId", "The company's id.", "path", UUID, example=COMPANY_ID),
    "connection_id": Parameter("connectionId", "The connection's id.", "path", UUID, example=CONNECTION_ID),
    "dataset_id": Parameter("datasetId", "The dataset's id.", "path", UUID, example=DATASET_ID),
    "sync_id": Parameter("syncId", "The sync's id.", "path", UUID, example=SYNC_ID),
    "key": Parameter("key", "The document's id, `pushOperationKey`.", "path", UUID, example=DOCUMENT_ID),
    "number": Parameter("number", "Which line of the document, from 1.", "path", COUNT, example=1),
    "platform_key": Parameter(
        "platformKey",
        "The platform's key: `mqjo` Sandbox books, `lqai` the partner's own sales data; "
        "`GET /config/integrations` lists all.",
        "path",
        example="mqjo",
    ),
}


def page(*items: object, path: str) -> dict[str, object]:
    """An example of a first page with these items."""
    return {
        "results": list(items),
        "pageNumber": 1,
        "pageSize": 100,
        "totalResults": len(items),
        "_links": {"self": {"href": path}, "current": {"href": f"{path}?page=1&pageSize=100"}},
    }
