"""One contract for every engine: the embedded one, `transformers` with two other architectures, a real model server."""

from __future__ import annotations

import json
import os
import re
import shutil
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import httpx
import numpy as np
import pytest
import torch
from peft import PeftModel
from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers
from transformers import (
    GPT2Config,
    GPT2LMHeadModel,
    LlamaForCausalLM,
    PreTrainedTokenizerFast,
    Qwen2Config,
    Qwen2ForCausalLM,
)

from assistant.act import Act
from assistant.language_model.decoding import Draft, Sampler, is_plain
from assistant.language_model.embedded_model import EmbeddedModel
from assistant.language_model.language_model import Decoding, LanguageModel
from assistant.language_model.llama import Cache
from assistant.language_model.model_files import read_model
from assistant.language_model.models import open_language_model
from assistant.language_model.prompt import Prompt, PromptFact, PromptTurn
from assistant.language_model.remote_model import RemoteModel
from assistant.language_model.transformers_model import TransformersModel
from assistant.reference import REFERENCE_PATTERN
from assistant.settings import load_settings
from finetune.base import Shape, new_model
from finetune.checkpoint import save_model
from finetune.tokenizer import as_pretrained, train_tokenizer
from finetune.tuning.base_model import open_base
from finetune.tuning.methods import with_adapter
from finetune.tuning.recipe import Recipe
from retrieval.errors import ModelError, SettingsError, WritingError

SHAPE = Shape(width=64, layers=2, heads=2, inner=96, vocabulary=640)
LOCAL = ("embedded", "gpt2", "qwen2")
FACTS = (
    PromptFact("p1.name", "Tarn Kettle"),
    PromptFact("p1.price", "$39.00"),
    PromptFact("search.count", "3", "several"),
)
PROMPT = Prompt("Be brief.", (PromptTurn("kettles under 50 please", (Act.FOUND_PRODUCTS,), FACTS),))
LONG = Prompt("Be brief.", (*[PromptTurn("hm " * 400, (Act.LISTEN,), (), "Go on.") for _ in range(8)], *PROMPT.turns))
WILD = Decoding(max_tokens=30, temperature=3.0, top_p=1.0, seed=1)
PEFT_USES_OLD_NAME = pytest.mark.filterwarnings("ignore:.is_gradient_checkpointing. is deprecated:FutureWarning")

Folders = dict[str, Path]


@pytest.fixture(scope="module")
def folders(tmp_path_factory: pytest.TempPathFactory) -> Folders:
    """Tiny models with random weights in Hugging Face folders."""
    root = tmp_path_factory.mktemp("models")
    torch.manual_seed(0)
    tokenizer = train_tokenizer(["The kettle costs little and is in stock."] * 20, SHAPE.vocabulary)
    embedded = new_model(SHAPE, tokenizer)
    as_pretrained(tokenizer).save_pretrained(root / "embedded")
    save_model(embedded, root / "embedded")
    sizes = {"vocab_size": 400, "bos_token_id": 0, "eos_token_id": 0}
    _save(GPT2LMHeadModel(GPT2Config(n_embd=32, n_layer=2, n_head=2, n_positions=600, **sizes)), root / "gpt2", "")
    qwen = Qwen2Config(
        hidden_size=32, num_hidden_layers=2, num_attention_heads=2, num_key_value_heads=1, intermediate_size=48,
        max_position_embeddings=600, **sizes,
    )  # fmt: skip
    _save(Qwen2ForCausalLM(qwen), root / "qwen2", "{% for m in messages %}<{{ m.role }}>{{ m.content }}\n{% endfor %}")
    return {name: root / name for name in LOCAL}


