"""The systemd unit of the documentation is one that systemd and newslake accept."""

import shlex
import shutil
import subprocess
import sys
import textwrap

import pytest
from paths import ROOT

from newslake.pipelines.cli import command_of

UNIT = ROOT / "docs/newslake-follow.service"
PROGRAM = "/opt/newslake/.venv/bin/newslake"


OPERATIONS = (ROOT / "docs/operations.md").read_text("utf-8")
DROP_IN = OPERATIONS.partition("This adds metrics:\n\n")[2].partition("\n\nTo follow")[0]
"""The documented change of the unit."""


def setting(name):
    """Return the value of a setting of the unit."""
    text = UNIT.read_text(encoding="utf-8").replace("\\\n", "")
    [value] = [line.partition("=")[2] for line in text.splitlines() if line.startswith(f"{name}=")]
    return value


def complaints(text, folder):
    """Return what systemd prints about a unit with this text."""
    unit = folder / UNIT.name
    unit.write_text(text, encoding="utf-8")
    command = ["systemd-analyze", "verify", "--man=no", "--recursive-errors=no", unit]
    done = subprocess.run(command, check=False, capture_output=True, text=True)
    return [line for line in done.stderr.splitlines() if UNIT.name in line]


@pytest.mark.skipif(not shutil.which("systemd-analyze"), reason="needs systemd-analyze of systemd")
def test_systemd_accepts_the_unit(tmp_path):
    text = UNIT.read_text(encoding="utf-8").replace(PROGRAM, sys.executable)
    assert complaints(text, tmp_path) == []
    assert complaints(text.replace("Restart=on-failure", "Restart=maybe"), tmp_path)


@pytest.mark.skipif(not shutil.which("systemd-analyze"), reason="needs systemd-analyze of systemd")
def test_systemd_accepts_the_unit_with_metrics(tmp_path):
    changed = f"{UNIT.read_text('utf-8')}\n{textwrap.dedent(DROP_IN)}\n"
    assert changed.count(PROGRAM) == 2
    assert complaints(changed.replace(PROGRAM, sys.executable), tmp_path) == []


def test_newslake_accepts_the_command_with_metrics():
    words = shlex.split(DROP_IN.replace("\\\n", "").splitlines()[-1].partition("=")[2])
    assert words[0] == PROGRAM
    arguments = command_of(words[1])[0].parse(words[1], "follow feeds", words[2:])
    assert arguments.metrics == ("127.0.0.1", 9464)


def test_newslake_accepts_the_command_of_the_unit():
    program, command, *words = shlex.split(setting("ExecStart"))
    assert program == PROGRAM
    arguments = command_of(command)[0].parse(command, "follow feeds", words)
    assert (arguments.lake, arguments.contact) == ("/var/lib/newslake/lake", "you@example.org")


def test_a_wrong_option_does_not_start_newslake_again():
    assert setting("Restart") == "on-failure"
    assert setting("RestartPreventExitStatus") == "2"
    assert setting("SuccessExitStatus") == "130"
