"""`python -m local.stop`: ends the embedded AWS; its state stays for the next `make run`.

Standard library only.
"""

from local import ministack
from local.settings import local_stack
from local.steps import say


def main() -> None:
    """Stop what runs in this checkout."""
    say("stopped" if ministack.stop(local_stack()) else "nothing was running")


if __name__ == "__main__":
    main()
