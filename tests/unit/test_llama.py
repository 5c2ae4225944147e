"""The parts of the embedded engine: 8-bit weights, merged adapters, and what it refuses."""

from __future__ import annotations

import numpy as np
import pytest

from assistant.language_model.llama import Cache, Llama
from assistant.language_model.llama_shape import LlamaShape
from assistant.language_model.merging import merged
from assistant.language_model.quantization import quantize
from retrieval.errors import ModelError

SHAPE = LlamaShape(
    width=32, layers=1, heads=2, kv_heads=2, head_width=16, inner=32, vocabulary=50, positions=64, epsilon=1e-6, theta=10000.0
)  # fmt: skip
CONFIG = {
    "model_type": "llama", "tie_word_embeddings": True, "num_key_value_heads": 2, "num_attention_heads": 2, "hidden_size": 32,
    "num_hidden_layers": 1, "intermediate_size": 32, "vocab_size": 50, "max_position_embeddings": 64, "rms_norm_eps": 1e-6,
}  # fmt: skip


def weights() -> dict[str, np.ndarray]:
    random = np.random.default_rng(1)
    layer = {f"self_attn.{name}_proj": (32, 32) for name in "qkvo"}
    layer |= {f"mlp.{name}_proj": (32, 32) for name in ("gate", "up", "down")}
    layer |= {"input_layernorm": (32,), "post_attention_layernorm": (32,)}
    shapes = {f"model.layers.0.{name}.weight": size for name, size in layer.items()}
    shapes |= {"model.embed_tokens.weight": (50, 32), "model.norm.weight": (32,)}
    return {name: random.normal(0, 0.3, size).astype(np.float32) for name, size in shapes.items()}


def test_eight_bits_are_off_by_half_a_step_at_most() -> None:
    weight = np.random.default_rng(2).normal(size=(7, 192)).astype(np.float32)
    blocks = quantize(weight)
    assert blocks.packed.shape == (7, 3, 64)
    off = np.abs(blocks.rows(range(7)) - weight).reshape(7, 3, 64)
    assert (off <= 0.5001 * blocks.scales[..., None]).all()


def test_four_bits_are_off_by_one_step_at_most() -> None:
    weight = np.random.default_rng(2).normal(size=(7, 192)).astype(np.float32)
    blocks = quantize(weight, 4)
    assert blocks.packed.shape == (7, 6, 16)
    off = np.abs(blocks.rows([3, 1]) - weight[[3, 1]]).reshape(2, 6, 32)
    assert (off <= 1.0001 * np.abs(blocks.scales[[3, 1], :, None])).all()


def test_a_row_of_zeros_stays_zero() -> None:
    blocks = quantize(np.zeros((2, 64), np.float32))
    assert (blocks.packed == 128).all()
    assert np.isfinite(blocks.scales).all()


def test_stepping_equals_reading() -> None:
    network = Llama(SHAPE, weights(), quantised=False)
    whole = Cache(network, 10).read_all([3, 1, 4, 1, 5])
    cache = Cache(network, 10)
    parts = [cache.read([3]), *(cache.step(token).copy() for token in (1, 4, 1, 5))]
    np.testing.assert_allclose(np.stack(parts), whole, atol=1e-4)
    assert cache.length == 5


@pytest.mark.parametrize("harm", ["absent", "misshapen"])
def test_weights_that_do_not_fit_are_named(harm: str) -> None:
    broken = weights()
    name = "model.layers.0.mlp.down_proj.weight"
    taken = broken.pop(name)
    if harm == "misshapen":
        broken[name] = taken[:5]
    with pytest.raises(ModelError, match="down_proj"):
        Llama(SHAPE, broken)


LORA = {"peft_type": "LORA", "r": 2, "lora_alpha": 1}


def test_an_adapter_is_added_by_its_scale() -> None:
    first, second = np.ones((1, 3), np.float32), np.full((2, 1), 2, np.float32)
    adapter = {"base_model.model.x.lora_A.weight": first, "base_model.model.x.lora_B.weight": second}
    assert (merged({"x.weight": np.zeros((2, 3), np.float32)}, adapter, LORA)["x.weight"] == 1).all()


@pytest.mark.parametrize(
    ("keys", "settings", "told"),
    [
        (["x.lora_A.weight"], LORA, "part for x does not fit"),
        (["lm_head.weight"], LORA, "no part of a known kind"),
        (["y.lora_A.weight", "y.lora_B.weight"], LORA, "does not have"),
        (["x.lora_A.weight", "x.lora_B.weight"], LORA, "part for x does not fit"),
        (["x.lora_A.weight"], {"peft_type": "LORA"}, "lacks a usable 'r'"),
        (["prompt_embeddings"], {"peft_type": "PREFIX_TUNING"}, "PREFIX_TUNING"),
        (["x.lora_A.weight"], {**LORA, "rank_pattern": {"x": 4}}, "differs from layer to layer"),
    ],
)
def test_an_adapter_that_cannot_be_merged_is_refused(keys: list[str], settings: dict[str, object], told: str) -> None:
    adapter = {f"base_model.model.{key}": np.ones((4, 4), np.float32) for key in keys}
    with pytest.raises(ModelError, match=told):
        merged({"x.weight": np.zeros((2, 3), np.float32)}, adapter, settings)


def test_an_adapter_that_leaves_a_layer_out_was_not_copied_whole() -> None:
    base = {f"model.layers.{layer}.q_proj.weight": np.zeros((2, 3), np.float32) for layer in range(2)}
    adapter = {
        f"base_model.model.model.layers.0.q_proj.lora_{part}.weight": np.ones(shape, np.float32)
        for part, shape in (("A", (1, 3)), ("B", (2, 1)))
    }
    with pytest.raises(ModelError, match=r"lacks its part for model\.layers\.1\.q_proj"):
        merged(base, adapter, LORA)
    assert merged(base, adapter, {**LORA, "layers_to_transform": [0]})["model.layers.0.q_proj.weight"].all()


def test_a_shape_is_read_from_both_forms_of_configuration() -> None:
    assert LlamaShape.from_config(CONFIG) == SHAPE
    newer = CONFIG | {"rope_parameters": {"rope_theta": 10000.0, "rope_type": "default"}}
    assert LlamaShape.from_config(newer) == SHAPE


@pytest.mark.parametrize("change", [{"model_type": "gpt2"}, {"tie_word_embeddings": False}, {"attention_bias": True}])
def test_other_architectures_are_refused_with_the_next_step(change: dict[str, object]) -> None:
    with pytest.raises(ModelError) as caught:
        LlamaShape.from_config(CONFIG | change)
    assert "AISLE_MODEL" in caught.value.hint


def test_a_configuration_with_a_gap_names_it() -> None:
    with pytest.raises(ModelError, match="vocab_size"):
        LlamaShape.from_config({key: value for key, value in CONFIG.items() if key != "vocab_size"})
