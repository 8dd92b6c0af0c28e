"""What the operations on the sync configuration flow take and answer, for the API's description."""

from __future__ import annotations

from daybook.domain.flow_rows import LOCALES
from daybook.wire.branding import LONGEST_NAME, ClientBranding, ClientBrandingChange
from daybook.wire.portal import PortalRequest, PortalUrl
from daybook.wire.sync_flow import (
    LONGEST_IDENTIFIER,
    LONGEST_TEXT,
    Localization,
    SyncFlowUrl,
    Text,
    TextChange,
    TextKey,
    VisibleAccounts,
    VisibleAccountsChoice,
)
from describing import BASE_URL, COMPANY_ID, PATH_PARAMETERS, Described, Parameter, Tag
from sync_flow import app

_LOCALE = {"type": "string", "enum": list(LOCALES)}
_TEXTS_LOCALE = Parameter(
    "locale", "The locale of the texts.", schema=_LOCALE, required=True, example="en-us"
)
_TITLE = "configure-setupSidebar-title"
_SALES = "configure-content-sales-accounts-entries-sales"
_TEXTS = {
    _TITLE: {"text": "Connect your till to your books", "required": False},
    _SALES: {"text": "Sales", "required": True},
}
_CLIENT_ID = "7a0d3f86-9f6e-4d1b-8a51-3c2b1e0f4d5a"
_HEX = "9f2c4e7a1b6d8035c2e4f6a8b0d1e3f5a7c9b1d3"
_DIGITS = "4093718256401937745128306659120438817263"
_CHOICE = {"visibleAccounts": ["sales-accounts-sales", "sales-accounts-gratuity", "payments-accounts-cash"]}
_IN_FORCE = {
    "visibleAccounts": [
        "sales-accounts-sales",
        "sales-accounts-refund",
        "sales-accounts-gratuity",
        "sales-taxRates-0",
        "sales-taxRates-5",
        "sales-taxRates-10",
        "sales-taxRates-20",
        "sales-other-invoiceStatus",
        "sales-other-groupingPeriod",
        "payments-accounts-card",
        "payments-accounts-cash",
    ]
}
_IMAGE = f"{BASE_URL}/assets/clients/0192f4d1-7a5e-7c3b-9f10-2a4b6c8d0e1f/{'5e' * 32}/logo.svg"
_BRANDING = {
    "name": "Till Makers",
    "primaryColour": "#ffd400",
    "colours": {
        "fill": "#a38800",
        "onFill": "#000000",
        "ink": "#7a6600",
        "darkFill": "#ffd400",
        "darkOnFill": "#000000",
        "darkInk": "#ffd400",
    },
    "logo": {"url": _IMAGE, "contentType": "image/png", "width": 320, "height": 80},
    "icon": None,
}
_DRAWING = "PHN2ZyB4bWxucz0iaHR0cDovL3d3dy53My5vcmcvMjAwMC9zdmciLz4="
_NO_PLATFORM = {404: "There is no such platform."}
_ROWS = Described(Tag.SYNC_FLOW, answer=VisibleAccounts, example=_IN_FORCE, errors=_NO_PLATFORM)

OPERATIONS = {
    app.start_flow: Described(
        Tag.SYNC_FLOW,
        answer=SyncFlowUrl,
        parameters=(
            Parameter("commerceKey", "The commerce platform's key.", "path", example="lqai"),
            Parameter(
                "accountingKey",
                "The accounting platform's key, or `choose`: the merchant then chooses among those that are "
                "set up here, unless their books are linked already.",
                "path",
                example="mqjo",
            ),
            Parameter(
                "merchantIdentifier",
                "The company's id, or your own id or name of the merchant, by which a new company is called.",
                schema={"type": "string", "minLength": 1, "maxLength": LONGEST_IDENTIFIER},
                required=True,
                example="Harbour Cafe",
            ),
            Parameter(
                "redirectUrl",
                "Where the merchant goes when done: an absolute http or https URL to one of your hosts, "
                "which whoever runs this Daybook allows. Without it they stay.",
                schema={"type": "string", "maxLength": 2048},
                example="https://till.example/done",
            ),
            Parameter(
                "locale",
                "The language the flow begins in.",
                schema={**_LOCALE, "default": LOCALES[0]},
                example="fr-fr",
            ),
        ),
        example={"url": f"{BASE_URL}/flow/{COMPANY_ID}/lqai/mqjo/start?otp={_DIGITS}"},
        errors={
            400: "A parameter is missing or not allowed, a platform cannot be used here, or the merchant's "
            "books are linked to another accounting platform.",
            404: "There is no such platform, or the company was deleted.",
        },
        headers={"Cache-Control": "Always `no-store`: the link is for one use."},
    ),
    app.get_texts: Described(
        Tag.SYNC_FLOW,
        answer=dict[str, Localization],
        parameters=(_TEXTS_LOCALE,),
        example=_TEXTS,
        errors={400: "The locale is missing or unknown."},
    ),
    app.update_texts: Described(
        Tag.SYNC_FLOW,
        request=dict[TextKey, TextChange | Text | None] | None,
        answer=dict[str, Localization],
        parameters=(_TEXTS_LOCALE,),
        request_example={_TITLE: {"text": "Connect your till to your books"}},
        example=_TEXTS,
        errors={
            400: "The locale or a key is unknown, or a text is no string of up to "
            f"{LONGEST_TEXT} characters. Nothing was changed."
        },
        body_required=False,
    ),
    app.get_client_branding: Described(Tag.SYNC_FLOW, answer=ClientBranding, example=_BRANDING),
    app.update_client_branding: Described(
        Tag.SYNC_FLOW,
        request=ClientBrandingChange | None,
        answer=ClientBranding,
        request_example={"name": "Till Makers", "primaryColour": "#ffd400", "icon": _DRAWING},
        example=_BRANDING,
        errors={
            400: f"The name is longer than {LONGEST_NAME} characters, the colour is none, or an image is "
            "none that can be shown safely. Nothing was changed."
        },
        body_required=False,
    ),
    app.get_visible_accounts_of_client: Described(
        Tag.SYNC_FLOW,
        answer=VisibleAccounts,
        parameters=(
            Parameter("clientId", "Your client id.", "path"),
            PATH_PARAMETERS["platform_key"],
        ),
        example=_IN_FORCE,
        errors={404: "There is no such platform, or the client is not you."},
    ),
    app.get_visible_accounts: _ROWS,
    app.update_visible_accounts: Described(
        Tag.SYNC_FLOW,
        request=VisibleAccountsChoice | None,
        answer=VisibleAccounts,
        request_example=_CHOICE,
        example=_IN_FORCE,
        errors={400: "A key is not one of the flow's. Nothing was changed.", **_NO_PLATFORM},
        body_required=False,
    ),
    app.make_portal_link: Described(
        Tag.SYNCS,
        request=PortalRequest | None,
        answer=PortalUrl,
        request_example={"locale": "fr-fr"},
        example={"url": f"{BASE_URL}/portal/{_CLIENT_ID}/start?otp={_HEX}"},
        errors={400: "The locale is unknown."},
        headers={"Cache-Control": "Always `no-store`: the link is for one use."},
        body_required=False,
    ),
}
