"""Llama: the forward pass of a small Llama-architecture model, written for one token at a time on one processor core.

`transformers` spends ten times as long on each step as the arithmetic needs. Here a step is some 90 tensor operations:
query, key and value in one product, gate and up in another, keys and values in a cache of fixed size, and every
product of a single token against 8-bit weights (one scale per row), which halves what memory must deliver. Prompts are
read with the 32-bit weights. LoRA adapters are merged into the weights when they are loaded.

Architecture: https://arxiv.org/abs/2302.13971; rotary positions: https://arxiv.org/abs/2104.09864.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import torch
import torch.nn.functional as functional
from torch import Tensor

from retrieval.errors import ModelError


@dataclass(frozen=True, slots=True)
class LlamaShape:
    """Sizes from a model's `config.json`."""

    width: int
    layers: int
    heads: int
    inner: int
    vocabulary: int
    positions: int
    epsilon: float
    theta: float

    @classmethod
    def from_config(cls, config: Mapping[str, object]) -> LlamaShape:
        """Reads a Hugging Face configuration. Raises ModelError for anything but a plain Llama with tied embeddings."""
        try:
            rope = config.get("rope_parameters") or {"rope_theta": config.get("rope_theta", 10000.0)}
            plain = (
                config["model_type"] == "llama"
                and config["tie_word_embeddings"] is True
                and config["num_key_value_heads"] == config["num_attention_heads"]
                and config.get("hidden_act", "silu") == "silu"
                and rope.get("rope_type", "default") == "default"  # type: ignore[attr-defined]
                and not config.get("attention_bias")
                and not config.get("mlp_bias")
            )
            shape = cls(
                width=int(config["hidden_size"]),  # type: ignore[call-overload]
                layers=int(config["num_hidden_layers"]),  # type: ignore[call-overload]
                heads=int(config["num_attention_heads"]),  # type: ignore[call-overload]
                inner=int(config["intermediate_size"]),  # type: ignore[call-overload]
                vocabulary=int(config["vocab_size"]),  # type: ignore[call-overload]
                positions=int(config["max_position_embeddings"]),  # type: ignore[call-overload]
                epsilon=float(config["rms_norm_eps"]),  # type: ignore[arg-type]
                theta=float(rope["rope_theta"]),  # type: ignore[index]
            )
        except (KeyError, TypeError, ValueError) as error:
            raise ModelError(
                f"the model's config.json lacks a usable {error}", "Copy the model folder again."
            ) from error
        if not plain:
            raise ModelError(
                "the embedded engine runs plain Llama models with tied embeddings only",
                "Name the model with AISLE_MODEL, which loads any architecture.",
            )
        return shape

    @property
    def head_width(self) -> int:
        """Width of one attention head."""
        return self.width // self.heads


class Product:
    """A linear layer without bias: 32-bit weights for many rows, 8-bit ones for a single row."""

    def __init__(self, weight: Tensor, *, quantised: bool) -> None:
        self._weight = weight.contiguous()
        self._packed: tuple[Tensor, Tensor] | None = None
        if quantised:
            scale = weight.abs().amax(dim=1).clamp_min(1e-8) / 127
            self._packed = ((weight / scale[:, None]).round().to(torch.int8).contiguous(), scale.bfloat16())

    def __call__(self, rows: Tensor) -> Tensor:
        """(rows, inputs) -> (rows, outputs), 32-bit."""
        if self._packed is None or rows.shape[0] > 1:
            return functional.linear(rows, self._weight)
        return torch._weight_int8pack_mm(rows.bfloat16(), *self._packed).float()

    def rows(self, ids: Tensor) -> Tensor:
        """Weight rows by index: the embedding of `ids`."""
        return functional.embedding(ids, self._weight)


@dataclass(frozen=True, slots=True)
class _Layer:
    attend: Product  # query, key, value
    attended: Product
    grow: Product  # gate, up
    shrink: Product
    first_scale: Tensor
    second_scale: Tensor


class Cache:
    """Keys and values of one reply, (layers, 2, heads, positions, head width); `length` positions are filled."""

    def __init__(self, shape: LlamaShape, positions: int) -> None:
        self.values = torch.empty(shape.layers, 2, shape.heads, positions, shape.head_width)
        self.length = 0


