"""LlamaShape: the sizes of a small Llama-architecture model, with grouped-query attention or without, read from `config.json`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from retrieval.errors import ModelError


@dataclass(frozen=True, slots=True)
class LlamaShape:
    """Sizes from a model's `config.json`."""

    width: int
    layers: int
    heads: int
    kv_heads: int
    head_width: int
    inner: int
    vocabulary: int
    positions: int
    epsilon: float
    theta: float

    @classmethod
    def from_config(cls, config: Mapping[str, object]) -> LlamaShape:
        """Read a Hugging Face configuration. Raises ModelError for anything but a plain Llama with tied embeddings."""
        try:
            rope = config.get("rope_parameters") or {"rope_theta": config.get("rope_theta", 10000.0)}
            plain = (
                config["model_type"] == "llama"
                and config["tie_word_embeddings"] is True
                and config.get("hidden_act", "silu") == "silu"
                and rope.get("rope_type", "default") == "default"  # type: ignore[attr-defined]
                and not config.get("attention_bias")
                and not config.get("mlp_bias")
            )
            width, heads = int(config["hidden_size"]), int(config["num_attention_heads"])  # type: ignore[call-overload]
            shape = cls(
                width=width,
                layers=int(config["num_hidden_layers"]),  # type: ignore[call-overload]
                heads=heads,
                kv_heads=int(config.get("num_key_value_heads") or heads),  # type: ignore[arg-type]
                head_width=int(config.get("head_dim") or width // heads),  # type: ignore[arg-type]
                inner=int(config["intermediate_size"]),  # type: ignore[call-overload]
                vocabulary=int(config["vocab_size"]),  # type: ignore[call-overload]
                positions=int(config["max_position_embeddings"]),  # type: ignore[call-overload]
                epsilon=float(config["rms_norm_eps"]),  # type: ignore[arg-type]
                theta=float(rope["rope_theta"]),  # type: ignore[index]
            )
        except (KeyError, TypeError, ValueError, ZeroDivisionError) as error:
            raise ModelError(
                f"the model's config.json lacks a usable {error}", "Copy the model folder again."
            ) from error
        if not plain:
            raise ModelError(
                "the embedded engine runs plain Llama models with tied embeddings only",
                "Name the model with AISLE_MODEL, which loads any architecture.",
            )
        return shape
