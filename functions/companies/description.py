"""What the operations on companies, connections and integrations take and answer."""

from __future__ import annotations

from typing import Any

from companies import app
from daybook.wire import companies as wire
from daybook.wire.described.companies import PlatformChoice
from daybook.wire.integrations import Branding, Integration
from describing import (
    BASE_URL,
    COMPANY_ID,
    CONNECTION_ID,
    EMPTY_OBJECT,
    LEDGER_ID,
    LISTING,
    NO_CONTENT,
    Described,
    Link,
    Media,
    PageOf,
    Parameter,
    Tag,
    page,
)

_SOURCE: dict[str, Any] = {
    "id": CONNECTION_ID,
    "integrationId": "3b0e7a52-1c0f-5b7d-9d4e-6a1f0c2b3d47",
    "integrationKey": "lqai",
    "sourceId": "9a4c1d20-7e65-5f3b-8b12-0d9e8f7a6b5c",
    "sourceType": "Commerce",
    "platformName": "Your own sales data",
    "linkUrl": f"{BASE_URL}/link/{COMPANY_ID}/{CONNECTION_ID}",
    "status": "Linked",
    "created": "2026-03-02T09:00:00Z",
    "lastSync": None,
    "dataConnectionErrors": [],
    "connectionInfo": {},
}
_LEDGER = {
    **_SOURCE,
    "id": LEDGER_ID,
    "integrationKey": "mqjo",
    "sourceType": "Accounting",
    "platformName": "Sandbox books",
    "linkUrl": f"{BASE_URL}/sandbox/{COMPANY_ID}/link/{LEDGER_ID}",
    "status": "PendingAuth",
}
_COMPANY = {
    "id": COMPANY_ID,
    "name": "Harbour Cafe",
    "description": "The one at the pier",
    "redirect": f"{BASE_URL}/link/{COMPANY_ID}",
    "created": "2026-03-02T09:00:00Z",
    "createdByUserName": "first key",
    "lastSync": None,
    "tags": {"region": "north"},
    "products": ["sync-for-commerce"],
    "ownerUserIds": [],
    "referenceParentCompany": None,
    "referenceSubsidiaryCompanies": [],
    "dataConnections": [_SOURCE],
}
_SAID = {"name": "Harbour Cafe", "description": "The one at the pier", "tags": {"region": "north"}}
_INTEGRATION = {
    "key": "mqjo",
    "name": "Sandbox books",
    "logoUrl": f"{BASE_URL}/assets/integrations/mqjo/full.svg",
    "enabled": True,
    "integrationId": "3b0e7a52-1c0f-5b7d-9d4e-6a1f0c2b3d47",
    "sourceId": "9a4c1d20-7e65-5f3b-8b12-0d9e8f7a6b5c",
    "sourceType": "Accounting",
    "isOfflineConnector": False,
    "isBeta": False,
    "dataProvidedBy": "Sandbox books",
    "datatypeFeatures": [
        {
            "dataType": "chartOfAccounts",
            "supportedFeatures": [{"featureType": "Get", "featureState": "Release"}],
        }
    ],
}
_IMAGE = {
    "image": {"src": f"{BASE_URL}/assets/integrations/mqjo/full.svg", "alt": "Sandbox books"},
}

_NAME_REFUSED = "The name is missing, too long, or holds neither a letter nor a digit."
_OF_COMPANY = {
    "get": Link("get_company", {"company_id": "id"}),
    "rename": Link("update_company", {"company_id": "id"}),
    "connect": Link("create_connection", {"company_id": "id"}),
    "configure": Link("get_configuration", {"company_id": "id"}),
    "delete": Link("delete_company", {"company_id": "id"}),
}
_CONNECTION_OF = {"company_id": "path.company_id", "connection_id": "id"}
_OF_CONNECTION = {
    "get": Link("get_connection", _CONNECTION_OF),
    "authorise": Link("authorise_connection", _CONNECTION_OF),
    "delete": Link("delete_connection", _CONNECTION_OF),
}
_COMPANY_CREATED = Described(
    Tag.COMPANIES,
    request=wire.CompanyRequest,
    answer=wire.Company,
    request_example=_SAID,
    example=_COMPANY,
    errors={400: _NAME_REFUSED},
    links=_OF_COMPANY,
)

