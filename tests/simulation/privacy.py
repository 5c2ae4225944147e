"""Personal items planted in exports of every format: how many survive import and masking, and what clean text loses.

    python -m tests.simulation.privacy --items 5000 --seeds 1 2 3

An item survives if any piece of it is left in what is written: of a name any word, of an address the street or the
postcode, of a number its digits and letters, however they are spaced and in whatever case. The intervals are Wilson's,
of 95 %.
"""

from __future__ import annotations

import argparse
import json
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from tempfile import TemporaryDirectory

from assistant.privacy.kind import STRUCTURED, Kind
from assistant.privacy.known import Known, bare
from assistant.privacy.masker import Masker
from finetune.score import Score
from finetune.transcripts.reading import read_transcripts
from finetune.transcripts.report import ImportReport
from finetune.transcripts.writing import write_transcripts
from tests.exports import EXPORTS
from tests.simulation.planting import Planted, Planting
from tests.simulation.sentences import SETS

SHOP = Path(__file__).resolve().parents[2] / "data" / "shop"
MESSAGES = Path(__file__).with_name("clean_messages.txt")


@dataclass
class Outcome:
    """Items planted and surviving, by kind; `examples` are survivors in the sentence where they are."""

    planted: Counter[Kind] = field(default_factory=Counter)
    survived: Counter[Kind] = field(default_factory=Counter)
    examples: list[str] = field(default_factory=list)

    def add(self, planted: list[Planted], text: str) -> None:
        """Looks for each of the planted items in `text`, which should hold none."""
        for item in planted:
            self.planted[item.kind] += 1
            if left := next((piece for piece in item.pieces if is_in(piece, text, item.kind)), ""):
                self.survived[item.kind] += 1
                place = max(0, text.lower().find(left.lower()))
                self.examples.append(f"{item.kind}: {item.value!r} in {text[max(0, place - 60) : place + 60]!r}")

    def share(self, kind: Kind) -> str:
        """Survivors of a kind for people to read, "3 of 612, 0.49 % (0.17 to 1.43)"."""
        survived, planted = self.survived[kind], self.planted[kind]
        return f"{survived} of {planted}: {Score(survived, planted)}"


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


def measure(
    items: int, seed: int, sentences: int = 1, outcome: Outcome | None = None, is_careful: bool = False
) -> Outcome:
    """Plants, exports, imports, masks and writes, format by format; looks for what is left in the files."""
    outcome, masker = outcome or Outcome(), Masker(shop_known())
    with TemporaryDirectory() as folder:
        for number, (name, (file, export)) in enumerate(EXPORTS.items()):
            share = items // len(EXPORTS) + (number < items % len(EXPORTS))
            planting = Planting(seed * len(EXPORTS) + number, fillers(), sentences, is_careful)
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


def fillers() -> list[str]:
    """Sentences of the shop's texts that stand around the items."""
    return [text for text in clean_texts() if 30 < len(text) < 200 and text[0].isupper()]


def _look(planted: list[Planted], record: dict[str, object], outcome: Outcome) -> None:
    messages = record["messages"]
    assert isinstance(messages, list)
    outcome.add(planted, "\n".join(message["content"] for message in messages))


def is_in(piece: str, text: str, kind: Kind) -> bool:
    """Whether `piece` of an item is left in `text`, in any case and spacing."""
    if kind is Kind.NAME:
        words = (word for word in piece.split() if not word.islower())  # "van der" tells of nobody
        return any(re.search(rf"(?<!\w){re.escape(word)}(?!\w)", text, re.IGNORECASE) for word in words)
    if kind not in STRUCTURED:
        return f" {_plain(piece)} " in f" {_plain(text)} "
    return bool(_spelled(piece).search(text))


def _spelled(piece: str) -> re.Pattern[str]:
    """The letters and digits of `piece`, however they are parted, but not as the middle of a longer number."""
    return re.compile(r"(?<!\d)" + r"[\W_]*".join(map(re.escape, bare(piece))) + r"(?!\d)", re.IGNORECASE)


@lru_cache(maxsize=8)  # the text is the same for thousands of items
def _plain(text: str) -> str:
    return " ".join(re.findall(r"\w+", text.casefold()))


def clean_messages() -> tuple[str, ...]:
    """Messages of customers and agents without anything personal, many of them typed carelessly."""
    return tuple(MESSAGES.read_text(encoding="utf-8").splitlines())


def false_alarms(texts: tuple[str, ...]) -> tuple[int, int, list[str]]:
    """Of `texts`, of which none is personal: how many, how many lose something, and what."""
    masker = Masker(shop_known())
    hits = [(text, masker.mask(text)) for text in texts]
    return (
        len(texts),
        sum(bool(found.counts) for _, found in hits),
        [f"{text[:80]} -> {found.counts}" for text, found in hits if found.counts],
    )


def main() -> None:
    """Measures and prints JSON."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--items", type=int, default=5000, help="items to plant for each seed")
    parser.add_argument("--seeds", type=int, nargs="+", default=[1])
    parser.add_argument("--read", type=int, default=20, help="survivors to print")
    parser.add_argument(
        "--sentences", type=int, default=1, choices=range(1, len(SETS) + 1), help="the set in which items are planted"
    )
    parser.add_argument("--careful", action="store_true", help="every customer writes with capitals and punctuation")
    options = parser.parse_args()
    outcome = Outcome()
    for seed in options.seeds:
        measure(options.items, seed, options.sentences, outcome, options.careful)
    print(*outcome.examples[: options.read], sep="\n")
    alarms = {}
    for name, texts in {"texts of the shop": clean_texts(), "messages": clean_messages()}.items():
        count, hits, examples = false_alarms(texts)
        print(*examples[: options.read], sep="\n")
        alarms[name] = f"{hits} of {count}"
    shares = {kind.value: outcome.share(kind) for kind in Kind if outcome.planted[kind]}
    print(json.dumps({"survivors": shares, "false alarms": alarms}, indent=2))


if __name__ == "__main__":
    main()
