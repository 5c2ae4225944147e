"""LlamaGraph: writes a Llama-architecture model as an ONNX graph for onnxruntime.

Per layer the graph holds ten nodes, those of onnxruntime's own contributed operators among them: attention with rotary positions
and a cache in one, a sum with the normalisation behind it in one, and products with 8-bit weights (blocks of 64, one scale each,
8-bit activations). A decoding step of a small model is nearly all overhead, and fewer, larger nodes are what removes it.

Architecture: https://arxiv.org/abs/2302.13971; rotary positions: https://arxiv.org/abs/2104.09864; operators:
https://github.com/microsoft/onnxruntime/blob/main/docs/ContribOperators.md.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray
from onnx import NodeProto, TensorProto, helper, numpy_helper

from assistant.language_model.llama_shape import LlamaShape

Weights = Mapping[str, NDArray[np.float32]]
"""The tensors of a Hugging Face checkpoint by their names."""

IDS, LENGTHS, TOTAL, SHOWN, LOGITS = "ids", "lengths", "total", "shown", "logits"
_BLOCK = 64
_CONTRIB = "com.microsoft"
_IR_VERSION = 10
_OPSET = 21


def cache_names(layer: int) -> tuple[str, str, str, str]:
    """Names of a layer's keys and values, as they go in and as they come out."""
    return f"keys_{layer}", f"values_{layer}", f"new_keys_{layer}", f"new_values_{layer}"


def llama_graph(shape: LlamaShape, weights: Weights, *, quantised: bool) -> bytes:
    """The model as serialised ONNX.

    Inputs: `ids` (1, count), `lengths` (1,) and `total` (), the positions filled after this step less one and in all,
    `shown`, the places among `ids` after which logits are wanted, and the caches (1, heads, positions, head width).
    Outputs: `logits` (1, shown, vocabulary) and the caches.
    Raises KeyError for an absent tensor, ValueError for a misshapen one.
    """
    return _Builder(shape, weights, quantised).build()


