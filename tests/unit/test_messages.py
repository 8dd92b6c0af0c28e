"""What syncs say of a trouble is there in French, whatever it says."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from daybook.domain import totals
from daybook.domain.documents import Kind
from daybook.domain.flow_rows import LOCALES
from daybook.domain.labels import _LABELS, label
from daybook.services.finish_sync import TAX_WRITTEN_AS, WRITTEN_AS
from daybook.services.stopped import DELETED_MESSAGE, UNLINKED_MESSAGE
from daybook.web import formats
from daybook.web.messages import translated
from daybook.web.rendering import words

PACKAGE = Path(__file__).resolve().parents[2] / "layers" / "daybook" / "daybook"
# Where the messages of syncs are written.
SOURCES = (
    *("domain/inactive.py", "domain/movements.py", "domain/refunds.py", "domain/resolution.py"),
    *("domain/ledger.py", "domain/sales.py", "services/differing.py"),
    *("services/disable_schedule.py", "services/finish_sync.py"),
    *("services/push_documents.py", "services/settle_outstanding.py", "services/stopped.py"),
    "services/work_out_day.py",
)
VALUES = {"what": "customer", "'days' if daily else 'months'": "days"}


def french(message: str) -> str | None:
    return translated(message, "fr-fr", lambda day: formats.day(day, "fr-fr", words("fr-fr")))


def sentences(path: Path) -> Iterator[str]:
    """Every sentence that code has, with something in its places."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    inside = {id(part) for node in ast.walk(tree) if isinstance(node, ast.JoinedStr) for part in node.values}
    documented = (ast.Module, ast.ClassDef, ast.FunctionDef)
    inside |= {
        id(node.body[0].value)
        for node in ast.walk(tree)
        if isinstance(node, documented) and isinstance(node.body[0], ast.Expr)
    }
    for node in ast.walk(tree):
        text = ""
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in inside:
            text = node.value.replace("{}{}", "X together").replace("{}", "X")
        elif isinstance(node, ast.JoinedStr):
            text = "".join(
                str(part.value)
                if isinstance(part, ast.Constant)
                else VALUES.get(ast.unparse(part.value), "X")  # type: ignore[attr-defined]
                for part in node.values
            )
        if len(text.split()) > 3 and text.rstrip()[-1] in ".:":
            yield text


@pytest.mark.parametrize("source", SOURCES)
def test_every_message_of_a_sync_is_known(source: str) -> None:
    found = list(sentences(PACKAGE / source))
    assert found, "no messages are written here any more"
    assert [text for text in found if french(text) is None] == []


def test_every_total_of_a_tie_out_is_known() -> None:
    named = {value for name, value in vars(totals).items() if name.isupper() and isinstance(value, str)}
    of_kinds = {WRITTEN_AS, TAX_WRITTEN_AS}
    measures = (named - {totals.PAID}) | {label(key) for key in _LABELS}
    measures |= {of_kind + kind.value for of_kind in of_kinds for kind in Kind}
    measures |= {totals.PAID + label(key) for key in _LABELS}
    assert len(measures) > 50
    assert [measure for measure in sorted(measures) if french(measure) is None] == []
    assert [kind for kind in Kind if french(kind.value) is None] == []


def test_sources_are_all_there_are() -> None:
    """A finding is made, or a sync stopped, nowhere else."""
    makes = re.compile(r"findings\.(block|warn)\(|\bBlocker\(|\bBlocked\(|\bStopped\(")
    makers = {
        str(path.relative_to(PACKAGE))
        for folder in ("domain", "services")
        for path in (PACKAGE / folder).glob("*.py")
        if makes.search(path.read_text(encoding="utf-8"))
    }
    assert makers <= set(SOURCES)


MATCH = "Cannot match {} to a tax rate of the ledger. Map it in the configuration."
NO_ACCOUNT = "No account is selected for 'card'. Select one in the configuration."
OTHER_TAX = (
    "2026-03-14: The accounting software holds a total of 12.00 with a tax of 1.99 for DB-1, which is 12.00 "
    "with a tax of 2.00 here. Correct it there, then sync again."
)
OFF = (
    "Scheduled syncs have failed 31 days in a row, so the schedule was switched off. When the cause is "
    "mended, switch it on again in the configuration, with a later start date if you have booked "
    "some of these days by hand."
)


@pytest.mark.parametrize(
    ("message", "said"),
    [
        (UNLINKED_MESSAGE, "Le logiciel de comptabilité n'est plus connecté."),
        (DELETED_MESSAGE, "L'entreprise a été supprimée"),
        (MATCH.format("a line without any tax"), "une ligne sans taxe."),
        (MATCH.format("the tax 'a', 'b' together"), "l'ensemble formé par la taxe 'a', 'b'."),
        (MATCH.format("the tax percentage 9.975"), "la TVA à 9.975 %."),
        (
            f"2026-03-14: {NO_ACCOUNT} (record ORD-1)",
            "14 mars 2026 : Aucun compte n'est choisi pour « card ».",
        ),
        (f"2026-03-14: {NO_ACCOUNT} (record ORD-1)", "(enregistrement ORD-1)"),
        (OTHER_TAX, "pour la pièce DB-1 un total de 12.00 dont 1.99 de TVA ; il est ici de 12.00 dont 2.00"),
        ("DB-1 was not written. Xero: No.", "La pièce DB-1 n'a pas été comptabilisée. Xero: No."),
        (
            "No access. Link the accounting software again; the days missed are then written.",
            "No access. Reconnectez le logiciel de comptabilité",
        ),
    ],
)
def test_messages_keep_their_values(message: str, said: str) -> None:
    plain = re.sub("[\xa0\u202f]", " ", french(message) or "").replace("\u2019", "'")
    assert said in plain


def test_several_troubles_are_told_one_after_another() -> None:
    one = "2026-03-14: The refund R1 exceeds order O1 by 2.00. (record R1)"
    other = "2026-03-15: Xero says no. (record R2)"
    third = f"2026-03-16: {UNLINKED_MESSAGE} And 4 more. {OFF}"
    said = french(f"{one} {other} {third}") or ""
    assert "Le remboursement R1 dépasse la commande O1 de 2.00." in said
    assert other in said, "what is not known stays"
    assert "Et 4 autres." in said
    assert "ont échoué 31 jours de suite" in said
    assert "Scheduled" not in said


def test_what_nobody_here_wrote_is_not_known() -> None:
    assert french("The organisation is not subscribed to the currency ZZZ") is None
    assert translated("Anything", LOCALES[0], date.isoformat) == "Anything"
