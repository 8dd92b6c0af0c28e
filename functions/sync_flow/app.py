"""The sync configuration flow as a partner sees it: its URL, its texts, the rows it shows."""

from __future__ import annotations

from daybook.domain.errors import NotFound
from daybook.services import change_branding, flow_link, portal_link, texts, visible_accounts
from daybook.services.runtime import runtime
from daybook.wire.branding import read_branding_changes
from daybook.wire.portal import read_portal_request
from daybook.wire.sync_flow import (
    read_flow_request,
    read_locale,
    read_text_changes,
    read_visible_accounts,
)
from rest import Api, Reply, Request

api = Api("sync_flow")
handler = api.handle

_TEXTS = "/sync/commerce/config/ui/text"
_BRANDING = "/sync/commerce/config/ui/branding"
_ACCOUNTS = "/sync/commerce/config/ui/accounts/platform/<platform_key>"


@api.route("GET", "/config/sync/commerce/<commerce_key>/<accounting_key>/start")
def start_flow(request: Request, commerce_key: str, accounting_key: str) -> object:
    """Get a link to the sync configuration flow.

    A merchant who is new gets a company, connected to both platforms. The link holds a one-time password:
    send the merchant there within 30 seconds. It works once; ask for another each time.
    """
    asked = read_flow_request(request.parameters)
    keys = (commerce_key, accounting_key)
    who = request.client_id, request.key_name
    link = flow_link.start_flow(runtime(), *who, keys, asked, request.base_url)
    return Reply(link, {"Cache-Control": "no-store"})


@api.route("GET", _TEXTS)
def get_texts(request: Request) -> object:
    """Get the texts of the sync configuration flow.

    Every text by its key: your own where you have set one, else the default of the locale.
    """
    return texts.show_texts(runtime(), request.client_id, read_locale(request.parameters))


@api.route("PATCH", _TEXTS)
def update_texts(request: Request) -> object:
    """Change texts of the sync configuration flow.

    Texts that are not named stay. An empty text shows nothing, null brings the default back. Texts are shown
    as they are written: markup in them is not interpreted.
    """
    locale = read_locale(request.parameters)
    return texts.change_texts(runtime(), request.client_id, locale, read_text_changes(request.json()))


@api.route("GET", _BRANDING)
def get_client_branding(request: Request) -> object:
    """Get how your pages look.

    The name, colour, logo and icon of the pages that your merchants and your support team see, and the shades
    that pages make of the colour so that it can be read on light and on dark ground.
    """
    return change_branding.show_branding(runtime(), request.client_id, request.base_url)


@api.route("PATCH", _BRANDING)
def update_client_branding(request: Request) -> object:
    """Change how your pages look.

    What is not named stays, null brings the default back. An image is known by its bytes, whatever it is
    called, and served without a key under an address that changes with it; an SVG must be a drawing and no
    more. Any colour is taken: where it could not be read, pages show the nearest shade that can.
    """
    changes = read_branding_changes(request.json())
    return change_branding.change_branding(runtime(), request.client_id, changes, request.base_url)


@api.route("GET", "/clients/<client_id>/config/ui/accounts/platform/<platform_key>")
def get_visible_accounts_of_client(request: Request, client_id: str, platform_key: str) -> object:
    """List the rows of the flow that your merchants see.

    The client is yourself; anybody else is not found.
    """
    if client_id.lower() != request.client_id:
        raise NotFound("client")
    return visible_accounts.show_visible_accounts(runtime(), request.client_id, platform_key)


@api.route("GET", _ACCOUNTS)
def get_visible_accounts(request: Request, platform_key: str) -> object:
    """List the rows of the flow that your merchants see."""
    return visible_accounts.show_visible_accounts(runtime(), request.client_id, platform_key)


@api.route("POST", _ACCOUNTS)
def update_visible_accounts(request: Request, platform_key: str) -> object:
    """Choose the rows of the flow that your merchants see.

    Null, or no list at all, shows every row; an empty list shows those that must be filled in, which are
    added to any other list as well.
    """
    chosen = read_visible_accounts(request.json())
    return visible_accounts.choose_visible_accounts(runtime(), request.client_id, platform_key, chosen)


@api.route("POST", "/portal/links")
def make_portal_link(request: Request) -> object:
    """Get a link into Sync Health.

    The pages on which your support team finds out how syncs went and why one failed, for all of your
    companies. The link holds a one-time password: send the agent there within 30 seconds. It works once, and
    opens a session of eight hours.
    """
    locale = read_portal_request(request.json())
    link = portal_link.make_portal_link(runtime(), request.client_id, locale, request.base_url)
    return Reply(link, {"Cache-Control": "no-store"}, is_secret=True)
