"""Builds the library with cargo and puts it into the wheel, which so belongs to a platform but to no version of Python.

A source distribution takes the source of the library along.
"""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

from setuptools import setup
from setuptools.command.bdist_wheel import bdist_wheel
from setuptools.command.build_py import build_py
from setuptools.command.sdist import sdist
from setuptools.dist import Distribution

HERE = Path(__file__).resolve().parent
#: In a source distribution: what the library is built from.
COPY = "library"
SOURCE = HERE / COPY if (HERE / COPY).exists() else HERE.parent
PARTS = ("Cargo.toml", "Cargo.lock", "build.rs", "README.md", "LICENSE-APACHE", "LICENSE-MIT", "src")
FILE = "libmosquitto.so"


def cargo(*arguments, **options):
    return subprocess.run(["cargo", *arguments], cwd=SOURCE, check=True, **options)


def built_library():
    """Builds the library and tells where it is."""
    if not (SOURCE / "Cargo.toml").exists():
        sys.exit(
            "The package can only be built inside the repository of libmosquitto-rs, or from a source distribution."
        )
    try:
        cargo("build", "--release", "--lib")
        metadata = cargo("metadata", "--no-deps", "--format-version", "1", stdout=subprocess.PIPE).stdout
    except FileNotFoundError:
        sys.exit("Rust is needed to build the library (cargo was not found): see https://rustup.rs")
    except subprocess.CalledProcessError as error:
        sys.exit(f"{' '.join(error.cmd)} failed.")
    return Path(json.loads(metadata)["target_directory"]) / "release" / FILE


class BuildWithLibrary(build_py):
    """Adds the library to the modules."""

    def run(self):
        # Modules of an earlier build, perhaps gone since, would go into the wheel.
        shutil.rmtree(os.path.join(self.build_lib, "mosquitto"), ignore_errors=True)
        super().run()
        if getattr(self, "editable_mode", False):
            built_library()  # found in target/release
            return
        shipped = os.path.join(self.build_lib, "mosquitto", FILE)
        self.copy_file(str(built_library()), shipped)
        if shutil.which("strip"):  # debug information is for who builds the library himself
            subprocess.run(["strip", "--strip-debug", shipped], check=False)

    def get_outputs(self, include_bytecode=1):
        return [*super().get_outputs(include_bytecode), os.path.join(self.build_lib, "mosquitto", FILE)]


class SourceOfBoth(sdist):
    """Adds the source of the library."""

    def make_release_tree(self, base_dir, files):
        super().make_release_tree(base_dir, files)
        for part in PARTS:
            target = os.path.join(base_dir, COPY, part)
            if (SOURCE / part).is_dir():
                shutil.copytree(SOURCE / part, target)
            else:
                os.makedirs(os.path.dirname(target), exist_ok=True)
                shutil.copy(SOURCE / part, target)


class PlatformWheel(bdist_wheel):
    """Tags the wheel: any Python 3, this platform."""

    def get_tag(self):
        return "py3", "none", super().get_tag()[2]


class PlatformDistribution(Distribution):
    """Tells setuptools that there is binary code."""

    def has_ext_modules(self):
        return True


setup(
    cmdclass={"build_py": BuildWithLibrary, "sdist": SourceOfBoth, "bdist_wheel": PlatformWheel},
    distclass=PlatformDistribution,
)
