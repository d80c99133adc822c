"""What is shipped brings the browser's part: built from a checkout, and once more from the sdist without Node."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

import pytest

from tests.architecture.rules import ROOT

STATIC = "handrail/server/static/"


@pytest.fixture(scope="module")
def sdist(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("sdist")
    _build("sdist", ROOT, folder)
    return next(folder.glob("*.tar.gz"))


def _build(target: str, where: Path, into: Path, **environment: str) -> None:
    command = [sys.executable, "-m", "hatchling", "build", "--target", target, "--directory", str(into)]
    subprocess.run(command, cwd=where, check=True, env={**os.environ, **environment}, stdout=subprocess.DEVNULL)


def test_a_wheel_from_the_sdist_needs_no_node_and_has_every_file_that_the_page_names(sdist: Path, tmp_path: Path):
    with tarfile.open(sdist) as archive:
        archive.extractall(tmp_path, filter="data")
    unpacked = next(tmp_path.iterdir())
    assert not (unpacked / "web").exists()
    _build("wheel", unpacked, tmp_path / "out", PATH="")
    with zipfile.ZipFile(next((tmp_path / "out").glob("*.whl"))) as wheel:
        names = {name.removeprefix(STATIC) for name in wheel.namelist() if name.startswith(STATIC)}
        texts = [wheel.read(STATIC + name).decode() for name in names if name.endswith((".html", ".js", ".css"))]
    named = {name for text in texts for name in re.findall(r"assets/[\w.-]+\.(?:js|css|svg|woff2)", text)}
    assert {Path(name).suffix for name in named} == {".js", ".css", ".svg", ".woff2"}
    assert named <= names


def test_a_build_that_lacks_the_page_says_so(sdist: Path, tmp_path: Path):
    with tarfile.open(sdist) as archive:
        archive.extractall(tmp_path, filter="data")
    unpacked = next(tmp_path.iterdir())
    (unpacked / "src" / STATIC / "index.html").unlink()
    command = [sys.executable, "-m", "hatchling", "build", "--target", "wheel"]
    done = subprocess.run(command, cwd=unpacked, check=False, capture_output=True, text=True)
    assert done.returncode != 0
    assert "lacks index.html: build from a checkout, or from an sdist that has it" in done.stderr
