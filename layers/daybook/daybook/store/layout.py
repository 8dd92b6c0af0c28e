"""Every key of the table. Nothing else knows how they are made.

Company, connection, dataset and sync ids are lower-case UUIDs; only record ids are the partner's own.
"""

from __future__ import annotations

import zlib
from datetime import date, datetime

from daybook.store.table import Key

# Stands between two of the partner's ids in one key; ids hold no control characters.
_BETWEEN = "\x1f"
_UNKNOWN = "Unknown"
# A push of one company is stored at once, so that its bodies are spread over these.
BODY_SHARDS = 16
# A partition takes a thousand writes a second, and each message is two: at midnight there are more.
_OUTBOX_SHARDS = 16


def client(client_id: str) -> Key:
    """A client."""
    return f"CLIENT#{client_id}", "CLIENT"


def api_key(digest: str) -> Key:
    """An API key, found by the SHA-256 of it in hexadecimal."""
    return f"KEY#{digest}", "KEY"


def client_api_key(client_id: str, key_id: str = "") -> Key:
    """An API key in its client's list; without a key id the beginning of them all."""
    return f"CLIENT#{client_id}", f"KEY#{key_id}"


def client_company(client_id: str, company_id: str = "") -> Key:
    """A company, under its client; without a company id the beginning of them all."""
    return f"CLIENT#{client_id}", f"COMPANY#{company_id}"


def merchant(client_id: str, merchant_identifier: str) -> Key:
    """Which company a client means by its own identifier of a merchant."""
    return f"CLIENT#{client_id}", f"MERCHANT#{merchant_identifier}"


def flow_texts(client_id: str, locale: str) -> Key:
    """A client's own texts of the sync configuration flow."""
    return f"CLIENT#{client_id}", f"FLOW#TEXTS#{locale}"


def visible_accounts(client_id: str, platform_key: str) -> Key:
    """Which rows of the flow a client shows for a platform."""
    return f"CLIENT#{client_id}", f"FLOW#ACCOUNTS#{platform_key}"


def flow_draft(company_id: str) -> Key:
    """What a merchant has chosen in the flow and the configuration does not take yet."""
    return f"COMPANY#{company_id}", "FLOW#DRAFT"


def branding(client_id: str) -> Key:
    """How a client's pages look."""
    return f"CLIENT#{client_id}", "FLOW#BRANDING"


def branding_image(client_id: str, digest: str) -> Key:
    """An image of a client's pages, found by the SHA-256 of its bytes in hexadecimal."""
    return f"BRANDING#{client_id}", digest


def company(company_id: str) -> Key:
    """Which client a company belongs to."""
    return f"COMPANY#{company_id}", "COMPANY"


def connection(company_id: str, connection_id: str = "") -> Key:
    """A connection; without its id the beginning of all of a company's."""
    return f"COMPANY#{company_id}", f"CONNECTION#{connection_id}"


def ledger_links(company_id: str) -> Key:
    """How often a connection to a company's books was linked."""
    return f"COMPANY#{company_id}", "LEDGERLINKS"


def tokens(connection_id: str) -> Key:
    """The tokens of a connection."""
    return f"TOKENS#{connection_id}", "TOKENS"


def pace(connection_id: str) -> Key:
    """How often a connection's platform was called."""
    return f"PACE#{connection_id}", "PACE"


def flow_password(company_id: str, digest: str) -> Key:
    """A one-time password of the sync configuration flow, found by a digest of it."""
    return f"COMPANY#{company_id}", f"FLOW#PASSWORD#{digest}"


def flow_tries(company_id: str) -> Key:
    """How often a one-time password was tried at a company."""
    return f"COMPANY#{company_id}", "FLOW#TRIES"


def flow_connections(company_id: str) -> Key:
    """How often the flow has connected a company: no two may do so at once."""
    return f"COMPANY#{company_id}", "FLOW#CONNECTIONS"


def erased_connection(company_id: str, connection_id: str = "") -> Key:
    """That a connection was deleted and is being erased; without its id the beginning of all of those."""
    return f"COMPANY#{company_id}", f"ERASED#{connection_id}"


def link_state(digest: str) -> Key:
    """An authorisation under way."""
    return f"LINKSTATE#{digest}", "LINKSTATE"


def session(digest: str) -> Key:
    """A session of a person, found by the SHA-256 of its token in hexadecimal."""
    return f"SESSION#{digest}", "SESSION"


def reference_data(connection_id: str, part: int | None = None) -> Key:
    """A part of a ledger's reference data as last read; without its number the beginning of them all."""
    return f"REFERENCE#{connection_id}", f"PART#{'' if part is None else f'{part:03d}'}"


def pulled(connection_id: str) -> Key:
    """The beginning of all that is there of reference data being pulled part by part."""
    return f"REFERENCE#{connection_id}", "PULL"


def pulled_part(connection_id: str, part: str = "") -> Key:
    """That a part is there whole; without its name the beginning of those that are."""
    return f"REFERENCE#{connection_id}", f"PULLED#{part}"


