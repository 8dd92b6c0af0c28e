"""How accounts are called in the charts that platforms hand out, English and French, for each account key.

Names are compared folded: in lower case, without accents, punctuation as single spaces.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from functools import lru_cache
from types import MappingProxyType

from daybook.domain.ledger import Account
from daybook.frozen import frozen

_NEVER_FOUND = re.compile(r"(?!)")


@frozen
class Rule:
    """Finds the accounts of these types whose folded name matches `words` and not `unless`."""

    words: re.Pattern[str]
    types: tuple[str, ...]
    unless: re.Pattern[str] = _NEVER_FOUND
    bank: bool = False

    def finds(self, account: Account) -> bool:
        """Whether this account is one of those."""
        name = folded(account.name)
        fits = account.type in self.types and (account.is_bank or not self.bank)
        return fits and self.words.search(name) is not None and self.unless.search(name) is None


@lru_cache(maxsize=10_000)
def folded(name: str) -> str:
    """A name to compare: lower case, no accents, anything but letters and digits a single space."""
    plain = "".join(c for c in unicodedata.normalize("NFKD", name) if not unicodedata.combining(c))
    return " ".join(re.sub(r"[^a-z0-9]+", " ", plain.casefold()).split())


def words_of(name: str) -> tuple[str, ...]:
    """The words of a name, folded."""
    return tuple(folded(name).split())


def _rule(words: str, *types: str, unless: str = "", bank: bool = False) -> Rule:
    return Rule(re.compile(words), types, re.compile(unless) if unless else _NEVER_FOUND, bank)


# Accounts that somebody else keeps or that must be empty: platforms', accountants', the tax office's.
NEVER = re.compile(
    r"uncategori[sz]ed|unapplied|opening balance|retained earnings|suspense|ask my accountant"
    r"|billable expense|reconciliation discrepanc|historical adjustment|tracking transfers|depreciation"
    r"|revaluation|currency gain"
    r"|payroll|wages|sales tax|\b(vat|gst|hst|pst|qst) (payable|control|liability)|taxes? (de vente|a payer)"
    r"|non (categorise|classe|applique)|solde d ouverture|benefices? non repartis|ecarts? de rapprochement"
    r"|amortissement|\b(tva|tps|tvq|tvh) a payer|paie\b|salaires?"
)
_NOT_SALES = (
    r"discount|return|refund|allowance|other|interest|shipping|delivery|tips?\b|asset|gift|deposit"
    r"|rabais|escompte|retour|rendu|remise|remboursement|autres?\b|immobilisation|actif|livraison|cadeau"
)
_OF_OTHERS = r"online|en ligne|klarna|paypal|mobile|vipps|swish|gift|cadeau|inventory|stock"
_OF_PEOPLE = (
    r"director|shareholder|student|employee|partner|owner|officer|mortgage|vehicle|\bcar\b|hire"
    r"|actionnaire|administrateur|employe|associe|proprietaire|hypothe|vehicule"
)
_ADVANCE = (
    r"(deferred|unearned) (revenue|income)|(income|revenue) (received )?in advance"
    r"|(revenus?|produits?) (reporte|differe|non gagne|percu d avance|recu d avance|constate d avance)s?"
    r"|(revenus?|produits?) (percus|recus|constates) d avance"
)
_DEPOSITS = (
    r"(customer|client) (deposits?|prepayments?)|deposits? (received|from customers)"
    r"|(depots?|acomptes?|avances?) (recus? )?(de |des )?clients?|acomptes? recus"
)
_UNDEPOSITED = r"undeposited funds|payments to deposit|fonds non (deposes|verses)|paiements a deposer"
_OTHER_INCOME = r"^other (income|revenue)s?$|^autres? (revenus?|produits)( divers)?$"
_INTEREST = (
    r"interest (paid|expense|payable)|^interest$|interets? (paye|debiteur|bancaire)s?|charges? d interets?"
    r"|frais d interets?|interets? (et frais )?sur (les )?(emprunt|pret|dette)s?"
)

RULES: Mapping[str, tuple[Rule, ...]] = MappingProxyType(
    {
        "sales": (
            _rule(r"^(sales|sales revenue|sales income|ventes|revenus? (de|des) ventes)$", "Income"),
            _rule(
                r"^(sales of products?( income)?|product sales|ventes? de (produits|marchandises|biens).*)$",
                "Income",
            ),
            _rule(r"\b(sales|ventes?)\b", "Income", unless=_NOT_SALES),
            _rule(r"^(revenue|income|revenus?|gross receipts|recettes|chiffre d affaires)$", "Income"),
            _rule(r"^(services?|services? (income|revenue)|revenus? (de|des) services?)$", "Income"),
        ),
        "sales-other": (
            _rule(r"^(other sales|autres ventes)$", "Income"),
            _rule(_OTHER_INCOME, "Income"),
        ),
        "refund": (
            _rule(
                r"^(sales )?(refunds?|returns?)\b|sales (refunds|returns)|refunds? (given|allowances)"
                r"|returns? (and )?allowances|(retours?|rendus?) (sur|de|des) (les )?ventes"
                r"|^remboursements?( clients?| aux clients)?$",
                "Income",
                "Expense",
                unless=r"tax|fee|frais|purchase|achat",
            ),
        ),
        "gratuity": (
            _rule(r"\b(tips?|gratuity|gratuities|pourboires?)\b", "Liability"),
            _rule(r"\b(tips?|gratuity|gratuities|pourboires?)\b", "Income"),
        ),
        "prepaid": (
            _rule(
                r"gift (card|certificate|voucher)|\bvouchers?\b|(cartes?|cheques?|bons?) cadeaux?",
                "Liability",
            ),
            _rule(_ADVANCE, "Liability"),
            _rule(_DEPOSITS, "Liability"),
        ),
        "prepaidDiscount": (
            _rule(r"gift card discount|promotions? expense|promotional discount", "Expense", "Income"),
            _rule(r"^(sales )?discounts?( given)?$|(rabais|remises|escomptes) (accorde|consenti)", "Income"),
        ),
        "serviceCharge": (_rule(r"^service charges?( income)?$|^frais de service", "Income"),),
        "shipping": (
            _rule(r"shipping|delivery|freight|postage|livraison|expedition|frais de port", "Income"),
        ),
        "overpayment": (_rule(r"overpayment|trop percus?", "Income", "Liability"),),
        "rounding": (_rule(r"^rounding|arrondi", "Income", "Expense"),),
        "deposits": (_rule(_DEPOSITS, "Liability"), _rule(_ADVANCE, "Liability")),
        "card": (
            _rule(
                r"\b(credit |debit )?(card|carte)s?\b.*(clearing|transit|attente|compensation|takings"
                r"|receipts)"
                r"|(clearing|transit|attente|compensation) .*\b(card|carte)s?\b",
                "Asset",
                unless=_OF_OTHERS,
            ),
            _rule(
                r"^(merchant|payments?|sales|pos|till)( services?)? (clearing|in transit)( account)?$"
                r"|encaissements? (en attente|en transit|a recevoir)|paiements? en (attente|transit)"
                r"|\b(stripe|square|sumup|zettle|worldpay|clover|moneris)\b",
                "Asset",
                unless=_OF_OTHERS,
            ),
            _rule(
                r"^(clearing( account)?|compte (de compensation|de passage|de transit))$",
                "Asset",
                unless=_OF_OTHERS,
            ),
        ),
        "onlineCard": (
            _rule(
                r"(online|web|e ?commerce|en ligne).*(card|clearing|payments?|carte|paiements?|attente)"
                r"|(card|carte|paiements?)s? .*(online|en ligne)|\b(stripe|shopify)\b",
                "Asset",
                unless=r"bank|banque",
            ),
        ),
        "cash": (
            _rule(
                r"^cash$|cash (on|in) hand|petty cash|cash (drawer|till|register|float|box|takings)|^till\b"
                r"|(petite |fonds de )?\bcaisse\b|^encaisse$|^especes$",
                "Asset",
                unless=r"populaire|desjardins|epargne|credit|savings|card",
            ),
            _rule(_UNDEPOSITED, "Asset"),
        ),
        "payout": (
            _rule(
                r"^(business |main |primary |company )?(bank|current|chequing|checking|operating)"
                r"( current| business)?( account)?$|^business (bank|current|account)"
                r"|^compte (courant|(de |-)?cheques?|bancaire|d operations?)|^(banque|cheques)$"
                r"|compte bancaire (principal|courant|de l entreprise)",
                "Asset",
                unless=r"saving|epargne",
                bank=True,
            ),
        ),
        "paypal": (_rule(r"paypal", "Asset"),),
        "paypalQr": (_rule(r"paypal qr", "Asset"),),
        "mobile": (_rule(r"mobile (payment|pay)|apple pay|google pay|paiements? mobiles?", "Asset"),),
        "vipps": (_rule(r"vipps", "Asset"),),
        "swish": (_rule(r"swish", "Asset"),),
        "storeCredit": (
            _rule(r"store credit|customer credit|(avoirs?|credits?) (de |des )?clients?", "Liability"),
        ),
        "prepaidPayment": (),
        "custom": (),
        "manual": (),
        "paymentFee": (
            _rule(
                r"(payments?|merchant|card|transaction|processing|stripe|square|paypal|provider)"
                r"( account| processing| service| services)? (fees?|charges?|costs?)"
                r"|frais (de |d |des |du |sur )?(paiements?|cartes?|encaissements?|transactions?|terminal"
                r"|traitement|commercant)",
                "Expense",
                unless=r"late|retard|refund|expedition|livraison",
            ),
            _rule(
                r"^bank( service| finance| account)? (fees?|charges?)( fees?| and fees?)?$"
                r"|^frais (bancaires|de banque|de services bancaires)|^services bancaires$"
                r"|^(frais|charges) bancaires|^bank finance charges$",
                "Expense",
            ),
            _rule(r"bank (service )?(fees|charges)|frais (bancaires|de banque)", "Expense"),
            _rule(r"^commissions? (and )?fees$|^commissions et frais$", "Expense"),
        ),
        "paymentFeeTax": (
            _rule(
                r"input (vat|tax)|(vat|gst|hst) (on purchases|paid|recoverable)|tva deductible"
                r"|(tps|tvh|tvq)\b.*(a recouvrer|a recuperer|payee)",
                "Asset",
                "Liability",
            ),
        ),
        "paymentFeeRefund": (
            _rule(
                r"(payment |card |merchant )?fee refunds?|fees returned|remboursements? de frais",
                "Income",
                "Expense",
            ),
        ),
        "payoutFee": (_rule(r"payout fee|frais de (versement|virement)", "Expense"),),
        "loan": (
            _rule(
                r"(merchant|cash|capital) advance|avance (marchand|de fonds|de tresorerie)|stripe capital",
                "Liability",
            ),
            _rule(
                r"\b(loans?|emprunts?|prets?)\b( payable| a payer)?$|^(loans?|emprunts?|prets?)\b",
                "Liability",
                unless=_OF_PEOPLE,
            ),
        ),
        "loanPayment": (),
        "loanFee": (
            _rule(r"loan (fees?|interest|costs?)|frais (d |de )?(emprunt|pret)s?", "Expense"),
            _rule(_INTEREST, "Expense"),
        ),
        "cashback": (
            _rule(
                r"cash ?back|rebates? received|card rewards|remises? (recue|obtenue)s?|ristournes?", "Income"
            ),
            _rule(_OTHER_INCOME, "Income"),
        ),
        "dispute": (_rule(r"disputed?\b|chargebacks?|litiges?|contestations?", "Asset", "Liability"),),
        "disputeFee": (_rule(r"(dispute|chargeback) fee|frais (de |des )?(litige|contestation)", "Expense"),),
        "disputeLoss": (
            _rule(
                r"(chargeback|dispute)s? loss|disputes lost|pertes? sur (litige|contestation)s?", "Expense"
            ),
            _rule(r"^bad debts?( expense)?$|^(mauvaises creances|creances irrecouvrables)$", "Expense"),
        ),
        "reserve": (
            _rule(r"reserves? held|(provider|processor|rolling) reserve|retenue de garantie", "Asset"),
        ),
    }
)
