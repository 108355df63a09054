"""Downloads Beam's Flink job server and Flink itself, and checks the SHA-256 of each jar.

    python requirements/flink/install.py FOLDER

`make flink` calls it. Maven resolves pom.xml; jars.sha256 lists the jars that it must resolve to.
FOLDER gets `lib/` with these jars, and `job-server.jar`: this jar contains no code, but names the
jars and the main class, so that `java -jar` starts the job server. After a change of pom.xml, the
option `--lock` writes jars.sha256 anew; review the difference.
"""

import argparse
import hashlib
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

HERE = Path(__file__).parent
LOCKED = HERE / "jars.sha256"
PLUGIN = "org.apache.maven.plugins:maven-dependency-plugin:3.6.1"
MAIN = "org.apache.beam.runners.flink.FlinkJobServerDriver"
OPENED = "java.base/java.util java.base/java.lang java.base/java.net java.base/java.time"
"""Packages of Java's library that Flink reads by reflection."""

MAX_LINE = 70
"""Maximum length of a line in a manifest, in bytes; a longer line continues after a blank."""


def main() -> None:
    """Install the jars, or write their checksums.

    Raises:
        SystemExit: a program is missing, Maven failed, or the jars are not those of jars.sha256.
    """
    parser = argparse.ArgumentParser(description="Install Beam's Flink job server.")
    parser.add_argument("folder", type=Path)
    parser.add_argument("--lock", action="store_true", help="write jars.sha256 anew")
    options = parser.parse_args()
    for program in ("java", "mvn"):
        if not shutil.which(program):
            sys.exit(f"make flink: Java 17 and Maven are required; {program!r} was not found")
    folder = options.folder.absolute()  # Maven takes relative paths from the folder of pom.xml
    partial = folder.with_name(f"{folder.name}.partial")
    shutil.rmtree(partial, ignore_errors=True)
    download(partial / "lib")
    check(partial / "lib", options.lock)
    write_job_server(partial / "lib")
    shutil.rmtree(folder, ignore_errors=True)
    partial.rename(folder)


def download(lib: Path) -> None:
    """Let Maven download the jars of pom.xml to `lib`."""
    command = ["mvn", "--batch-mode", "--quiet", "--strict-checksums", "-f", HERE / "pom.xml"]
    goal = [f"{PLUGIN}:copy-dependencies", "-DincludeScope=runtime", f"-DoutputDirectory={lib}"]
    done = subprocess.run([*command, *goal], check=False, capture_output=True, text=True)
    if done.returncode:
        errors = [line for line in done.stdout.splitlines() if "ERROR" in line]
        sys.exit(f"make flink: Maven could not download the jars: {''.join(errors[:1])}")


def check(lib: Path, lock: bool) -> None:
    """Check that the jars in `lib` are those of jars.sha256; if `lock`, write this file first."""
    found = [f"{_digest(jar)}  {jar.name}\n" for jar in sorted(lib.glob("*.jar"))]
    if lock:
        LOCKED.write_text("".join(found), encoding="utf-8")
    with LOCKED.open(encoding="utf-8") as expected:
        differences = set(found) ^ set(expected)
    if differences:
        names = ", ".join(sorted({line.split()[1] for line in differences}))
        sys.exit(f"make flink: not the jars of requirements/flink/jars.sha256: {names}")


def _digest(jar: Path) -> str:
    with jar.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def write_job_server(lib: Path) -> None:
    """Write `job-server.jar` beside `lib`."""
    jars = " ".join(f"lib/{jar.name}" for jar in sorted(lib.glob("*.jar")))
    lines = ["Manifest-Version: 1.0", f"Main-Class: {MAIN}", f"Class-Path: {jars}"]
    lines.append(f"Add-Opens: {OPENED}")
    manifest = ""
    for line in lines:
        manifest += line[:MAX_LINE] + "\r\n"
        for start in range(MAX_LINE, len(line), MAX_LINE - 1):
            manifest += f" {line[start : start + MAX_LINE - 1]}\r\n"
    with zipfile.ZipFile(lib.parent / "job-server.jar", "w") as jar:
        jar.writestr("META-INF/MANIFEST.MF", manifest + "\r\n")


if __name__ == "__main__":
    main()
