"""Plans as the language model writes them: one line per step, then one line with the need if it changed.

    find tents: stands up to a storm / least weight
    details #1 #2: how heavy are they
    need: use camping in storms; want storm-proof

Products are called by their number in the conversation ("#1"), or by the customer's words for them if they have not come up yet
("the squall jacket").
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence

from assistant.dialogue.need import Need
from assistant.planning.plan import (
    MOST_STEPS,
    Ask,
    Bundle,
    Cart,
    Change,
    Choose,
    Compare,
    Details,
    Find,
    HandOver,
    Order,
    Plan,
    Policy,
    Step,
    Talk,
    step_of,
)

NEED = "need: "
NO_NEED = "none"

_NEED_PART = re.compile(r"(for|use|want|budget|size|color|brand|not) (.+)")


def plan_text(plan: Plan, label: Callable[[str], str], need_before: Need) -> str:
    """Write a plan. `label` gives what a product id is called: "#2", or words."""
    lines = [_step_text(step, label) for step in plan.steps]
    if plan.need != need_before:
        lines.append(NEED + (plan.need.as_text() or NO_NEED))
    return "\n".join(lines)


def parse_plan(text: str, product: Callable[[str], str | None], need_before: Need) -> Plan:
    """Read a plan back. `product` finds the id for "#2" or for words, or None.

    A step whose products cannot be found is left out. Raises ValueError if no step is left, a line has an unknown tool or an
    argument that does not fit, or `product` raises it.
    """
    steps: list[Step] = []
    need = need_before
    for line in filter(None, map(str.strip, text.splitlines())):
        if line.startswith(NEED.strip()):
            need = parse_need(line[len(NEED.strip()) :].strip())
        elif len(steps) < MOST_STEPS and (step := _step(line, product)) is not None:
            steps.append(step)
    if not steps:
        raise ValueError(f"no step can be read from the plan {text!r}")
    return Plan(steps=tuple(steps), need=need)


def parse_need(text: str) -> Need:
    """Read `Need.as_text` back; parts of an unknown form are left out."""
    values: dict[str, str | tuple[str, ...]] = {}
    for part in text.split(";"):
        if found := _NEED_PART.fullmatch(part.strip()):
            name, value = found.groups()
            if name in ("want", "not"):
                values["avoid" if name == "not" else name] = tuple(v.strip() for v in value.split(",") if v.strip())
            else:
                values[name] = value
    return Need.model_validate(values)


def _step_text(step: Step, label: Callable[[str], str]) -> str:
    match step:
        case Find(kind=kind, want=want, sort=sort):
            return f"find {kind or 'anything'}{f': {want}' if want else ''}{f' / {sort}' if sort else ''}"
        case Details(of=of, question=question):
            return f"details {_labels(of, label)}: {question}"
        case Compare(of=of, on=on):
            return f"compare {_labels(of, label)}{f': {on}' if on else ''}"
        case Choose(of=of):
            return f"choose {_labels(of, label)}"
        case Bundle(kinds=kinds):
            return f"bundle {', '.join(kinds)}"
        case Policy(question=question):
            return f"policy: {question}"
        case Order(what=what, order=order) | Change(what=what, order=order):
            return f"{step.tool} {what} {order}".strip()
        case Cart(what=what, of=of, quantity=quantity):
            return f"cart {what} {_labels(of, label)}{f' x{quantity}' if quantity else ''}".strip()
        case Ask(about=about) | Talk(about=about):
            return f"{step.tool} {about}"
        case HandOver(reason=reason):
            return f"hand_over {reason}"
    raise AssertionError(f"no text for {step!r}")


def _labels(of: Sequence[str], label: Callable[[str], str]) -> str:
    return " ".join(f"[{text}]" if not text.startswith("#") else text for text in map(label, of))


def _step(line: str, product: Callable[[str], str | None]) -> Step | None:
    tool, _, rest = line.partition(" ")
    tool, rest = tool.rstrip(":"), rest.strip()
    if tool == "find":
        rest, _, sort = rest.partition(" / ")
        kind, _, want = rest.partition(": ")
        found = {"kind": "" if kind == "anything" else kind, "want": want}
        try:
            return step_of({tool: {**found, "sort": sort}})
        except ValueError:  # an order that no search knows; what is looked for stands
            return step_of({tool: found})
    if tool in ("details", "compare", "choose"):
        labels, _, told = rest.partition(": ")
        of = tuple(dict.fromkeys(_products(labels, product)))
        is_of_found = tool == "details" and not labels
        if (not of and not is_of_found) or (tool == "compare" and len(of) < 2):
            return None
        extra = {"details": {"question": told}, "compare": {"on": told}, "choose": {}}[tool]
        return step_of({tool: {"of": of, **extra}})
    if tool == "bundle":
        return step_of({tool: {"kinds": [kind.strip() for kind in rest.split(",") if kind.strip()]}})
    if tool == "policy":
        return step_of({tool: {"question": rest}})
    if tool in ("order", "change"):
        what, _, order = rest.partition(" ")
        return step_of({tool: {"what": what, "order": order}})
    if tool == "cart":
        what, _, rest = rest.partition(" ")
        count = re.search(r"\bx(\d+)$", rest)
        quantity = int(count[1]) if count else None
        return step_of({tool: {"what": what, "of": tuple(_products(rest, product)), "quantity": quantity}})
    return step_of({tool: {"reason" if tool == "hand_over" else "about": rest}})


def _products(labels: str, product: Callable[[str], str | None]) -> Iterator[str]:
    for label in re.findall(r"#\d+|\[[^\]]*\]", labels):
        if id := product(label.strip("[]")):
            yield id
