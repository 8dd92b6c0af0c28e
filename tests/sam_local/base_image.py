"""Lambda's base image for Python, made of what this machine has: no image registry is asked.

SAM CLI looks for it by its public name and adds Lambda's runtime emulator and the layers itself. Here it is
the interpreter that runs this module with its standard library, the shell tools that SAM CLI's build steps
call, the libraries both need, AWS's runtime interface client and the boto3 of the tools. It stands in for
AWS's image where a registry may be out of reach, as in tests; a developer's engine pulls that one.
"""

from __future__ import annotations

import io
import os
import re
import shutil
import subprocess
import sys
import sysconfig
import tarfile
from collections.abc import Iterable, Iterator
from importlib.metadata import distribution
from pathlib import Path
from typing import TYPE_CHECKING

from local.settings import ARCHITECTURE, RUNTIME

if TYPE_CHECKING:
    from tests.sam_local.engine import Engine

REPOSITORY = "public.ecr.aws/lambda/python"
TAG = f"{sys.version_info[0]}.{sys.version_info[1]}-{ARCHITECTURE}"
# What the build steps of SAM CLI call, and what a person looks around with.
PROGRAMS = ("sh", "mv", "chmod", "cp", "rm", "mkdir", "ls", "cat", "env")
# What Lambda's runtime brings beside the interpreter.
SDK = ("boto3", "botocore", "s3transfer", "jmespath", "python-dateutil", "urllib3", "six")
NOT_NEEDED = {"test", "tests", "idlelib", "tkinter", "ensurepip", "site-packages", "dist-packages"}
HOME = "var/lang"
# What packages for Lambda take for granted, whether or not anything above needs it.
C_LIBRARY = ("libc", "libm", "libdl", "librt", "libpthread", "libutil", "libresolv", "libnss_*", "libgcc_s")
BOOTSTRAP = f"""#!/bin/sh
export AWS_EXECUTION_ENV=AWS_Lambda_{RUNTIME}
export PYTHONPATH=/opt/python/lib/{RUNTIME}/site-packages:/opt/python:/var/runtime
exec /var/lang/bin/{RUNTIME} -m awslambdaric "$_HANDLER"
"""
# Under Lambda's emulator where there is no Lambda.
ENTRYPOINT = """#!/bin/sh
export _HANDLER="$1"
if [ -n "$AWS_LAMBDA_RUNTIME_API" ]; then exec /var/runtime/bootstrap; fi
exec /usr/local/bin/aws-lambda-rie /var/runtime/bootstrap
"""
CHANGES = [
    "WORKDIR /var/task",
    'ENTRYPOINT ["/lambda-entrypoint.sh"]',
    "ENV LANG=C.UTF-8 LAMBDA_TASK_ROOT=/var/task LAMBDA_RUNTIME_DIR=/var/runtime",
    "ENV PATH=/var/lang/bin:/usr/local/bin:/usr/bin:/bin",
    "ENV LD_LIBRARY_PATH=/var/lang/lib:/var/runtime:/opt/lib",
]


def libraries(files: Iterable[Path]) -> set[Path]:
    """The shared libraries that programs and modules need, as this machine finds them."""
    command = shutil.which("ldd") or "ldd"
    listed = subprocess.run(
        [command, *map(str, files)], capture_output=True, text=True, check=False, env={"LC_ALL": "C"}
    )
    return {Path(found) for found in re.findall(r"(/\S+) \(0x", listed.stdout)}


def runtime_client(folder: Path, requirements: Path) -> Path:
    """AWS's runtime interface client, installed into a folder unless it is there."""
    target = folder / "runtime-client"
    if not target.exists():
        made = target.with_suffix(".new")
        shutil.rmtree(made, ignore_errors=True)
        pip = [sys.executable, "-m", "pip", "install", "--quiet", "--require-hashes", "--no-deps"]
        options = ["--only-binary=:all:", "--disable-pip-version-check", "--root-user-action=ignore"]
        subprocess.run([*pip, *options, "--target", str(made), "-r", str(requirements)], check=True)
        made.rename(target)
    return target


