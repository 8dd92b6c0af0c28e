"""What a request to the simulated FreeAgent may contain, as data: there is no official schema.

Only attributes that the documentation lists, and of those only what a request can set: what is calculated
(url, status, totals) is not among them. Nested items are under their own name.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Any

_ITEM = frozenset(
    {
        "position",
        "item_type",
        "quantity",
        "description",
        "price",
        "sales_tax_rate",
        "second_sales_tax_rate",
        "sales_tax_status",
        "second_sales_tax_status",
        "stock_item",
        "category",
        "project",
        "id",
        "_destroy",
    }
)
_SALE = frozenset(
    {
        "contact",
        "project",
        "property",
        "reference",
        "dated_on",
        "due_on",
        "payment_terms_in_days",
        "currency",
        "cis_rate",
        "comments",
        "discount_percent",
        "client_contact_name",
        "payment_terms",
        "po_reference",
        "bank_account",
        "omit_header",
        "show_project_name",
        "ec_status",
        "place_of_supply",
        "exchange_rate",
    }
)
_INVOICE = _SALE | {
    "include_timeslips",
    "include_expenses",
    "include_estimates",
    "send_new_invoice_emails",
    "send_reminder_emails",
    "send_thank_you_emails",
    "always_show_bic_and_iban",
    "payment_methods",
    "invoice_items",
}
_BILL = frozenset(
    {
        "contact",
        "reference",
        "dated_on",
        "due_on",
        "currency",
        "input_total_values_inc_tax",
        "total_value",
        "exchange_rate",
        "is_paid_by_hire_purchase",
        "ec_status",
        "comments",
        "project",
        "rebill_type",
        "rebill_factor",
        "rebill_to_project",
        "property",
        "recurring",
        "recurring_end_date",
        "attachment",
        "bill_items",
    }
)
_BILL_ITEM = frozenset(
    {
        "url",
        "category",
        "description",
        "total_value",
        "total_value_ex_tax",
        "manual_sales_tax_amount",
        "sales_tax_rate",
        "second_sales_tax_rate",
        "sales_tax_status",
        "second_sales_tax_status",
        "unit",
        "quantity",
        "stock_item",
        "stock_altering_quantity",
        "project",
        "_destroy",
    }
)
_EXPLANATION = frozenset(
    {
        "bank_account",
        "bank_transaction",
        "ec_status",
        "place_of_supply",
        "dated_on",
        "gross_value",
        "sales_tax_rate",
        "second_sales_tax_rate",
        "sales_tax_status",
        "second_sales_tax_status",
        "description",
        "category",
        "cheque_number",
        "attachment",
        "marked_for_review",
        "project",
        "rebill_type",
        "rebill_factor",
        "receipt_reference",
        "paid_invoice",
        "foreign_currency_value",
        "paid_bill",
        "paid_user",
        "transfer_bank_account",
        "stock_item",
        "stock_altering_quantity",
        "disposed_asset",
        "property",
    }
)
_CONTACT = frozenset(
    {
        "first_name",
        "last_name",
        "organisation_name",
        "email",
        "billing_email",
        "phone_number",
        "mobile",
        "address1",
        "address2",
        "address3",
        "town",
        "region",
        "postcode",
        "country",
        "uses_contact_invoice_sequence",
        "contact_name_on_invoices",
        "charge_sales_tax",
        "sales_tax_registration_number",
        "status",
        "default_payment_terms_in_days",
        "locale",
        "is_cis_subcontractor",
        "cis_deduction_rate",
        "unique_tax_reference",
        "subcontractor_verification_number",
    }
)
_CATEGORY = frozenset({"description", "nominal_code", "category_group"})
_REPORTED = _CATEGORY | {"tax_reporting_name"}
_SPENDING = _REPORTED | {"allowable_for_tax", "auto_sales_tax_rate"}

# Which attributes a new category may have, by its group.
CATEGORIES: Mapping[str, frozenset[str]] = {
    "income": _CATEGORY,
    "cost_of_sales": _SPENDING,
    "admin_expenses": _SPENDING,
    "current_assets": _REPORTED,
    "liabilities": _REPORTED,
    "equities": _CATEGORY,
}

# Resource (the root element of a request) -> attributes; "resource.items" for what is nested.
WRITABLE: Mapping[str, frozenset[str]] = {
    "category": _SPENDING,
    "contact": _CONTACT,
    "invoice": _INVOICE,
    "invoice.invoice_items": _ITEM,
    "credit_note": _SALE | {"credit_note_items"},
    "credit_note.credit_note_items": _ITEM,
    "credit_note_reconciliation": frozenset(
        {"gross_value", "dated_on", "exchange_rate", "currency", "invoice", "credit_note"}
    ),
    "bill": _BILL,
    "bill.bill_items": _BILL_ITEM,
    "bank_transaction_explanation": _EXPLANATION,
    "bank_account": frozenset(
        {
            "type",
            "name",
            "currency",
            "is_personal",
            "is_primary",
            "status",
            "bank_name",
            "opening_balance",
            "bank_code",
            "bank_guess_enabled",
            "account_number",
            "sort_code",
            "secondary_sort_code",
            "iban",
            "bic",
            "email",
        }
    ),
    "journal_set": frozenset({"dated_on", "description", "journal_entries", "tag"}),
    "journal_set.journal_entries": frozenset(
        {
            "category",
            "debit_value",
            "description",
            "capital_asset_type",
            "user",
            "stock_item",
            "stock_altering_quantity",
            "property",
        }
    ),
}

_PAGED = frozenset({"page", "per_page", "sort"})
_DATED = frozenset({"from_date", "to_date", "updated_since"})

# Collection -> the parameters with which it can be read.
FILTERS: Mapping[str, frozenset[str]] = {
    "categories": frozenset({"sub_accounts"}),
    "contacts": _PAGED | {"view", "updated_since"},
    "invoices": _PAGED | {"view", "updated_since", "contact", "project", "nested_invoice_items"},
    "credit_notes": _PAGED | {"view", "updated_since", "contact", "project", "nested_credit_note_items"},
    "credit_note_reconciliations": _PAGED | _DATED,
    "bills": _PAGED | _DATED | {"view", "contact", "project", "nested_bill_items"},
    "bank_accounts": _PAGED | {"view"},
    "bank_transaction_explanations": _PAGED | _DATED | {"bank_account"},
    "journal_sets": _PAGED | _DATED | {"tag"},
    "accounting": frozenset({"from_date", "to_date"}),
}


def check_body(resource: str, body: Any) -> None:
    """Raises AssertionError for a body that is not one `resource` with attributes it can be given."""
    assert isinstance(body, dict), f"{resource}: the body is no object"
    assert set(body) == {resource}, f"the root element is {sorted(body)}, not {resource}"
    given = body[resource]
    assert isinstance(given, dict), f"{resource} is no object"
    unknown = set(given) - WRITABLE[resource]
    assert not unknown, f"{resource} has no {sorted(unknown)}"
    if resource == "category":
        known = CATEGORIES.get(str(given.get("category_group")), _SPENDING)
        assert set(given) <= known, f"such a category has no {sorted(set(given) - known)}"
    for name, nested in given.items():
        allowed = WRITABLE.get(f"{resource}.{name}")
        if allowed is not None:
            assert isinstance(nested, list), f"{name} is no array"
            for item in nested:
                assert set(item) <= allowed, f"{name} have no {sorted(set(item) - allowed)}"


class Checks:
    """Counts the requests held against these attributes and filters, and keeps what was wrong with them."""

    def __init__(self) -> None:
        self.validated: Counter[str] = Counter()
        self.violations: list[str] = []

    def summary(self) -> str:
        """One line for a person."""
        counted = f"{self.validated['requests']} requests held against the documented attributes"
        return f"FreeAgent: {counted} (there is no official schema), {len(self.violations)} violations"
