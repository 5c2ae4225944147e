"""Plans as JSON, for language models that were not trained to write them as text.

    {"steps": [{"find": {"kind": "tents", "want": "warm"}}, {"details": {"of": ["#1"], "question": "how heavy is it"}}],
     "need": {"use": "camping"}}

`need` is the whole need after the message, null if it is as before.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping
from functools import cache
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError
from pydantic_core import from_json

from assistant.dialogue.need import Need
from assistant.language_model.transcript import harmless
from assistant.planning.plan import MOST_STEPS, STEPS, Bundle, Details, Find, Plan, Step, faults, step_of, written_step
from assistant.planning.plan_text import NEED, parse_plan

_NUMBER = re.compile(r"#\d+")
_UNUSED = ("title", "default", "pattern")
"""Parts of pydantic's schemas that servers do not take or do not agree on; what they ask for is validated here."""


class _Written(BaseModel):
    model_config = ConfigDict(extra="forbid")

    steps: list[dict[str, Any]] = Field(min_length=1, max_length=MOST_STEPS)
    need: Need | None = None


@cache
def plan_schema() -> dict[str, Any]:
    """The JSON schema of a plan, in the subset that servers agree on."""
    steps = [_object({tool: _strict(step.model_json_schema())}) for tool, step in STEPS.items()]
    listed = {"type": "array", "minItems": 1, "maxItems": MOST_STEPS, "items": {"anyOf": steps}}
    need = _strict(Need.model_json_schema(by_alias=True))
    return _object({"steps": listed, "need": {"anyOf": [need, {"type": "null"}]}})


def tools_text() -> str:
    """The tools and their arguments as a model reads them, one a line."""
    return "\n".join(_tool_lines())


def plan_json(text: str) -> str:
    """A plan's text as JSON, products called as they are there. Raises ValueError if it has no known form."""
    plan = parse_plan(text, lambda label: label, Need())
    is_need_told = any(line.startswith(NEED) for line in text.splitlines())
    need = plan.need.model_dump(by_alias=True, exclude_defaults=True) if is_need_told else None
    return json.dumps({"steps": [written_step(step) for step in plan.steps], "need": need}, ensure_ascii=False)


def parse_plan_json(text: str, product: Callable[[str], str | None], need_before: Need) -> Plan:
    """Read the plan in a model's answer; words around it are passed over. `product` finds the id for "#2" or for words, or None.

    Raises ValueError that says what is wrong, in words that help a model to mend it.
    """
    start, end = text.find("{"), text.rfind("}")
    if start < 0 or end < start:
        raise ValueError("there is no JSON object")
    try:
        written = _Written.model_validate(_on_one_line(from_json(text[start : end + 1])))
    except ValidationError as error:
        raise ValueError(faults(error)) from error
    steps = tuple(_resolved(step_of(each), product) for each in written.steps)
    is_search = [isinstance(step, (Find, Bundle)) for step in steps]
    if any(
        isinstance(step, Details) and not step.of and not any(is_search[:place]) for place, step in enumerate(steps)
    ):
        raise ValueError("details: no product is named, and none is looked for before it")
    return Plan(steps=steps, need=need_before if written.need is None else written.need)


def _on_one_line(value: Any) -> Any:
    """Strings without line breaks and special tokens, which would end a line or part of the transcript."""
    if isinstance(value, str):
        return harmless(" ".join(value.split()))
    if isinstance(value, dict):
        return {name: _on_one_line(each) for name, each in value.items()}
    return [_on_one_line(each) for each in value] if isinstance(value, list) else value


def _resolved(step: Step, product: Callable[[str], str | None]) -> Step:
    """The step with the ids of its products."""
    labels: tuple[str, ...] = getattr(step, "of", ())
    if not labels:
        return step
    found = {label: product(number[0] if (number := _NUMBER.search(label)) else label) for label in labels}
    if unknown := [label for label, id in found.items() if id is None]:
        raise ValueError(f"{step.tool}: no product is called {unknown[0]!r}; find it first, or ask which one is meant")
    return step_of({step.tool: {**step.model_dump(), "of": list(dict.fromkeys(found.values()))}})


def _tool_lines() -> Iterator[str]:
    for tool, step in STEPS.items():
        yield f"- {tool}: {step.__doc__}"
        for name, value in step.model_json_schema()["properties"].items():
            choices = ", ".join(value.get("enum", ()))
            yield f"    {name}: {choices or value.get('description', '')}"


def _object(properties: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "type": "object", "properties": properties, "required": list(properties), "additionalProperties": False,
    }  # fmt: skip


def _strict(schema: Mapping[str, Any]) -> dict[str, Any]:
    """A schema of pydantic's with all properties required and no others."""
    kept = {name: value for name, value in schema.items() if name not in _UNUSED}
    if "properties" not in kept:
        return kept
    return kept | _object({name: _strict(value) for name, value in kept["properties"].items()})