class Llama:
    """The network. Stateless but for its weights: any number of caches may be in use at once."""

    def __init__(self, shape: LlamaShape, tensors: Mapping[str, Tensor], *, quantised: bool = True) -> None:
        """Takes the tensors of a Hugging Face checkpoint by their names. Raises ModelError where one is absent or misshapen."""
        self.shape = shape
        try:
            self._build(shape, {name: tensor.float() for name, tensor in tensors.items()}, quantised)
        except (KeyError, RuntimeError) as error:
            raise ModelError(
                f"the model's weights do not fit its config.json: {error}", "Copy the model folder again."
            ) from error

    def _build(self, shape: LlamaShape, tensors: Mapping[str, Tensor], quantised: bool) -> None:
        self._vocabulary = Product(
            tensors["model.embed_tokens.weight"].view(shape.vocabulary, shape.width), quantised=quantised
        )
        self._last_scale = tensors["model.norm.weight"]
        self._layers = [_layer(tensors, f"model.layers.{index}.", quantised) for index in range(shape.layers)]
        frequencies = shape.theta ** (-torch.arange(0, shape.head_width, 2).float() / shape.head_width)
        angles = torch.outer(torch.arange(shape.positions).float(), frequencies)
        self._cosine = torch.cat((angles, angles), -1).cos()
        sine = angles.sin()
        self._sine = torch.cat((-sine, sine), -1)

    def forward(self, ids: Tensor, cache: Cache) -> Tensor:
        """Reads `ids`, shape (count,), after what `cache` holds; returns the logits after the last, (vocabulary,)."""
        return self.all_logits(ids, cache, last_only=True)[-1]

    def all_logits(self, ids: Tensor, cache: Cache, *, last_only: bool = False) -> Tensor:
        """Logits after each of `ids`, (count, vocabulary), or after the last alone, (1, vocabulary)."""
        start, end = cache.length, cache.length + ids.shape[0]
        cosine, sine = self._cosine[start:end, None], self._sine[start:end, None]
        hidden = self._vocabulary.rows(ids)
        for index, layer in enumerate(self._layers):
            hidden = self._layer(layer, hidden, cosine, sine, cache.values[index], start)
        cache.length = end
        if last_only:
            hidden = hidden[-1:]
        return self._vocabulary(self._normalised(hidden, self._last_scale))

    def _layer(self, layer: _Layer, hidden: Tensor, cosine: Tensor, sine: Tensor, cache: Tensor, start: int) -> Tensor:
        count, shape = hidden.shape[0], self.shape
        end = start + count
        mixed = layer.attend(self._normalised(hidden, layer.first_scale)).view(count, 3 * shape.heads, shape.head_width)
        turned = mixed[:, : 2 * shape.heads]
        half = shape.head_width // 2
        turned = torch.addcmul(turned * cosine, torch.cat((turned[..., half:], turned[..., :half]), -1), sine)
        cache[0, :, start:end] = turned[:, shape.heads :].transpose(0, 1)
        cache[1, :, start:end] = mixed[:, 2 * shape.heads :].transpose(0, 1)
        attended = functional.scaled_dot_product_attention(
            turned[:, : shape.heads].transpose(0, 1)[None],
            cache[0, :, :end][None],
            cache[1, :, :end][None],
            attn_mask=_later_masked(count, end) if count > 1 and start else None,
            is_causal=count > 1 and not start,
        )
        hidden = hidden + layer.attended(attended[0].transpose(0, 1).reshape(count, shape.width))
        grown = layer.grow(self._normalised(hidden, layer.second_scale))
        return hidden + layer.shrink(functional.silu(grown[:, : shape.inner]).mul_(grown[:, shape.inner :]))

    def _normalised(self, hidden: Tensor, scale: Tensor) -> Tensor:
        mean = torch.linalg.vecdot(hidden, hidden)[:, None] / self.shape.width
        return hidden * torch.rsqrt(mean + self.shape.epsilon) * scale


def _layer(tensors: Mapping[str, Tensor], prefix: str, quantised: bool) -> _Layer:
    def product(*names: str) -> Product:
        return Product(torch.cat([tensors[f"{prefix}{name}.weight"] for name in names]), quantised=quantised)

    return _Layer(
        attend=product("self_attn.q_proj", "self_attn.k_proj", "self_attn.v_proj"),
        attended=product("self_attn.o_proj"),
        grow=product("mlp.gate_proj", "mlp.up_proj"),
        shrink=product("mlp.down_proj"),
        first_scale=tensors[f"{prefix}input_layernorm.weight"],
        second_scale=tensors[f"{prefix}post_attention_layernorm.weight"],
    )


def _later_masked(count: int, end: int) -> Tensor:
    """True where row i of the last `count` positions may look: at itself and before."""
    return torch.ones(count, end, dtype=torch.bool).tril(end - count)


def merged(tensors: Mapping[str, Tensor], adapter: Mapping[str, Tensor], scale: float) -> dict[str, Tensor]:
    """`tensors` with a LoRA adapter added: W + scale * B A (https://arxiv.org/abs/2106.09685).

    Raises ModelError for a part of the adapter that has no place in the model.
    """
    result = {name: tensor.float() for name, tensor in tensors.items()}
    for key in adapter:
        if not key.endswith(".lora_A.weight"):
            if not key.endswith(".lora_B.weight"):
                raise ModelError(
                    f"the adapter holds {key}, which is not LoRA", "Use an adapter made by `aisle train adapter`."
                )
            continue
        name = key.removeprefix("base_model.model.").replace(".lora_A.weight", ".weight")
        change = scale * (adapter[key.replace("lora_A", "lora_B")].float() @ adapter[key].float())
        if name not in result or result[name].shape != change.shape:
            raise ModelError(f"the adapter's {name} does not fit the model", "Train the adapter again on this model.")
        result[name] = result[name] + change
    return result
