"""Facts of a simulated turn, by its acts, as `assistant/evidence/hints.py` lays them down.

Which optional facts exist is drawn anew for each turn, so that a reply has to look at what is there.
"""

from __future__ import annotations

from assistant.act import Act
from finetune.simulation import list_facts, order_facts, product_facts, service_facts
from finetune.simulation.scene import FactList, Scene

_MAKERS = {**list_facts.MAKERS, **product_facts.MAKERS, **order_facts.MAKERS, **service_facts.MAKERS}
_NAMED = frozenset(
    {
        Act.RECOMMENDED, Act.RECOMMENDED_POPULAR, Act.ORDER_HISTORY, Act.ORDER_NOT_FOUND, Act.NO_ORDERS, Act.LISTEN,
        Act.APOLOGIZE, Act.CALM, Act.ACKNOWLEDGE, Act.WELCOME, Act.GLAD, Act.GOODBYE, Act.GREET,
    }
)  # fmt: skip


def make_facts(acts: tuple[Act, ...], scene: Scene) -> FactList:
    """What `acts` bring in `scene`, whose list on the screen changes with them."""
    facts = FactList(scene, alone=len(acts) == 1)
    for act in acts:
        if act in _MAKERS:
            _MAKERS[act](facts)
        if act in _NAMED and scene.customer and scene.maybe(0.85):
            facts.add("customer.name", scene.customer)
    return facts
