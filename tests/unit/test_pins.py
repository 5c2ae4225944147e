"""constraints.txt pins every package that is installed with Aisle, with those that other packages bring along."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

_OF_A_BUILD = re.compile(r"nvidia-|cuda-|triton")
"""Packages that only some builds of torch bring along; constraints.txt is of the build for processors."""
ROOT = Path(__file__).parents[2]
LINES = (ROOT / "constraints.txt").read_text().splitlines()
EXTRAS = re.findall(r'--constraint constraints.txt --editable "\.\[(.*)\]"', (ROOT / "Makefile").read_text())


def installed(name: str, extras: Collection[str], seen: set[tuple[str, frozenset[str]]]) -> Iterator[tuple[str, str]]:
    """Name and version of a package and of all that it needs."""
    key = (str(canonicalize_name(name)), frozenset(extras))
    if key in seen:
        return
    seen.add(key)
    try:
        found = distribution(name)
    except PackageNotFoundError:
        return
    yield key[0], found.version.partition("+")[0]  # a build of torch names its processor after the version
    for requirement in map(Requirement, found.requires or []):
        if _OF_A_BUILD.match(requirement.name):
            continue
        marker = requirement.marker
        if marker is None or any(marker.evaluate({"extra": extra}) for extra in (*extras, "")):
            yield from installed(requirement.name, requirement.extras, seen)


def test_every_line_pins_one_version_of_another_package() -> None:
    assert all(re.fullmatch(r"[\w.-]+==[\w.!]+", line) for line in LINES)
    assert len({canonicalize_name(line.partition("==")[0]) for line in LINES}) == len(LINES)


def test_everything_that_is_installed_is_pinned_as_it_is() -> None:
    (extras,) = EXTRAS
    pinned = {str(canonicalize_name(name)): version for name, _, version in (line.partition("==") for line in LINES)}
    found = dict(installed("aisle", extras.split(","), set()))
    found.pop("aisle", None)  # one's own package has no pin
    assert len(found) > 100
    assert {name: version for name, version in found.items() if pinned.get(name) != version} == {}
