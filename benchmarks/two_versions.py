"""Checks that this version and another write the same rows, for the seeds and a folder of data.

    python benchmarks/two_versions.py BASE [--data DIR] [--workers 2] [--renames FILE] [--examples 5] [--fresh | --keep]

BASE is a commit. The program checks it out and installs it below build/same-rows/; the other
version is the working tree. Each version writes the lakes of `jobs` with its own command line, and
`same_rows.py` compares the lakes. `backfill` reads the seeds and the data. Then a server on
loopback serves the data, and `follow --once` reads its pages, and all other files as feeds. The
limits of time and memory are so high that the load of the machine does not affect rows; documents
that exceed them are reported. The network is not used.

All lakes and logs are kept. The lakes of BASE are reused in the next run; they are rebuilt if their
inputs or the commands change, or with --fresh. With --keep, the lakes of the working tree are
reused too, for example to test renames. Exit codes: 0: the rows are the same; 1: they differ, or a
rename matches nothing; 2: wrong use, or a version failed.
"""

import argparse
import json
import os
import resource
import shlex
import shutil
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256
from itertools import product
from pathlib import Path

from data_server import Site, serving
from renames import WrongRenames, read_renames
from same_rows import RENAMES, are_used, compare

HERE = Path(__file__).parent
ROOT = HERE.parent
BUILD = ROOT / "build" / "same-rows"
INPUTS = BUILD / "inputs"
LOOPBACK = HERE / "loopback"
LIMITS = ("--max-seconds", "600", "--max-memory-mb", "2048")
"""Limits that no document of the data reaches."""
FOLLOW = ("--once", "--flush", "10h", "--allow-private", "--pages-per-site", "2000", *LIMITS)
FEEDS_PER_RUN = 250
"""Feeds per run: they announce fewer pages than `follow`'s maximum per run, 2,000."""
PAGES_PER_RUN = 150
"""Pages per run: `follow` requests all of them concurrently, and the server sets their order."""


class Failed(Exception):
    """A version could not be installed, or one of its commands failed."""


@dataclass(frozen=True)
class Version:
    """An installed version of newslake.

    Attributes:
        name: The name in messages.
        code: Its checkout, with its .venv.
        lakes: The folder of its lakes and logs.
    """

    name: str
    code: Path
    lakes: Path

    def run(self, log: Path, port: int, *words: str) -> None:
        """Run a command of newslake.

        Args:
            log: The file to which the command's output is appended.
            port: Port of the server on loopback; the command cannot connect to anything else.
            words: The command and its arguments.

        Raises:
            Failed: The command returned an exit code other than 0.
        """
        begin, cpu = time.perf_counter(), _cpu()
        with log.open("ab") as out:
            out.write(f"$ newslake {shlex.join(words)}\n".encode())
            out.flush()
            done = subprocess.run(
                [self.code / ".venv" / "bin" / "newslake", *words],
                cwd=INPUTS,
                env=_environment(port),
                stdout=out,
                stderr=subprocess.STDOUT,
                check=False,
            )
        say(
            f"{self.name}: newslake {shlex.join(words)}: "
            f"{time.perf_counter() - begin:.0f} s, {_cpu() - cpu:.0f} s of CPU"
        )
        if done.returncode:
            last = "\n".join(log.read_text(encoding="utf-8", errors="replace").splitlines()[-5:])
            raise Failed(f"{self.name} exited with {done.returncode}; see {log}\n{last}")

    def check_guard(self) -> None:
        """Check that this version's Python cannot use the network.

        Raises:
            Failed: It can use the network.
        """
        code = "import socket; socket.getaddrinfo('example.org', 80)"
        python = self.code / ".venv" / "bin" / "python"
        done = subprocess.run(
            [python, "-c", code], env=_environment(1), capture_output=True, check=False
        )
        if b"no such host on loopback" not in done.stderr:
            raise Failed(f"{python} ignores {LOOPBACK}/sitecustomize.py and can use the network")


