"""The steps of a partner's journey, in order, each over one method of one client."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any

from local.api_client import Client, wait_until
from tests.conformance.calls import Call

Json = Any
IN_PROGRESS = (1000, 1010)


@dataclass
class Journey:
    """One partner with one client: plain calls for what no client has, and what was learned so far."""

    api: Client
    client_id: str
    known: SimpleNamespace = field(default_factory=SimpleNamespace)

    def push(self, company_id: str, records: dict[str, list[Json]]) -> dict[str, str]:
        """Push records of each data type and wait until they are known; answers the datasets' ids."""
        datasets = {
            data_type: self.api.post(f"/companies/{company_id}/data/commerce-{data_type}", each)["datasetId"]
            for data_type, each in records.items()
        }
        for data_type, dataset_id in datasets.items():
            wait_until(lambda found=dataset_id: self._complete(company_id, found), f"pushed {data_type}")
        return datasets

    def _complete(self, company_id: str, dataset_id: str) -> Json:
        held = self.api.get(f"/companies/{company_id}/data/history/{dataset_id}")
        assert not held["isErrored"], held
        return held if held["isCompleted"] else None

    def wait_for_syncs(self, company_id: str) -> list[Json]:
        """Wait until every sync of the company has ended; answers them, newest first."""

        def ended() -> list[Json] | None:
            found: list[Json] = self.api.get(f"/companies/{company_id}/sync/commerce/syncs/list/status")
            running = [each for each in found if each["syncStatusCode"] in IN_PROGRESS]
            assert found, "no sync has been asked for"
            return None if running else found

        return list(wait_until(ended, "the syncs"))


@dataclass(frozen=True, slots=True)
class Step:
    """What a partner does next with one method."""

    client: str
    method: str
    run: Callable[[Call, Journey], None]

    def __str__(self) -> str:
        return f"{self.method}-{self.run.__name__}"


STEPS: list[Step] = []
BAD_QUERY = "name ? shop"


def books(journey: Journey) -> dict[str, str]:
    """The accounting connection, as fields of a request."""
    return {"company_id": journey.known.company, "connection_id": journey.known.books}


def shop(journey: Journey) -> dict[str, str]:
    """The commerce connection, as fields of a request."""
    return {"company_id": journey.known.company, "connection_id": journey.known.shop}


def step(
    client: str, method: str
) -> Callable[[Callable[[Call, Journey], None]], Callable[[Call, Journey], None]]:
    """Take a function for the next step of the journey with this client."""

    def taken(run: Callable[[Call, Journey], None]) -> Callable[[Call, Journey], None]:
        STEPS.append(Step(client, method, run))
        return run

    return taken
