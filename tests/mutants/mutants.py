"""Mutation tests: change a module in one place, and see whether the tests of the module fail.

    make mutants                                      # all modules of `TARGETS`
    make mutants ONLY='guard.py --sample 20'          # 20 random mutants of one module

A changed module is a *mutant*. A mutant that no test fails for has *survived*: a test is missing, or
the change has no effect that a test can see. `explained.toml` lists such changes with the reason.

The program works on a temporary copy of the checkout. It imports the tests once. Each mutant is a
fork of this process, which puts the changed functions and constants into the imported modules. The
fork has a limit of CPU time, since a change may cause an endless loop.
"""

import argparse
import os
import random
import shutil
import subprocess
import sys
import tempfile
import tomllib
from collections import Counter
from collections.abc import Mapping
from importlib import import_module
from pathlib import Path
from types import ModuleType

import pytest
from forks import WALL_SECONDS, run_in_fork
from mutations import Mutant, mutants_of

ROOT = Path(__file__).parents[2]
EXPLAINED = Path(__file__).with_name("explained.toml")

_RULES = [
    "transforms/events/rules/test_clause_status.py",
    "transforms/events/rules/test_modality.py",
    "transforms/events/rules/test_status.py",
    "transforms/events/test_rules.py",
    "transforms/events/test_mentions.py",
]
_LAKE = [
    "transforms/lake/test_committer.py",
    "transforms/lake/test_lake.py",
    "transforms/lake/test_partitioning.py",
]
_CHANGES = [
    "pipelines/commands/test_compact.py",
    "pipelines/commands/test_forget.py",
    "faults/test_power.py",
]
_POLLS = ["transforms/feeds/schedule/test_poll_schedule.py"]

TARGETS = {
    "transforms/dedupe/verdicts.py": [
        "transforms/dedupe/test_verdicts.py",
        "transforms/dedupe/test_incremental.py",
    ],
    "transforms/dedupe/lake_index.py": [
        *_LAKE,
        "transforms/dedupe/test_near_index.py",
        "pipelines/commands/test_forget.py",
    ],
    "transforms/lake/committer.py": [*_LAKE, *_CHANGES],
    "transforms/lake/publishing.py": [*_LAKE, *_CHANGES],
    "transforms/fetch/guard.py": ["transforms/fetch/test_guard.py"],
    "transforms/feeds/site_queue.py": ["transforms/feeds/test_site_queue.py"],
    "transforms/feeds/schedule/poll_schedule.py": _POLLS,
    "transforms/feeds/schedule/server_hints.py": _POLLS,
    "transforms/feeds/schedule/feed_state.py": [
        "transforms/feeds/schedule/test_feed_state.py",
        *_POLLS,
    ],
    "transforms/events/rules/modality.py": _RULES,
    "transforms/events/rules/status.py": _RULES,
}
"""The modules, and the files in `tests/` with the tests of each, the fastest first."""

SKIPPED = ("hundred_thousand", "slices")
"""Parts of the names of tests that are skipped, since they take long."""

MODEL = "newslake.transforms.events.parse.model"

CPU_FACTOR, CPU_SECONDS = 5, 10
"""The CPU time of a mutant is limited to that of the unchanged module times a factor, plus seconds."""

Key = tuple[str, str]
"""Module and function of a mutant, and its change: the keys of `explained.toml`."""


