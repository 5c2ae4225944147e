"""LlamaGraph: writes a Llama-architecture model as an ONNX graph for onnxruntime.

Per layer the graph holds ten nodes, among them onnxruntime's own contributed operators: grouped-query attention with rotary
positions and a cache in one node, a residual sum with its normalization in one, and products with 8-bit or 4-bit weights and
8-bit activations. A decoding step of a small model has much overhead per node, so fewer, larger nodes are faster.

`llama_graph` is the whole model, from ids to logits. `body_graph` and `head_graph` are its two parts, for an engine that looks
up embeddings itself and projects onto the vocabulary only when it needs all of it.

Architecture: https://arxiv.org/abs/2302.13971; grouped-query attention: https://arxiv.org/abs/2305.13245; rotary positions:
https://arxiv.org/abs/2104.09864; operators: https://github.com/microsoft/onnxruntime/blob/main/docs/ContribOperators.md.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray
from onnx import NodeProto, TensorProto, ValueInfoProto, helper, numpy_helper

from assistant.language_model.llama_shape import LlamaShape
from assistant.language_model.quantization import BLOCK, Bits, Blocks, can_quantize, quantize

Weights = Mapping[str, NDArray[np.float32]]
"""The tensors of a Hugging Face checkpoint by their names."""

Table = NDArray[np.float32] | Blocks
"""The embedding table (vocabulary, width), which is also the head."""

EMBEDDINGS = "model.embed_tokens.weight"
"""Name of the embedding table in a checkpoint."""

IDS, LENGTHS, TOTAL, SHOWN, LOGITS = "ids", "lengths", "total", "shown", "logits"
EMBEDDED, HIDDEN = "embedded", "hidden"
_CONTRIB = "com.microsoft"
_IR_VERSION = 10
_OPSET = 21
_value = helper.make_tensor_value_info


def cache_names(layer: int) -> tuple[str, str, str, str]:
    """Names of a layer's keys and values, as they go in and as they come out."""
    return f"keys_{layer}", f"values_{layer}", f"new_keys_{layer}", f"new_values_{layer}"


def llama_graph(shape: LlamaShape, weights: Weights, *, bits: Bits) -> bytes:
    """Return the whole model as serialized ONNX; the head has the bits of the other weights, the embeddings 32.

    Inputs: `ids` (1, count), `lengths` (1,) and `total` (), the positions filled after this step less one and in all,
    `shown`, the places among `ids` after which logits are wanted, and the caches (1, kv heads, positions, head width).
    Outputs: `logits` (1, shown, vocabulary) and the caches.
    Raises KeyError for an absent tensor, ValueError for a misshapen one.
    """
    graph = _Graph()
    table = _tensor(weights, EMBEDDINGS, (shape.vocabulary, shape.width))
    embedded = graph.node("Gather", [graph.constant("embeddings", table), IDS], EMBEDDED)
    normal = graph.node("Gather", [_Body(graph, shape, weights, bits).add(embedded), SHOWN], "normal_shown", axis=1)
    graph.product(normal, table, "vocabulary", bits, LOGITS)
    return graph.serialized(
        [_value(IDS, TensorProto.INT64, (1, "count")), _value(SHOWN, TensorProto.INT64, ("shown",)), *_state(shape)],
        [_value(LOGITS, TensorProto.FLOAT, (1, "shown", shape.vocabulary)), *_caches(shape, 2)],
    )


def body_graph(shape: LlamaShape, weights: Weights, *, bits: Bits) -> bytes:
    """Return the layers and the last normalization as serialized ONNX.

    Inputs: `embedded` (1, count, width), and `lengths`, `total` and the caches as in `llama_graph`.
    Outputs: `hidden` (1, count, width) and the caches.
    Raises KeyError for an absent tensor, ValueError for a misshapen one.
    """
    graph = _Graph()
    graph.rename(_Body(graph, shape, weights, bits).add(EMBEDDED), HIDDEN)
    rows = (1, "count", shape.width)
    return graph.serialized(
        [_value(EMBEDDED, TensorProto.FLOAT, rows), *_state(shape)],
        [_value(HIDDEN, TensorProto.FLOAT, rows), *_caches(shape, 2)],
    )


