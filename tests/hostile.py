"""Bodies that nobody should send to the push endpoints, and some that anybody may; a seed repeats them."""

from __future__ import annotations

import base64
import gzip
import json
import random
import zlib
from collections.abc import Callable, Iterator
from copy import deepcopy
from dataclasses import dataclass
from functools import cache
from typing import Any

DATA_TYPES = (
    "orders",
    "payments",
    "transactions",
    "products",
    "locations",
    "taxComponents",
    "paymentMethods",
    "productCategories",
    "customers",
    "disputes",
)
SPELLINGS = (
    ("POST", "/companies/{company}/data/commerce-{type}"),
    ("PUT", "/companies/{company}/data/commerce-{type}"),
    ("POST", "/companies/{company}/connections/{own}/data/commerce-{type}"),
    ("PUT", "/companies/{company}/connections/{own}/data/commerce-{type}"),
    ("POST", "/data/companies/{company}/sync/{type}"),
)
NUMBERS = (
    "9" * 10_000,
    "-" + "7" * 4301,
    "1" * 61,
    "1e400",
    "-1E+999999999",
    "1e-400",
    "1e60",
    "-0",
    "-0.0",
    "0e0",
    "0.1e-5",
    "123456789012345678901234567890.12",
    "1.005",
    "1e2",
    "-1",
    "9007199254740993",
    "0." + "3" * 200,
    "01",
    "+1",
    ".5",
    "1.",
    "0x10",
    "1_000",
)
TEXTS = (
    "",
    " ",
    "\x00",
    "a\x00b",
    "a\x1fb",
    "\x7f",
    "\u2028",
    "\ufeff",
    "\ufffe",
    "\U0010ffff",
    "é" * 251,
    "x" * 500,
    "x" * 501,
    "x" * 1025,
    "y" * 2049,
    "z" * 100_000,
    "..",
    "../../etc/passwd",
    "%2e%2e%2f",
    "a/b",
    "a#b",
    "a?b",
    "Unknown/x/y",
    "{{7*7}}",
    "${jndi:ldap://x}",
    "' OR 1=1 --",
    "<script>alert(1)</script>",
    "=cmd|' /C calc'!A0",
    "null",
    "NaN",
    "\uff11\uff12",
    "GBP",
    "gbp ",
    "XXX",
    "Payment",
    "Unknown",
    "0001-01-01T00:00:00",
    "0000-00-00",
    "9999-12-31T23:59:59.999999-14:00",
    "1899-12-31T00:00:00Z",
    "2999-12-31T23:59:59-23:59",
    "2026-02-30",
    "2026-03-29T01:30:00",
    "2026-03-01T12:00:00+99:99",
    "12345-01-01T00:00:00Z",
    "2026-03-01",
    "1e5",
    " 1.00 ",
    "1,00",
    "Infinity",
    "99999999999999999999999999",
)
CONSTANTS = ("NaN", "Infinity", "-Infinity", "nan", "undefined", "None", "True")
HALVES = ("\\ud800", "\\udfff", "\\ud83d\\ud83d", "x\\udc00y")
ENCODINGS = ("utf-16", "utf-16-le", "utf-32", "utf-8-sig", "latin-1", "cp037", "utf-7")


@dataclass(frozen=True, slots=True)
class Shot:
    """A push: what kind it is, where it goes and what is sent."""

    kind: str
    method: str
    path: str
    raw: bytes
    headers: dict[str, str]


def good(data_type: str, name: str) -> dict[str, Any]:
    """A record that is taken."""
    at = {"createdDate": "2026-03-01T12:00:00Z"}
    money = {"currency": "GBP", **at}
    line = {"id": "1", "quantity": 1, "totalAmount": 10, "unitPrice": 10, "productRef": {"id": "p"}}
    payment = {"id": f"pay {name}", "amount": 10, "currency": "GBP", "paymentMethodRef": {"id": "m"}, **at}
    bodies: dict[str, dict[str, Any]] = {
        "orders": {**money, "totalAmount": 10, "orderLineItems": [line], "payments": [payment]},
        "payments": {"amount": 10, "status": "Paid", "paymentMethodRef": {"id": "m"}, **money},
        "transactions": {
            "totalAmount": 10,
            "type": "Payment",
            "transactionSourceRef": {"id": "o", "type": "Order"},
            **money,
        },
        "products": {"name": "Tea", "variants": [{"id": "v", "name": "Large", "prices": []}]},
        "locations": {"name": "High Street", "address": {"type": "Delivery", "city": "Leeds"}},
        "taxComponents": {"name": "Standard", "rate": 20},
        "paymentMethods": {"name": "Card", "status": "Active"},
        "productCategories": {"name": "Drinks", "hasChildren": False},
        "customers": {"customerName": "A. Person", "emailAddress": "person@shopper.example"},
        "disputes": {
            "status": "Lost",
            "totalAmount": 10,
            "sourceModifiedDate": "2026-03-02T09:00:00Z",
            **money,
        },
    }
    return {"id": name, **deepcopy(bodies[data_type])}


