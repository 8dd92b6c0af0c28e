"""A company's configuration, over HTTP."""

from __future__ import annotations

from typing import Any

from daybook.services.companies import find_company
from daybook.services.configure import read_configuration, save_configuration
from daybook.services.runtime import runtime
from daybook.services.schedule import ensure_schedule
from rest import Api, Request

api = Api("configuration")
handler = api.handle

_PATH = "/config/companies/<company_id>/sync/commerce"


@api.route("GET", _PATH)
def get_configuration(request: Request, company_id: str) -> dict[str, Any]:
    """Every option beside what is selected."""
    company = find_company(runtime(), request.client_id, company_id)
    return read_configuration(runtime(), company)


@api.route("POST", _PATH)
def set_configuration(request: Request, company_id: str) -> dict[str, Any]:
    """Save what was selected."""
    company = find_company(runtime(), request.client_id, company_id)
    return save_configuration(runtime(), company, request.json(), ensure_schedule=ensure_schedule)
