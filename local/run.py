"""`python -m local.run`: starts the embedded AWS, builds, deploys, runs the demo, leaves it running."""

from __future__ import annotations

import concurrent.futures
import subprocess
import sys
from typing import TYPE_CHECKING

from local import build, deploy, ministack
from local.settings import ROOT, aws_environment, local_stack
from local.steps import say, step

if TYPE_CHECKING:
    from local.settings import LocalStack


def bring_up(stack: LocalStack) -> None:
    """Have the application of this checkout deployed and running, with a client that has an API key."""
    with step("the embedded AWS, and sam build"), concurrent.futures.ThreadPoolExecutor() as pool:
        built = pool.submit(build.build, stack)
        pool.submit(ministack.start, stack).result()
        digest = built.result()
    if not deploy.is_deployed(stack, digest):
        with step("sam deploy"):
            deploy.deploy(stack, digest)
    with step("a client with an API key"):
        deploy.ensure_client(stack)


def print_addresses(stack: LocalStack) -> None:
    """Tell where the running stack answers."""
    held = deploy.read_description(stack)
    say("")
    say(f"  API        {held['apiUrl']}")
    say(f"  API key    {held['apiKey']}   (client {held['clientId']})")
    say(f"  AWS        {held['endpointUrl']}   (region {held['region']}, keys test and test)")
    say(f"  all of it  {stack.description.relative_to(ROOT)}")
    say("")
    say("  make demo runs the demo again, make stop ends the stack and keeps its state.")


def main() -> None:
    """Bring the stack up, show the demo, tell the addresses."""
    stack = local_stack()
    bring_up(stack)
    with step("the demo"):
        demo = [sys.executable, "-m", "local.demo"]
        shown = subprocess.run(demo, cwd=ROOT, env=aws_environment(stack), check=False)
    print_addresses(stack)
    sys.exit(shown.returncode)


if __name__ == "__main__":
    main()
