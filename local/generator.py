"""Two weeks of the cafe's trade, made up from a seed: what arrives first, what later, what is true at last.

The same seed makes the same trade. Everything known when the fortnight is over comes in the first wave. The
second brings what a till kept back while its line was down, orders edited after their day was posted, one
deleted, some sent twice, and old versions that arrive after newer ones and must not win.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta
from random import Random
from uuid import UUID

from local.cafe import (
    CLOCKS_CHANGE,
    DAYS,
    FIRST_DAY,
    GIFT_CARD,
    HIGH_STREET,
    MEAL_CARD,
    MENU,
    PLATTER,
    SHOPS,
    STATION,
    ZONE,
    Body,
    Product,
    Shop,
    catalogue,
    pounds,
    written_time,
)
from local.sale import Charge, Item, Sale, Tender, items

Wave = dict[tuple[str, str], list[Body]]
"""Shop id and data type to record bodies, in the order they are sent."""

BUSYNESS = (9, 9, 9, 9, 11, 14, 12)
LINE_DOWN = date(2026, 3, 27)
LINE_DOWN_HOURS = range(14, 17)
EDITS = ("a tip was added on the card slip", "an item was taken off", "its price was reduced")
DUPLICATES = 25
SMALL, LARGE = 600, 2000  # pence: what a person alone and what a table spends


@dataclass(frozen=True, slots=True)
class Change:
    """Why a record of the second wave moves a day that was already posted."""

    day: date
    shop: str
    data_type: str
    record_id: str
    number: str
    reason: str


@dataclass(slots=True)
class Trade:
    """The whole fortnight."""

    first: Wave
    second: Wave
    changes: list[Change]
    latest: Wave = field(default_factory=dict)

    def latest_records(self) -> Wave:
        """The final state of every record: nothing twice, nothing outdated, nothing deleted."""
        return self.latest


def generate(seed: int = 7, orders: int = 3000) -> Trade:
    """Make up the fortnight, with about `orders` orders."""
    return _Fortnight(Random(seed), orders).trade()  # noqa: S311 - made-up trade, not a secret


class _Fortnight:
    def __init__(self, chance: Random, orders: int) -> None:
        self.chance = chance
        self.orders = orders
        self.sales: list[Sale] = []
        self.edited: dict[str, Sale] = {}
        self.deleted = ""
        self.changes: list[Change] = []
        self.numbers: dict[str, int] = defaultdict(int)
        self.gift_card_money = 0

    def trade(self) -> Trade:
        """Make sales day by day, then what happens to them afterwards, then sort it all into waves."""
        for day in (FIRST_DAY + timedelta(days=number) for number in range(DAYS)):
            for shop in SHOPS:
                self.open_shop(shop, day)
        self.at_the_edges_of_days()
        self.catering()
        self.give_money_back()
        self.sales.sort(key=lambda sale: _instant(sale.moment))
        self.edit_some()
        return self.waves()

    # Sales

    def identifier(self) -> str:
        return str(UUID(int=self.chance.getrandbits(128), version=4))

    def happens(self, per_mille: int) -> bool:
        return self.chance.randrange(1000) < per_mille

    def new_sale(self, shop: Shop, moment: datetime, sold: list[Item]) -> Sale:
        self.numbers[shop.id] += 1
        number = f"{shop.id[0].upper()}{self.numbers[shop.id]:05d}"
        sale = Sale(self.identifier(), number, shop, moment, sold)
        self.sales.append(sale)
        return sale

    def open_shop(self, shop: Shop, day: date) -> None:
        every = sum(BUSYNESS) * 2 * 100
        count = self.orders * BUSYNESS[day.weekday()] * shop.share // every
        opening = datetime.combine(day, time(7), ZONE)
        seconds = sorted(self.chance.randrange(11 * 3600 + 1800) for _ in range(count))
        for second in seconds:
            self.sell(shop, opening + timedelta(seconds=second))

    def basket(self) -> list[tuple[Product, int]]:
        lines = self.chance.choices((1, 2, 3, 4), (38, 36, 18, 8))[0]
        weights = [product.weight for product in MENU]
        picked: dict[str, tuple[Product, int]] = {}
        for product in self.chance.choices(MENU, weights, k=lines):
            _, already = picked.get(product.id, (product, 0))
            picked[product.id] = (product, already + self.chance.choices((1, 2, 3), (85, 12, 3))[0])
        return list(picked.values())

    def sell(self, shop: Shop, moment: datetime) -> Sale:
        basket = self.basket()
        price = sum(product.price * quantity for product, quantity in basket)
        discount = price // 10 if self.happens(60) else 100 if price > SMALL and self.happens(30) else 0
        sale = self.new_sale(shop, moment, items(basket, discount))
        if self.happens(8):
            sale.items.append(self.gift_card())
        if price > LARGE and self.happens(250):
            sale.charges.append(Charge("Generic", "Table service", price // 10))
        elif self.happens(8):
            sale.charges.append(Charge("Shipping", "Delivery", 350))
        self.pay(sale)
        return sale

    def gift_card(self) -> Item:
        below = 250 if self.happens(200) else 0  # now and then a card of 25.00 is offered for 22.50
        self.gift_card_money += GIFT_CARD.price
        return Item(GIFT_CARD, 1, GIFT_CARD.price - below, 0, below)

    def pay(self, sale: Sale) -> None:
        due, moment = sale.due, sale.moment
        way = self.chance.choices(
            ("Cash", "Card", "split", "Prepaid", "OnlineCard", "Custom"), (300, 560, 40, 45, 40, 15)
        )[0]
        if way == "Prepaid" and self.gift_card_money < due:
            way = "Card"
        if way in ("Card", "OnlineCard") and self.happens(130):
            sale.tip = max(50, due // 10)
        if way == "split":
            cash = due // 200 * 100
            parts = [("Cash", cash), ("Card", due - cash)]
        else:
            parts = [(way, due + sale.tip)]
        if way == "Prepaid":
            self.gift_card_money -= due
        sale.tenders = [
            Tender(self.identifier(), kind, amount, moment, method=MEAL_CARD if kind == "Custom" else "")
            for kind, amount in parts
            if amount
        ]
        if way == "Card" and self.happens(15):
            sale.tenders.insert(0, Tender(self.identifier(), "Card", due + sale.tip, moment, "Failed"))
        sale.embedded = not (way in ("Card", "OnlineCard") and self.happens(100))

    def at_the_edges_of_days(self) -> None:
        """A night market and the night the clocks change: sales on both sides of every edge."""
        market = datetime.combine(FIRST_DAY + timedelta(days=8), time(23, 59, 59, 999000), ZONE)
        after_change = datetime(
            2026, 3, 29, 1, 0, tzinfo=UTC
        )  # 02:00 in London: 01:00 to 02:00 did not exist
        moments = [market + timedelta(milliseconds=number) for number in (-1000, 0, 1, 1001)]
        moments += [after_change - timedelta(seconds=1), after_change]
        moments += [datetime.combine(CLOCKS_CHANGE, time(23, 59, 59), ZONE)]
        moments += [datetime.combine(CLOCKS_CHANGE + timedelta(days=1), time(0), ZONE)]
        moments += [datetime.combine(CLOCKS_CHANGE, time(1, 30))]  # a till with a slow clock, no zone given
        for moment in moments:
            self.sell(HIGH_STREET, moment)

    def catering(self) -> None:
        """Offices that pay some days after delivery, now and then against an invoice written at the till."""
        for number, wait in ((1, 3), (4, 2), (6, 4), (8, 1)):
            moment = datetime.combine(FIRST_DAY + timedelta(days=number), time(11, 30), ZONE)
            sale = self.new_sale(HIGH_STREET, moment, items([(PLATTER, 2 + number % 3)]))
            sale.embedded = number % 4 != 0
            if number == 1:
                sale.tenders.append(Tender(self.identifier(), "Invoice", sale.due, moment))
            paid = moment + timedelta(days=wait)
            sale.tenders.append(Tender(self.identifier(), "Card", sale.due, paid))

    # What happens afterwards

    def give_money_back(self) -> None:
        """Goods returned the same day and days later, and money given back without goods."""
        plain = [sale for sale in self.sales if self.is_plain(sale)]
        for sale in self.chance.sample(plain, len(plain) // 60):
            wait = self.chance.choice((0, 0, 1, 2, 3, 5))
            moment = sale.moment + timedelta(days=wait, minutes=25)
            if moment.astimezone(ZONE).date() >= FIRST_DAY + timedelta(days=DAYS):
                continue
            tender = sale.tenders[-1]
            if self.happens(300) and sale.due > SMALL:
                back = Tender(self.identifier(), tender.kind, -self.chance.randrange(100, 500), moment)
                sale.tenders.append(back)
                sale.modified = moment
                continue
            item = self.chance.choice(sale.items).returned()
            returned = self.new_sale(sale.shop, moment, [item])
            kind = "Cash" if tender.kind == "Cash" or self.happens(100) else tender.kind
            returned.tenders.append(Tender(self.identifier(), kind, item.gross, moment))

    def is_plain(self, sale: Sale) -> bool:
        """An order with one tender of the common kinds, inside it, and nothing out of the ordinary."""
        return (
            sale.embedded
            and sale.moment.tzinfo is not None
            and len(sale.tenders) == 1
            and sale.tenders[0].kind in ("Cash", "Card")
            and sale.tenders[0].moment == sale.moment
            and all(item.product is not GIFT_CARD for item in sale.items)
            and sale.due > 0
        )

    def edit_some(self) -> None:
        """Nine orders change after their days were posted, and one is deleted."""
        plain = [sale for sale in self.sales if self.is_plain(sale) and not _kept_back(sale)]
        cards = [sale for sale in plain if sale.tenders[0].kind == "Card" and not sale.tip]
        last = FIRST_DAY + timedelta(days=DAYS - 1)
        several = [sale for sale in cards if len(sale.items) > 1 and sale.moment.date() < last]
        for place, sale in enumerate(self.chance.sample(several, 9)):
            self.edited[sale.id] = self.edit(sale, EDITS[place % 3])
        cash = [sale for sale in plain if sale.tenders[0].kind == "Cash" and sale.shop is HIGH_STREET]
        chosen = self.chance.choice(cash)
        self.deleted = chosen.id
        self.changes.append(_change(chosen, "the order was deleted"))

    def edit(self, sale: Sale, how: str) -> Sale:
        after = sale.copy()
        after.modified = sale.moment + timedelta(days=1, hours=2)
        if how == EDITS[0]:
            after.tip = sale.due // 10
            after.tenders[0].amount += after.tip
        elif how == EDITS[1]:
            removed = after.items.pop()
            paid_back = sale.moment + timedelta(days=1, hours=1)
            after.tenders.append(Tender(self.identifier(), "Card", -removed.gross, paid_back))
            change = _change(sale, "the price of what was taken off the day before was paid back")
            self.changes.append(replace(change, day=change.day + timedelta(days=1)))
        else:
            basket = [(item.product, item.quantity) for item in sale.items]
            full = sum(product.price * quantity for product, quantity in basket)
            after.items = items(basket, full // 5)
            after.tenders[0].amount = after.due
        self.changes.append(_change(sale, how))
        return after

    # Waves

    def waves(self) -> Trade:
        trade = Trade(defaultdict(list), defaultdict(list), self.changes, defaultdict(list))
        for shop in SHOPS:
            for data_type, bodies in catalogue(shop).items():
                trade.first[shop.id, data_type] = bodies
                trade.latest[shop.id, data_type] = bodies
        for sale in self.sales:
            self.send(trade, sale)
        for key, body in self.payouts():
            trade.first[key].append(body)
            trade.latest[key].append(body)
        self.send_again(trade)
        return trade

    def send(self, trade: Trade, sale: Sale) -> None:
        """One sale's records, into the wave in which they arrive."""
        final = self.edited.get(sale.id, sale)
        before = list(_records(sale))
        # An edit changes the order and the payments in it; what the provider charged stays as it was.
        after = [] if sale.id == self.deleted else [(before[0][0], final.body()), *before[1:]]
        if _kept_back(sale):
            trade.changes.append(_change(sale, "the till kept it back for two days, its line was down"))
            before, after = [], before
            for key, body in after:
                trade.second[key].append(body)
        for key, body in before:
            trade.first[key].append(body)
        for key, body in after:
            trade.latest[key].append(body)
        if final is not sale:
            trade.second[sale.shop.id, "orders"].append(final.body())
        if sale.id == self.deleted:
            trade.second[sale.shop.id, "orders"].append({"id": sale.id})

    def send_again(self, trade: Trade) -> None:
        """Some records twice, at once and later; and outdated versions of edited orders after newer ones."""
        key = (HIGH_STREET.id, "orders")
        untouched = [
            body for body in trade.first[key] if body["id"] not in self.edited and body["id"] != self.deleted
        ]
        again = self.chance.sample(untouched, DUPLICATES)
        trade.first[key].extend(again[:5])
        trade.second[key].extend(again)
        outdated = {body["id"]: body for body in trade.first[key] if body["id"] in self.edited}
        trade.second[key].extend(list(outdated.values())[:3])

    def payouts(self) -> Iterator[tuple[tuple[str, str], Body]]:
        """Each morning the provider sends what is left of the day before to the bank."""
        balance: dict[tuple[str, date], int] = defaultdict(int)
        for sale in self.sales:
            for tender in sale.tenders:
                if tender.kind in ("Card", "OnlineCard") and tender.status == "Paid":
                    when = _instant(tender.moment).astimezone(ZONE).date()
                    balance[sale.shop.id, when] += tender.amount - _fee(tender.amount)
        for shop in SHOPS:
            for day in (FIRST_DAY + timedelta(days=number) for number in range(DAYS - 1)):
                moment = datetime.combine(day + timedelta(days=1), time(5, 30), ZONE)
                amount = -balance[shop.id, day]
                yield _transaction(shop, f"payout-{day}", "Payout", amount, moment)


