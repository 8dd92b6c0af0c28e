"""What README.md names is there."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")
PACKAGE = ROOT / "layers" / "daybook" / "daybook"
PATHS = sorted(
    {
        name
        for name in re.findall(r"`([\w./-]+)`", README)
        if re.search(r"/|\.(py|yaml|toml|json)$", name) and not name.startswith((".", "-"))
    }
)


@pytest.mark.parametrize("name", PATHS)
def test_every_path_exists(name: str) -> None:
    assert (
        (ROOT / name).exists()
        or (PACKAGE / name).exists()
        or (PACKAGE / "domain" / name).exists()
        or (PACKAGE / "platforms" / name).exists()
    )


@pytest.mark.parametrize("target", sorted(set(re.findall(r"(?m)(?:`|^ +)make ([\w-]+)", README))))
def test_every_make_target_exists(target: str) -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    assert re.search(rf"^{target}:", makefile, re.MULTILINE), f"the Makefile has no target {target}"


def test_every_module_to_run_exists() -> None:
    modules = set(re.findall(r"python -m (local[\w.]*)", README))
    assert modules
    for module in modules:
        assert (ROOT / Path(*module.split("."))).with_suffix(".py").exists()


@pytest.mark.parametrize("path", sorted(set(re.findall(r"`(?:GET|POST|PUT) (/[^` ]+)", README))))
def test_every_api_path_is_routed(path: str) -> None:
    template = (ROOT / "template.yaml").read_text(encoding="utf-8")
    routes = re.findall(r"^ +(/[^:]*):", template, re.MULTILINE)
    patterns = [re.sub(r"\{\w+\+\}", ".+", re.sub(r"\{\w+\}", "[^/]+", route)) for route in routes]
    assert any(re.fullmatch(pattern, path) for pattern in patterns), f"template.yaml has no path {path}"