def _save(model: GPT2LMHeadModel | Qwen2ForCausalLM, folder: Path, template: str) -> None:
    plain = Tokenizer(models.BPE())
    plain.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    plain.decoder = decoders.ByteLevel()
    alphabet = pre_tokenizers.ByteLevel.alphabet()
    trainer = trainers.BpeTrainer(
        vocab_size=400, special_tokens=["<eos>"], initial_alphabet=alphabet, show_progress=False
    )
    plain.train_from_iterator(["The {p1.name} costs {p1.price} at http://x.example, or 50% less."] * 20, trainer)
    tokenizer = PreTrainedTokenizerFast(tokenizer_object=plain, eos_token="<eos>")
    if template:
        tokenizer.chat_template = template
    tokenizer.save_pretrained(folder)
    model.save_pretrained(folder)


def open_local(name: str, folder: Path) -> LanguageModel:
    return EmbeddedModel.open(folder, cores=2) if name == "embedded" else TransformersModel.open(str(folder))


@pytest.fixture(scope="module")
def server(folders: Folders, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The URL of a real `transformers serve` process on this machine."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    log = tmp_path_factory.mktemp("server") / "log"
    program = Path(sys.executable).with_name("transformers")
    command = [str(program), "serve", str(folders["qwen2"]), "--host", "127.0.0.1", "--port", str(port)]
    with log.open("wb") as output:
        process = subprocess.Popen(command, stdout=output, stderr=output, env={**os.environ, "HF_HUB_OFFLINE": "1"})
    try:
        _wait_for(f"http://127.0.0.1:{port}/health", process, log)
        yield f"http://127.0.0.1:{port}/v1"
    finally:
        process.terminate()
        process.wait(timeout=30)


def _wait_for(url: str, process: subprocess.Popen[bytes], log: Path) -> None:
    for _ in range(480):
        if process.poll() is not None:
            pytest.skip(f"transformers serve does not start here: {log.read_text()[-400:]}")
        try:
            if httpx.get(url, timeout=2).is_success:
                return
        except httpx.HTTPError:
            pass
        time.sleep(0.5)
    pytest.fail(f"transformers serve did not answer: {log.read_text()[-400:]}")


@pytest.fixture(params=[*LOCAL, pytest.param("remote", marks=pytest.mark.slow)])
def model(request: pytest.FixtureRequest, folders: Folders) -> LanguageModel:
    if request.param == "remote":
        return RemoteModel.open(request.getfixturevalue("server"), str(folders["qwen2"]))
    return open_local(request.param, folders[request.param])


@pytest.fixture(params=LOCAL)
def local(request: pytest.FixtureRequest, folders: Folders) -> LanguageModel:
    return open_local(request.param, folders[request.param])


def written(model: LanguageModel, prompt: Prompt = PROMPT, decoding: Decoding = WILD) -> list[str]:
    return list(model.write(prompt, decoding, threading.Event()))


class TestContract:
    """What holds for every engine."""

    def test_a_reply_comes_in_pieces(self, model: LanguageModel) -> None:
        pieces = written(model)
        assert len(pieces) > 1
        assert all(pieces)
        assert model.name

    def test_cancelling_stops_it(self, model: LanguageModel) -> None:
        cancelled = threading.Event()
        reply = model.write(PROMPT, Decoding(max_tokens=400, temperature=3.0, top_p=1.0, seed=1), cancelled)
        next(reply)
        cancelled.set()
        assert len(list(reply)) <= 2

    def test_cancelled_before_it_begins_it_writes_nothing(self, model: LanguageModel) -> None:
        cancelled = threading.Event()
        cancelled.set()
        assert list(model.write(PROMPT, WILD, cancelled)) == []

    def test_a_reader_that_goes_away_leaves_the_next_one_unharmed(self, model: LanguageModel) -> None:
        reply = model.write(PROMPT, WILD, threading.Event())
        next(reply)
        reply.close()  # type: ignore[attr-defined]
        assert written(model)

    def test_customers_side_by_side_all_get_replies(self, model: LanguageModel) -> None:
        replies: list[list[str]] = []
        threads = [threading.Thread(target=lambda: replies.append(written(model)), daemon=True) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(timeout=120)
        assert len(replies) == 4
        assert all(replies)


class TestLocalContract:
    """What holds where this process decodes."""

    @pytest.mark.parametrize("seed", range(6))
    def test_only_references_of_this_turn_and_plain_text(self, local: LanguageModel, seed: int) -> None:
        text = "".join(written(local, decoding=Decoding(max_tokens=60, temperature=5.0, top_p=1.0, seed=seed)))
        assert set(REFERENCE_PATTERN.findall(text)) <= PROMPT.keys
        assert is_plain(REFERENCE_PATTERN.sub("", text))

    def test_without_facts_no_reference_is_opened(self, local: LanguageModel) -> None:
        prompt = Prompt("", (PromptTurn("hi", (Act.GREET,), ()),))
        assert "{" not in "".join(written(local, prompt, Decoding(max_tokens=80, temperature=5.0, top_p=1.0, seed=2)))

    def test_a_seed_repeats_a_reply(self, local: LanguageModel) -> None:
        assert written(local) == written(local)
        assert written(local) != written(local, decoding=Decoding(max_tokens=30, temperature=3.0, top_p=1.0, seed=9))

    def test_greedy_needs_no_seed(self, local: LanguageModel) -> None:
        greedy = Decoding(max_tokens=12, temperature=0.0)
        assert written(local, decoding=greedy) == written(local, decoding=greedy)

    def test_a_long_conversation_is_cut_and_not_refused(self, local: LanguageModel) -> None:
        assert written(local, LONG, Decoding(max_tokens=8, temperature=3.0, top_p=1.0, seed=1))

    def test_a_failure_surfaces_and_does_not_hang(self, local: LanguageModel, monkeypatch: pytest.MonkeyPatch) -> None:
        def fail(*_: object, **__: object) -> None:
            raise RuntimeError("out of memory")

        if isinstance(local, EmbeddedModel):
            monkeypatch.setattr(Cache, "step", fail)
        else:
            monkeypatch.setattr(local._model, "generate", fail)
        with pytest.raises(WritingError, match="out of memory"):
            written(local)

    @pytest.mark.parametrize("name", LOCAL)
    @pytest.mark.parametrize(
        "harm",
        [
            lambda folder: (folder / "model.safetensors").unlink(),
            lambda folder: (folder / "model.safetensors").write_bytes(
                (folder / "model.safetensors").read_bytes()[:2000]
            ),
            lambda folder: (folder / "config.json").unlink(),
            lambda folder: (folder / "tokenizer.json").write_text('{"version"'),
            shutil.rmtree,
        ],
        ids=["no weights", "half the weights", "no configuration", "broken tokenizer", "no folder"],
    )
    def test_a_half_copied_model_is_refused_with_the_next_step(
        self, name: str, harm: Callable[[Path], object], folders: Folders, tmp_path: Path
    ) -> None:
        folder = tmp_path / name
        shutil.copytree(folders[name], folder)
        harm(folder)
        with pytest.raises(ModelError) as caught:
            open_local(name, folder)
        assert str(folder) in caught.value.message
        assert caught.value.hint


class TestEmbedded:
    """The lean forward pass is the same function as that of `transformers`."""

    def test_logits_equal_those_of_transformers(self, folders: Folders) -> None:
        reference = LlamaForCausalLM.from_pretrained(folders["embedded"], dtype=torch.float32).eval()
        cache = Cache(read_model(folders["embedded"], quantised=False).network, 40)
        ids = torch.randint(0, SHAPE.vocabulary, (40,), generator=torch.Generator().manual_seed(1)).tolist()
        with torch.inference_mode():
            expected = reference(torch.tensor([ids])).logits[0].numpy()
        found = [*cache.read_all(ids[:25]), *(cache.step(token).copy() for token in ids[25:])]
        np.testing.assert_allclose(np.stack(found), expected, atol=1e-4, rtol=0)

    def test_greedy_decoding_equals_generate(self, folders: Folders) -> None:
        reference = LlamaForCausalLM.from_pretrained(folders["embedded"], dtype=torch.float32).eval()
        ids = torch.arange(300, 320)
        with torch.inference_mode():
            expected = reference.generate(
                ids[None], attention_mask=torch.ones(1, 20), max_new_tokens=20, do_sample=False
            )
        cache, tokens = Cache(read_model(folders["embedded"], quantised=False).network, 60), []
        logits = cache.read(ids.tolist())
        for _ in range(expected.shape[1] - 20):
            tokens.append(int(logits.argmax()))
            logits = cache.step(tokens[-1])
        assert tokens == expected[0, 20:].tolist()
        assert len(tokens) > 1

    def test_eight_bit_weights_change_little(self, folders: Folders) -> None:
        likely = []
        for quantised in (False, True):
            cache = Cache(read_model(folders["embedded"], quantised=quantised).network, 40)
            cache.read([300])
            logits = np.stack([cache.step(token).copy() for token in range(301, 330)])
            likely.append(np.exp(logits) / np.exp(logits).sum(-1, keepdims=True))
        assert np.abs(likely[0] - likely[1]).sum(-1).max() < 0.03

    def test_replies_side_by_side_do_not_mix(self, folders: Folders) -> None:
        network = read_model(folders["embedded"]).network
        apart = [_greedy(Cache(network, 40), start) for start in (300, 400)]
        both = [Cache(network, 40) for _ in apart]
        firsts = [int(cache.read([start]).argmax()) for cache, start in zip(both, (300, 400), strict=True)]
        woven: list[list[int]] = [[first] for first in firsts]
        for _ in range(11):
            for cache, tokens in zip(both, woven, strict=True):
                tokens.append(int(cache.step(tokens[-1]).argmax()))
        assert woven == apart

    @PEFT_USES_OLD_NAME
    def test_a_merged_adapter_equals_peft(self, folders: Folders, tmp_path: Path) -> None:
        adapted = with_adapter(open_base(str(folders["embedded"])), Recipe())
        with torch.no_grad():
            for name, parameter in adapted.named_parameters():
                if "lora_B" in name:
                    parameter.normal_(std=0.1, generator=torch.Generator().manual_seed(2))
        adapted.save_pretrained(tmp_path, save_embedding_layers=False)
        cache = Cache(read_model(folders["embedded"], tmp_path, quantised=False).network, 20)
        with torch.inference_mode():
            expected = adapted.eval()(torch.arange(300, 320)[None]).logits[0].numpy()
        np.testing.assert_allclose(cache.read_all(list(range(300, 320))), expected, atol=1e-4, rtol=0)
        assert isinstance(adapted, PeftModel)

    def test_other_architectures_are_sent_to_transformers(self, folders: Folders) -> None:
        with pytest.raises(ModelError, match=r"config\.json|Llama"):
            EmbeddedModel.open(folders["qwen2"])

    def test_a_tokenizer_without_the_prompts_tokens_is_refused(self, folders: Folders, tmp_path: Path) -> None:
        shutil.copytree(folders["embedded"], tmp_path / "other")
        shutil.copy(folders["gpt2"] / "tokenizer.json", tmp_path / "other")
        with pytest.raises(ModelError, match="tokenizer lacks"):
            EmbeddedModel.open(tmp_path / "other")


class TestRemote:
    """What can go wrong with a server."""

    def test_nothing_at_the_address(self) -> None:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            url = f"http://127.0.0.1:{free.getsockname()[1]}/v1"
        with pytest.raises(ModelError, match="does not answer") as caught:
            RemoteModel.open(url)
        assert "AISLE_MODEL_URL" in caught.value.hint
        with pytest.raises(WritingError, match="failed"):
            written(RemoteModel.open(url, "named"))

    @pytest.mark.parametrize("ending", ["breaks off", "is no JSON", "is an error"])
    def test_a_server_that_fails_midway(self, ending: str) -> None:
        with _small_server(ending) as url, pytest.raises(WritingError):
            written(RemoteModel.open(url, "tiny"))

    def test_without_a_name_the_first_listed_model_is_taken(self) -> None:
        with _small_server("is an error", listed=["alpha", "beta"]) as url:
            assert RemoteModel.open(url).name == "alpha"
        with _small_server("is an error", listed=[]) as url, pytest.raises(ModelError, match="lists no model"):
            RemoteModel.open(url)


class TestChoice:
    """The one place that chooses."""

    def test_a_folder_made_here_runs_embedded(self, folders: Folders) -> None:
        assert isinstance(open_language_model(load_settings(model=str(folders["embedded"]))), EmbeddedModel)

    def test_any_other_folder_runs_on_transformers(self, folders: Folders) -> None:
        assert isinstance(open_language_model(load_settings(model=str(folders["gpt2"]))), TransformersModel)

    def test_a_url_wins(self) -> None:
        settings = load_settings(model_url="http://127.0.0.1:9/v1", model="named")
        assert isinstance(open_language_model(settings), RemoteModel)
        with pytest.raises(SettingsError, match="AISLE_ADAPTER"):
            open_language_model(settings.model_copy(update={"adapter": "mine"}))


def test_the_sampler_keeps_to_top_p() -> None:
    sampler = Sampler(Decoding(temperature=1.0, top_p=0.6, seed=3))
    assert {sampler.draw([7, 8, 9], [2.0, 1.0, -3.0]) for _ in range(200)} == {7}
    wide = Sampler(Decoding(temperature=1.0, top_p=1.0, seed=3))
    assert {wide.draw([7, 8, 9], [0.0, 0.0, 0.0]) for _ in range(200)} == {7, 8, 9}


def test_a_run_of_six_tokens_is_not_said_twice() -> None:
    draft = Draft()
    for token in [1, 2, 3, 4, 5, 6, 9, 1, 2, 3, 4, 5]:
        draft.add(token, "")
    assert draft.bars(6, "")
    assert not draft.bars(7, "")


@pytest.mark.parametrize(
    ("text", "whole"),
    [("It is {p1.stock}.", True), ("Sure: {a1.text}", True), ("The ", False), ("It is {p1.price}", False)],
)
def test_a_reply_ends_with_a_sentence(text: str, whole: bool) -> None:
    draft = Draft()
    for token, piece in enumerate(re.split(r"(?<=[ }])", text)):
        draft.add(token, piece)
    assert draft.whole is whole


def test_a_link_is_not_put_together_from_harmless_pieces() -> None:
    draft = Draft()
    for token, text in enumerate(["see ", "ht", "t"]):
        draft.add(token, text)
    assert draft.bars(9, "ps")
    assert not draft.bars(9, "er")


def _greedy(cache: Cache, start: int) -> list[int]:
    tokens = [int(cache.read([start]).argmax())]
    for _ in range(11):
        tokens.append(int(cache.step(tokens[-1]).argmax()))
    return tokens


@contextmanager
def _small_server(ending: str, listed: Sequence[str] = ("tiny",)) -> Iterator[str]:
    """A server that lists models and begins a reply, which then goes wrong in the way of `ending`."""
    first = {"choices": [{"index": 0, "delta": {"content": "Well"}}], "id": "1", "object": "chat.completion.chunk"}
    bodies = {"breaks off": f"data: {json.dumps(first)}\n\n", "is no JSON": "data: {oh\n\n", "is an error": ""}

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self._send(
                200, "application/json", json.dumps({"object": "list", "data": [{"id": name} for name in listed]})
            )

        def do_POST(self) -> None:
            body = bodies[ending]
            self._send(500 if not body else 200, "text/event-stream", body, missing=10 if ending == "breaks off" else 0)

        def _send(self, status: int, kind: str, body: str, missing: int = 0) -> None:
            self.send_response(status)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(body) + missing))
            self.end_headers()
            self.wfile.write(body.encode())

        def log_message(self, *_: object) -> None:
            return None

    server = HTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/v1"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
