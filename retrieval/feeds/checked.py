"""Checked: the values of one row, read field by field through a pydantic model with the readers of `values.py`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from retrieval.feeds.blanks import is_blank
from retrieval.feeds.report import MISSING, RowError, of_one_row

Model = TypeVar("Model", bound=BaseModel)


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong with one field. `place` is its name, then the way inside it."""

    place: tuple[int | str, ...]
    reason: str


def checked(
    model: type[Model], file: str, line: int, values: Mapping[str, object], names: Mapping[str, str], currency: str = ""
) -> Model | list[RowError]:
    """The row as `model`, or one error for each field that is wrong. Blank values count as missing.

    `names` tells how the file calls a field; validators find `currency` in their context.
    """
    found = read_fields(model, values, currency)
    if isinstance(found, list):
        return list(of_one_row(RowError(file, line, _field(fault.place, names), fault.reason) for fault in found))
    return found


def read_fields(model: type[Model], values: Mapping[str, object], currency: str = "") -> Model | list[Fault]:
    """`values` as `model`, or what is wrong with each field."""
    given = {name: value for name, value in values.items() if not is_blank(value, name)}
    try:
        return model.model_validate(given, context={"currency": currency})
    except ValidationError as error:
        return [Fault(fault["loc"], _reason(fault)) for fault in error.errors(include_url=False)]


def _field(place: tuple[int | str, ...], names: Mapping[str, str]) -> str:
    """The name of a field in the file; inside a list, with the place counted from 1: "lines.2.quantity"."""
    first, *inner = place
    return ".".join(
        [names.get(str(first), str(first)), *(str(step + 1 if isinstance(step, int) else step) for step in inner)]
    )


def _reason(fault: Any) -> str:
    if fault["type"] == "missing":
        return MISSING
    return str(fault.get("ctx", {}).get("error", fault["msg"]))
