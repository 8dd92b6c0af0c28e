"""`python -m local.sam_local` lets `sam local` run functions in containers against the running local stack.

It writes a template and an environment file that samconfig.toml names for `sam local invoke` and
`sam local start-api`, and on Linux opens the stack to containers, and to nobody else, for as long as it runs:
the embedded AWS listens on 127.0.0.1, where a container cannot reach it.
"""

from __future__ import annotations

import json
import socket
import sys
import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import docker
from docker.errors import DockerException
from samcli.yamlhelper import yaml_dump, yaml_parse

from local import build, deploy, ministack, samples
from local.settings import BUILD, REGION, local_stack
from local.steps import say, stop_with

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from local.settings import LocalStack

# As containers know this machine: Docker Desktop's own name, given to other engines by samconfig.toml.
HOST = "host.docker.internal"
FUNCTION = "AWS::Serverless::Function"
CODE = {FUNCTION: "CodeUri", "AWS::Serverless::LayerVersion": "ContentUri"}
CHUNK = 65536
# What SAM makes of the template's own authorizer when it deploys.
AUTHORIZER = {
    "type": "apiKey",
    "name": "Authorization",
    "in": "header",
    "x-amazon-apigateway-authtype": "custom",
    "x-amazon-apigateway-authorizer": {
        "type": "request",
        "identitySource": "method.request.header.Authorization",
        "authorizerUri": {
            "Fn::Sub": "arn:${AWS::Partition}:apigateway:${AWS::Region}:lambda:path/2015-03-31/functions/"
            "${AuthorizerFunction.Arn}/invocations"
        },
    },
}


def files_of(stack: LocalStack) -> tuple[Path, Path]:
    """Give where the template and the environment file of a stack lie; samconfig.toml names them too."""
    return stack.folder / "sam-local.yaml", stack.folder / "sam-local.json"


def aws_settings(stack: LocalStack) -> dict[str, str]:
    """Give what the AWS SDK in a container needs to speak to the stack, and to nothing else."""
    return {
        "AWS_ENDPOINT_URL": f"http://{HOST}:{stack.port}",
        "AWS_ACCESS_KEY_ID": deploy.OWNER,
        "AWS_SECRET_ACCESS_KEY": deploy.OWNER,
        "AWS_REGION": REGION,
        "AWS_DEFAULT_REGION": REGION,
    }


def template(stack: LocalStack) -> dict[str, Any]:
    """Give the template that was built, as it was built: for this Python, this processor and this stack.

    SAM CLI gives a function only those variables of an environment file that the template names too.
    """
    made: dict[str, Any] = yaml_parse((BUILD / "template.yaml").read_text(encoding="utf-8"))
    for override in build.parameter_overrides(stack)[1:]:
        name, _, value = override.partition("=")
        made["Parameters"][name]["Default"] = value
    for resource in made["Resources"].values():
        if resource["Type"] in CODE:
            code = resource["Properties"]
            code[CODE[resource["Type"]]] = str(BUILD / code[CODE[resource["Type"]]])
    ask_for_key(made["Resources"]["Api"]["Properties"]["DefinitionBody"])
    variables = made["Globals"]["Function"]["Environment"]["Variables"]
    variables |= dict.fromkeys(aws_settings(stack), "given by the environment file")
    return made


def ask_for_key(described: dict[str, Any]) -> None:
    """Have an API's description say itself who asks for a key: SAM CLI looks nowhere else."""
    for operations in described["paths"].values():
        for operation in operations.values():
            if "security" in operation:
                operation["security"] = [{}]
    described["components"] = {"securitySchemes": {"ClientKey": AUTHORIZER}}
    described["security"] = [{"ClientKey": []}]


def functions(found: dict[str, Any]) -> dict[str, str]:
    """Give the folder of each function's code by its name in a template."""
    resources = found["Resources"].items()
    each = ((name, resource) for name, resource in resources if resource["Type"] == FUNCTION)
    return {name: resource["Properties"]["Handler"].partition(".")[0] for name, resource in each}


def environment(stack: LocalStack, found: dict[str, Any]) -> dict[str, dict[str, str]]:
    """Give each function's variables as the stack gave them, its addresses as a container reaches them."""
    deployed = deploy.functions(stack)
    service = deploy.client(stack, "lambda")
    made = {}
    for name, folder in functions(found).items():
        given = service.get_function_configuration(FunctionName=deployed[folder])["Environment"]["Variables"]
        reached = {
            key: value.replace(f"http://localhost:{stack.port}", f"http://{HOST}:{stack.port}")
            for key, value in given.items()
        }
        made[name] = reached | aws_settings(stack)
    return made


def prepare(stack: LocalStack) -> list[str]:
    """Have the samples in the stack, and write template and environment file; give the functions' names."""
    samples.ensure(stack)
    found = template(stack)
    template_file, environment_file = files_of(stack)
    template_file.write_text(yaml_dump(found), encoding="utf-8")
    variables = json.dumps(environment(stack, found), indent=2)
    environment_file.write_text(f"{variables}\n", encoding="utf-8")
    return sorted(functions(found))


def gateway() -> str:
    """Give the address at which containers reach this machine. Raises DockerException without an engine."""
    networks = docker.from_env().networks.list(names=["bridge"])
    return str(networks[0].attrs["IPAM"]["Config"][0]["Gateway"])


def carry(source: socket.socket, target: socket.socket) -> None:
    """Carry bytes one way until there are no more."""
    try:
        while part := source.recv(CHUNK):
            target.sendall(part)
        target.shutdown(socket.SHUT_WR)
    except OSError:  # either end went away: the other way ends by itself
        return


def connect(caller: socket.socket, port: int) -> None:
    """Carry bytes between a caller and the stack until both have said all."""
    with caller, socket.create_connection(("127.0.0.1", port)) as stack:
        back = threading.Thread(target=carry, args=(stack, caller), daemon=True)
        back.start()
        carry(caller, stack)
        back.join()


def accept(listener: socket.socket, port: int) -> None:
    """Connect whoever comes to the stack, until the listener is closed."""
    while True:
        try:
            caller, _ = listener.accept()
        except OSError:
            return
        threading.Thread(target=connect, args=(caller, port), daemon=True).start()


@contextmanager
def opened(address: str, port: int) -> Iterator[bool]:
    """Let whoever reaches this address speak to the stack; tell whether that is needed and possible here.

    Docker Desktop's gateway is no address of this machine, and its containers reach 127.0.0.1 by themselves.
    """
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((address, port))
    except OSError:
        listener.close()
        yield False
        return
    listener.listen()
    threading.Thread(target=accept, args=(listener, port), daemon=True).start()
    try:
        yield True
    finally:
        listener.shutdown(socket.SHUT_RDWR)
        listener.close()


def main() -> None:
    """Prepare, and stay for as long as containers need the way to the stack."""
    stack = local_stack()
    if ministack.running(stack) is None:
        stop_with("the local stack does not run: make run first")
    try:
        address = gateway()
    except DockerException:
        stop_with("no container engine answers: start Docker first")
    names = prepare(stack)
    with opened(address, stack.port) as is_open:
        say(f"  functions  {', '.join(names)}")
        say("  for example  .venv/bin/sam local invoke CompaniesFunction -e events/companies.json")
        say("               .venv/bin/sam local start-api")
        say(f"  API key    {samples.API_KEY}")
        say("")
        if is_open:
            say(f"  containers reach the stack through {address}:{stack.port} until you press ctrl-C")
            try:
                threading.Event().wait()
            except KeyboardInterrupt:
                sys.exit(0)


if __name__ == "__main__":
    main()
