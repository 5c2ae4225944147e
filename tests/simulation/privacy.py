"""Personal items planted in exports of every format: how many survive import and masking, and what clean text loses.

    python -m tests.simulation.privacy --items 5000 --seed 1

An item survives if any piece of it is left in what is written: of a name any word, of an address the street or the
postcode, of a number its digits and letters, however they are spaced.
"""

from __future__ import annotations

import argparse
import json
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory

from assistant.privacy.kind import STRUCTURED, Kind
from assistant.privacy.known import Known, bare
from assistant.privacy.masker import Masker
from finetune.transcripts.reading import read_transcripts
from finetune.transcripts.report import ImportReport
from finetune.transcripts.writing import write_transcripts
from tests.exports import EXPORTS
from tests.simulation.planting import Planted, Planting

SHOP = Path(__file__).resolve().parents[2] / "data" / "shop"


@dataclass
class Outcome:
    """Items planted and surviving, by kind; `examples` are survivors in the sentence where they are."""

    planted: Counter[Kind] = field(default_factory=Counter)
    survived: Counter[Kind] = field(default_factory=Counter)
    examples: list[str] = field(default_factory=list)


def shop_known() -> Known:
    """What the sample shop's records tell a masker."""
    return Known.of(
        texts=clean_texts(), codes=_codes(), own=("Fern & Fell", "hello@fernandfell.example", "+1 206 555 0142")
    )


def clean_texts() -> tuple[str, ...]:
    """The shop's own texts: titles, descriptions, attributes and reviews of products, and its FAQs."""
    texts: list[str] = []
    for line in (SHOP / "products.jsonl").read_text(encoding="utf-8").splitlines():
        product = json.loads(line)
        texts += [product["title"], product["description"], product["brand"], *map(str, product["attributes"].values())]
        texts += [review["text"] for review in product.get("reviews", ())]
    texts += [path.read_text(encoding="utf-8").split("---", 2)[2] for path in sorted((SHOP / "faqs").glob("*.md"))]
    return tuple(dict.fromkeys(texts))


def _codes() -> Iterator[str]:
    for line in (SHOP / "orders.jsonl").read_text(encoding="utf-8").splitlines():
        order = json.loads(line)
        yield from filter(None, (order["id"], order.get("tracking", "")))


def measure(items: int, seed: int, sentences: int = 1) -> Outcome:
    """Plants, exports, imports, masks and writes, format by format; looks for what is left in the files."""
    outcome, masker = Outcome(), Masker(shop_known())
    fillers = [text for text in clean_texts() if 30 < len(text) < 200 and text[0].isupper()]
    with TemporaryDirectory() as folder:
        for number, (name, (file, export)) in enumerate(EXPORTS.items()):
            share = items // len(EXPORTS) + (number < items % len(EXPORTS))
            planting = Planting(seed * len(EXPORTS) + number, fillers, sentences)
            written = list(planting.transcripts(share))
            (Path(folder) / file).write_text("".join(export(written)), encoding="utf-8")
            report, output = ImportReport(), Path(folder) / "masked.jsonl"
            write_transcripts(read_transcripts(Path(folder) / file, report), output, masker)
            lines = output.read_text(encoding="utf-8").splitlines()
            if len(lines) != len(written):
                raise RuntimeError(f"{name}: {len(written)} conversations went in, {len(lines)} came out: {report}")
            for transcript, line in zip(written, lines, strict=True):
                _look(planting.planted[transcript.id], json.loads(line), outcome)
    return outcome


def _look(planted: list[Planted], record: dict[str, object], outcome: Outcome) -> None:
    messages = record["messages"]
    assert isinstance(messages, list)
    text = "\n".join(message["content"] for message in messages)
    for item in planted:
        outcome.planted[item.kind] += 1
        if left := next((piece for piece in item.pieces if _is_in(piece, text, item.kind)), ""):
            outcome.survived[item.kind] += 1
            place = text.find(left)
            outcome.examples.append(f"{item.kind}: {item.value!r} in {text[max(0, place - 60) : place + 60]!r}")


def _is_in(piece: str, text: str, kind: Kind) -> bool:
    if kind is Kind.NAME:
        return any(re.search(rf"(?<!\w){re.escape(word)}(?!\w)", text) for word in piece.split())
    return piece in text or bare(piece) in bare(text) if kind in STRUCTURED else piece in text


def false_alarms() -> tuple[int, int, list[str]]:
    """Of the shop's own texts: how many, how many lose something, and what. The masker does not know these texts here
    but for their words; contacts and stores of the shop stay by intent."""
    masker = Masker(shop_known())
    texts = clean_texts()
    hits = [(text, masker.mask(text)) for text in texts]
    return (
        len(texts),
        sum(bool(found.counts) for _, found in hits),
        [f"{text[:80]} -> {found.counts}" for text, found in hits if found.counts],
    )


def main() -> None:
    """Measures and prints JSON."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--items", type=int, default=5000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--read", type=int, default=20, help="survivors to print")
    parser.add_argument(
        "--sentences", type=int, default=1, choices=(1, 2, 3), help="the set in which items are planted"
    )
    options = parser.parse_args()
    outcome = measure(options.items, options.seed, options.sentences)
    texts, alarms, examples = false_alarms()
    print(*outcome.examples[: options.read], *examples[: options.read], sep="\n")
    shares = {kind.value: f"{outcome.survived[kind]} of {outcome.planted[kind]}" for kind in Kind}
    print(json.dumps({"survivors": shares, "clean_texts": texts, "false_alarms": alarms}, indent=2))


if __name__ == "__main__":
    main()