def _environment(port: int) -> dict[str, str]:
    """Return our environment without variables that affect Python or newslake."""
    variables = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("PYTHON", "NEWSLAKE_", "VIRTUAL_ENV"))
    }
    return {**variables, "PYTHONPATH": str(LOOPBACK), "SAME_ROWS_PORT": str(port)}


def _cpu() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def say(line: str) -> None:
    """Print a progress message with the time of day."""
    print(f"{time.strftime('%H:%M:%S')} {line}", file=sys.stderr, flush=True)


def jobs(site: Site | None, workers: int) -> dict[str, list[list[str]]]:
    """Write the lists of feeds; return the commands that fill each lake, by the lake's name.

    All paths are relative to `INPUTS`, so that documents have the same ids in both versions.

    Args:
        site: The served data; None without data.
        workers: Worker processes of a backfill.
    """
    found = {"seeds": [["backfill", "seeds", *LIMITS]]}
    if site is None:
        return found
    more = ("--workers", str(workers), *LIMITS)
    found["files"] = [["backfill", "data/**/*", *more], ["backfill", "data", *more]]
    feeds, pages = site.addresses(pages=False), site.addresses(pages=True)
    found["feeds"] = [
        ["follow", _list_of(f"feeds-{first}", feeds[first : first + FEEDS_PER_RUN]), *FOLLOW]
        for first in range(0, len(feeds), FEEDS_PER_RUN)
    ]
    found["pages"] = [
        ["follow", _list_of(f"pages-{first}", [site.make_feed(f"pages-{first}", some, first)]),
         *FOLLOW, "--no-events"]
        for first in range(0, len(pages), PAGES_PER_RUN)
        for some in [pages[first : first + PAGES_PER_RUN]]
    ]  # fmt: skip
    return found


def _list_of(name: str, addresses: Sequence[str]) -> str:
    """Write a list of feeds; return its path."""
    (INPUTS / f"{name}.txt").write_text("\n".join([*addresses, ""]), encoding="utf-8")
    return f"{name}.txt"


def link_inputs(data: Path | None) -> None:
    """Link the seeds and the data into `INPUTS`, which all versions use."""
    shutil.rmtree(INPUTS, ignore_errors=True)
    INPUTS.mkdir(parents=True)
    (INPUTS / "seeds").symlink_to(ROOT / "seeds")
    if data:
        (INPUTS / "data").symlink_to(data.resolve())


def fingerprint(commands: Sequence[Sequence[str]]) -> str:
    """Return a hash of the commands, their inputs and the server's code."""
    digest = sha256(json.dumps(commands).encode())
    for path in (HERE / "data_server.py", LOOPBACK / "sitecustomize.py"):
        digest.update(path.read_bytes())
    for path in sorted(INPUTS.rglob("*.txt")):
        digest.update(path.read_bytes())
    for folder in sorted(path.resolve() for path in INPUTS.iterdir() if path.is_dir()):
        digest.update(folder.name.encode())
        for path in sorted(path for path in folder.rglob("*") if path.is_file()):
            digest.update(f"{path.relative_to(folder)}\0{path.stat().st_size}\0".encode())
            digest.update(sha256(path.read_bytes()).digest())
    return digest.hexdigest()


def make_lakes(version: Version, wanted: dict[str, list[list[str]]], port: int) -> None:
    """Build each lake that does not exist or is out of date.

    Raises:
        Failed: A command failed, or the lake is damaged.
    """
    version.lakes.mkdir(parents=True, exist_ok=True)
    for name, commands in wanted.items():
        mark = version.lakes / f"{name}.built-from"
        if is_up_to_date(version, name, commands):
            say(f"{version.name}: {version.lakes / name} is up to date")
            continue
        version.check_guard()
        mark.unlink(missing_ok=True)
        log = version.lakes / f"{name}.log"
        log.unlink(missing_ok=True)
        shutil.rmtree(version.lakes / name, ignore_errors=True)
        for words in commands:
            version.run(log, port, *words, "--lake", str(version.lakes / name))
        version.run(log, port, "verify", "--lake", str(version.lakes / name))
        mark.write_text(fingerprint(commands), encoding="utf-8")


