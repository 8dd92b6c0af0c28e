"""Companies, their connections, and the integrations they can be connected to."""

from __future__ import annotations

from daybook.services import companies, connections, integrations
from daybook.services.companies import find_company
from daybook.services.connections import find_connection, show_connection
from daybook.services.runtime import runtime
from daybook.wire import companies as wire
from daybook.wire.models import read
from daybook.wire.paging import read_listing
from rest import NO_CONTENT, Api, Reply, Request, Svg

api = Api("companies")
handler = api.handle

_COMPANY = ("/companies/<company_id>", "/meta/companies/<company_id>")
_CONNECTIONS = tuple(f"{path}/connections" for path in _COMPANY)
_CONNECTION = tuple(f"{path}/<connection_id>" for path in _CONNECTIONS)
_INTEGRATIONS = ("/config/integrations", "/integrations")


@api.route("GET", "/companies", "/meta/companies")
def list_companies(request: Request) -> object:
    """A page of the client's companies."""
    listing = read_listing(request.parameters)
    return companies.list_companies(runtime(), request.client_id, listing, request.path, request.base_url)


@api.route("POST", "/companies", "/meta/companies")
def create_company(request: Request) -> object:
    """A new company.

    A company is one merchant. Of its name letters, digits, spaces and `- ' & @ . , ? !` are kept. It has no
    connection yet.
    """
    return _create(request)


@api.route("POST", "/meta/companies/sync")
def create_company_with_own_data(request: Request) -> object:
    """A new company whose sales the partner pushes.

    It is created with a linked connection to your own sales data, so that records can be pushed at once.
    """
    return _create(request, integrations.integration(integrations.OWN_DATA))


@api.route("GET", *_COMPANY)
def get_company(request: Request, company_id: str) -> object:
    """One company.

    With every connection it has.
    """
    company = find_company(runtime(), request.client_id, company_id)
    return companies.show_company(runtime(), company, request.base_url)


@api.route("PUT", *_COMPANY)
def replace_company(request: Request, company_id: str) -> object:
    """Replace what is said of a company.

    What is left out is emptied, all but the name, which is needed.
    """
    company = find_company(runtime(), request.client_id, company_id)
    changed = companies.replace_company(runtime(), company, read(wire.CompanyRequest, request.json()))
    return companies.show_company(runtime(), changed, request.base_url)


@api.route("PATCH", *_COMPANY)
def update_company(request: Request, company_id: str) -> object:
    """Change some of what is said of a company.

    What is left out stays as it is. Tags are replaced as a whole.
    """
    company = find_company(runtime(), request.client_id, company_id)
    changed = companies.update_company(runtime(), company, read(wire.CompanyUpdate, request.json()))
    return companies.show_company(runtime(), changed, request.base_url)


@api.route("DELETE", *_COMPANY)
def delete_company(request: Request, company_id: str) -> object:
    """Delete a company and what is kept of it.

    From this moment it cannot be found and none of its syncs goes on. Its configuration, credentials and
    records are erased; what was written into the merchant's books stays there.
    """
    companies.delete_company(runtime(), find_company(runtime(), request.client_id, company_id))
    return NO_CONTENT


@api.route("GET", *_CONNECTIONS)
def list_connections(request: Request, company_id: str) -> object:
    """A page of a company's connections."""
    company = find_company(runtime(), request.client_id, company_id)
    listing = read_listing(request.parameters)
    return connections.list_connections(runtime(), company, listing, request.path, request.base_url)


@api.route("POST", *_CONNECTIONS)
def create_connection(request: Request, company_id: str) -> object:
    """Connect a company to a platform.

    A connection to your own sales data is linked at once. One to accounting software is `PendingAuth` until
    the merchant follows its `linkUrl`; asking again meanwhile answers the same connection. A company is
    linked to one accounting platform at a time.
    """
    company = find_company(runtime(), request.client_id, company_id)
    key = wire.read_platform_key(request.json())
    return show_connection(connections.create_connection(runtime(), company, key), request.base_url)


@api.route("GET", *_CONNECTION)
def get_connection(request: Request, company_id: str, connection_id: str) -> object:
    """One connection.

    Its `status` says whether it works, `dataConnectionErrors` why not.
    """
    company = find_company(runtime(), request.client_id, company_id)
    return show_connection(find_connection(runtime(), company, connection_id), request.base_url)


@api.route("PATCH", *_CONNECTION)
def update_connection(request: Request, company_id: str, connection_id: str) -> object:
    """Unlink a connection.

    Credentials are revoked and erased; the configuration and the history stay. Linking it again restores it.
    The next sync fails with 4040, and none is attempted after it until then. A request that says nothing
    changes nothing.
    """
    company = find_company(runtime(), request.client_id, company_id)
    connection = find_connection(runtime(), company, connection_id)
    if read(wire.ConnectionUpdate, request.json()).status == connections.UNLINKED:
        connection = connections.unlink(runtime(), connection)
    return show_connection(connection, request.base_url)


@api.route("DELETE", *_CONNECTION)
def delete_connection(request: Request, company_id: str, connection_id: str) -> object:
    """Remove a connection and what came through it.

    With accounting software goes the company's configuration, with sales data its records. What was written
    into the books stays there.
    """
    company = find_company(runtime(), request.client_id, company_id)
    connections.erase_connection(runtime(), find_connection(runtime(), company, connection_id))
    return {}


@api.route("PUT", *(f"{path}/authorization" for path in _CONNECTION))
def authorise_connection(request: Request, company_id: str, connection_id: str) -> object:
    """Link a connection on the merchant's behalf.

    Sandbox books has nobody to ask: any object links it. It may choose the books' currency, time zone and
    country; without it they are GBP, Europe/London and GB.
    """
    company = find_company(runtime(), request.client_id, company_id)
    connection = find_connection(runtime(), company, connection_id)
    authorization = read(wire.Authorization, request.json())
    linked = connections.authorise(runtime(), company, connection, authorization)
    return show_connection(linked, request.base_url)


@api.route("GET", *_INTEGRATIONS)
def list_integrations(request: Request) -> object:
    """A page of the platforms there are.

    Those with `enabled` true can be used on this Daybook.
    """
    return integrations.list_integrations(
        runtime(), read_listing(request.parameters), request.path, request.base_url
    )


@api.route("GET", *(f"{path}/<platform_key>" for path in _INTEGRATIONS))
def get_integration(request: Request, platform_key: str) -> object:
    """One platform.

    What it is called, and which types of data it reads and writes.
    """
    return integrations.show_integration(runtime(), integrations.integration(platform_key), request.base_url)


@api.route("GET", *(f"{path}/<platform_key>/branding" for path in _INTEGRATIONS))
def get_branding(request: Request, platform_key: str) -> object:
    """The images that stand for a platform."""
    return integrations.show_branding(integrations.integration(platform_key), request.base_url)


@api.route("GET", "/assets/integrations/<platform_key>/<image>")
def get_image(_request: Request, platform_key: str, image: str) -> object:
    """One of those images.

    As SVG; a page may show it without a key.
    """
    drawn = Svg(integrations.draw_image(integrations.integration(platform_key), image))
    return Reply(drawn, {"Cache-Control": "public, max-age=86400"})


def _create(request: Request, *platforms: integrations.Integration) -> object:
    asked = read(wire.CompanyRequest, request.json())
    company = companies.create_company(
        runtime(), request.client_id, request.key_name, asked, platforms=platforms
    )
    return companies.show_company(runtime(), company, request.base_url)
