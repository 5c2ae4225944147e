"""Writes files for `aisle evaluate sequences` and `aisle evaluate ratings`.

    python -m tests.benchmarks.interactions online-retail FILE --source DIR   transactions of a UK shop, as sequences
    python -m tests.benchmarks.interactions sequences FILE                    generated, as large and sparse as Amazon Beauty
    python -m tests.benchmarks.interactions ratings FILE                      generated, as many as MovieLens latest-small

Reading the transactions needs `pip install pyarrow`.
"""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path
from typing import Annotated

import numpy as np
import typer

app = typer.Typer(no_args_is_help=True, add_completion=False)

CORE = 5  # users and items have at least so many events, as in the Amazon sets


@app.command("online-retail")
def online_retail(
    file: Path,
    source: Annotated[Path, typer.Option(help="Folder with the parquet files of Online Retail.")],
    repeats: Annotated[bool, typer.Option(help="Keep an item in each invoice it is in, not the first only.")] = False,
    sparse: Annotated[
        bool, typer.Option(help="Cut each customer's items at random into users of about nine, in order of time.")
    ] = False,
    most: Annotated[int | None, typer.Option(help="Keep so many users at random.")] = None,
    seed: int = 1,
) -> None:
    """Write the purchases of each customer in order of time."""
    import pandas

    rows = pandas.concat([pandas.read_parquet(path) for path in sorted(source.glob("*.parquet"))])
    is_sale = (rows.Quantity > 0) & (rows.UnitPrice > 0) & rows.CustomerID.notna()
    is_product = rows.StockCode.str.match(r"^\d{5}")
    rows = rows[is_sale & is_product].sort_values("InvoiceDate", kind="stable")
    keys = ["CustomerID", "StockCode", *(["InvoiceNo"] if repeats else [])]
    rows = rows.drop_duplicates(keys)
    dice = np.random.default_rng(seed)
    users = rows.groupby("CustomerID", sort=False).StockCode.agg(list).to_dict()
    if sparse:
        users = _cut(users, dice)
    names = list(users)
    write(file, {names[place]: users[names[place]] for place in dice.permutation(len(names))[:most]})


def _cut(users, dice):
    """Parts of at least five items, nine on average."""
    parts = {}
    for user, items in users.items():
        sizes = []
        while sum(sizes) < len(items):
            sizes.append(CORE + dice.geometric(0.2) - 1)
        owner = dice.permutation(np.repeat(np.arange(len(sizes)), sizes)[: len(items)])
        parts |= {
            f"{user}-{part}": [items[place] for place in np.flatnonzero(owner == part)] for part in range(len(sizes))
        }
    return parts


@app.command()
def sequences(file: Path, users: int = 22_363, items: int = 12_101, seed: int = 1) -> None:
    """Write users with tastes and habits: what they take next depends on the last item, its kind and their tastes."""
    dice = np.random.default_rng(seed)
    kinds = max(2, items // 50)
    kind = dice.integers(0, kinds, items)
    popularity = dice.permutation(1 / np.arange(1, items + 1) ** 0.75)
    members = [np.flatnonzero(kind == number) for number in range(kinds)]
    shares = [popularity[some] / popularity[some].sum() for some in members]
    of_kind = np.array([popularity[some].sum() for some in members]) / popularity.sum()
    followers = [dice.choice(members[number], 6) for number in kind]
    anything = popularity / popularity.sum()
    written = {}
    for user in range(users):
        tastes, taken = dice.choice(kinds, 3, p=of_kind), [int(dice.choice(items, p=anything))]
        wanted, draws = CORE + dice.geometric(0.205) - 1, dice.random(200)
        for draw in draws:
            if draw < 0.15:
                item = dice.choice(followers[taken[-1]])
            elif draw < 0.6:
                number = kind[taken[-1]] if draw < 0.4 else dice.choice(tastes)
                item = dice.choice(members[number], p=shares[number])
            else:
                item = dice.choice(items, p=anything)
            if item not in taken:
                taken.append(int(item))
            if len(taken) == wanted:
                break
        written[user] = taken
    write(file, written)


def write(file: Path, users) -> None:
    """Write users and items that have at least `CORE` events, one user a line."""
    while True:
        counts: dict[object, int] = {}
        for items in users.values():
            for item in items:
                counts[item] = counts.get(item, 0) + 1
        kept = {user: [item for item in items if counts[item] >= CORE] for user, items in users.items()}
        kept = {user: items for user, items in kept.items() if len(items) >= CORE}
        if kept == users:
            break
        users = kept
    file.write_text("".join(f"{user} {' '.join(map(str, items))}\n" for user, items in users.items()))
    events = sum(map(len, users.values()))
    print(f"{len(users):,} users, {len(counts):,} items, {events:,} events, {events / len(users):.1f} a user")


@app.command()
def ratings(
    file: Path, users: int = 610, films: int = 12_000, count: int = 100_836, seed: int = 11, width: int = 14
) -> None:
    """Write half-star ratings of people who choose what they expect to like, in evenings that have a mood."""
    dice = np.random.default_rng(seed)
    strength = (0.62 * 0.82 ** np.arange(width)) ** 0.5
    genres = dice.dirichlet(np.full(18, 0.15), films) @ dice.normal(size=(18, width))
    traits = genres * 0.8 + dice.normal(size=(films, width)) * 0.6
    traits = traits / traits.std(axis=0) * strength
    popular = dice.permutation(-1.12 * np.log(np.arange(1, films + 1) + 25))
    quality = dice.normal(size=films) * 0.42 + 0.18 * (popular - popular.mean()) / popular.std()
    counts = np.clip(np.exp(dice.normal(4.2, 1.15, users)), 20, 2700)
    counts = np.maximum(18, np.round(counts * count / counts.sum())).astype(int)
    lines = ["userId,movieId,rating,timestamp"]
    for user in range(users):
        tastes = dice.normal(size=width) * strength
        liked = traits @ tastes
        chosen = np.argsort(-(popular + 1.1 * liked + 0.5 * quality + dice.gumbel(size=films)))[: counts[user]]
        chosen = chosen[np.argsort(-(popular[chosen] + 1.8 * traits[chosen, 0] + dice.normal(size=len(chosen))))]
        evenings = max(1, dice.poisson(len(chosen) / 80))
        cuts = [0, *np.sort(dice.integers(0, len(chosen) + 1, evenings - 1)), len(chosen)]
        mood = np.cumsum(dice.normal(size=evenings) * 0.08) + dice.normal(size=evenings) * 0.16
        start = dice.uniform(8.3e8, 1.53e9) + np.cumsum(dice.exponential(4e6, evenings))
        evening = np.repeat(np.arange(evenings), [last - first for first, last in pairwise(cuts)])
        bias, noise = dice.normal() * 0.4, np.exp(dice.normal(np.log(0.7), 0.28))
        felt = 2.62 + bias + quality[chosen] + liked[chosen] + mood[evening] + noise * dice.normal(size=len(chosen))
        step = 1.0 if dice.random() < 0.35 else 0.5
        given = np.clip(np.round(felt / step) * step, step, 5)
        moments = start[evening] + np.arange(len(chosen)) * 15
        lines += [
            f"{user},{film},{stars},{int(moment)}" for film, stars, moment in zip(chosen, given, moments, strict=True)
        ]
    file.write_text("\n".join(lines) + "\n")
    print(f"{len(lines) - 1:,} ratings of {users:,} users")


if __name__ == "__main__":
    app()