def pulled_piece(connection_id: str, part: str, number: int) -> Key:
    """A piece of a part."""
    return f"REFERENCE#{connection_id}", f"PULL#{part}#{number:03d}"


def retention(company_id: str) -> Key:
    """Which days of a company are closed, and when that is looked at again."""
    return f"COMPANY#{company_id}", "RETENTION"


def ended_sync(company_id: str, sync_id: str = "") -> Key:
    """What is listed of a sync that ended; without its id the beginning of all of a company's."""
    return f"ENDED#{company_id}", sync_id


def ended_count(client_id: str, utc_date: date | str, shard: int | None = None) -> Key:
    """How many of them ended with which code; without a shard the beginning of a date's."""
    return f"COUNTED#{client_id}", f"{utc_date}#{'' if shard is None else f'{shard:02}'}"


def failing(company_id: str) -> Key:
    """That the last sync of a company that ended failed."""
    return f"COMPANY#{company_id}", "FAILING"


def company_name(client_id: str, place: str, words: str, company_id: str) -> Key:
    """A name, or the end of one from a word on (`place` says which), by which a company is found."""
    return f"CLIENT#{client_id}", f"{place}#{words}{_BETWEEN}{company_id}"


def read_company_name(sort: str) -> str:
    """The company id of the sort key of a name."""
    return sort.rpartition(_BETWEEN)[2]


def company_names(client_id: str, place: str, begins: str = "") -> Key:
    """The beginning of those of a client that begin so."""
    return f"CLIENT#{client_id}", f"{place}#{begins}"


def portal_password(client_id: str, digest: str) -> Key:
    """A one-time password of the portal, found by a digest of it."""
    return f"CLIENT#{client_id}", f"PORTAL#PASSWORD#{digest}"


def portal_tries(client_id: str) -> Key:
    """How often a one-time password of the portal was tried at a client."""
    return f"CLIENT#{client_id}", "PORTAL#TRIES"


def configuration(company_id: str, version: int | None = None) -> Key:
    """A saved configuration; without a version the one in force."""
    suffix = "" if version is None else f"#{version:08d}"
    return f"COMPANY#{company_id}", f"CONFIGURATION{suffix}"


def catalogue(company_id: str) -> Key:
    """The revision of a company's products, categories, components, locations and payment methods."""
    return f"COMPANY#{company_id}", "CATALOGUE"


def shapes(company_id: str) -> Key:
    """Which kinds of joins and times a company's records use."""
    return f"COMPANY#{company_id}", "SHAPES"


def observed(company_id: str) -> Key:
    """What a company's records were seen to use: the beginning of all of those."""
    return f"COMPANY#{company_id}", "OBSERVED#"


def records(company_id: str, connection_id: str, data_type: str) -> str:
    """The partition of a connection's records of one type."""
    return f"RECORD#{company_id}#{connection_id}#{data_type}"


def record(company_id: str, connection_id: str, data_type: str, identity: str) -> Key:
    """A record. Transactions lie under their id first, so that all of one id are found together."""
    sort = transaction_sort(identity) if data_type == "transactions" else identity
    return records(company_id, connection_id, data_type), sort


def transaction_sort(identity: str) -> str:
    """`<id>␟<type>` of the identity `<type>/<id>` (type Unknown: `Unknown/<subType>/<id>`)."""
    parts = identity.split("/", 2 if identity.startswith(f"{_UNKNOWN}/") else 1)
    return f"{parts[-1]}{_BETWEEN}{'/'.join(parts[:-1])}"


def transactions_of(transaction_id: str, kind: str = "") -> str:
    """How the sort keys of every transaction of an id (and a kind of it) begin; itself no transaction's."""
    return f"{transaction_id}{_BETWEEN}{kind}"


def deletions_of(identity: str) -> list[str]:
    """The sort keys under which a deletion that covers this transaction would lie."""
    transaction_id, _, kind = transaction_sort(identity).rpartition(_BETWEEN)
    keys = [transactions_of(transaction_id)]
    return [*keys, transactions_of(transaction_id, _UNKNOWN)] if kind.startswith(f"{_UNKNOWN}/") else keys


def day(company_id: str, utc_date: date | str) -> str:
    """The partition of what happened to a company on one UTC date."""
    return f"DAY#{company_id}#{utc_date}"


def day_entry(company_id: str, moment: datetime, connection_id: str, data_type: str, identity: str) -> Key:
    """The entry of one record at one time (UTC) of a day."""
    sort = f"{moment.strftime('%H:%M:%S')}#{connection_id}#{data_type}#{identity}"
    return day(company_id, moment.date()), sort


def day_entries(company_id: str, moment: datetime, connection_id: str, data_type: str, digest: str) -> Key:
    """An entry of several records at times of one hour (UTC), known by a digest of their identities."""
    return day_entry(company_id, moment, connection_id, data_type, f"{_BETWEEN}{digest}")


def read_day_entry(sort: str) -> tuple[str, str, str]:
    """(connection id, data type, identity) of an entry's sort key."""
    _, connection_id, data_type, identity = sort.split("#", 3)
    return connection_id, data_type, identity


