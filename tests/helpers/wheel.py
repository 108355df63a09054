"""Installs newslake as a wheel, as on the machine of a worker."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

from paths import ROOT


def installed_in(folder):
    """Return the environment of processes that import newslake only as a wheel, which is in `folder`."""
    source, package = folder / "source", folder / "package"
    for name in ("newslake", "pipelines", "transforms", "schemas"):
        shutil.copytree(ROOT / name, source / name, symlinks=True)
    for name in ("setup.py", "pyproject.toml", "README.md"):
        shutil.copy(ROOT / name, source)
    pip = [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--no-build-isolation"]
    subprocess.run([*pip, "--target", package, source], check=True, cwd=source)
    programs = [str(package / "bin"), str(Path(sys.executable).parent), os.environ["PATH"]]
    return os.environ | {"PYTHONPATH": str(package), "PATH": os.pathsep.join(programs)}
