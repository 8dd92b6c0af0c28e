"""The platforms a company can be connected to, and what each can do."""

from __future__ import annotations

import uuid
from types import MappingProxyType
from typing import TYPE_CHECKING

from daybook.domain.errors import NotFound
from daybook.frozen import frozen
from daybook.platforms import PLATFORMS
from daybook.store.connections import ACCOUNTING, COMMERCE
from daybook.wire import integrations as wire
from daybook.wire.models import answer
from daybook.wire.paging import Listing, page_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from daybook.services.runtime import Runtime

OWN_DATA = "lqai"
# Integration ids are made from the key, so that they are the same in every deployment and never stored.
_IDS = uuid.UUID("5f0a3b0e-6f4c-5d53-9d0c-3c1b8a3a7d61")

READ = (
    "chartOfAccounts", "bankAccounts", "company", "customers", "suppliers", "taxRates",
)  # fmt: skip
_WRITTEN = (
    "invoices", "payments", "creditNotes", "bills", "billPayments", "billCreditNotes", "directCosts",
    "directIncomes", "transfers", "journalEntries",
)  # fmt: skip
_PUSHED = (
    "commerce-orders", "commerce-payments", "commerce-transactions", "commerce-products",
    "commerce-locations", "commerce-taxComponents", "commerce-paymentMethods",
    "commerce-productCategories", "commerce-customers", "commerce-disputes",
)  # fmt: skip


@frozen
class Integration:
    """A platform: its published key and name, what comes from it, and its colour."""

    key: str
    name: str
    source_type: str
    colour: str

    @property
    def id(self) -> str:
        """The integration's id, a lower-case UUID."""
        return str(uuid.uuid5(_IDS, self.key))

    @property
    def source_id(self) -> str:
        """The id of the source of its data, a lower-case UUID."""
        return str(uuid.uuid5(_IDS, f"{self.key}/source"))

    @property
    def features(self) -> Mapping[str, tuple[str, ...]]:
        """What it can do, by published data type: Get reads, Post writes."""
        if self.source_type == COMMERCE:
            return MappingProxyType(dict.fromkeys(_PUSHED, ("Get", "Post")))
        features = dict.fromkeys(READ, ("Get",)) | dict.fromkeys(_WRITTEN, ("Post",))
        return MappingProxyType(features | {"chartOfAccounts": ("Get", "Post")})


INTEGRATIONS: tuple[Integration, ...] = (
    *(Integration(each.key, each.name, ACCOUNTING, each.colour) for each in PLATFORMS.values()),
    Integration(OWN_DATA, "Your own sales data", COMMERCE, "#7a4b2e"),
)
_BY_KEY = MappingProxyType({integration.key: integration for integration in INTEGRATIONS})


def integration(key: str) -> Integration:
    """The platform with this key. Raises NotFound."""
    try:
        return _BY_KEY[key.lower()]
    except KeyError:
        raise NotFound(f"integration {key[:40]!r}") from None


def list_integrations(runtime: Runtime, listing: Listing, path: str, base_url: str) -> dict[str, object]:
    """A page of the platforms there are."""
    shown = (answer(show_integration(runtime, each, base_url)) for each in INTEGRATIONS)
    return page_of(shown, listing, path)


def is_enabled(runtime: Runtime, integration: Integration) -> bool:
    """Whether companies can be connected to a platform on this Daybook."""
    return integration.source_type == COMMERCE or runtime.access.is_set_up(integration.key)


def show_integration(runtime: Runtime, shown: Integration, base_url: str) -> wire.Integration:
    """A platform as it is answered."""
    features = [
        wire.DataTypeFeature(
            data_type=data_type,
            supported_features=[wire.SupportedFeature(feature_type=kind) for kind in kinds],
        )
        for data_type, kinds in shown.features.items()
    ]
    return wire.Integration(
        key=shown.key,
        name=shown.name,
        logo_url=_image_url(shown, "full", base_url),
        enabled=is_enabled(runtime, shown),
        integration_id=shown.id,
        source_id=shown.source_id,
        source_type=shown.source_type,
        data_provided_by=shown.name,
        datatype_features=features,
    )


def show_branding(shown: Integration, base_url: str) -> wire.Branding:
    """The images that stand for a platform."""

    def image(name: str, alt: str) -> wire.BrandingImage:
        return wire.BrandingImage(image=wire.Image(src=_image_url(shown, name, base_url), alt=alt))

    button = f"Connect to {shown.name}"
    return wire.Branding(
        logo=wire.Logo(full=image("full", shown.name), square=image("square", shown.name)),
        button=wire.Button(default=image("button", button), hover=image("button-hover", button)),
        source_id=shown.source_id,
    )


def draw_image(shown: Integration, file_name: str) -> str:
    """An image of a platform as SVG. Raises NotFound."""
    name = file_name.removesuffix(".svg")
    if name not in wire.IMAGES:
        raise NotFound("image")
    return wire.draw(shown.name, shown.colour, name)


def _image_url(shown: Integration, name: str, base_url: str) -> str:
    return f"{base_url}/assets/integrations/{shown.key}/{name}.svg"
