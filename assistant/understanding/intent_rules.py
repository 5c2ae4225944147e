"""Intent rules: the head's guess for one clause, corrected by what the grammar read and what was shown before.

A head sees words alone. Whether "in blue" refines a search, asks about a product or starts a new search is decided by
what there is to refine, so that is done by rules, in the open, one rule a function.
"""

from __future__ import annotations

from assistant.intents import IntentName
from assistant.understanding.clause import Clause, Rule
from assistant.understanding.product_rules import (
    advises,
    asks_for_goods,
    asks_of_product,
    asks_whether_sold,
    asks_why,
    asks_without_product,
    compares_kinds,
    continues_question,
    offers,
    sought_by_name,
    tells_rank,
)
from assistant.understanding.search_rules import (
    demands_after_courtesy,
    drops,
    gives_to_oneself,
    names_goods,
    ranks_what_was_found,
    refines_or_finds,
    seeks_for_use,
    states_a_limit,
    tells_of_taste,
    unknown_but_sought,
    unsure_but_sought,
)
from assistant.understanding.service_rules import (
    asks_of_order,
    asks_what_to_do,
    asks_where,
    asks_whether_it_may,
    goes_on_with_question,
    legible,
    number_alone,
)

_RULES: tuple[Rule, ...] = (
    number_alone, drops, goes_on_with_question, unknown_but_sought, demands_after_courtesy, states_a_limit,
    unsure_but_sought, names_goods, seeks_for_use, tells_of_taste, gives_to_oneself, ranks_what_was_found, advises, refines_or_finds, compares_kinds,
    asks_why, asks_without_product, sought_by_name, asks_for_goods, asks_whether_sold, asks_of_product, asks_of_order, asks_what_to_do,
    asks_whether_it_may, asks_where, continues_question, tells_rank, offers, legible,
)  # fmt: skip


def intent_of(clause: Clause) -> tuple[str, float]:
    """Name and confidence of the clause's intent."""
    name: str = clause.best.name if clause.is_known else IntentName.OUT_OF_SCOPE
    for rule in _RULES:
        name = rule(clause, name)
    agreed = next((guess.probability for guess in clause.guesses if guess.name == name), 0.0)
    return name, round(max(agreed, 0.5 if name != clause.best.name else 0.0), 3)