def is_up_to_date(version: Version, name: str, commands: list[list[str]]) -> bool:
    """Return whether the lake of a version exists and was built from the same inputs."""
    mark = version.lakes / f"{name}.built-from"
    return mark.is_file() and mark.read_text(encoding="utf-8") == fingerprint(commands)


def commit_of(name: str) -> str:
    """Return the full name of a commit.

    Raises:
        Failed: There is no such commit.
    """
    command = ["git", "-C", ROOT, "rev-parse", "--verify", "--quiet", f"{name}^{{commit}}"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise Failed(f"no commit {name}")
    return done.stdout.strip()


def set_up(commit: str, code: Path) -> None:
    """Check out a commit to `code` and install it with its own Makefile.

    Raises:
        Failed: A command failed.
    """
    if not (code / ".git").is_dir():
        clone = ["git", "clone", "--quiet", "--shared", "--no-checkout", str(ROOT), str(code)]
        _checked(clone)
        _checked(["git", "-C", str(code), "checkout", "--quiet", "--detach", commit])
    _checked(["make", "--silent", "-C", str(code), ".venv/.run-ready"])


def _checked(command: Sequence[str]) -> None:
    """Run a command without the variables of `make` in its environment.

    Raises:
        Failed: The command returned an exit code other than 0.
    """
    variables = {name: value for name, value in os.environ.items() if "MAKE" not in name}
    if subprocess.run(command, env=variables, check=False).returncode:
        raise Failed(f"{shlex.join(command)} failed")


def run(options: argparse.Namespace) -> bool:
    """Build all lakes and compare them; return whether their rows are the same.

    Raises:
        Failed: A version could not be installed, or one of its commands failed.
        WrongRenames: The file of renames is not valid.
    """
    renames = read_renames(options.renames)
    commit = commit_of(options.base)
    base = Version(f"base {commit[:8]}", BUILD / commit / "code", BUILD / commit)
    new = Version("new", ROOT, BUILD / "new")
    link_inputs(options.data)
    site = Site(INPUTS / "data") if options.data else None
    wanted = jobs(site, options.workers)
    stale = [base.lakes] * options.fresh + [new.lakes] * (not options.keep)
    for lakes, name in product(stale, wanted):
        (lakes / f"{name}.built-from").unlink(missing_ok=True)
    if not all(is_up_to_date(base, name, commands) for name, commands in wanted.items()):
        say(f"{base.name}: installing in {base.code}")
        set_up(commit, base.code)
    with serving(site or Site(INPUTS / "seeds")) as port:
        for version in (base, new):
            make_lakes(version, wanted, port)
    same = True
    for name in wanted:
        print(f"== {name}: {base.lakes / name} and {new.lakes / name}")
        same &= compare(base.lakes / name, new.lakes / name, renames, options.examples, False)
    return are_used(renames) and same


def main() -> int:
    """Compare the versions; return the exit code."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("base", metavar="BASE", help="the commit to compare with")
    parser.add_argument(
        "--data", type=Path, metavar="DIR", help="folder with pages, feeds, archives"
    )
    parser.add_argument("--workers", type=int, default=2, help="workers of a backfill; default 2")
    parser.add_argument(
        "--renames", type=Path, default=RENAMES, metavar="FILE", help="default renames.toml"
    )
    parser.add_argument("--examples", type=int, default=5, help="rows per difference; default 5")
    parser.add_argument("--fresh", action="store_true", help="rebuild the lakes of BASE too")
    parser.add_argument("--keep", action="store_true", help="reuse the lakes of the working tree")
    options = parser.parse_args()
    if options.data and not options.data.is_dir():
        print(f"two_versions.py: no folder {options.data}", file=sys.stderr)
        return 2
    try:
        same = run(options)
    except (Failed, WrongRenames) as error:
        print(f"two_versions.py: {error}", file=sys.stderr)
        return 2
    print("the same rows" if same else "not the same rows")
    return 0 if same else 1


if __name__ == "__main__":
    sys.exit(main())
