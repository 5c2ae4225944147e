"""How likely a model finds what somebody wrote, and that an adapter changes it, on every local engine."""

from __future__ import annotations

import math
import shutil
from pathlib import Path

import numpy as np
import pytest
import torch
from peft import IA3Config, LoraConfig, PeftModel, PrefixTuningConfig
from tokenizers import Tokenizer
from transformers import AutoModelForCausalLM, LlamaForCausalLM

from assistant.adapters.adapter import WEIGHTS_FILE
from assistant.language_model.embedded_model import PROMPT_TOKENS, EmbeddedModel
from assistant.language_model.language_model import ForetellingModel
from assistant.language_model.llama import Cache
from assistant.language_model.model_files import read_model
from assistant.language_model.prompt import Prompt, PromptTurn
from assistant.language_model.prompt_tokens import prompt_ids
from assistant.language_model.transformers_model import TransformersModel
from retrieval.errors import AdapterError, ModelError
from tests.unit.adapter_folders import write_adapter
from tests.unit.model_folders import write_models

REPLIES = ("It costs little.", "Sorry!", "The kettle is in stock and costs little.")
ASKED = PromptTurn("how much is the kettle", (), ())
PROMPT = Prompt("Be brief.", (PromptTurn("hi", (), (), "Hello."), ASKED))


