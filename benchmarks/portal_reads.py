"""What each page of Sync Health reads of the table, for a small client and for one with a million syncs.

    PYTHONPATH=functions:layers/daybook:. python -m benchmarks.portal_reads

Read units are those DynamoDB charges: one for 4 KB read consistently, half of one through the index.
"""

from __future__ import annotations

from tests.integration.test_portal_scale import PAGES, reads_of, runtime_over
from tests.large_client import LargeClient

SIZES = ((1_000, 14), (10_000, 100))


def main() -> None:
    """Print a line for each page."""
    clients = [runtime_over(LargeClient(companies, days)) for companies, days in SIZES]
    heads = [f"{companies:,} companies, {companies * days:,} syncs" for companies, days in SIZES]
    print(f"{'page':24}" + "".join(f"{head:>36}" for head in heads))
    print(f"{'':24}" + f"{'calls':>18}{'items':>9}{'units':>9}" * len(heads))
    for page in PAGES:
        shown = [reads_of(client, page) for client in clients]
        numbers = "".join(f"{each.calls:>18}{each.items:>9}{each.units:>9.1f}" for each in shown)
        print(f"{page:24}{numbers}")


if __name__ == "__main__":
    main()