def head_graph(table: Table) -> bytes:
    """Return the projection of `hidden` (count, width) onto `logits` (count, vocabulary) as serialized ONNX."""
    graph = _Graph()
    graph.product(HIDDEN, table, "vocabulary", 32, LOGITS)
    vocabulary, width = table.shape
    return graph.serialized(
        [_value(HIDDEN, TensorProto.FLOAT, ("count", width))],
        [_value(LOGITS, TensorProto.FLOAT, ("count", vocabulary))],
    )


class _Graph:
    """Nodes and constants of a graph under construction."""

    def __init__(self) -> None:
        self._nodes: list[NodeProto] = []
        self._constants: list[TensorProto] = []

    def constant(self, name: str, value: NDArray[np.generic]) -> str:
        self._constants.append(numpy_helper.from_array(np.ascontiguousarray(value), name))
        return name

    def node(self, kind: str, inputs: list[str], output: str | list[str], domain: str = "", **attributes: float) -> str:
        """Add a node; return the name of its first output."""
        outputs = [output] if isinstance(output, str) else output
        self._nodes.append(helper.make_node(kind, inputs, outputs, domain=domain, **attributes))  # type: ignore[arg-type]
        return outputs[0]

    def rename(self, output: str, name: str) -> None:
        """Call the output of the last node `name`."""
        self._nodes[-1].output[:] = [name if old == output else old for old in self._nodes[-1].output]

    def product(self, rows: str, weight: NDArray[np.float32] | Blocks, name: str, bits: Bits, output: str = "") -> str:
        """Multiply `rows` by the transpose of `weight` (outputs, inputs), quantized if `bits` asks for it."""
        output = output or f"{name}_product"
        if not isinstance(weight, Blocks):
            if not can_quantize(weight, bits):
                return self.node("MatMul", [rows, self.constant(name, weight.T)], output)
            weight = quantize(weight, bits)
        outputs, inputs = weight.shape
        packed, scales = self.constant(f"{name}_packed", weight.packed), self.constant(f"{name}_scales", weight.scales)
        return self.node(
            "MatMulNBits", [rows, packed, scales], output, domain=_CONTRIB, K=inputs, N=outputs, bits=weight.bits,
            block_size=BLOCK[weight.bits], accuracy_level=4,
        )  # fmt: skip

    def serialized(self, inputs: list[ValueInfoProto], outputs: list[ValueInfoProto]) -> bytes:
        graph = helper.make_graph(self._nodes, "llama", inputs, outputs, self._constants)
        opsets = [helper.make_opsetid("", _OPSET), helper.make_opsetid(_CONTRIB, 1)]
        return bytes(helper.make_model(graph, opset_imports=opsets, ir_version=_IR_VERSION).SerializeToString())


