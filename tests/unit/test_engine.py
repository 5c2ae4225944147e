"""The engine of the causal language model: the same numbers as transformers and peft, prefixes, rules, cancelling, sharing."""

from __future__ import annotations

import json
import shutil
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest
import torch
from numpy.typing import NDArray
from peft import LoraConfig, get_peft_model
from tokenizers import Tokenizer
from transformers import LlamaConfig, LlamaForCausalLM

from assistant.language_model.base import ensure_base
from assistant.language_model.decoding import Decoding
from assistant.language_model.engine import Allowed, Engine
from assistant.language_model.fair_turns import FairTurns
from assistant.language_model.network import TextState
from assistant.language_model.prefix_cache import BLOCK, PrefixCache
from assistant.settings import Settings
from retrieval.errors import ModelError, WritingError
from tests.unit.tiny_models import CHAT, saved

VOCABULARY = 315
"""Tokens of the tiny tokenizer."""
ADDED = ("{p1.name}", "{p1.price}", "<|plan|>")
GREEDY = Decoding(max_tokens=12, temperature=0)
IDS = [5, 17, 200, 31, 314, 64, 8, 8, 120, 77, 301, 9, 250, 33, 48, 6, 91, 140, 222, 13, 54]
LINEAR = ["q_proj", "k_proj", "v_proj", "o_proj", "gate_proj", "up_proj", "down_proj"]


@dataclass(frozen=True)
class Tiny:
    """Folders of a tiny base with grouped-query attention and of an adapter for it, and the same models in torch."""

    base: Path
    adapter: Path
    model: LlamaForCausalLM
    adapted: torch.nn.Module


@pytest.fixture(scope="module")
def tiny(tmp_path_factory: pytest.TempPathFactory) -> Tiny:
    root = tmp_path_factory.mktemp("engine")
    torch.manual_seed(0)
    config = LlamaConfig(
        hidden_size=64, num_hidden_layers=3, num_attention_heads=4, num_key_value_heads=2, head_dim=16, intermediate_size=128,
        vocab_size=VOCABULARY, max_position_embeddings=600, tie_word_embeddings=True, bos_token_id=0, eos_token_id=1,
        initializer_range=0.15, rope_theta=5000.0,
    )  # fmt: skip
    model = LlamaForCausalLM(config).eval()
    saved(model, root / "base", CHAT)
    tokenizer = Tokenizer.from_file(str(root / "base" / "tokenizer.json"))
    assert tokenizer.get_vocab_size() == VOCABULARY
    grown = LlamaForCausalLM.from_pretrained(root / "base")
    grown.resize_token_embeddings(VOCABULARY + len(ADDED), mean_resizing=False)
    adapted = _with_adapter(grown)
    adapted.save_pretrained(root / "adapter", save_embedding_layers=False)
    tokenizer.add_tokens(list(ADDED))
    tokenizer.save(str(root / "adapter" / "tokenizer.json"))
    return Tiny(root / "base", root / "adapter", model, adapted)


def _with_adapter(model: LlamaForCausalLM) -> torch.nn.Module:
    """A LoRA on two of the layers with trained rows for the added tokens and one old token, all random."""
    tokens = [7, *range(VOCABULARY, VOCABULARY + len(ADDED))]
    settings = LoraConfig(
        r=4, lora_alpha=8, target_modules=LINEAR, layers_to_transform=[1, 2], trainable_token_indices=tokens,
        task_type="CAUSAL_LM",
    )  # fmt: skip
    adapted = get_peft_model(model, settings).eval()
    with torch.no_grad():
        for name, parameter in adapted.named_parameters():
            if "lora_" in name or "trainable_tokens_delta" in name:
                parameter.normal_(0, 0.2)
    return adapted


@pytest.fixture(scope="module")
def exact(tiny: Tiny) -> Engine:
    return Engine.open(tiny.base, bits=32, cores=2)


def logs_of(model: torch.nn.Module, ids: Sequence[int]) -> NDArray[np.float64]:
    """Log-probabilities after each token, by torch."""
    with torch.no_grad():
        return torch.log_softmax(model(torch.tensor([list(ids)])).logits[0].double(), -1).numpy()


def expected(model: torch.nn.Module, ids: Sequence[int], continuation: Sequence[int]) -> NDArray[np.float64]:
    logs = logs_of(model, [*ids, *continuation])
    return np.array([logs[len(ids) - 1 + place, token] for place, token in enumerate(continuation)])