@pytest.fixture(scope="module")
def folders(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    return write_models(tmp_path_factory.mktemp("models"))


def opened(name: str, folder: Path, adapter: Path | None = None) -> ForetellingModel:
    return EmbeddedModel.open(folder, adapter) if name == "embedded" else TransformersModel.open(str(folder), adapter)


@pytest.mark.parametrize("name", ["embedded", "llama", "gpt2"])
def test_every_token_of_a_reply_and_its_end_count_once(name: str, folders: dict[str, Path]) -> None:
    found = opened(name, folders[name]).likelihoods(PROMPT, REPLIES)
    assert len(found) == len(REPLIES)
    assert all((logs < 0).all() for logs in found)
    lengths = [len(logs) for logs in found]
    assert lengths[0] < lengths[2]
    alone = opened(name, folders[name]).likelihoods(PROMPT, REPLIES[:1])
    np.testing.assert_allclose(alone[0], found[0], atol=1e-6)


def test_the_embedded_engine_agrees_with_transformers(folders: dict[str, Path]) -> None:
    tokenizer = Tokenizer.from_file(str(folders["embedded"] / "tokenizer.json"))
    asked = prompt_ids(tokenizer, PROMPT.turns, PROMPT_TOKENS)
    told = [*tokenizer.encode(REPLIES[0]).ids, tokenizer.token_to_id("<|end|>")]
    reference = LlamaForCausalLM.from_pretrained(folders["embedded"], dtype=torch.float32).eval()
    with torch.inference_mode():
        logs = torch.log_softmax(reference(torch.tensor([asked + told])).logits[0].double(), -1)
    expected = [float(logs[len(asked) - 1 + place, token]) for place, token in enumerate(told)]
    found = EmbeddedModel.open(folders["embedded"]).likelihoods(PROMPT, REPLIES[:1])[0]
    np.testing.assert_allclose(found, expected, atol=1e-4)


def test_a_template_is_read_as_it_renders(folders: dict[str, Path]) -> None:
    model = AutoModelForCausalLM.from_pretrained(folders["llama"], dtype=torch.float32).eval()
    served = TransformersModel.open(str(folders["llama"]))
    asked = served._inputs(PROMPT, 60)[0]
    told = served._tokenizer("Sorry!<eos>", add_special_tokens=False)["input_ids"]
    with torch.inference_mode():
        labels = torch.cat([torch.full_like(asked, -100), torch.tensor([told])], 1)
        loss = model(torch.cat([asked, torch.tensor([told])], 1), labels=labels).loss
    assert math.isclose(float(-served.likelihoods(PROMPT, ["Sorry!"])[0].mean()), float(loss), abs_tol=1e-4)


@pytest.mark.parametrize("name", ["llama", "gpt2"])
def test_what_is_read_once_counts_for_every_reply(name: str, folders: dict[str, Path]) -> None:
    model = AutoModelForCausalLM.from_pretrained(folders[name], dtype=torch.float32).eval()
    served = TransformersModel.open(str(folders[name]))
    for reply, found in zip(REPLIES, served.likelihoods(PROMPT, REPLIES), strict=True):
        asked, told = served._inputs(PROMPT, 60)[0], torch.tensor([served._told(PROMPT, reply)])
        with torch.inference_mode():
            logs = torch.log_softmax(model(torch.cat([asked, told], 1)).logits[0].double(), -1)
        expected = logs[asked.shape[1] - 1 : -1].gather(1, told.T)[:, 0]
        np.testing.assert_allclose(found, expected.numpy(), atol=1e-4)


@pytest.mark.filterwarnings("ignore:.is_gradient_checkpointing. is deprecated:FutureWarning")
@pytest.mark.parametrize(
    "config",
    [
        LoraConfig(r=4, target_modules=["q_proj", "v_proj"], task_type="CAUSAL_LM"),
        LoraConfig(r=4, target_modules=["v_proj"], use_dora=True, task_type="CAUSAL_LM"),
        IA3Config(
            target_modules=["k_proj", "down_proj"], feedforward_modules=["down_proj"], task_type="CAUSAL_LM"
        ),
        PrefixTuningConfig(num_virtual_tokens=3, task_type="CAUSAL_LM"),
    ],
    ids=["LoRA", "DoRA", "IA3", "prefix tuning"],
)  # fmt: skip
def test_an_adapter_of_every_method_changes_what_is_likely(
    config: LoraConfig, folders: dict[str, Path], tmp_path: Path
) -> None:
    base = AutoModelForCausalLM.from_pretrained(folders["llama"], dtype=torch.float32)
    shutil.copytree(folders["llama"], tmp_path / "base")
    adapter = write_adapter(base, config, tmp_path / "made")
    before = TransformersModel.open(str(tmp_path / "base")).likelihoods(PROMPT, REPLIES)
    after = TransformersModel.open(str(tmp_path / "base"), adapter)
    assert after.name.endswith("+made")
    assert all(
        not np.allclose(one, other, atol=1e-3)
        for one, other in zip(before, after.likelihoods(PROMPT, REPLIES), strict=True)
    )
    (adapter / WEIGHTS_FILE).write_bytes((adapter / WEIGHTS_FILE).read_bytes()[:-50])
    with pytest.raises(AdapterError, match="only in part"):
        TransformersModel.open(str(tmp_path / "base"), adapter)


@pytest.mark.filterwarnings("ignore:.is_gradient_checkpointing. is deprecated:FutureWarning")
@pytest.mark.parametrize(
    "config",
    [
        LoraConfig(r=4, target_modules="all-linear", task_type="CAUSAL_LM"),
        LoraConfig(r=4, target_modules=["q_proj", "up_proj"], use_rslora=True, task_type="CAUSAL_LM"),
        LoraConfig(r=4, target_modules=["v_proj", "down_proj"], use_dora=True, task_type="CAUSAL_LM"),
        IA3Config(target_modules=["k_proj", "down_proj"], feedforward_modules=["down_proj"], task_type="CAUSAL_LM"),
    ],
    ids=["LoRA", "rsLoRA", "DoRA", "IA3"],
)  # fmt: skip
def test_the_embedded_engine_merges_as_peft_does(config: LoraConfig, folders: dict[str, Path], tmp_path: Path) -> None:
    base = LlamaForCausalLM.from_pretrained(folders["embedded"], dtype=torch.float32)
    adapter = write_adapter(base, config, tmp_path / "made")
    merged = PeftModel.from_pretrained(
        LlamaForCausalLM.from_pretrained(folders["embedded"], dtype=torch.float32), adapter
    ).merge_and_unload()
    ids = list(range(300, 320))
    with torch.inference_mode():
        expected = merged.eval()(torch.tensor([ids])).logits[0].numpy()
    found = Cache(read_model(folders["embedded"], adapter, quantised=False).network, 20).read_all(ids)
    np.testing.assert_allclose(found, expected, atol=1e-4, rtol=0)


@pytest.mark.filterwarnings("ignore:.is_gradient_checkpointing. is deprecated:FutureWarning")
def test_what_the_embedded_engine_cannot_run_is_told(folders: dict[str, Path], tmp_path: Path) -> None:
    base = LlamaForCausalLM.from_pretrained(folders["embedded"], dtype=torch.float32)
    prefix = write_adapter(base, PrefixTuningConfig(num_virtual_tokens=3, task_type="CAUSAL_LM"), tmp_path / "made")
    with pytest.raises(ModelError, match="PREFIX_TUNING"):
        EmbeddedModel.open(folders["embedded"], prefix)