OPERATIONS = {
    app.list_companies: Described(
        Tag.COMPANIES,
        parameters=LISTING,
        answer=PageOf(wire.Company),
        example=page(_COMPANY, path="/companies"),
    ),
    app.create_company: _COMPANY_CREATED,
    app.create_company_with_own_data: _COMPANY_CREATED,
    app.get_company: Described(Tag.COMPANIES, answer=wire.Company, example=_COMPANY),
    app.replace_company: Described(
        Tag.COMPANIES,
        request=wire.CompanyRequest,
        answer=wire.Company,
        request_example=_SAID,
        example=_COMPANY,
        errors={400: _NAME_REFUSED},
    ),
    app.update_company: Described(
        Tag.COMPANIES,
        request=wire.CompanyUpdate,
        answer=wire.Company,
        request_example={"name": "Harbour Cafe"},
        example=_COMPANY,
        errors={400: _NAME_REFUSED},
    ),
    app.delete_company: Described(Tag.COMPANIES, answer=NO_CONTENT),
    app.list_connections: Described(
        Tag.CONNECTIONS,
        parameters=LISTING,
        answer=PageOf(wire.Connection),
        example=page(_SOURCE, path=f"/companies/{COMPANY_ID}/connections"),
    ),
    app.create_connection: Described(
        Tag.CONNECTIONS,
        request=PlatformChoice,
        answer=wire.Connection,
        request_example={"platformKey": "mqjo"},
        example=_LEDGER,
        errors={400: "There is no such platform, or the company is linked to another accounting platform."},
        links=_OF_CONNECTION,
    ),
    app.get_connection: Described(Tag.CONNECTIONS, answer=wire.Connection, example=_LEDGER),
    app.update_connection: Described(
        Tag.CONNECTIONS,
        request=wire.ConnectionUpdate,
        answer=wire.Connection,
        request_example={"status": "Unlinked"},
        example={**_LEDGER, "status": "Unlinked"},
        errors={400: "The status is not `Unlinked`."},
    ),
    app.delete_connection: Described(Tag.CONNECTIONS, answer=EMPTY_OBJECT),
    app.authorise_connection: Described(
        Tag.CONNECTIONS,
        request=wire.Authorization,
        answer=wire.Connection,
        request_example={"baseCurrency": "GBP", "timeZone": "Europe/London", "country": "GB"},
        example={**_LEDGER, "status": "Linked"},
        errors={400: "The platform cannot be linked like this, or another accounting platform is linked."},
    ),
    app.list_integrations: Described(
        Tag.INTEGRATIONS,
        parameters=LISTING,
        answer=PageOf(Integration),
        example=page(_INTEGRATION, path="/config/integrations"),
    ),
    app.get_integration: Described(Tag.INTEGRATIONS, answer=Integration, example=_INTEGRATION),
    app.get_branding: Described(
        Tag.INTEGRATIONS,
        answer=Branding,
        example={
            "logo": {"full": _IMAGE, "square": _IMAGE},
            "button": {"default": _IMAGE, "hover": _IMAGE},
            "sourceId": "9a4c1d20-7e65-5f3b-8b12-0d9e8f7a6b5c",
        },
    ),
    app.get_image: Described(
        Tag.INTEGRATIONS,
        answer=Media("image/svg+xml"),
        parameters=(
            Parameter(
                "image",
                "Which image.",
                "path",
                {"enum": ["full.svg", "square.svg", "button.svg", "button-hover.svg"]},
            ),
        ),
        keyless=True,
    ),
}
