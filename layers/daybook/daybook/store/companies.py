"""Companies: the merchants. One lies under its client, so that another client's id is an unknown one."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import field

from daybook.domain.errors import Conflict, NotFound
from daybook.domain.names import LATER, WHOLE, beginnings
from daybook.frozen import frozen
from daybook.store import layout
from daybook.store.table import (
    Absent,
    All,
    ConditionFailed,
    Delete,
    Equals,
    Item,
    Key,
    Put,
    Table,
    Update,
    Write,
)


@frozen
class Company:
    """A merchant. `created` is ISO 8601 in UTC; `merchant_identifier` the client's own id of it, or ""."""

    id: str
    client_id: str
    name: str
    description: str = ""
    tags: Mapping[str, str] = field(default_factory=dict)
    created: str = ""
    created_by: str = ""
    merchant_identifier: str = ""
    deleted: bool = False


@frozen
class Deletion:
    """What is kept of a deleted company. Times are ISO 8601 in UTC, "" until then.

    `emptied` is when all but the news of the deletion was erased, `erased` when that was too.
    """

    company_id: str
    client_id: str
    deleted: str
    emptied: str
    erased: str


@frozen
class Named:
    """A company found by its name. `place` is where the next page of a search begins."""

    company_id: str
    place: str


def create(table: Table, company: Company, *also: Write) -> None:
    """Keep a new company, with what must happen in the same moment.

    Raises Conflict when the client has a company with this merchant identifier.
    """
    pk, sk = layout.company(company.id)
    writes: list[Write] = [
        Put(_item(company), Absent()),
        Put({"PK": pk, "SK": sk, "clientId": company.client_id}, Absent()),
    ]
    if company.merchant_identifier:
        pk, sk = layout.merchant(company.client_id, company.merchant_identifier)
        writes.append(Put({"PK": pk, "SK": sk, "companyId": company.id}, Absent()))
    names = [Put(item) for item in _names(company)]
    try:
        table.transact([*writes, *also, *names])
    except ConditionFailed as failed:
        if failed.index < len(writes):
            raise Conflict("This merchant has a company already.") from failed
        raise


def get(table: Table, client_id: str, company_id: str) -> Company:
    """A client's company. Raises NotFound for an unknown one, a deleted one and another client's alike."""
    item = table.get(*layout.client_company(client_id, company_id))
    if item is None or item["deleted"]:
        raise NotFound("company")
    return _company(item)


def find(table: Table, company_id: str) -> Company:
    """A company whose client is not at hand, as for a queue's message. Raises NotFound."""
    return get(table, client_of(table, company_id), company_id)


def client_of(table: Table, company_id: str) -> str:
    """Whose company this is or was. Raises NotFound for an id that was never given."""
    pointer = table.get(*layout.company(company_id))
    if pointer is None:
        raise NotFound("company")
    return str(pointer["clientId"])


def find_merchant(table: Table, client_id: str, identifier: str) -> Company | None:
    """The company with this id or, else, with this merchant identifier; None when there is none.

    Raises NotFound for the id of a company that was deleted: no other may take it.
    """
    company_id = identifier.lower()
    if table.get(*layout.client_company(client_id, company_id)) is None:
        pointer = table.get(*layout.merchant(client_id, identifier))
        if pointer is None:
            return None
        company_id = pointer["companyId"]
    return get(table, client_id, company_id)


def update(table: Table, company: Company) -> None:
    """Replace name, description and tags. Raises NotFound when it was deleted."""
    put = {"name": company.name, "description": company.description, "tags": dict(company.tags)}
    key = layout.client_company(company.client_id, company.id)

    def change(former: Company) -> list[Write]:
        gone, made = _keys(_names(former)), _names(company)
        kept = _keys(made)
        return [
            Update(*key, put, _as_read(former)),
            *(Delete(*each) for each in gone if each not in kept),
            *(Put(item) for item in made if (item["PK"], item["SK"]) not in gone),
        ]

    _change(table, get(table, company.client_id, company.id), change)


