"""Measured attributes: which attributes of the catalogue hold numbers of each dimension."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass

from assistant.planning.grammar.text import stems
from retrieval.catalog.facets import Facets
from retrieval.catalog.measure import Measure

_USUAL_NAMES: Mapping[str, tuple[str, ...]] = {
    "mass": ("weight", "net_weight"),
    "volume": ("capacity", "volume", "net_volume"),
    "data": ("storage", "capacity", "memory"),
    "people": ("capacity", "people", "sleeps", "serves"),
    "length": ("length", "height", "size", "diameter", "screen_size"),
    "duration": ("battery_life", "burn_time", "run_time", "warranty"),
    "": ("pages", "pockets", "doors", "pieces"),
}
"""Which attribute a bare measure is about, where several have its dimension."""

_FEWEST_SHARE = 0.03


@dataclass(frozen=True, slots=True)
class MeasuredAttribute:
    """An attribute that holds numbers of one dimension; `values` are the shop's spellings, `count` its products."""

    name: str
    dimension: str
    values: Mapping[str, Measure]
    count: int

    @property
    def words(self) -> frozenset[str]:
        """Stems of its name."""
        return frozenset(stems(self.name.replace("_", " ")))


def measured_attributes(facets: Facets) -> dict[str, tuple[MeasuredAttribute, ...]]:
    """Attributes by dimension, the usual one first. One attribute may hold several ("capacity": litres and people)."""
    found: dict[str, list[MeasuredAttribute]] = defaultdict(list)
    for name, counts in facets.attributes.items():
        values: dict[str, dict[str, Measure]] = defaultdict(dict)
        totals: Counter[str] = Counter()
        for value, count in counts.items():
            measure = Measure.parse(value)
            if measure is not None:
                values[measure.dimension][value] = measure
                totals[measure.dimension] += count
        for dimension, group in values.items():
            if dimension != "x" and totals[dimension] >= _FEWEST_SHARE * sum(counts.values()):
                found[dimension].append(MeasuredAttribute(name, dimension, group, totals[dimension]))
    return {dimension: tuple(sorted(group, key=_usual)) for dimension, group in found.items()}


def _usual(attribute: MeasuredAttribute) -> tuple[int, int, str]:
    names = _USUAL_NAMES.get(attribute.dimension, ())
    place = names.index(attribute.name) if attribute.name in names else len(names)
    return place, -attribute.count, attribute.name
