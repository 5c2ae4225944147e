"""Decoding speed of the embedded engine beside `generate` of `transformers`, on the same weights in the same run.

All write 64 tokens greedily after the same prompt of a product search; rounds alternate between them, and the median
of the rounds counts. `generate` gets the setting of threads and precision that suits it best.
"""

from __future__ import annotations

import statistics
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import torch
from transformers import LlamaForCausalLM

from assistant.act import Act
from assistant.language_model.embedded_model import PROMPT_TOKENS, EmbeddedModel
from assistant.language_model.language_model import Decoding
from assistant.language_model.llama import Cache
from assistant.language_model.model_files import read_model
from assistant.language_model.prompt import Prompt, PromptFact, PromptTurn
from assistant.language_model.prompt_tokens import prompt_ids
from assistant.settings import SOURCE_ROOT

BASE, ADAPTER = SOURCE_ROOT / "data" / "models" / "base", SOURCE_ROOT / "data" / "models" / "adapter"
TOKENS = 64
ROUNDS = 7
Writer = Callable[[], None]


def measure(base: Path = BASE, adapter: Path = ADAPTER) -> Iterator[tuple[str, float, str]]:
    """Rows of (name, value, unit)."""
    prompt = _prompt()
    files = read_model(base)
    ids = prompt_ids(files.tokenizer, prompt.turns, PROMPT_TOKENS)
    generates = dict(_generates(base, torch.tensor(ids)))
    leans = {f"own engine, {bits} bit weights": _lean(base, ids, bits == 8) for bits in (8, 32)}
    seconds = _alternate({**leans, **generates})
    for name, taken in seconds.items():
        yield f"decoding, {name}", TOKENS / taken, "tokens/s"
    best = min(seconds[name] for name in generates)
    for name in leans:
        yield f"decoding, {name}, beside the best generate", best / seconds[name], "times"
    yield "decoding, tokens of the prompt", float(len(ids)), "tokens"
    yield from _engine(EmbeddedModel.open(base, adapter if adapter.is_dir() else None), prompt)


def _engine(model: EmbeddedModel, prompt: Prompt) -> Iterator[tuple[str, float, str]]:
    """The whole engine with rule, sampling and streaming, for one customer and for several at once."""
    for customers in (1, 8, 32):
        firsts: list[float] = []
        pieces: list[str] = []
        start = time.perf_counter()

        def write(seed: int, firsts: list[float] = firsts, pieces: list[str] = pieces) -> None:
            began = time.perf_counter()
            for number, piece in enumerate(model.write(prompt, Decoding(TOKENS, seed=seed), threading.Event())):
                if not number:
                    firsts.append((time.perf_counter() - began) * 1000)
                pieces.append(piece)

        threads = [threading.Thread(target=write, args=(seed,)) for seed in range(customers)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        yield f"engine, {customers} at once", len(pieces) / (time.perf_counter() - start), "tokens/s"
        yield f"engine, {customers} at once, first token, p95", sorted(firsts)[int(0.95 * (len(firsts) - 1))], "ms"


def _alternate(writers: dict[str, Writer]) -> dict[str, float]:
    """Median seconds of each over rounds in turn, after one round that does not count."""
    taken: dict[str, list[float]] = {name: [] for name in writers}
    for _ in range(ROUNDS + 1):
        for name, write in writers.items():
            start = time.perf_counter()
            write()
            taken[name].append(time.perf_counter() - start)
    return {name: statistics.median(values[1:]) for name, values in taken.items()}


def _lean(base: Path, ids: list[int], quantised: bool) -> Writer:
    network = read_model(base, quantised=quantised).network

    def write() -> None:
        cache = Cache(network, len(ids) + TOKENS)
        logits = cache.read(ids)
        for _ in range(TOKENS):
            logits = cache.step(int(logits.argmax()))

    return write


def _generates(base: Path, ids: torch.Tensor) -> Iterator[tuple[str, Writer]]:
    for dtype, name in ((torch.float32, "32 bit"), (torch.bfloat16, "bfloat16")):
        model = LlamaForCausalLM.from_pretrained(base, dtype=dtype).eval()
        for threads in (1, torch.get_num_threads()):
            yield f"generate, {name}, {threads} threads", _generate(model, ids, threads)


def _generate(model: LlamaForCausalLM, ids: torch.Tensor, threads: int) -> Writer:
    mask = torch.ones(1, len(ids), dtype=torch.long)

    def write() -> None:
        before = torch.get_num_threads()
        torch.set_num_threads(threads)
        model.generate(ids[None], attention_mask=mask, max_new_tokens=TOKENS, min_new_tokens=TOKENS, do_sample=False)
        torch.set_num_threads(before)

    return write


def _prompt() -> Prompt:
    facts = [PromptFact("search.count", "3", "several")]
    for slot in ("p1", "p2", "p3"):
        facts += [PromptFact(f"{slot}.{field}", "-") for field in ("name", "price", "rating", "feature")]
    turns = (
        PromptTurn(
            "hi, do you sell tents?", (Act.GREET,), (PromptFact("shop.name", "-"),), "Hello! What are you looking for?"
        ),
        PromptTurn("a light one for two people under 200 dollars", (Act.FOUND_PRODUCTS,), tuple(facts)),
    )
    return Prompt("", turns)


if __name__ == "__main__":
    for row in measure():
        print(*row, sep="\t")