def delete(table: Table, company: Company, at: str, *also: Write) -> None:
    """Forget a company, with what must happen in the same moment. Raises NotFound when it is gone already.

    What is left says only that there was one until `at` (ISO 8601 in UTC): the id stays taken.
    """
    kept = Company(company.id, company.client_id, "", created=company.created, deleted=True)
    tombstone = {**_item(kept), "deletedAt": at, "emptiedAt": "", "erasedAt": ""}

    def change(former: Company) -> list[Write]:
        writes: list[Write] = [Put(tombstone, _as_read(former)), *also]
        writes += [Delete(*key) for key in _keys(_names(former))]
        if company.merchant_identifier:
            writes.append(Delete(*layout.merchant(company.client_id, company.merchant_identifier)))
        return writes

    _change(table, company, change)


def _change(table: Table, company: Company, change: Callable[[Company], list[Write]]) -> None:
    """Do what changes a company, whose first write demands that it is as it was given.

    When somebody else changed it meanwhile, once more with it as it is. Raises NotFound when it is gone.
    """
    while True:
        try:
            table.transact(change(company))
        except ConditionFailed as failed:
            if failed.index != 0:
                raise
            company = get(table, company.client_id, company.id)
            continue
        return


def deletion(table: Table, company_id: str) -> Deletion | None:
    """When a company was deleted and erased; None while it stands, and for an unknown id."""
    pointer = table.get(*layout.company(company_id))
    item = table.get(*layout.client_company(pointer["clientId"], company_id)) if pointer else None
    if item is None or not item["deleted"]:
        return None
    times = (item["deletedAt"], item["emptiedAt"], item["erasedAt"])
    return Deletion(company_id, item["PK"].partition("#")[2], *times)


def note_erasure(table: Table, deletion: Deletion) -> None:
    """Say how far the erasure of a deleted company has got."""
    key = layout.client_company(deletion.client_id, deletion.company_id)
    table.add(*key, put={"emptiedAt": deletion.emptied, "erasedAt": deletion.erased})


def list_companies(table: Table, client_id: str) -> Iterator[Company]:
    """A client's companies, oldest first (ids are ordered by time)."""
    pk, begins = layout.client_company(client_id)
    return (_company(item) for item in table.query_all(pk, begins=begins) if not item["deleted"])


def named(table: Table, client_id: str, part: str, limit: int, after: str = "") -> list[Named]:
    """Companies whose name, or a later word of it, begins like this; in alphabetical order.

    Those whose name itself begins so come first. `part` is folded; "" finds all by their whole names.
    """
    found: list[Named] = []
    for place in (WHOLE, LATER) if part else (WHOLE,):
        pk, begins = layout.company_names(client_id, place, part)
        if place == WHOLE and after.startswith(f"{LATER}#"):
            continue
        low = f"{after}!" if after.startswith(f"{place}#") else begins
        page = table.query(pk, between=(low, f"{begins}\U0010ffff"), limit=limit - len(found))
        found += [Named(layout.read_company_name(item["SK"]), item["SK"]) for item in page.items]
        if len(found) == limit:
            break
    return found


def of_ids(table: Table, client_id: str, company_ids: Iterable[str]) -> dict[str, Company]:
    """Those of a client's companies that exist, by id."""
    items = table.batch_get(layout.client_company(client_id, each) for each in company_ids)
    return {each.id: each for each in map(_company, items.values()) if not each.deleted}


def _as_read(company: Company) -> All:
    """The condition that a company stands, under the name it was read with."""
    return All((Equals("deleted", value=False), Equals("name", company.name)))


def _names(company: Company) -> list[Item]:
    """The items by which a company is found by its name."""
    keys = {layout.company_name(company.client_id, *part, company.id) for part in beginnings(company.name)}
    return [{"PK": pk, "SK": sk} for pk, sk in sorted(keys)]


def _keys(items: Iterable[Item]) -> list[Key]:
    return [(item["PK"], item["SK"]) for item in items]


def _item(company: Company) -> Item:
    pk, sk = layout.client_company(company.client_id, company.id)
    return {
        "PK": pk,
        "SK": sk,
        "name": company.name,
        "description": company.description,
        "tags": dict(company.tags),
        "created": company.created,
        "createdBy": company.created_by,
        "merchantIdentifier": company.merchant_identifier,
        "deleted": company.deleted,
    }


def _company(item: Item) -> Company:
    return Company(
        id=item["SK"].partition("#")[2],
        client_id=item["PK"].partition("#")[2],
        name=item["name"],
        description=item["description"],
        tags=item["tags"],
        created=item["created"],
        created_by=item["createdBy"],
        merchant_identifier=item["merchantIdentifier"],
        deleted=item["deleted"],
    )
