"""Builds the wheel, installs it into a fresh virtual environment, and runs all tests there.

    python3 tests/on_wheel.py [PYTHON ...]

with each interpreter named, on the wheel that is built from the source distribution; by default with the one that runs
this, on the wheel that ``pip install ./python`` makes. The tests and the texts they read are copied beside the
environment, so that nothing of the checkout can be imported. Needs PyPI, where pip gets setuptools from; says so and
succeeds where that cannot be reached.
"""

import os
import shutil
import subprocess
import sys
import tarfile
import tempfile
import urllib.error
import urllib.request
import zipfile
from pathlib import Path
from typing import Dict, List

PYTHON = Path(__file__).resolve().parent.parent


def why_not() -> str:
    """Why nothing can be built here; empty if it can."""
    try:
        urllib.request.urlopen("https://pypi.org/simple/setuptools/", timeout=10).close()
    except (OSError, urllib.error.URLError) as error:
        return f"PyPI, where pip gets setuptools from, cannot be reached: {error}"
    return ""


def pip(python: Path, *arguments: str, **variables: str) -> "subprocess.CompletedProcess[str]":
    """Runs pip, with its output kept for who wants to see it."""
    return subprocess.run(
        [str(python), "-m", "pip", "--disable-pip-version-check", *arguments],
        env={**clean(), **variables}, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False,
    )  # fmt: skip


def clean() -> Dict[str, str]:
    """The environment without what would lead to another library or other modules."""
    return {name: value for name, value in os.environ.items() if name not in ("MOSQUITTO_LIBRARY", "PYTHONPATH")}


def environment(interpreter: str, directory: Path) -> Path:
    """The Python of a new virtual environment."""
    subprocess.run([interpreter, "-m", "venv", str(directory)], check=True)
    return directory / "bin" / "python"


def build(python: Path, directory: Path, source: Path) -> Path:
    """Builds the wheel and looks whether it is what it ought to be."""
    done = pip(python, "wheel", "--no-deps", "-w", str(directory), str(source))
    assert done.returncode == 0, done.stdout
    (wheel,) = directory.glob("*.whl")
    # For any Python 3; for this platform, but no other distribution: the library needs the system's OpenSSL.
    name, version, *tag = wheel.stem.split("-")
    assert (name, tag[:2]) == ("mosquitto", ["py3", "none"]) and tag[2].startswith("linux_"), wheel.name
    with zipfile.ZipFile(wheel) as archive:
        names = archive.namelist()
        modules = [f"mosquitto/{file.name}" for file in (PYTHON / "mosquitto").iterdir() if file.is_file()]
        package = [name for name in names if name.startswith("mosquitto/")]
        assert sorted(package) == sorted([*modules, "mosquitto/libmosquitto.so"]), package
        metadata = archive.read(f"{name}-{version}.dist-info/METADATA").decode()
    assert "Requires-Dist" not in metadata, metadata
    return wheel


def source_distribution(python: Path, directory: Path) -> Path:
    """Makes the source distribution, which has the source of the library in it."""
    done = pip(python, "install", "build")
    assert done.returncode == 0, done.stdout
    command = [str(python), "-m", "build", "--sdist", "--outdir", str(directory), str(PYTHON)]
    built = subprocess.run(
        command, env=clean(), stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False
    )
    assert built.returncode == 0, built.stdout
    (file,) = directory.glob("*.tar.gz")
    with tarfile.open(file) as archive:
        names = [name.partition("/")[2] for name in archive.getnames()]
    for wanted in ("mosquitto/__init__.py", "library/Cargo.lock", "library/src/lib.rs", "library/src/ffi/exports.map"):
        assert names.count(wanted) == 1, (wanted, names)
    return file


def refuse_without_rust(python: Path, directory: Path) -> None:
    """Without Rust the installation fails, and says what is missing."""
    tools = directory / "tools"
    tools.mkdir()
    done = pip(python, "wheel", "--no-deps", "-w", str(tools), str(PYTHON), PATH=str(tools))
    assert done.returncode != 0 and "Rust is needed" in done.stdout, done.stdout


def run_tests(python: Path, wheel: Path, directory: Path) -> None:
    """Installs the wheel and runs the tests on it."""
    done = pip(python, "install", "--no-index", "--no-deps", str(wheel))
    assert done.returncode == 0, done.stdout
    copy = directory / "copy"
    for name in ("tests", "examples", "README.md"):
        source, target = PYTHON / name, copy / "python" / name
        if source.is_dir():
            shutil.copytree(source, target, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(source, target)
    shutil.copy(PYTHON.parent / "README.md", copy)
    command = [str(python), "-W", "error", "-X", "dev", "-m", "unittest", "discover", "-t", ".", "tests"]
    subprocess.run(
        command,
        cwd=copy / "python",
        env={**clean(), "MOSQUITTO_TEST_ENVIRONMENT": str(python.parent.parent)},
        check=True,
    )


def main(interpreters: List[str]) -> None:
    reason = why_not()
    if reason:
        print(f"skipped: {reason}")
        return
    with tempfile.TemporaryDirectory() as name:
        directory = Path(name)
        builder = environment(sys.executable, directory / "builder")
        refuse_without_rust(builder, directory)
        source = source_distribution(builder, directory)
        # From the source distribution takes longer: nothing is compiled yet there.
        wheel = build(builder, directory, source if interpreters else PYTHON)
        for number, interpreter in enumerate(interpreters or [sys.executable]):
            own = directory / str(number)
            python = environment(interpreter, own / "environment")
            version = subprocess.run([str(python), "--version"], check=True, stdout=subprocess.PIPE, text=True)
            print(f"{wheel.name} with {version.stdout.strip()}", flush=True)
            run_tests(python, wheel, own)


if __name__ == "__main__":
    main(sys.argv[1:])