def written(
    engine: Engine, ids: Sequence[int], decoding: Decoding = GREEDY, allowed: Allowed | None = None
) -> list[int]:
    return list(engine.generate(ids, decoding, allowed, (), threading.Event()))


def greedy(model: torch.nn.Module, ids: Sequence[int], count: int) -> list[int]:
    text = list(ids)
    for _ in range(count):
        text.append(int(logs_of(model, text)[-1].argmax()))
    return text[len(ids) :]


def test_log_probabilities_equal_those_of_transformers(tiny: Tiny, exact: Engine) -> None:
    continuations = [[3, 250, 11], [314], [], [8, 9]]
    for continuation, logs in zip(continuations, exact.likelihoods(IDS, continuations), strict=True):
        assert logs.dtype == np.float64
        np.testing.assert_allclose(logs, expected(tiny.model, IDS, continuation), atol=1e-4)


def test_greedy_text_equals_that_of_transformers(tiny: Tiny, exact: Engine) -> None:
    assert written(exact, IDS) == greedy(tiny.model, IDS, 12)


@pytest.mark.parametrize(("bits", "bound"), [(8, 0.25), (4, 1.5)])
def test_quantized_weights_change_log_probabilities_by_a_bounded_amount(tiny: Tiny, bits: int, bound: float) -> None:
    engine = Engine.open(tiny.base, bits=bits, cores=1)
    logs = np.concatenate(engine.likelihoods(IDS, [[token] for token in range(0, VOCABULARY, 10)]))
    assert np.abs(logs - logs_of(tiny.model, IDS)[-1, ::10]).max() < bound


def test_the_draft_of_the_head_loses_no_likeliest_token(tiny: Tiny) -> None:
    engine = Engine.open(tiny.base, cores=1)
    tokens = written(engine, IDS)
    for place, token in enumerate(tokens):
        logs = np.concatenate(engine.likelihoods([*IDS, *tokens[:place]], [[other] for other in range(VOCABULARY)]))
        assert logs[token] > logs.max() - 0.05  # the head reads 8-bit activations, a row alone 32-bit ones


def test_an_adapter_with_added_tokens_equals_peft(tiny: Tiny) -> None:
    engine = Engine.open(tiny.base, tiny.adapter, bits=32, cores=1)
    name = engine.tokenizer.token_to_id("{p1.name}")
    assert (name, engine.vocabulary) == (VOCABULARY, VOCABULARY + len(ADDED))
    assert engine.tokenizer.encode("The {p1.name}").ids[-1] == name
    ids = [*IDS, name, 7]
    continuation = [317, 7, 316, 12]
    logs = engine.likelihoods(ids, [continuation])[0]
    np.testing.assert_allclose(logs, expected(tiny.adapted, ids, continuation), atol=1e-4)


def test_an_adapter_that_lacks_a_row_of_an_added_token_is_refused(tiny: Tiny, tmp_path: Path) -> None:
    adapter = Path(shutil.copytree(tiny.adapter, tmp_path / "adapter"))
    settings = json.loads((adapter / "adapter_config.json").read_text())
    settings["trainable_token_indices"] = [7, 315, 316, 318]
    (adapter / "adapter_config.json").write_text(json.dumps(settings))
    with pytest.raises(ModelError, match="no row for the added token 317"):
        Engine.open(tiny.base, adapter, bits=32, cores=1)


def test_a_tokenizer_with_more_tokens_than_the_model_is_refused(tiny: Tiny, tmp_path: Path) -> None:
    base = Path(shutil.copytree(tiny.base, tmp_path / "base"))
    shutil.copy(tiny.adapter / "tokenizer.json", base)
    with pytest.raises(ModelError, match="more tokens than the model"):
        Engine.open(base, bits=32, cores=1)


def test_a_known_prefix_is_not_read_again_and_changes_nothing(tiny: Tiny) -> None:
    long = [*IDS, *IDS, *IDS]
    warm, cold = Engine.open(tiny.base, bits=32, cores=1), Engine.open(tiny.base, bits=32, cores=1, prefix_bytes=0)
    first = written(warm, long[:40])
    assert warm.prefixes.size == 3 * BLOCK * 3 * 2 * 2 * 16 * 4  # 40 + 12 tokens, less the last one, in whole blocks
    assert cold.prefixes.size == 0
    followed = [*long[:40], *first, *IDS]
    assert written(warm, followed) == written(cold, followed)
    np.testing.assert_allclose(warm.likelihoods(long, [[3, 4]]), cold.likelihoods(long, [[3, 4]]), atol=1e-5)