def sdk_files() -> Iterator[tuple[Path, str]]:
    """The files of boto3 and what it needs, compiled ones too, with their places in the image."""
    for name in SDK:
        found = [str(file) for file in distribution(name).files or []]
        packages = {place.partition("/")[0] for place in found if place.endswith(".py")}
        for package in sorted(packages):
            path = Path(str(distribution(name).locate_file(package)))
            place = f"var/runtime/{package}"
            yield from tree(path, place) if path.is_dir() else [(path, place)]


def tree(folder: Path, place: str) -> Iterator[tuple[Path, str]]:
    """The files under a folder that a function may need, with their places in the image."""
    for parent, folders, files in os.walk(folder):
        folders[:] = sorted(set(folders) - NOT_NEEDED)
        for name in sorted(files):
            if not name.endswith(".a"):
                path = Path(parent) / name
                yield path, f"{place}/{path.relative_to(folder)}"


def place_of(library: Path) -> str:
    """Where a shared library goes: the system's own to its place, one of the interpreter's beside that."""
    if library.parts[1] in ("lib", "lib64"):
        return f"usr{library}"
    return str(library)[1:] if library.parts[1] == "usr" else f"{HOME}/lib/{library.name}"


def contents(client: Path) -> dict[str, Path]:
    """Every file of the image by its place."""
    interpreter = Path(sys.executable).resolve()
    found = {place: path for path, place in tree(client, "var/runtime")}
    found |= {place: path for path, place in sdk_files()}
    for name in ("stdlib", "platstdlib"):
        library = Path(sysconfig.get_path(name, vars={"base": sys.base_prefix, "platbase": sys.base_prefix}))
        found |= {place: path for path, place in tree(library, f"{HOME}/lib/{RUNTIME}")}
    found[f"{HOME}/bin/{RUNTIME}"] = interpreter
    for name in PROGRAMS:
        program = shutil.which(name)
        if program is not None:
            found[f"usr/bin/{name}"] = Path(program).resolve()
    loaded = [path for path in found.values() if ".so" in path.name or os.access(path, os.X_OK)]
    found |= {place_of(path): path for path in libraries(loaded)}
    for path in C_LIBRARY:
        found |= {f"usr{library}": library for library in Path("/lib").glob(f"*/{path}.so.*")}
    found["etc/ssl/certs/ca-certificates.crt"] = Path("/etc/ssl/certs/ca-certificates.crt")
    return {place: path for place, path in found.items() if path.exists()}


def archive(client: Path) -> bytes:
    """The image's files as an archive."""
    made = io.BytesIO()
    with tarfile.open(fileobj=made, mode="w") as tar:
        for name, target in (("bin", "usr/bin"), ("lib", "usr/lib"), ("lib64", "usr/lib64")):
            link = tarfile.TarInfo(name)
            link.type, link.linkname = tarfile.SYMTYPE, target
            tar.addfile(link)
        for name in ("tmp", "opt", "var/task", "var/rapid", "usr/local/bin", "root", "proc", "sys", "dev"):
            folder = tarfile.TarInfo(name)
            folder.type, folder.mode = tarfile.DIRTYPE, 0o1777 if name == "tmp" else 0o755
            tar.addfile(folder)
        written = {
            "etc/passwd": "root:x:0:0:root:/root:/bin/sh\nsbx_user1051:x:993:990::/tmp:/bin/sh\n",
            "etc/group": "root:x:0:\n",
            "etc/nsswitch.conf": "hosts: files dns\n",
            "var/runtime/bootstrap": BOOTSTRAP,
            "lambda-entrypoint.sh": ENTRYPOINT,
        }
        for name, text in written.items():
            file = tarfile.TarInfo(name)
            file.size, file.mode = len(text.encode()), 0o755
            tar.addfile(file, io.BytesIO(text.encode()))
        for name, path in sorted(contents(client).items()):
            file = tar.gettarinfo(str(path.resolve()), name)
            file.uid = file.gid = 0
            with path.open("rb") as content:
                tar.addfile(file, content)
    return made.getvalue()


def make(engine: Engine, folder: Path, requirements: Path) -> None:
    """Have the base image in the engine, under the names that SAM CLI looks for."""
    packed = archive(runtime_client(folder, requirements))
    engine.client.api.import_image_from_data(packed, repository=REPOSITORY, tag=TAG, changes=CHANGES)
    engine.client.images.get(f"{REPOSITORY}:{TAG}").tag(REPOSITORY, TAG.rpartition("-")[0])
