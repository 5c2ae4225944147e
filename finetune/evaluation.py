"""Evaluation of the language model: perplexity on held-out replies, variety of what it writes, and unedited samples.

    aisle evaluate language-model --data DIR

Perplexities are on the public evaluation split of service dialogues, in which values are references as in training:
all replies of people, and those without promises, which is what the model is taught. The floor is a unigram model of the
training replies. Nothing here was used to choose or to tune anything.
"""

from __future__ import annotations

import json
import math
import os
import threading
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import numpy as np
import structlog
from numpy.typing import NDArray
from tokenizers import Tokenizer

from assistant.language_model.embedded_model import EmbeddedModel
from assistant.language_model.language_model import Decoding
from assistant.language_model.llama import Cache, Llama
from assistant.language_model.model_files import read_model
from assistant.language_model.prompt import Prompt, PromptTurn, compact_facts
from assistant.reference import REFERENCE_PATTERN
from finetune.card import write_results
from finetune.corpus import SERVICE, Counts, acts_of, conversations, service_conversations
from finetune.dialogue import Dialogue, as_dialogue, read_dialogues
from finetune.example import Example, conversation_example
from finetune.grounded import held_out_conversations
from finetune.promises import is_promise, sentences
from finetune.referencing import facts_of, referenced

TRANSCRIPTS = Path(__file__).resolve().parent.parent / "data" / "transcripts" / "fern-and-fell.jsonl"
GROUNDED = 400
BARE = 100
SAMPLES = 30
log = structlog.get_logger(__name__)

Result = dict[str, float | int | str]
Sets = dict[str, list[Example]]
Score = Callable[[Example], NDArray[np.float64]]
"""Log-probability of each token of an example after the first."""