def dates(company_id: str, utc_date: date | str = "") -> Key:
    """That a UTC date has, or once had, entries; without a date the beginning of all of them."""
    return f"DATES#{company_id}", str(utc_date)


def links(company_id: str, connection_id: str) -> str:
    """The partition of what joins a connection's orders, payments and transactions."""
    return f"LINK#{company_id}#{connection_id}"


def order_link(company_id: str, connection_id: str, order_id: str) -> Key:
    """The payments that transactions join to an order."""
    return links(company_id, connection_id), f"order/{order_id}"


def payment_link(company_id: str, connection_id: str, payment_id: str) -> Key:
    """The orders a payment stands in."""
    return links(company_id, connection_id), f"payment/{payment_id}"


def cashback_link(company_id: str, connection_id: str, payment_id: str) -> Key:
    """The transactions that handed out cash on a card payment."""
    return links(company_id, connection_id), f"cashback/{payment_id}"


def mark(company_id: str, utc_date: date | str) -> Key:
    """The mark that something changed on a UTC date."""
    return f"MARKS#{company_id}", str(utc_date)


def dataset(company_id: str, dataset_id: str = "") -> Key:
    """A dataset; without its id the beginning of all of a company's."""
    return f"DATASETS#{company_id}", dataset_id


def dataset_bodies(company_id: str, shard: int) -> str:
    """One of the partitions of a company's bodies of datasets: few enough to be looked through."""
    return f"BODIES#{company_id}#{shard:02}"


def dataset_body(company_id: str, dataset_id: str) -> Key:
    """A dataset's body: its partition, and how the sort keys of its parts begin."""
    return dataset_bodies(company_id, zlib.crc32(dataset_id.encode()) % BODY_SHARDS), f"{dataset_id}#"


def outbox(company_id: str, message_id: str) -> Key:
    """A message to be sent."""
    return f"OUTBOX#{company_id}", message_id


def unsent(company_id: str) -> str:
    """Where the index has a company's messages, one of `every_unsent`."""
    return f"OUTBOX#{zlib.crc32(company_id.encode()) % _OUTBOX_SHARDS:02}"


def every_unsent() -> list[str]:
    """The partitions of the index that messages wait in, by their time."""
    return [f"OUTBOX#{shard:02}" for shard in range(_OUTBOX_SHARDS)]


def books(company_id: str) -> Key:
    """The company's Sandbox books: the ledger's own settings."""
    return f"LEDGER#{company_id}", "BOOKS"


def books_part(company_id: str, role: str, part_id: str) -> Key:
    """Something the books' documents refer to: ACCOUNT, TAXRATE, CUSTOMER or SUPPLIER."""
    return f"LEDGER#{company_id}", f"{role}#{part_id}"


def booked(company_id: str, document_id: str = "") -> Key:
    """How a document of the books stands; without its id the beginning of all of a company's."""
    return f"BOOKED#{company_id}", document_id


def entry(company_id: str, dated: date | str, document_id: str = "") -> Key:
    """An entry of the books, by its date; without an id the beginning of all of that date."""
    return f"ENTRIES#{company_id}", f"{dated}#{document_id}"


def answer(client_id: str, digest: str) -> Key:
    """What a client's POST was answered, found by a digest of its method, path and `Idempotency-Key`."""
    return f"ANSWER#{client_id}#{digest}", "ANSWER"


def answered(company_id: str, digest: str = "") -> Key:
    """That an answer about a company is kept; without a digest the beginning of all of those."""
    return f"ANSWERED#{company_id}", digest


def answer_part(client_id: str, digest: str, attempt: str, number: int) -> Key:
    """A part of that answer, as one attempt at the request gave it."""
    return f"ANSWER#{client_id}#{digest}", f"PART#{attempt}#{number:03d}"


def direct_push(company_id: str, key: str = "") -> Key:
    """A document that was pushed by itself; without its key the beginning of all of a company's."""
    return f"DIRECT#{company_id}", key


def direct_number(company_id: str, kind: str = "", number: str = "") -> Key:
    """Which push operation gave a document its number; without one the beginning of all of a company's."""
    return f"DIRECTNUMBER#{company_id}", f"{kind}#{number}" if kind else ""


def subscriptions(client_id: str) -> Key:
    """How many subscriptions to events a client has."""
    return f"CLIENT#{client_id}", "WEBHOOKS"


def subscription(client_id: str, webhook_id: str = "") -> Key:
    """A subscription to events, under its client; without its id the beginning of them all."""
    return f"CLIENT#{client_id}", f"WEBHOOK#{webhook_id}"


def event(subject: str, event_id: str = "") -> Key:
    """The body of an event about a company, or of a test of a subscription."""
    return f"EVENTS#{subject}", event_id


def delivery(webhook_id: str, delivery_id: str = "") -> Key:
    """What became of an event that a subscription is told of."""
    return f"DELIVERIES#{webhook_id}", delivery_id
