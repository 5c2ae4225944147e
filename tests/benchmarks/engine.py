"""Speed and memory of the engine with SmolLM2-135M-Instruct, next to `generate` of transformers and llama.cpp.

    python -m tests.benchmarks.engine --home var [--llama-cpp /path/to/venv/bin/python]

Everyone reads the same prompt of 320 tokens and writes 33 tokens greedily, without a cached prefix. Rounds alternate between the
systems. The table has the median and the best round: on a machine that does other work too, the best is the fairer of the two.
llama.cpp runs on the original GGUF file, in the interpreter named, which needs the package `llama-cpp-python`.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import psutil
import torch
from rich.console import Console
from rich.table import Table
from transformers import LlamaForCausalLM

from assistant.language_model.base import ensure_base, packaged_gguf
from assistant.language_model.decoding import Decoding
from assistant.language_model.engine import Engine
from assistant.settings import SOURCE_ROOT

PROMPT, TOKENS = 320, 33
TEXT = SOURCE_ROOT / "README.md"
CUSTOMERS = 16
Seconds = tuple[float, float]
"""Seconds to read the prompt and write the first token, and to write the others."""
Writer = Callable[[], Seconds]

LLAMA_CPP = """
import json, sys, time
from llama_cpp import Llama
path, threads, ids = sys.argv[1], int(sys.argv[2]), json.loads(sys.argv[3])
model = Llama(path, n_ctx=512, n_threads=threads, n_threads_batch=threads, n_batch=512, verbose=False)
for line in sys.stdin:
    model.reset()
    start = time.perf_counter()
    model.eval(ids)
    first = time.perf_counter()
    for _ in range(int(line) - 1):
        model.eval([ids[7]])
    print(json.dumps([first - start, time.perf_counter() - first]), flush=True)
"""


def measure(base: Path, rounds: int, llama_cpp: str) -> Iterator[tuple[str, float, float]]:
    """Rows of (name, median tokens/s, best tokens/s)."""
    ids = _ids(base)
    writers: dict[str, Writer] = {}
    for bits in (8, 4, 32):
        for cores in sorted({1, os.cpu_count() or 1}) if bits == 8 else (os.cpu_count(),):
            engine = Engine.open(base, bits=bits, cores=cores, prefix_bytes=0)
            writers[f"engine, {bits} bits, {cores} cores"] = lambda engine=engine: _engine(engine, ids)
    for dtype, name in ((torch.float32, "float32"), (torch.bfloat16, "bfloat16")):
        model = LlamaForCausalLM.from_pretrained(base, dtype=dtype).eval()
        writers[f"generate, {name}"] = lambda model=model: _generate(model, ids)
    if llama_cpp:
        for threads in sorted({1, os.cpu_count() or 1}):
            writers[f"llama.cpp, Q4_1, {threads} threads"] = _llama_cpp(llama_cpp, threads, ids)
    taken: dict[str, list[Seconds]] = {name: [] for name in writers}
    for _ in range(rounds + 1):
        for name, write in writers.items():
            taken[name].append(write())
    for name, seconds in taken.items():
        for place, (what, count) in enumerate((("prompt", PROMPT), ("decoding", TOKENS - 1))):
            speeds = [count / round_[place] for round_ in seconds[1:]]  # the first round warms up
            yield f"{name}, {what}", statistics.median(speeds), max(speeds)


def customers(base: Path, count: int) -> Iterator[tuple[str, float, str]]:
    """Rows of (name, value, unit) for `count` conversations at once that share a system text."""
    engine = Engine.open(base)
    ids, firsts, total = _ids(base), list[float](), list[int]()
    start = time.perf_counter()

    def talk(number: int) -> None:
        history = [*ids, *np.random.default_rng(number).integers(100, 40000, 400).tolist()]
        for _ in range(2):
            began = time.perf_counter()
            for token in engine.generate(history, Decoding(TOKENS, 0), None, (), threading.Event()):
                if len(history) == len(ids) + 400:
                    firsts.append(time.perf_counter() - began)
                history.append(token)
                total.append(token)
            history += ids[:30]

    threads = [threading.Thread(target=talk, args=(number,)) for number in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    name = f"engine, 8 bits, {count} conversations of two turns"
    yield name, len(total) / (time.perf_counter() - start), "tokens/s, prompts included"
    yield f"{name}, first token, slowest", max(firsts), "s"
    yield f"{name}, memory of the process", psutil.Process().memory_info().rss / 1e9, "GB"


def _ids(base: Path) -> list[int]:
    engine = Engine.open(base, prefix_bytes=0)
    return list(engine.tokenizer.encode(TEXT.read_text(encoding="utf-8")).ids[:PROMPT])


def _engine(engine: Engine, ids: list[int]) -> Seconds:
    start = time.perf_counter()
    text = engine.generate(ids, Decoding(TOKENS, 0), None, (), threading.Event())
    next(text)
    first = time.perf_counter()
    rest = sum(1 for _ in text)
    assert rest == TOKENS - 1
    return first - start, time.perf_counter() - first


def _generate(model: LlamaForCausalLM, ids: list[int]) -> Seconds:
    prompt = torch.tensor([ids])
    mask = torch.ones_like(prompt)
    seconds = []
    for count in (1, TOKENS):
        start = time.perf_counter()
        model.generate(prompt, attention_mask=mask, max_new_tokens=count, min_new_tokens=count, do_sample=False)
        seconds.append(time.perf_counter() - start)
    return seconds[0], max(seconds[1] - seconds[0], 1e-9)


def _llama_cpp(python: str, threads: int, ids: list[int]) -> Writer:
    command = [python, "-c", LLAMA_CPP, str(packaged_gguf()), str(threads), json.dumps(ids)]
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def write() -> Seconds:
        assert process.stdin
        assert process.stdout
        process.stdin.write(f"{TOKENS}\n")
        process.stdin.flush()
        prompt, rest = json.loads(process.stdout.readline())
        return prompt, rest

    return write


def main() -> None:
    """Measure and print the tables."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument(
        "--home", type=Path, default=Path("var"), help="where the base model is, or will be converted to"
    )
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--llama-cpp", default="", help="Python interpreter with llama-cpp-python")
    options = parser.parse_args()
    base = ensure_base(options.home)
    console = Console()
    for name, value, unit in customers(base, CUSTOMERS):
        console.print(f"{name}: {value:.2f} {unit}")
    before = os.getloadavg()[0]
    table = Table("name", "median", "best", title="tokens/s")
    for name, median, best in measure(base, options.rounds, options.llama_cpp):
        table.add_row(name, f"{median:.1f}", f"{best:.1f}")
    console.print(table)
    console.print(f"load average before {before:.1f}, after {os.getloadavg()[0]:.1f}, {os.cpu_count()} cores")


if __name__ == "__main__":
    main()
