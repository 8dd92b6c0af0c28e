"""Datasets as they are answered: of pushed records, and of data read from a ledger."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from daybook.domain.records import DATA_TYPES
from daybook.services.identifiers import identifier
from daybook.store import datasets
from daybook.store.datasets import COMPLETE, FINAL, Dataset
from daybook.wire import datasets as wire
from daybook.wire.models import answer
from daybook.wire.paging import NEWEST_FIRST, Listing, page_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from daybook.services.runtime import Runtime
    from daybook.store.companies import Company

# Tells a ledger's customers from a shop's where both are kept.
LEDGER = "ledger-"


def list_datasets(
    runtime: Runtime, company: Company, listing: Listing, path: str, parameters: Mapping[str, str]
) -> dict[str, object]:
    """A page of a company's datasets, newest first; `dataType` and `status` narrow it."""
    wanted = {name: parameters[name].lower() for name in ("dataType", "status") if parameters.get(name)}
    shown = (answer(show_dataset(each)) for each in datasets.newest_first(runtime.table, company.id))
    rows = (row for row in shown if all(str(row[name]).lower() == value for name, value in wanted.items()))
    return page_of(rows, listing, path, places=NEWEST_FIRST)


def read_dataset(runtime: Runtime, company: Company, dataset_id: str) -> wire.Dataset:
    """One dataset. Raises NotFound."""
    return show_dataset(datasets.get(runtime.table, company.id, identifier(dataset_id, "dataset")))


def data_status(runtime: Runtime, company: Company) -> dict[str, Any]:
    """How up to date each type of data is that was ever read or pushed, by type."""
    latest: dict[str, Dataset] = {}
    successful: dict[str, Dataset] = {}
    for dataset in datasets.newest_first(runtime.table, company.id):
        latest.setdefault(dataset.data_type, dataset)
        if dataset.status == COMPLETE:
            successful.setdefault(dataset.data_type, dataset)
    return {
        published(data_type): answer(
            wire.DataStatus(
                data_type=published(data_type),
                last_successful_sync=successful[data_type].completed,
                current_status=newest.status,
                latest_sync_id=newest.id,
                latest_successful_sync_id=successful[data_type].id,
            )
        )
        for data_type, newest in latest.items()
        if data_type in successful
    }


def published(data_type: str) -> str:
    """The published name of a dataset's type."""
    return f"commerce-{data_type}" if data_type in DATA_TYPES else data_type.removeprefix(LEDGER)


def show_dataset(dataset: Dataset) -> wire.Dataset:
    """A dataset as it is answered."""
    is_completed = dataset.status in FINAL
    items = [
        wire.ValidationItem(item_id=error["itemId"], message=error["message"]) for error in dataset.errors
    ]
    return wire.Dataset(
        id=dataset.id,
        dataset_id=dataset.id,
        company_id=dataset.company_id,
        connection_id=dataset.connection_id,
        data_type=published(dataset.data_type),
        status=dataset.status,
        error_message=_error_message(dataset),
        requested=dataset.requested,
        completed=dataset.completed or None,
        progress=100 if is_completed else dataset.progress,
        is_completed=is_completed,
        is_errored=is_completed and dataset.status != COMPLETE,
        validation=wire.Validation(errors=items) if items else None,
        received=dataset.received,
        accepted=dataset.accepted,
        ignored=dataset.ignored,
        refused=dataset.refused,
    )


def _error_message(dataset: Dataset) -> str | None:
    if dataset.refused:
        kept = len(dataset.errors)
        first = f" The first {kept} are listed." if kept < dataset.refused else ""
        return f"{dataset.refused} of {dataset.received} records were refused, each with its reason.{first}"
    if dataset.status in FINAL and dataset.status != COMPLETE:
        return "The records could not be processed. They are kept and will be tried again by support."
    return None
