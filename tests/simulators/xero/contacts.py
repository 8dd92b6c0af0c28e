"""Customers and suppliers, which in Xero are the same thing."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tests.simulators.xero.organisation import Organisation, Record
from tests.simulators.xero.refusals import Refused, refuse_unless

ARCHIVED = "The contact is currently archived. It must be un-archived to be used on this transaction."


def contact_of(organisation: Organisation, given: Mapping[str, Any] | None) -> Record:
    """The contact a document names by id, number or name; a new name makes a new one.

    An id together with a name gives the contact that name, as Xero does.
    """
    if not given:
        raise Refused("A Contact must be specified for this type of transaction")
    known = find(organisation, given)
    if known is None and given.get("ContactID"):
        raise Refused("The contact id supplied does not exist")
    if known is None:
        name = given.get("Name")
        if not name:
            raise Refused("The contact name cannot be empty.")
        wanted = {key: given[key] for key in ("Name", "ContactNumber", "EmailAddress") if key in given}
        return organisation.add_contact(wanted)
    if known["ContactStatus"] == "ARCHIVED":
        raise Refused(ARCHIVED)
    if given.get("ContactID") and given.get("Name"):
        _check_name(organisation, given["Name"], known)
        known["Name"] = given["Name"]
    return known


def named(contact: Record) -> Record:
    """A contact as documents show it."""
    shown = ("ContactID", "ContactNumber", "ContactStatus", "Name")
    return {name: contact[name] for name in shown if name in contact}


def find(organisation: Organisation, given: Mapping[str, Any]) -> Record | None:
    """The contact with this id, or else this number, or else this name."""
    held = organisation.held.contacts
    if given.get("ContactID"):
        return held.get(given["ContactID"].lower())
    for field in ("ContactNumber", "Name"):
        for record in held.values():
            value = given.get(field)
            if value and str(record.get(field, "")).lower() == str(value).lower():
                return record
    return None


def create(organisation: Organisation, given: Mapping[str, Any]) -> Record:
    """PUT. Raises Refused."""
    _check(organisation, given, None)
    return organisation.add_contact(_settable(given))


def save(organisation: Organisation, given: Mapping[str, Any]) -> Record:
    """POST: creates, or changes the one with this id, number or name. Raises Refused."""
    known = find(organisation, given)
    if known is None:
        return create(organisation, given)
    _check(organisation, {**known, **given}, known)
    known |= _settable(given)
    known["UpdatedDateUTC"] = organisation.now()
    return known


def _settable(given: Mapping[str, Any]) -> Record:
    return {name: value for name, value in given.items() if name != "ContactID"}


def _check(organisation: Organisation, given: Mapping[str, Any], known: Record | None) -> None:
    name, number = given.get("Name") or "", given.get("ContactNumber") or ""
    others = [each for each in organisation.held.contacts.values() if each is not known]
    refuse_unless(
        (bool(name.strip()), "The contact name cannot be empty."),
        (len(name) <= 255, "The contact name cannot be longer than 255 characters."),
        (len(number) <= 50, "The contact number cannot be longer than 50 characters."),
        (
            not number or number not in [each.get("ContactNumber") for each in others],
            "ContactNumber must be unique.",
        ),
        ("<" not in name and ">" not in name, "The contact name cannot contain < or >."),
    )
    _check_name(organisation, name, known)


def _check_name(organisation: Organisation, name: str, known: Record | None) -> None:
    for record in organisation.held.contacts.values():
        if record is not known and record["Name"].lower() == name.lower():
            raise Refused(
                f"The contact name {name} is already assigned to another contact. "
                "The contact name must be unique across all active contacts."
            )