class Mutation:
    """A pytest plugin: runs the tests of each target, first unchanged and then for each mutant."""

    def __init__(self, mutants: Mapping[str, list[Mutant]], explained: set[Key]) -> None:
        self.mutants = mutants
        self.explained = explained
        self.survivors: set[Key] = set()

    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        for target, mutants in self.mutants.items():
            module = import_module(f"newslake.{target.removesuffix('.py').replace('/', '.')}")
            assert Path(str(module.__file__)).resolve().is_relative_to(Path.cwd().resolve())
            items = [
                item
                for test in TARGETS[target]
                for item in session.items
                if item.path == Path.cwd() / "tests" / test
                and not any(part in item.name for part in SKIPPED)
            ]
            self._run(target, module, mutants, items)
        return True

    def _run(
        self, target: str, module: ModuleType, mutants: list[Mutant], items: list[pytest.Item]
    ) -> None:
        if "events" in target:
            import_module(MODEL).load_model()  # once, and not in each fork
        failed, seconds = run_in_fork(module, None, items, WALL_SECONDS)
        if failed:
            raise pytest.UsageError(f"{target}: without a change, {failed} fails")
        files = list(dict.fromkeys(item.path for item in items))
        kills, survived = Counter[str](), 0
        for mutant in mutants:
            # The fast files stay first; in a file, the tests that have found most mutants are first.
            items.sort(key=lambda item: (files.index(item.path), -kills[item.nodeid]))
            limit = int(CPU_FACTOR * seconds + CPU_SECONDS)
            killer, _ = run_in_fork(module, mutant.code, items, limit)
            kills[killer] += 1
            if not killer:
                survived += 1
                self.survivors.add(key := (f"{target}:{mutant.place}", mutant.change))
                if key not in self.explained:
                    place = f"{target}:{mutant.line} in {mutant.place}"
                    write(f"survived: {place}: {mutant.change}")
        write(f"{target}: {len(mutants) - survived} of {len(mutants)} mutants killed")


def write(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def copy_checkout(folder: Path) -> None:
    listed = ["git", "ls-files", "--cached", "--others", "--exclude-standard"]
    names = subprocess.run(listed, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    for name in names.splitlines():
        if (ROOT / name).exists():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, folder / name, follow_symlinks=False)


def main() -> int:
    """Run the mutants; return 1 if one survives without a reason, or a reason is out of date."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("only", nargs="*", help="parts of the paths of modules")
    parser.add_argument("--sample", type=int, help="number of random mutants of each module")
    parser.add_argument("--seed", type=int, default=0, help="chooses the random mutants")
    options = parser.parse_args()
    chosen = [name for name in TARGETS if any(part in name for part in options.only or [""])]
    mutants = {name: mutants_of((ROOT / name).read_text(encoding="utf-8")) for name in chosen}
    existing = {(f"{name}:{one.place}", one.change) for name in chosen for one in mutants[name]}
    reasons = tomllib.loads(EXPLAINED.read_text(encoding="utf-8"))
    explained = {(place, change) for place, changes in reasons.items() for change in changes}
    draw = random.Random(options.seed)
    for ones in mutants.values():
        if options.sample and options.sample < len(ones):
            ones[:] = draw.sample(ones, options.sample)

    plugin = Mutation(mutants, explained)
    os.environ["CI"] = "1"  # Hypothesis then draws the same examples for each mutant
    tests = {f"tests/{test}" for name in chosen for test in TARGETS[name]}
    with tempfile.TemporaryDirectory() as folder:
        copy_checkout(Path(folder, "newslake"))
        os.chdir(Path(folder, "newslake"))
        sys.path.insert(0, str(Path.cwd()))
        quiet = ["-qq", "--capture=no", "-p", "no:cacheprovider", f"--basetemp={folder}/pytest"]
        if error := pytest.main([*quiet, *sorted(tests)], plugins=[plugin]):
            return error

    run = {(f"{name}:{one.place}", one.change) for name in chosen for one in mutants[name]}
    killed, missing = run - plugin.survivors, plugin.survivors - explained
    write(
        f"{len(killed)} of {len(run)} mutants killed ({len(killed) / len(run):.1%}); "
        f"of the others, {len(missing)} are not explained in {EXPLAINED.name}"
    )
    here = {key for key in explained if key[0].partition(":")[0] in chosen}
    wrong = [(key, "is killed") for key in here & killed]
    wrong += [(key, "is not a mutant") for key in here - existing]
    for (place, change), problem in sorted(wrong):
        write(f"{EXPLAINED.name}: [{place}] {change!r} {problem}: delete the line")
    return 1 if missing or wrong else 0


if __name__ == "__main__":
    sys.exit(main())