def test_a_long_prompt_is_read_in_chunks(tiny: Tiny, exact: Engine) -> None:
    ids = (IDS * 30)[:530]
    np.testing.assert_allclose(exact.likelihoods(ids, [[3]])[0], expected(tiny.model, ids, [3]), atol=1e-4)


def test_the_prefix_cache_keeps_within_its_bytes_and_drops_ends_before_beginnings() -> None:
    values = np.random.default_rng(0).normal(size=(1, 2, 1, 1, 64, 4)).astype(np.float32)
    cache = PrefixCache(3 * values[..., :BLOCK, :].nbytes)
    cache.store(range(64), values)
    assert cache.size == 3 * values[..., :BLOCK, :].nbytes
    restored = np.zeros_like(values)
    assert cache.restore(range(64), restored) == 48
    np.testing.assert_array_equal(restored[..., :48, :], values[..., :48, :])
    cache.store([*range(16), *range(100, 116)], values)  # shares the first block
    assert cache.restore([*range(16), *range(100, 116)], restored) == 32
    assert cache.restore(range(64), restored) == 32


def test_only_allowed_tokens_come_and_a_forced_one_is_not_computed(tiny: Tiny, exact: Engine) -> None:
    asked: list[list[int]] = []

    def allowed(generated: Sequence[int]) -> Sequence[int] | None:
        asked.append(list(generated))
        return ([40], [41], [10, 20, 30], None, range(30, 310), ())[len(generated)]

    tokens = written(exact, IDS, GREEDY, allowed)
    assert tokens[:2] == [40, 41]
    assert asked == [tokens[:count] for count in range(6)]
    for place, among in ((2, [10, 20, 30]), (3, range(VOCABULARY)), (4, range(30, 310))):
        logs = logs_of(tiny.model, [*IDS, *tokens[:place]])[-1]
        assert tokens[place] == max(among, key=lambda token, logs=logs: logs[token])
    assert len(tokens) == 5


def test_a_bias_forbids_tokens(tiny: Tiny, exact: Engine) -> None:
    best = greedy(tiny.model, IDS, 1)[0]
    bias = np.zeros(VOCABULARY, np.float32)
    bias[best] = -np.inf
    assert written(exact, IDS, Decoding(1, 0), lambda _: bias) == [int(np.argsort(-logs_of(tiny.model, IDS)[-1])[1])]
    assert written(exact, IDS, GREEDY, lambda _: np.full(VOCABULARY, -np.inf, np.float32)) == []


def test_a_stop_token_ends_the_text_and_is_not_yielded(exact: Engine) -> None:
    tokens = written(exact, IDS)
    stop = next(token for token in tokens if token != tokens[0])
    text = list(exact.generate(IDS, GREEDY, None, {stop}, threading.Event()))
    assert text == tokens[: tokens.index(stop)]


def test_draws_repeat_with_a_seed_and_vary_without(exact: Engine) -> None:
    wild = Decoding(max_tokens=20, temperature=2.0, top_p=1.0, seed=3)
    assert written(exact, IDS, wild) == written(exact, IDS, wild)
    assert len({tuple(written(exact, IDS, Decoding(20, 2.0, 1.0, seed))) for seed in range(5)}) > 1


def test_a_cancelled_text_ends(exact: Engine) -> None:
    cancelled = threading.Event()
    text = exact.generate(IDS, Decoding(max_tokens=400, temperature=0), None, (), cancelled)
    next(text)
    cancelled.set()
    assert list(text) == []
    assert list(exact.generate(IDS, GREEDY, None, (), cancelled)) == []


@pytest.mark.parametrize(
    ("ids", "told"),
    [([], "empty"), ([3] * 600, "600 tokens"), ([3, VOCABULARY], f"no token {VOCABULARY}"), ([-1, 3], "no token -1")],
)
def test_a_prompt_that_cannot_be_read_is_refused(exact: Engine, ids: list[int], told: str) -> None:
    with pytest.raises(WritingError, match=told):
        written(exact, ids)
    with pytest.raises(WritingError, match=told):
        exact.likelihoods(ids, [[1]])


