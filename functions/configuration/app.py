"""A company's configuration, over HTTP."""

from __future__ import annotations

from daybook.services.companies import find_company
from daybook.services.configure import Configured, read_version, save_version
from daybook.services.runtime import runtime
from daybook.services.schedule import ensure_schedule
from daybook.wire.entity_tags import entity_tag, read_if_match
from rest import Api, Reply, Request

api = Api("configuration")
handler = api.handle

_PATH = "/config/companies/<company_id>/sync/commerce"


@api.route("GET", _PATH)
def get_configuration(request: Request, company_id: str) -> object:
    """Every option beside what is selected.

    The header `ETag` names the version of the selection.
    """
    company = find_company(runtime(), request.client_id, company_id)
    return _reply(read_version(runtime(), company))


@api.route("POST", _PATH)
def set_configuration(request: Request, company_id: str) -> object:
    """Save what was selected.

    With `If-Match` it is saved only when nobody saved another version since the one named; without, what is
    left out of the request stays as it is.
    """
    company = find_company(runtime(), request.client_id, company_id)
    if_match = read_if_match(request.headers.get("if-match"))
    posted = request.json()
    return _reply(save_version(runtime(), company, posted, if_match, ensure_schedule=ensure_schedule))


def _reply(configured: Configured) -> Reply:
    return Reply(configured.answer, entity_tag(configured.version))
