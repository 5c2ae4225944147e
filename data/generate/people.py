"""People: the sample shop's eighty invented customers. Any likeness to a living person is chance."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from data.generate.paths import TODAY, Record, dice

HISTORY_DAYS = 182
NEWCOMERS = 12
SILENT = 3
"""This many of the newcomers have an account and nothing else: no visit, no order."""

_NAMES = """
Amara Okafor, Noah Lindqvist, Priya Raman, Elias Brandt, Sofia Marchetti, Daniel Osterberg, Mei Tanaka, Lucas Ferreira,
Hannah Whitlock, Omar Haddad, Clara Jensen, Mateo Rivas, Ingrid Solheim, Theo Papadakis, Zanele Mbeki, Oliver Hartwell,
Yara Nassar, Finn Gallagher, Leila Karimi, Samuel Adeyemi, Astrid Holm, Rafael Duarte, Nora Kowalska, Julian Weiss,
Aisha Rahman, Peter Novak, Camille Laurent, Dev Malhotra, Freya Sandberg, Marcus Bell, Elena Popescu, Kofi Asante,
Greta Lindholm, Tomas Varga, Imani Brooks, Hugo Lefevre, Sana Qureshi, William Thorne, Lucia Benitez, Arjun Nair,
Maren Dahl, Gabriel Costa, Tessa Vermeer, Ibrahim Sesay, Anouk Dubois, Callum Reid, Yuki Mori, Beatriz Alves,
Henrik Nyberg, Naomi Feldman, Diego Salazar, Saoirse Kelly, Viktor Hansen, Chiara Romano, Malik Johnson, Ida Bergstrom,
Roman Petrov, Salma Idrissi, George Ashdown, Linh Nguyen, Emil Fischer, Renata Silva, Jonas Maes, Thandi Nkosi,
Alice Penhaligon, Kenji Sato, Marta Wojcik, Ravi Deshpande, Ellen Strand, Youssef Amrani, Rosa Delgado, Isak Lund,
Grace Mbugua, Pavel Dvorak, Nina Ostrowska, Tariq Aziz, Molly Fairweather, Anders Krogh, Jasmine Cole, Stefan Ilic
"""


@dataclass(frozen=True, slots=True)
class Person:
    """A customer as the simulator knows one: `activity` is the relative number of visits after `joined`."""

    id: str
    name: str
    email: str
    joined: date
    activity: float


def people() -> tuple[Person, ...]:
    """All customers; the last `NEWCOMERS` joined within the last three weeks."""
    names = [" ".join(name.split()) for name in _NAMES.replace("\n", " ").split(",")]
    return tuple(_person(number, name, len(names)) for number, name in enumerate(names))


def customer_records(everybody: tuple[Person, ...]) -> Iterator[Record]:
    """One record per customer, in the fields that `aisle import customers` reads."""
    for person in everybody:
        yield {"id": person.id, "name": person.name, "email": person.email}


def _person(number: int, name: str, count: int) -> Person:
    roll = dice("person", number)
    newcomer = count - number <= NEWCOMERS
    days = roll.randint(2, 20) if newcomer else roll.randint(HISTORY_DAYS // 2, HISTORY_DAYS)
    silent = count - number <= SILENT
    return Person(
        id=f"C-{1001 + number}",
        name=name,
        email=f"{name.lower().replace(' ', '.')}@example.com",
        joined=TODAY - timedelta(days=days),
        activity=0.0 if silent else round(roll.lognormvariate(0.0, 0.55), 6),
    )
