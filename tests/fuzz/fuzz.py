"""Damages pages, JSON objects, tables, feeds and archives at random, and checks how they are read.

    python tests/fuzz/fuzz.py [FOLDER] [--cases 100000] [--seed 1]

Each case is one input, changed a few times at random: bytes are flipped, removed, repeated, replaced
by bytes of another input, or replaced by text that is difficult for parsers. The inputs are those of
`fuzz_inputs.py` and the files of up to 50 kB in FOLDER. A case fails if it crashes, hangs, uses too
much memory, or produces text that must not reach a lake, or if a file gives other documents when it is
read in parts. At the end, a backfill over some of the cases must balance. The program prints the
failures; the exit code is 1 if there are any.
"""

import argparse
import random
import sys
import tempfile
import traceback
from collections import Counter
from collections.abc import Callable
from pathlib import Path

HERE = Path(__file__).parent
sys.path[:0] = [str(HERE.parents[1]), str(HERE.parent / "helpers"), str(HERE)]

from fuzz_checks import check_document, check_feed, check_file, check_run
from fuzz_inputs import inputs
from fuzz_mutation import mutated

from newslake.pipelines.commands.terminal import say
from newslake.transforms.formats import formats_with
from newslake.transforms.read.names import ending as file_ending

A_RUN = 400
"""Number of cases in the backfill at the end."""


def attempt(check: Callable[..., None], *arguments: object) -> str | None:
    """Return the traceback of a case that fails, else None."""
    try:
        check(*arguments)
    except KeyboardInterrupt:
        raise
    except BaseException:  # noqa: BLE001 a panic in a Rust library is not an Exception
        return traceback.format_exc(limit=-4)
    return None


def fuzz(cases: int, seed: int, folder: Path | None = None) -> list[str]:
    """Run `cases` cases; return a description of each kind of failure."""
    dice, given = random.Random(seed), inputs(folder)
    failed: dict[str, str] = {}
    counts: Counter[str] = Counter()
    kept: list[tuple[str, bytes]] = []
    with tempfile.TemporaryDirectory() as place, tempfile.TemporaryDirectory() as run:
        for number in range(cases):
            ending = dice.choice(list(given))
            data = mutated(dice.choice(given[ending]), dice.choice(given[ending]), dice)
            counts[ending] += 1
            if len(kept) < A_RUN and number % max(1, cases // A_RUN) == 0:
                kept.append((ending, data))
            formats = formats_with(file_ending(f"a{ending}"))
            if ending == ".xml":
                wrong = attempt(check_feed, data)
            elif any(format.split for format in formats):
                wrong = attempt(check_file, data, ending, Path(place))
            else:
                wrong = attempt(check_document, data, formats[0].media_type)
            if wrong:
                failed.setdefault(
                    wrong, f"case {number} of seed {seed} ({ending}):\n{data!r:.2000}\n{wrong}"
                )
        if wrong := attempt(check_run, kept, Path(run)):
            failed[wrong] = wrong
    by_ending = ", ".join(f"{count:,} {ending}" for ending, count in sorted(counts.items()))
    say(f"{cases:,} cases ({by_ending}): {len(failed)} kinds of failure")
    return list(failed.values())


def main() -> int:
    """Run the fuzzer and print the failures; return the exit code."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("folder", nargs="?", type=Path, help="folder with more inputs")
    parser.add_argument("--cases", type=int, default=100_000, help="default 100,000")
    parser.add_argument("--seed", type=int, default=1, help="default 1")
    options = parser.parse_args()
    if options.folder and not options.folder.is_dir():
        say(f"fuzz.py: no folder {options.folder}")
        return 2
    failures = fuzz(options.cases, options.seed, options.folder)
    for failure in failures[:20]:
        sys.stdout.write(f"{failure}\n\n")
    return int(bool(failures))


if __name__ == "__main__":
    sys.exit(main())
