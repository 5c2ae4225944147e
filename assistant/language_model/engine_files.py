"""EngineFiles: a base model with its adapter merged in, quantized once and kept on disk, so that later starts take a second."""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import shutil
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from safetensors import SafetensorError
from safetensors.numpy import load_file, save_file
from tokenizers import Tokenizer

from assistant.language_model.llama_graph import EMBEDDINGS, Table, body_graph
from assistant.language_model.llama_shape import LlamaShape
from assistant.language_model.merging import merged
from assistant.language_model.model_files import read_json, read_tensors, read_tokenizer
from assistant.language_model.quantization import Bits, Blocks, can_quantize, quantize
from assistant.language_model.whole_folder import ensure_folder, sha256
from retrieval.errors import ModelError

BODY, _TABLE = "body.onnx", "embeddings.safetensors"
_LAYOUT = "2"
_HEAD_BITS = 8
"""Bits of the embeddings and the head where the layers have fewer: errors there go straight into the logits."""
_DRAFT_BITS = 4
_KEPT = 4
"""Quantized models kept in a cache: what serves now, what served before, and a trial of each."""
_AGAIN = "Copy the whole folder again, or remove it so that it is made again."


@dataclass(frozen=True, slots=True)
class EngineFiles:
    """What an engine runs: `body` is the graph of the layers, `ends` the tokens that end a reply.

    `table` holds the embeddings, `draft` the same in fewer bits, to find the likeliest tokens with half the memory traffic.
    """

    shape: LlamaShape
    body: Path
    table: Table
    draft: Table
    tokenizer: Tokenizer
    ends: tuple[int, ...]


def read_engine_files(base: Path, adapter: Path | None, bits: Bits, cache: Path) -> EngineFiles:
    """Read a Hugging Face folder of a plain Llama with an adapter in peft format; quantize it into `cache` if it isn't there.

    The key of the cache is the hash of every file that the result depends on. Raises ModelError that names the file which is
    missing, damaged or does not fit.
    """
    config = read_json(base / "config.json")
    shape = LlamaShape.from_config(config)
    tokenizer = read_tokenizer(_tokenizer_path(base, adapter))
    source = _source(base, adapter, bits)
    folder = cache / hashlib.sha256(json.dumps(source).encode()).hexdigest()[:16]
    ensure_folder(folder, source, lambda scratch: _fill(scratch, shape, base, adapter, bits))
    try:
        table, draft = _read_tables(folder / _TABLE)
    except (OSError, SafetensorError, KeyError):  # damaged, although the sizes are right
        shutil.rmtree(folder, ignore_errors=True)
        ensure_folder(folder, source, lambda scratch: _fill(scratch, shape, base, adapter, bits))
        table, draft = _read_tables(folder / _TABLE)
    _drop_old(cache, folder)
    if max(tokenizer.get_vocab().values()) >= table.shape[0]:
        raise ModelError(
            f"the tokenizer in {_tokenizer_path(base, adapter).parent} has more tokens than the model", _AGAIN
        )
    shape = replace(shape, vocabulary=table.shape[0])
    return EngineFiles(shape, folder / BODY, table, draft, tokenizer, _ends(base, config))


def _tokenizer_path(base: Path, adapter: Path | None) -> Path:
    """An adapter that adds tokens brings its own tokenizer."""
    own = adapter / "tokenizer.json" if adapter else None
    return own if own and own.is_file() else base / "tokenizer.json"


def _source(base: Path, adapter: Path | None, bits: Bits) -> dict[str, str]:
    files = {"config": base / "config.json", "weights": base / "model.safetensors"}
    if adapter:
        files["adapter"] = adapter / "adapter_model.safetensors"
        files["adapter_config"] = adapter / "adapter_config.json"
    return {"layout": _LAYOUT, "bits": str(bits), **{name: sha256(path) for name, path in files.items()}}


def _fill(folder: Path, shape: LlamaShape, base: Path, adapter: Path | None, bits: Bits) -> None:
    """Write the graph and the embedding table."""
    weights: Mapping[str, NDArray[np.float32]] = read_tensors(base / "model.safetensors")
    if adapter:
        settings = read_json(adapter / "adapter_config.json")
        weights = merged(weights, read_tensors(adapter / "adapter_model.safetensors"), settings)
    try:
        graph = body_graph(shape, weights, bits=bits)
        table = weights[EMBEDDINGS]
    except (KeyError, ValueError) as error:
        raise ModelError(f"the weights in {base} do not fit its config.json: {error}", _AGAIN) from error
    (folder / BODY).write_bytes(graph)
    if bits != 32 and can_quantize(table, _HEAD_BITS):
        blocks, draft = quantize(table, _HEAD_BITS), quantize(table, _DRAFT_BITS)
        tensors = {"packed": blocks.packed, "scales": blocks.scales}
        save_file(tensors | {"draft_packed": draft.packed, "draft_scales": draft.scales}, folder / _TABLE)
    else:
        save_file({"table": np.ascontiguousarray(table)}, folder / _TABLE)


def _read_tables(path: Path) -> tuple[Table, Table]:
    """Return the embeddings, and the same as a draft."""
    tensors = load_file(path)
    if "table" in tensors:
        return tensors["table"], tensors["table"]
    table = Blocks(tensors["packed"], tensors["scales"], _HEAD_BITS)
    return table, Blocks(tensors["draft_packed"], tensors["draft_scales"], _DRAFT_BITS)


def _drop_old(cache: Path, used: Path) -> None:
    """Keep the models used last. Another process that loses one here makes it again."""
    with contextlib.suppress(OSError):  # a read-only cache stays as it is
        os.utime(used)
        folders = [path for path in cache.iterdir() if path.is_dir() and not path.name.startswith(".")]
        for path in sorted(folders, key=lambda path: path.stat().st_mtime, reverse=True)[_KEPT:]:
            shutil.rmtree(path, ignore_errors=True)


def _ends(base: Path, config: Mapping[str, object]) -> tuple[int, ...]:
    path = base / "generation_config.json"
    named = (read_json(path) if path.is_file() else config).get("eos_token_id")
    listed = named if isinstance(named, list) else [named]
    return tuple(token for token in listed if isinstance(token, int))
