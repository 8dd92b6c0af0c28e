"""`python -m local.clean`: stops the local stack and removes all that was installed, built and stored.

Standard library only.
"""

import shutil

from local import audit, ministack
from local.settings import BENCH, BUILD, CLIENTS, MINISTACK, ROOT, SDKS, TOOLS, local_stack
from local.steps import say

# What tools and tests leave behind; the pictures of tests/browser are in .artefacts.
LEFT_BEHIND = (
    ".artefacts",
    ".pytest_cache",
    ".mypy_cache",
    ".ruff_cache",
    ".import_linter_cache",
    ".hypothesis",
)


def main() -> None:
    """Leave the checkout as a fresh clone."""
    stack = local_stack()
    ministack.stop(stack)
    for folder in (
        stack.folder,
        BUILD.parent,
        TOOLS,
        MINISTACK,
        CLIENTS,
        SDKS,
        BENCH,
        audit.AUDIT,
        *(ROOT / name for name in LEFT_BEHIND),
    ):
        shutil.rmtree(folder, ignore_errors=True)
    for cache in sorted(ROOT.rglob("__pycache__")):
        shutil.rmtree(cache, ignore_errors=True)
    say("clean")


if __name__ == "__main__":
    main()