class _Body:
    """The layers of a model, added to a graph."""

    def __init__(self, graph: _Graph, shape: LlamaShape, weights: Weights, bits: Bits) -> None:
        self._graph = graph
        self._shape = shape
        self._weights = weights
        self._bits = bits

    def add(self, hidden: str) -> str:
        """Add all layers; return the name of the normalized result."""
        shape = self._shape
        self._rotary_tables()
        normal = self._graph.node(
            "SimplifiedLayerNormalization", [hidden, self._scale("model.layers.0.input_layernorm")], "first",
            axis=-1, epsilon=shape.epsilon, stash_type=1,
        )  # fmt: skip
        for layer in range(shape.layers):
            hidden, normal = self._layer(layer, hidden, normal)
        return normal

    def _layer(self, layer: int, hidden: str, normal: str) -> tuple[str, str]:
        shape, prefix, graph = self._shape, f"model.layers.{layer}", self._graph
        queries, keys = shape.heads * shape.head_width, shape.kv_heads * shape.head_width
        sizes = {"q_proj": queries, "k_proj": keys, "v_proj": keys}
        mixing = [self._matrix(f"{prefix}.self_attn.{name}", size, shape.width) for name, size in sizes.items()]
        attended = self._attention(layer, self._product(normal, np.concatenate(mixing), f"mix_{layer}"))
        closing = self._matrix(f"{prefix}.self_attn.o_proj", shape.width, queries)
        out = self._product(attended, closing, f"attended_{layer}")
        hidden, normal = self._add(hidden, out, f"{prefix}.post_attention_layernorm", f"middle_{layer}")
        growing = [self._matrix(f"{prefix}.mlp.{name}_proj", shape.inner, shape.width) for name in ("gate", "up")]
        grown = self._product(normal, np.concatenate(growing), f"grow_{layer}")
        gate, up = f"gate_{layer}", f"up_{layer}"
        graph.node("Split", [grown], [gate, up], axis=-1, num_outputs=2)
        opened = graph.node("QuickGelu", [gate], f"opened_{layer}", domain=_CONTRIB, alpha=1.0)
        gated = graph.node("Mul", [opened, up], f"gated_{layer}")
        shrinking = self._matrix(f"{prefix}.mlp.down_proj", shape.width, shape.inner)
        last = layer + 1 == shape.layers
        following = "model.norm" if last else f"model.layers.{layer + 1}.input_layernorm"
        return self._add(hidden, self._product(gated, shrinking, f"shrink_{layer}"), following, f"end_{layer}")

    def _attention(self, layer: int, mixed: str) -> str:
        keys, values, new_keys, new_values = cache_names(layer)
        inputs = [mixed, "", "", keys, values, LENGTHS, TOTAL, "cosine", "sine"]
        return self._graph.node(
            "GroupQueryAttention", inputs, [f"attention_{layer}", new_keys, new_values], domain=_CONTRIB,
            num_heads=self._shape.heads, kv_num_heads=self._shape.kv_heads, do_rotary=1, rotary_interleaved=0,
        )  # fmt: skip

    def _add(self, hidden: str, change: str, norm: str, name: str) -> tuple[str, str]:
        """Return the names of the sum of both, and of the sum normalized."""
        total, normal = f"{name}_sum", f"{name}_normal"
        self._graph.node(
            "SkipSimplifiedLayerNormalization", [hidden, change, self._scale(norm)], [normal, "", "", total],
            domain=_CONTRIB, epsilon=self._shape.epsilon,
        )  # fmt: skip
        return total, normal

    def _product(self, rows: str, weight: NDArray[np.float32], name: str) -> str:
        return self._graph.product(rows, weight, name, self._bits)

    def _rotary_tables(self) -> None:
        shape = self._shape
        frequencies = shape.theta ** (-np.arange(0, shape.head_width, 2, dtype=np.float32) / shape.head_width)
        angles = np.outer(np.arange(shape.positions, dtype=np.float32), frequencies)
        self._graph.constant("cosine", np.cos(angles))
        self._graph.constant("sine", np.sin(angles))

    def _matrix(self, name: str, outputs: int, inputs: int) -> NDArray[np.float32]:
        return _tensor(self._weights, f"{name}.weight", (outputs, inputs))

    def _scale(self, norm: str) -> str:
        return self._graph.constant(norm, _tensor(self._weights, f"{norm}.weight", (self._shape.width,)))


def _tensor(weights: Weights, name: str, expected: tuple[int, ...]) -> NDArray[np.float32]:
    tensor = weights[name]
    if tensor.shape != expected:
        raise ValueError(f"{name} has the shape {tensor.shape}, not {expected}")
    return tensor


def _state(shape: LlamaShape) -> list[ValueInfoProto]:
    """The inputs that say where in the cache a step writes, and the caches."""
    return [_value(LENGTHS, TensorProto.INT32, (1,)), _value(TOTAL, TensorProto.INT32, ()), *_caches(shape, 0)]


def _caches(shape: LlamaShape, first: int) -> list[ValueInfoProto]:
    """The caches as they go in (`first` 0) or come out (`first` 2)."""
    size = (1, shape.kv_heads, "positions", shape.head_width)
    names = [name for layer in range(shape.layers) for name in cache_names(layer)[first : first + 2]]
    return [_value(name, TensorProto.FLOAT, size) for name in names]