class _Builder:
    def __init__(self, shape: LlamaShape, weights: Weights, quantised: bool) -> None:
        self._shape = shape
        self._weights = weights
        self._quantised = quantised
        self._nodes: list[NodeProto] = []
        self._constants: list[TensorProto] = []

    def build(self) -> bytes:
        shape = self._shape
        self._rotary_tables()
        table = self._tensor("model.embed_tokens.weight", (shape.vocabulary, shape.width))
        hidden = self._node("Gather", [self._constant("embeddings", table), IDS], "hidden")
        normal = self._node(
            "SimplifiedLayerNormalization", [hidden, self._scale("model.layers.0.input_layernorm")], "first",
            axis=-1, epsilon=shape.epsilon, stash_type=1,
        )  # fmt: skip
        for layer in range(shape.layers):
            hidden, normal = self._layer(layer, hidden, normal)
        normal = self._node("Gather", [normal, SHOWN], "normal_shown", axis=1)
        self._product(normal, table, "vocabulary", output=LOGITS)
        return self._model()

    def _layer(self, layer: int, hidden: str, normal: str) -> tuple[str, str]:
        shape, prefix = self._shape, f"model.layers.{layer}"
        names = ("q_proj", "k_proj", "v_proj")
        mixing = np.concatenate([self._square(f"{prefix}.self_attn.{name}.weight") for name in names])
        mixed = self._product(normal, mixing, f"mix_{layer}")
        attended = self._attention(layer, mixed)
        out = self._product(attended, self._square(f"{prefix}.self_attn.o_proj.weight"), f"attended_{layer}")
        hidden, normal = self._add(hidden, out, f"{prefix}.post_attention_layernorm", f"middle_{layer}")
        inner = (shape.inner, shape.width)
        growing = np.concatenate(
            [self._tensor(f"{prefix}.mlp.{name}.weight", inner) for name in ("gate_proj", "up_proj")]
        )
        grown = self._product(normal, growing, f"grow_{layer}")
        gate, up = f"gate_{layer}", f"up_{layer}"
        self._nodes.append(helper.make_node("Split", [grown], [gate, up], axis=-1, num_outputs=2))
        opened = self._node("QuickGelu", [gate], f"opened_{layer}", domain=_CONTRIB, alpha=1.0)
        gated = self._node("Mul", [opened, up], f"gated_{layer}")
        shrinking = self._tensor(f"{prefix}.mlp.down_proj.weight", (shape.width, shape.inner))
        last = layer + 1 == shape.layers
        following = "model.norm" if last else f"model.layers.{layer + 1}.input_layernorm"
        return self._add(hidden, self._product(gated, shrinking, f"shrink_{layer}"), following, f"end_{layer}")

    def _attention(self, layer: int, mixed: str) -> str:
        keys, values, new_keys, new_values = cache_names(layer)
        inputs = [mixed, "", "", keys, values, LENGTHS, TOTAL, "cosine", "sine"]
        outputs = [f"attention_{layer}", new_keys, new_values]
        heads = self._shape.heads
        self._nodes.append(
            helper.make_node(
                "GroupQueryAttention", inputs, outputs, domain=_CONTRIB,
                num_heads=heads, kv_num_heads=heads, do_rotary=1, rotary_interleaved=0,
            )
        )  # fmt: skip
        return outputs[0]

    def _add(self, hidden: str, change: str, norm: str, name: str) -> tuple[str, str]:
        """The sum of both, and the sum normalised."""
        total, normal = f"{name}_sum", f"{name}_normal"
        self._nodes.append(
            helper.make_node(
                "SkipSimplifiedLayerNormalization", [hidden, change, self._scale(norm)], [normal, "", "", total],
                domain=_CONTRIB, epsilon=self._shape.epsilon,
            )
        )  # fmt: skip
        return total, normal

    def _product(self, rows: str, weight: NDArray[np.float32], name: str, output: str = "") -> str:
        output = output or f"{name}_product"
        outputs, inputs = weight.shape
        if not self._quantised or inputs % _BLOCK:
            return self._node("MatMul", [rows, self._constant(name, weight.T)], output)
        packed, scales = quantised(weight)
        names = [rows, self._constant(f"{name}_packed", packed), self._constant(f"{name}_scales", scales)]
        return self._node(
            "MatMulNBits",
            names,
            output,
            domain=_CONTRIB,
            K=inputs,
            N=outputs,
            bits=8,
            block_size=_BLOCK,
            accuracy_level=4,
        )

    def _rotary_tables(self) -> None:
        shape = self._shape
        frequencies = shape.theta ** (-np.arange(0, shape.head_width, 2, dtype=np.float32) / shape.head_width)
        angles = np.outer(np.arange(shape.positions, dtype=np.float32), frequencies)
        self._constant("cosine", np.cos(angles))
        self._constant("sine", np.sin(angles))

    def _square(self, name: str) -> NDArray[np.float32]:
        return self._tensor(name, (self._shape.width, self._shape.width))

    def _tensor(self, name: str, expected: tuple[int, ...]) -> NDArray[np.float32]:
        tensor = self._weights[name]
        if tensor.shape != expected:
            raise ValueError(f"{name} has the shape {tensor.shape}, not {expected}")
        return tensor

    def _scale(self, norm: str) -> str:
        return self._constant(norm, self._tensor(f"{norm}.weight", (self._shape.width,)))

    def _constant(self, name: str, value: NDArray[np.generic]) -> str:
        self._constants.append(numpy_helper.from_array(np.ascontiguousarray(value), name))
        return name

    def _node(self, kind: str, inputs: list[str], output: str, domain: str = "", **attributes: float) -> str:
        self._nodes.append(helper.make_node(kind, inputs, [output], domain=domain, **attributes))  # type: ignore[arg-type]
        return output

    def _model(self) -> bytes:
        shape = self._shape
        cache = (1, shape.heads, "positions", shape.head_width)
        names = [cache_names(layer) for layer in range(shape.layers)]
        value = helper.make_tensor_value_info
        inputs = [
            value(IDS, TensorProto.INT64, (1, "count")),
            value(LENGTHS, TensorProto.INT32, (1,)),
            value(TOTAL, TensorProto.INT32, ()),
            value(SHOWN, TensorProto.INT64, ("shown",)),
            *(value(name, TensorProto.FLOAT, cache) for layer in names for name in layer[:2]),
        ]
        outputs = [
            value(LOGITS, TensorProto.FLOAT, (1, "shown", shape.vocabulary)),
            *(value(name, TensorProto.FLOAT, cache) for layer in names for name in layer[2:]),
        ]
        graph = helper.make_graph(self._nodes, "llama", inputs, outputs, self._constants)
        opsets = [helper.make_opsetid("", _OPSET), helper.make_opsetid(_CONTRIB, 1)]
        return bytes(helper.make_model(graph, opset_imports=opsets, ir_version=_IR_VERSION).SerializeToString())


def quantised(weight: NDArray[np.float32]) -> tuple[NDArray[np.uint8], NDArray[np.float32]]:
    """8-bit blocks of each row, (outputs, blocks, block), with 128 for zero, and the scale of each block, (outputs, blocks)."""
    blocks = weight.reshape(weight.shape[0], -1, _BLOCK)
    scales = np.maximum(np.abs(blocks).max(-1), 1e-12) / 127
    packed = np.clip(np.rint(blocks / scales[..., None]) + 128, 0, 255).astype(np.uint8)
    return packed, scales.astype(np.float32)