def evaluate_language_model(data: Path, base: Path, adapter: Path, *, seed: int = 1) -> None:
    """Measures base and adapter, logs the figures and writes them into both model cards."""
    tokenizer = Tokenizer.from_file(str(base / "tokenizer.json"))
    sets = held_out_sets(tokenizer, data)
    floor = unigram(tokenizer, service_conversations(data, counts=Counts()))
    rows = [
        *perplexities("unigram floor", sets, lambda example: floor[example.ids[1:]]),
        *perplexities("base", sets, _scorer(read_model(base, quantised=False).network)),
        *perplexities("base + adapter", sets, _scorer(read_model(base, adapter, quantised=False).network)),
    ]
    served = EmbeddedModel.open(base, adapter)
    written = list(replies(served, held_out_conversations(GROUNDED), seed))
    rows += [*variety(written), promising(list(replies(served, _service_prompts(data), seed)))]
    talked = list(replies(served, _own_prompts(), seed))
    samples = [*_spread(written, SAMPLES // 2), *_spread(talked, SAMPLES // 2)]
    for row in rows:
        log.info("evaluation", **row)
    write_results(base, adapter, rows, samples)
    (adapter / "evaluation.json").write_text(
        json.dumps({"results": rows, "samples": samples}, indent=2) + "\n", "utf-8"
    )


def held_out_sets(tokenizer: Tokenizer, data: Path) -> Sets:
    """The examples that perplexity is measured on, by name; only replies count."""
    whole = [_whole(referenced(dialogue)) for dialogue in read_dialogues(data, SERVICE, "eval_public")]
    clean = list(service_conversations(data, "eval_public", counts=Counts()))
    known = list(service_conversations(data, "eval_public", counts=Counts(), strict=True))
    bare = [[replace(turn, acts=(), facts=()) for turn in turns] for turns in whole[:BARE]]
    named: dict[str, Sequence[Sequence[PromptTurn]]] = {
        "service replies, all": whole,
        "service replies, all, acts and facts withheld": bare,
        "service replies, promise-free": clean,
        "service replies, promise-free and of a known act": known,
        "simulated grounded replies": held_out_conversations(GROUNDED),
    }
    return {name: [conversation_example(tokenizer, turns, 0.0) for turns in talks] for name, talks in named.items()}


def _whole(dialogue: Dialogue) -> list[PromptTurn]:
    return [
        PromptTurn(item.message, acts_of(item.reply), facts_of(item.reply), item.reply) for item in dialogue.exchanges
    ]


def unigram(tokenizer: Tokenizer, talks: Iterable[Sequence[PromptTurn]]) -> NDArray[np.float64]:
    """Log-probability of each token as frequent as in the training replies, with one added to each count."""
    counts = np.ones(tokenizer.get_vocab_size())
    for turns in talks:
        example = conversation_example(tokenizer, turns, 0.0)
        np.add.at(counts, example.ids[example.weights >= 1], 1)
    return np.asarray(np.log(counts / counts.sum()))


def perplexities(model: str, sets: Sets, score: Score) -> Iterator[Result]:
    """One row for each set: nats per token and perplexity, over the tokens of replies."""
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        for name, examples in sets.items():
            counted = [example.weights[1:] >= 1 for example in examples]
            scores = pool.map(score, examples)
            total = -sum(float(values[kept].sum()) for values, kept in zip(scores, counted, strict=True))
            tokens = sum(int(kept.sum()) for kept in counted)
            yield {
                "name": f"perplexity, {name}, {model}",
                "value": round(math.exp(total / tokens), 2),
                "nats": round(total / tokens, 3),
                "tokens": tokens,
            }


def _scorer(network: Llama) -> Score:
    def score(example: Example) -> NDArray[np.float64]:
        ids = example.ids
        logits = Cache(network, len(ids)).read_all(ids[:-1].tolist()).astype(np.float64)
        logits -= logits.max(-1, keepdims=True)
        chosen = np.take_along_axis(logits, ids[1:, None], -1)[:, 0]
        return np.asarray(chosen - np.log(np.exp(logits).sum(-1)))

    return score


def replies(model: EmbeddedModel, talks: Iterable[Sequence[PromptTurn]], seed: int) -> Iterator[tuple[PromptTurn, str]]:
    """For each conversation one of its turns, and what the model writes in it."""
    for index, talk in enumerate(talks):
        last = index % len(talk)
        asked = replace(talk[last], reply="")
        prompt = Prompt("", (*talk[:last], asked))
        yield asked, "".join(model.write(prompt, Decoding(seed=seed + index), threading.Event()))


def variety(written: Sequence[tuple[PromptTurn, str]]) -> list[Result]:
    """How varied the replies to simulated prompts are, and how many speak of their facts."""
    texts = [text for _, text in written]
    acts = Counter(turn.acts for turn, _ in written)
    common = {key for key, count in acts.items() if count >= 5}
    grouped = Counter((turn.acts, text) for turn, text in written if turn.acts in common)
    speaking = [text for turn, text in written if turn.facts]
    naming = sum(bool(REFERENCE_PATTERN.search(text)) for text in speaking)
    same_acts = sum(grouped.values())
    return [
        _share("distinct replies", len(set(texts)), len(texts)),
        _share("distinct replies among those to the same acts", len(grouped), same_acts),
        _share("replies that name a fact, where there are facts", naming, len(speaking)),
    ]


def promising(written: Sequence[tuple[PromptTurn, str]]) -> Result:
    """How many replies to service messages, in which nothing was done, promise or claim something all the same."""
    count = sum(any(is_promise(sentence) for sentence in sentences(text)) for _, text in written)
    return _share(
        "replies to service messages with a sentence that the filter takes for a promise", count, len(written)
    )


def _share(name: str, count: int, total: int) -> Result:
    return {"name": f"share of {name}", "value": round(count / max(total, 1), 3), "tokens": total}


def _service_prompts(data: Path) -> list[list[PromptTurn]]:
    talks = service_conversations(data, "eval_public", counts=Counts(), strict=True)
    return [turns for turns, _ in zip(talks, range(GROUNDED // 2), strict=False)]


def _own_prompts() -> list[list[PromptTurn]]:
    """Service conversations written for the sample shop: samples must not quote people of a public set."""
    talks = [json.loads(line) for line in TRANSCRIPTS.read_text(encoding="utf-8").splitlines()]
    dialogues = [as_dialogue(TRANSCRIPTS.stem, talk["messages"], text="content") for talk in talks]
    return [turns for dialogue in dialogues for turns in conversations(referenced(dialogue), Counts(), strict=True)]


def _spread(written: Sequence[tuple[PromptTurn, str]], count: int) -> list[dict[str, str]]:
    """`count` of the replies at even distances, as they are."""
    chosen = [written[index * len(written) // count] for index in range(count)]
    return [{"message": turn.message, "facts": compact_facts(turn), "reply": text} for turn, text in chosen]