def shots(seed: int, count: int) -> Iterator[Shot]:
    """So many pushes: every kind, to every type of record, in every spelling of its path, about as often."""
    chance = random.Random(seed)  # noqa: S311 - has to be the same again
    kinds = list(KINDS.items())
    for number in range(count):
        kind, make = kinds[number % len(kinds)]
        data_type = DATA_TYPES[number // len(kinds) % len(DATA_TYPES)]
        method, path = chance.choice(SPELLINGS)
        raw, headers = make(chance, data_type)
        yield Shot(kind, method, path.replace("{type}", data_type), raw, headers)


Made = tuple[bytes, dict[str, str]]
GZIP = {"Content-Encoding": "gzip"}


def _text(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)


def _plain(value: object) -> Made:
    return _text(value).encode(errors="surrogatepass"), {}


def _places(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Where something can be put in another's place."""
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for name, inner in items:
        yield (*path, name)
        yield from _places(inner, (*path, name))


def _with(chance: random.Random, data_type: str, value: object) -> dict[str, Any]:
    """A good record with this somewhere in it."""
    record = good(data_type, f"id {chance.randrange(2000)}")
    path = chance.choice(list(_places(record)))
    inner: Any = record
    for name in path[:-1]:
        inner = inner[name]
    inner[path[-1]] = value
    return record


def _any_value(chance: random.Random, depth: int = 3) -> Any:
    kind = chance.randrange(9 if depth else 6)
    if kind > 6:
        return {
            chance.choice([*TEXTS[:40], "id", "type", "currency", "amount"]): _any_value(chance, depth - 1)
            for _ in range(chance.randrange(4))
        }
    if kind == 6:
        return [_any_value(chance, depth - 1) for _ in range(chance.randrange(4))]
    return (
        None,
        chance.random() < 0.5,
        chance.randrange(-(2**70), 2**70),
        chance.uniform(-1e6, 1e6),
        chance.choice(TEXTS),
        "",
    )[kind]


_MARK = "put here"


def _with_text(chance: random.Random, data_type: str, text: str) -> Made:
    """A good record that holds this piece of JSON somewhere, which json itself would not write."""
    return f"[{_text(_with(chance, data_type, _MARK))}]".replace(f'"{_MARK}"', text).encode(), {}


def _bytes(chance: random.Random, _: str) -> Made:
    return chance.randbytes(chance.randrange(200)), {}


def _cut_off(chance: random.Random, data_type: str) -> Made:
    raw, _ = _plain([good(data_type, "cut")])
    return raw[: chance.randrange(len(raw))], {}


def _damaged(chance: random.Random, data_type: str) -> Made:
    raw = bytearray(_plain([good(data_type, "damaged")])[0])
    for _ in range(chance.randrange(1, 4)):
        raw[chance.randrange(len(raw))] = chance.randrange(256)
    return bytes(raw), {}


def _deep(chance: random.Random, data_type: str) -> Made:
    depth = chance.choice([30, 39, 40, 41, 49, 50, 51, 200, 990, 1100, 100_000])
    opening, closing = chance.choice([("[", "]"), ('{"a":', "}"), ('[{"id":', "}]")])
    text = opening * depth + "1" + closing * depth
    if chance.random() < 0.3:
        return (opening * depth).encode(), {}
    return (text.encode(), {}) if chance.random() < 0.4 else _with_text(chance, data_type, text)


def _number(chance: random.Random, data_type: str) -> Made:
    return _with_text(chance, data_type, chance.choice(NUMBERS))


def _constant(chance: random.Random, data_type: str) -> Made:
    return _with_text(chance, data_type, chance.choice(CONSTANTS))


def _surrogate(chance: random.Random, data_type: str) -> Made:
    half = f'"{chance.choice(HALVES)}"'
    if chance.random() < 0.3:
        return f'[{{"id":"1",{half}:1}}]'.encode(), {}
    return _with_text(chance, data_type, half)


def _raw_surrogate(chance: random.Random, data_type: str) -> Made:
    return _plain([_with(chance, data_type, chance.choice(["\ud800", "a\udfffb"]))])


def _twice(chance: random.Random, data_type: str) -> Made:
    text = _text(good(data_type, "twice"))
    name = chance.choice(list(good(data_type, "x")))
    return f'[{text[:-1]},"{name}":{chance.choice(["1", "null", "[]"])}}}]'.encode(), {}


def _encoding(chance: random.Random, data_type: str) -> Made:
    text = _text([{**good(data_type, "café"), "note": "é"}])
    name = chance.choice(ENCODINGS)
    headers = {"Content-Type": f"application/json; charset={name}"} if chance.random() < 0.5 else {}
    return text.encode(name), headers


def _content_type(chance: random.Random, data_type: str) -> Made:
    raw, _ = _plain([good(data_type, "typed")])
    name = chance.choice(
        ["text/plain", "application/xml", "multipart/form-data; boundary=x", "", "é", "a/b;;"]
    )
    if name.startswith("multipart"):
        raw = b'--x\r\nContent-Disposition: form-data; name="a"\r\n\r\n' + raw + b"\r\n--x--\r\n"
    return raw, {"Content-Type": name}


@cache
def _bomb(times: int) -> bytes:
    packer = zlib.compressobj(9, wbits=31)
    inner = b"".join(packer.compress(bytes(2**22)) for _ in range(16)) + packer.flush()
    return inner if times == 1 else gzip.compress(inner)


def _packed(chance: random.Random, data_type: str) -> Made:
    raw = gzip.compress(_plain([good(data_type, "packed")])[0], 1, mtime=0)
    place = chance.randrange(len(raw))
    made = (
        _bomb(1),
        _bomb(2),
        raw[:place],
        raw[:place] + bytes([chance.randrange(256)]) + raw[place + 1 :],
        raw + b"trailing",
        raw + raw,
        gzip.compress(raw, mtime=0),
        b"",
        base64.b64encode(raw),
        raw,
    )
    return chance.choice(made), GZIP


def _other_packing(chance: random.Random, data_type: str) -> Made:
    raw, _ = _plain([good(data_type, "plain")])
    name = chance.choice(["gzip", "br", "deflate", "zstd", "gzip, gzip", "identity", "GZIP", "x" * 300, "é"])
    return (zlib.compress(raw) if name == "deflate" else raw), {"Content-Encoding": name}


def _shape(chance: random.Random, data_type: str) -> Made:
    record = good(data_type, "shape")
    made: tuple[object, ...] = (
        None,
        1,
        "text",
        True,
        {},
        [],
        [[]],
        [[record]],
        [None],
        [1, "a", None, record],
        record,
        {data_type: record},
        {data_type: [record], data_type.upper(): [record]},
        {data_type.title(): [record], "ContractVersion": 1},
        {"a": [record], "b": [record]},
        {"": []},
        [record] * 3,
    )
    return _plain(chance.choice(made))


def _wrong_value(chance: random.Random, data_type: str) -> Made:
    return _plain([_with(chance, data_type, _any_value(chance)) for _ in range(chance.randrange(1, 4))])


def _wrong_text(chance: random.Random, data_type: str) -> Made:
    return _plain([_with(chance, data_type, chance.choice(TEXTS))])


def _wrong_id(chance: random.Random, data_type: str) -> Made:
    value: object = chance.choice([*TEXTS, 1, -1, 1.5, 2**64, True, None, [], {}])
    record = {**good(data_type, "x"), "id": value}
    return _plain([record if chance.random() < 0.7 else {"id": value}])


def _name(chance: random.Random, data_type: str) -> Made:
    name = chance.choice([*TEXTS, "__proto__", "constructor", "PK", "ID", "Id ", "isDeleted"])
    return _plain([{**good(data_type, "named"), name: _any_value(chance)}])


def _many_parts(chance: random.Random, data_type: str) -> Made:
    """Far more lines, payments, references and times than a record has."""
    count = chance.choice([10, 10, 10, 100, 100, 1500])
    record = good(data_type, f"many {chance.randrange(50)}")
    long = "p" * chance.choice([5, 400])
    for name, value in record.items():
        if isinstance(value, list) and value:
            record[name] = [
                {
                    **value[0],
                    "id": f"{long}{number}",
                    "createdDate": f"{1900 + number % 1000}-01-01T{number % 24:02}:00:00Z",
                }
                for number in range(count)
            ]
    return gzip.compress(_plain([record])[0], 1, mtime=0), GZIP


def _many_records(chance: random.Random, data_type: str) -> Made:
    count = chance.choice([0, 2, 40] * 8 + [5001])
    records = [good(data_type, f"one of {number}") for number in range(count)]
    return gzip.compress(_plain(records)[0], 1, mtime=0), GZIP


def _large(chance: random.Random, data_type: str) -> Made:
    """A text that cannot be compressed: larger than an item, than a transaction, or than a request."""
    size = chance.choice([100_000] * 20 + [450_000] * 20 + [900_000] * 4 + [3_000_000, 7_000_000])
    return _plain([{**good(data_type, "large"), "note": chance.randbytes(size // 2).hex()}])


def _taken(chance: random.Random, data_type: str) -> Made:
    return _plain([good(data_type, f"id {chance.randrange(2000)}")])


KINDS: dict[str, Callable[[random.Random, str], Made]] = {
    "random bytes": _bytes,
    "cut off": _cut_off,
    "damaged": _damaged,
    "deep nesting": _deep,
    "huge or odd number": _number,
    "NaN and infinity": _constant,
    "half a surrogate pair": _surrogate,
    "surrogate in UTF-8": _raw_surrogate,
    "name given twice": _twice,
    "wrong encoding": _encoding,
    "wrong content type": _content_type,
    "bomb or broken gzip": _packed,
    "other packing": _other_packing,
    "wrong shape": _shape,
    "wrong value": _wrong_value,
    "hostile text": _wrong_text,
    "hostile id": _wrong_id,
    "hostile name": _name,
    "very many parts": _many_parts,
    "many records": _many_records,
    "very large": _large,
    "good record": _taken,
}