def _instant(moment: datetime) -> datetime:
    """For sorting: a till that gives no zone means London."""
    return moment if moment.tzinfo else moment.replace(tzinfo=ZONE, fold=1)


def _kept_back(sale: Sale) -> bool:
    local = _instant(sale.moment).astimezone(ZONE)
    return sale.shop is STATION and local.date() == LINE_DOWN and local.hour in LINE_DOWN_HOURS


def _change(sale: Sale, reason: str) -> Change:
    day = _instant(sale.moment).astimezone(ZONE).date()
    return Change(day, sale.shop.id, "orders", sale.id, sale.number, reason)


def _fee(amount: int) -> int:
    """The provider's 1.75 per cent, half up; nothing on money given back."""
    return (amount * 175 + 5000) // 10000 if amount > 0 else 0


def _transaction(
    shop: Shop,
    identifier: str,
    kind: str,
    amount: int,
    moment: datetime,
    source: tuple[str, str] | None = None,
) -> tuple[tuple[str, str], Body]:
    when = written_time(moment, shop)
    body: Body = {
        "id": identifier,
        "totalAmount": pounds(amount),
        "currency": "GBP",
        "type": kind,
        "createdDate": when,
        "modifiedDate": when,
        "sourceModifiedDate": when,
    }
    if source:
        body["transactionSourceRef"] = {"type": source[0], "id": source[1]}
    return (shop.id, "transactions"), body


def _records(sale: Sale) -> Iterator[tuple[tuple[str, str], Body]]:
    """An order, its payments where they are pushed apart, and what the provider says of each card payment."""
    shop = sale.shop
    yield (shop.id, "orders"), sale.body()
    for tender in sale.tenders:
        if not sale.embedded:
            yield (shop.id, "payments"), tender.body(shop)
        if not sale.embedded and tender.status == "Paid":
            kind = "Payment" if tender.amount > 0 else "Refund"
            yield _transaction(shop, tender.id, kind, tender.amount, tender.moment, ("Order", sale.id))
        fee = _fee(tender.amount)
        if tender.kind in ("Card", "OnlineCard") and tender.status == "Paid" and fee:
            yield _transaction(shop, tender.id, "PaymentFee", -fee, tender.moment, ("Payment", tender.id))
