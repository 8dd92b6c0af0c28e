"""What a company's records make use of, each with the record it was last met in.

Items of a company, `COMPANY#<company>` / `OBSERVED#<kind>#<what>`. They are hints: one too many or too few
changes what a settings page offers, and nothing that is posted.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from daybook.domain.configuration import apart_from_others
from daybook.domain.observations import TreatmentInUse, payment_keys_of, read_treatment, treatments_of
from daybook.domain.records import Record
from daybook.store.stored_record import Name
from daybook.store.table import Item, Table

_TREATMENT, _PAYMENT = "tax", "payment"
# Longer texts than a key may hold are no settings page's business.
_LONGEST = 900


def note(table: Table, company_id: str, records: Mapping[Name, Record]) -> None:
    """Note what these records make use of."""
    found: dict[str, Name] = {}
    for name, record in records.items():
        for treatment in treatments_of(record):
            found[f"{_TREATMENT}#{treatment.text()}"] = name
        for key in payment_keys_of(record):
            found[f"{_PAYMENT}#{key}"] = name
    table.batch_put(
        _item(company_id, what, name) for what, name in found.items() if len(what.encode()) <= _LONGEST
    )


def payment_keys(table: Table, company_id: str) -> list[str]:
    """The account keys of the payments met, in the order of the alphabet.

    Older notes have what is called like something else by that name, without its own.
    """
    met = {item["SK"].split("#", 2)[2] for item in _query(table, company_id, _PAYMENT)}
    return sorted({apart_from_others(key) for key in met})


def treatments(table: Table, company_id: str) -> dict[TreatmentInUse, Name]:
    """The tax treatments met, and the record each was last met in."""
    return {
        read_treatment(item["SK"].split("#", 2)[2]): (item["connection"], item["dataType"], item["identity"])
        for item in _query(table, company_id, _TREATMENT)
    }


def _query(table: Table, company_id: str, kind: str) -> Iterator[Item]:
    return table.query_all(f"COMPANY#{company_id}", begins=f"OBSERVED#{kind}#")


def _item(company_id: str, what: str, name: Name) -> Item:
    connection_id, data_type, identity = name
    return {
        "PK": f"COMPANY#{company_id}",
        "SK": f"OBSERVED#{what}",
        "connection": connection_id,
        "dataType": data_type,
        "identity": identity,
    }