def test_a_text_ends_where_the_context_does(exact: Engine) -> None:
    assert len(written(exact, [3] * 595, Decoding(max_tokens=50, temperature=0))) == 5


def test_a_failing_network_raises_our_own_error(exact: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        raise RuntimeError("no memory")

    monkeypatch.setattr(TextState, "read", fail)
    with pytest.raises(WritingError, match="language model failed: no memory"):
        written(exact, IDS[:3])


def test_many_customers_get_the_same_texts_as_one(tiny: Tiny) -> None:
    engine = Engine.open(tiny.base, cores=2)
    prompts = [[seed + 3, *IDS[seed % 5 :], seed + 5] for seed in range(12)]
    alone = [written(engine, prompt) for prompt in prompts]
    together: dict[int, list[int]] = {}
    threads = [
        threading.Thread(target=lambda place=place: together.update({place: written(engine, prompts[place])}))
        for place in range(len(prompts))
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [together[place] for place in range(len(prompts))] == alone


def test_turns_go_to_whoever_waits_longest() -> None:
    turns, order = FairTurns(1), list[int]()

    def wait(number: int) -> None:
        with turns.turn():
            order.append(number)

    threads = [threading.Thread(target=wait, args=(number,)) for number in range(4)]
    with turns.turn():
        for thread in threads:
            thread.start()
            while turns.waiting <= threads.index(thread):
                pass
    for thread in threads:
        thread.join()
    assert order == [0, 1, 2, 3]


def test_a_quantized_model_is_kept_until_its_weights_change(tiny: Tiny, tmp_path: Path) -> None:
    base, cache = Path(shutil.copytree(tiny.base, tmp_path / "base")), tmp_path / "cache"
    Engine.open(base, cores=1, cache=cache)
    (folder,) = (path for path in cache.iterdir() if path.is_dir())
    made = (folder / "body.onnx").stat().st_mtime_ns
    Engine.open(base, cores=1, cache=cache)
    assert (folder / "body.onnx").stat().st_mtime_ns == made
    LlamaForCausalLM(LlamaConfig.from_pretrained(base)).save_pretrained(base)
    Engine.open(base, cores=1, cache=cache)
    assert sum(path.is_dir() for path in cache.iterdir()) == 2


@pytest.mark.parametrize("file", ["body.onnx", "embeddings.safetensors"])
@pytest.mark.parametrize("cut", [True, False])
def test_a_damaged_quantized_model_is_made_again(tiny: Tiny, tmp_path: Path, file: str, cut: bool) -> None:
    Engine.open(tiny.base, cores=1, cache=tmp_path)
    (path,) = tmp_path.glob(f"*/{file}")
    content = path.read_bytes()
    path.write_bytes(content[:1000] if cut else b"\xff" * len(content))
    assert len(written(Engine.open(tiny.base, cores=1, cache=tmp_path), IDS)) == 12
    assert path.read_bytes() == content


@pytest.mark.parametrize("file", ["config.json", "tokenizer.json", "model.safetensors"])
def test_a_missing_file_is_named(tiny: Tiny, tmp_path: Path, file: str) -> None:
    base = Path(shutil.copytree(tiny.base, tmp_path / "base"))
    (base / file).unlink()
    with pytest.raises(ModelError, match=file.replace(".", r"\.")):
        Engine.open(base, cores=1)


@pytest.mark.slow
def test_the_real_base_continues_english() -> None:
    engine = Engine.open(ensure_base(Settings(_env_file=None).resolved_cache), cores=2)
    prompt = engine.tokenizer.encode(
        "<|im_start|>user\nWhat is the capital of France?<|im_end|>\n<|im_start|>assistant\n"
    )
    tokens = list(engine.generate(prompt.ids, Decoding(24, 0), None, engine.ends, threading.Event()))
    assert "Paris" in engine.tokenizer.decode(tokens)
    ids = engine.tokenizer.encode("The tent keeps you").ids
    dry, violin = (engine.tokenizer.encode(word).ids for word in (" dry", " violin"))
    logs = engine.likelihoods(ids, [dry, violin])
    assert logs[0].sum() > logs[1].sum() + 2
