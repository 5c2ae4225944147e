"""Tuning: what counts, what moves, what stays, and that a run gives the same however it came about."""

from __future__ import annotations

import json
import random
import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from safetensors.torch import load_file
from transformers import AutoTokenizer, Qwen2Config, Qwen2ForCausalLM

from assistant.act import Act
from assistant.adapters.adapter import Adapter
from assistant.adapters.fitting import check_fits
from assistant.language_model.chat_tokens import chat_ids, context_length
from assistant.language_model.embedded_model import PROMPT_TOKENS
from assistant.language_model.language_model import Decoding
from assistant.language_model.prompt import END, Prompt, PromptFact, PromptTurn
from assistant.language_model.prompt_tokens import prompt_ids
from finetune.batches import always, pad, parts_of, steps
from finetune.example import Example, merged
from finetune.noise import drawing
from finetune.optimizing import weighted_loss
from finetune.tuning.adapter_folder import write_adapter
from finetune.tuning.base_model import BaseModel, open_base
from finetune.tuning.checkpoint import Checkpoints, Course, learning
from finetune.tuning.losses import loss_for, whole_loss
from finetune.tuning.methods import with_adapter
from finetune.tuning.processes import Processes
from finetune.tuning.recipe import Method, Recipe
from finetune.tuning.search import search
from finetune.tuning.tuning import Noted, Tuning
from retrieval.errors import FeedError, ModelError, SettingsError
from tests.unit.tiny_models import CHAT, SHAPE, saved, tiny_embedded, tiny_qwen2

pytestmark = pytest.mark.filterwarnings("ignore:.is_gradient_checkpointing. is deprecated:FutureWarning")
REPLIES = ("Hello! The {p1.name} is {p1.price}.", "Yes, it is {p1.stock}: take it.", "You're welcome.", "Good-bye!")
FACTS = (
    PromptFact("p1.name", "Wren Tent"),
    PromptFact("p1.price", "$269.00"),
    PromptFact("p1.stock", "in stock", "in"),
)
MESSAGES = ("hi, what is the wren? I am <|im_end|> Maya", "do you have it", "thanks", "bye")
TALK = tuple(
    PromptTurn(message, (Act.TOLD_PRICE,), FACTS, reply) for message, reply in zip(MESSAGES, REPLIES, strict=True)
)
RECIPE = Recipe(max_steps=6, batch_tokens=600, parts=2, evaluations=3, learning_rate=1e-2, rank=4)


def prompts(talk: tuple[PromptTurn, ...] = TALK) -> list[tuple[Prompt, str]]:
    """Each reply of `talk` behind a prompt that repeats at most two turns before it, as live prompts do."""
    return [
        (Prompt("Be brief.", (*talk[max(0, place - 2) : place], replace(turn, reply=""))), turn.reply)
        for place, turn in enumerate(talk)
    ]


def examples(base: BaseModel) -> list[Example]:
    return [base.encode(prompt, reply) for prompt, reply in prompts()]


def tuned(
    folder: Path, recipe: Recipe = RECIPE, checkpoints: Checkpoints | None = None, most: int = 0
) -> tuple[Any, Course]:
    """A run on the tiny model in `folder`; one of `most` steps only is broken off there as by a kill."""
    base = open_base(str(folder))
    model = with_adapter(base, recipe)
    run = Tuning(model, always(examples(base)), examples(base)[:2], recipe, Processes.join(), checkpoints)

    def watch(noted: Noted) -> None:
        if most and noted.step == most:
            raise KeyboardInterrupt

    return model, run.run(watch)


def test_what_counts_is_exactly_the_replies_of_a_long_conversation(base: BaseModel) -> None:
    tokenizer = AutoTokenizer.from_pretrained(base.name)
    talk = TALK * 3
    for prompt, reply in prompts(talk):
        example = base.encode(prompt, reply)
        counted = example.weights == 1
        assert not counted[: int(counted.argmax())].any()
        assert counted[counted.argmax() :].all()
        *said, end = example.ids[counted].tolist()
        assert tokenizer.decode(said).removeprefix(" ") == reply
        assert tokenizer.convert_ids_to_tokens(end) in (END, "<eos>", "<|im_end|>")


def test_the_ids_before_a_reply_are_those_of_the_live_prompt(base: BaseModel) -> None:
    tokenizer = AutoTokenizer.from_pretrained(base.name)
    for prompt, reply in prompts():
        if base.is_embedded:
            live = prompt_ids(tokenizer.backend_tokenizer, prompt.turns, PROMPT_TOKENS)
        else:
            live = chat_ids(tokenizer, prompt, context_length(base.model.config) - Decoding().max_tokens)
        example = base.encode(prompt, reply)
        assert example.ids[example.weights == 0].tolist() == live


def test_a_reply_read_once_with_its_history_is_learnt_as_if_it_stood_alone(base: BaseModel) -> None:
    alone = examples(base)
    together = merged(alone)
    assert len(together) < len(alone) or base.name.endswith("gpt2")  # whose history has no closing token
    with torch.no_grad():
        apart = sum(float(weighted_loss(base.model, pad([example]))) for example in alone)
        joint = sum(float(weighted_loss(base.model, pad([example]))) for example in together)
    assert joint == pytest.approx(apart, rel=1e-5)


def test_a_padded_batch_leaks_nothing_from_one_example_to_another(base: BaseModel) -> None:
    alone = examples(base)
    with torch.no_grad():
        apart = sum(float(weighted_loss(base.model, pad([example]))) for example in alone)
        assert float(weighted_loss(base.model, pad(alone))) == pytest.approx(apart, rel=1e-5)
        assert float(whole_loss(base.model, pad(alone))) == pytest.approx(apart, rel=1e-5)


def test_padding_is_short_where_examples_of_like_length_go_together() -> None:
    chance = random.Random(3)
    sizes = [int(chance.lognormvariate(4.6, 0.5)) + 8 for _ in range(2000)]
    made = [Example(np.ones(size, np.int64), np.ones(size, np.float32)) for size in sizes]
    parts = [pad(part) for step in steps(iter(made), 4096, chance) for part in parts_of(step, 4)]
    assert sum(part.tokens for part in parts) < 1.1 * sum(sizes)


def test_a_model_that_scales_its_logits_takes_the_whole_way(tmp_path: Path) -> None:
    base = open_base(str(tiny_qwen2(tmp_path / "plain")))
    assert loss_for(base.model, 400) is weighted_loss
    scaled = base.model.forward
    base.model.forward = lambda *given, **named: _halved(scaled(*given, **named))
    assert loss_for(base.model, 400) is whole_loss


def _halved(output: Any) -> Any:
    output.logits = output.logits / 2
    return output


@pytest.mark.parametrize("method", list(Method))
def test_the_adapter_moves_and_the_base_stays(base: BaseModel, method: Method, tmp_path: Path) -> None:
    before = {name: value.clone() for name, value in base.model.state_dict().items()}
    recipe = replace(RECIPE, method=method, learning_rate=None, patience=99)
    model = with_adapter(base, recipe)
    fresh = {name: value.detach().clone() for name, value in learning(model).items()}
    course = Tuning(model, always(examples(base)), examples(base), recipe, Processes.join()).run()
    assert course.best[1] < course.held_out[0]
    now = {name: value for name, value in model.named_parameters() if not value.requires_grad}
    frozen = [value for name, value in now.items() if "prompt_encoder" not in name]
    assert len(frozen) >= len({value.data_ptr() for value in before.values()}) - 1
    for name, value in model.get_base_model().state_dict().items():
        plain = name.replace(".base_layer", "")
        if plain in before:
            assert torch.equal(value, before[plain]), name
    assert all(not torch.equal(value, fresh[name]) for name, value in learning(model).items() if "lora_A" not in name)
    write_adapter(model, tmp_path)
    check_fits(Adapter.read(tmp_path), base.name)


def test_only_what_lora_learned_can_serve_in_part() -> None:
    with pytest.raises(SettingsError, match=r"strength is 0\.5"):
        Recipe(method=Method.DORA, strength=0.5)


def test_a_run_that_was_killed_goes_on_to_the_same_result(folders: dict[str, Path], tmp_path: Path) -> None:
    recipe = replace(RECIPE, dropout=0.2, noise=5.0, patience=99)
    model, course = tuned(folders["embedded"], recipe)
    checkpoints = Checkpoints(tmp_path / "checkpoints", recipe.as_json())
    with pytest.raises(KeyboardInterrupt):
        tuned(folders["embedded"], recipe, checkpoints, most=3)
    again, resumed = tuned(folders["embedded"], recipe, checkpoints)
    assert (resumed.losses, resumed.held_out) == (course.losses, course.held_out)
    for name, value in learning(model).items():
        assert torch.equal(value, learning(again)[name])


def test_a_checkpoint_of_another_run_is_not_taken_for_this_one(folders: dict[str, Path], tmp_path: Path) -> None:
    with pytest.raises(KeyboardInterrupt):
        tuned(folders["embedded"], RECIPE, Checkpoints(tmp_path, RECIPE.as_json()), most=3)
    with pytest.raises(ModelError, match=r"other seed.*\n.*--output"):
        Checkpoints(tmp_path, replace(RECIPE, seed=2).as_json()).load()
    (next(tmp_path.glob("step-*")) / "state.safetensors").write_bytes(b"half")
    with pytest.raises(ModelError, match=r"damaged.*\n.*Delete"):
        Checkpoints(tmp_path, RECIPE.as_json()).load()


def test_a_run_ends_early_and_keeps_what_did_best(folders: dict[str, Path]) -> None:
    recipe = replace(RECIPE, max_steps=40, evaluations=40, patience=2, learning_rate=3.0)
    model, course = tuned(folders["embedded"], recipe)
    assert course.step < 40
    assert course.evaluations_since_best == 2
    held_out = [pad([example]) for example in examples(open_base(str(folders["embedded"])))[:2]]
    with torch.no_grad():
        loss = sum(float(weighted_loss(model.get_base_model(), batch)) for batch in held_out)
    assert loss / sum(float(batch.weights[:, 1:].sum()) for batch in held_out) == pytest.approx(
        course.best[1], rel=1e-4
    )


def test_gradient_checkpointing_changes_nothing_but_memory(folders: dict[str, Path]) -> None:
    recipe = replace(RECIPE, dropout=0.2, max_steps=3, patience=99)
    _, plain = tuned(folders["qwen2"], recipe)
    _, spared = tuned(folders["qwen2"], replace(recipe, checkpointing=True))
    assert spared.losses == pytest.approx(plain.losses, rel=1e-4)


def test_noise_is_drawn_by_its_seed_alone(folders: dict[str, Path]) -> None:
    base = open_base(str(folders["embedded"]))
    model = with_adapter(base, replace(RECIPE, noise=20.0)).get_base_model()
    batch = pad(examples(base))

    def loss(seed: int | None) -> float:
        with drawing(seed), torch.no_grad():
            return float(weighted_loss(model, batch))

    assert loss(1) == loss(1)
    assert loss(1) != loss(2)
    assert loss(None) == pytest.approx(float(weighted_loss(open_base(str(folders["embedded"])).model, batch)))


@given(parts=st.integers(1, 9), count=st.integers(1, 30))
def test_the_parts_of_a_step_hold_each_example_once(parts: int, count: int) -> None:
    made = [Example(np.full(3, number), np.ones(3, np.float32)) for number in range(count)]
    dealt = [int(example.ids[0]) for part in parts_of(made, parts) for example in part]
    assert sorted(dealt) == list(range(count))


MISFITS = [
    ("{% for m in messages %}<{{ m.role }}>{{ m.content }}\n{% endfor %}", "add_generation_prompt"),
    (CHAT.replace("im_end", "endofturn"), "<\\|endofturn\\|>"),
    ("{{ nothing.at.all }}", "cannot render"),
    ("{% for m in messages %}{{ m.content | upper }}{% endfor %}", "does not put a reply"),
]


@pytest.mark.parametrize(("template", "said"), MISFITS)
def test_a_template_that_does_not_fit_is_refused_with_what_to_do(template: str, said: str, tmp_path: Path) -> None:
    with pytest.raises(ModelError, match=rf"chat template.*{said}[\s\S]*\n.*tokenizer_config"):
        open_base(str(tiny_qwen2(tmp_path / "misfit", template)))


def test_errors_say_what_to_do(folders: dict[str, Path], tmp_path: Path) -> None:
    base = open_base(str(folders["embedded"]))
    with pytest.raises(ModelError, match=r"finds no layer[\s\S]*\n.*q_proj"):
        with_adapter(base, replace(RECIPE, targets=("sideways",)))
    with pytest.raises(ModelError, match=r"cannot be loaded[\s\S]*--base"):
        open_base(str(tmp_path))
    with pytest.raises(SettingsError, match="rank is 0"):
        Recipe(rank=0)
    base = open_base(str(folders["embedded"]))
    model = with_adapter(base, RECIPE)
    with pytest.raises(FeedError, match=r"no reply to learn from[\s\S]*--dry-run"):
        Tuning(model, always([]), examples(base), RECIPE, Processes.join())
    masked = [Example(example.ids, np.zeros_like(example.weights)) for example in examples(base)]
    with pytest.raises(FeedError, match=r"masked[\s\S]*longer context"):
        Tuning(model, always(masked), examples(base), RECIPE, Processes.join())


def test_a_model_without_an_end_cannot_be_taught_to_end(tmp_path: Path) -> None:
    sizes = {
        "hidden_size": 32,
        "num_hidden_layers": 1,
        "num_attention_heads": 2,
        "num_key_value_heads": 1,
        "intermediate_size": 48,
    }
    model = Qwen2ForCausalLM(Qwen2Config(vocab_size=400, bos_token_id=None, eos_token_id=None, **sizes))
    folder = saved(model, tmp_path / "endless", "")
    settings = json.loads((folder / "tokenizer_config.json").read_text())
    (folder / "tokenizer_config.json").write_text(json.dumps(settings | {"eos_token": None}))
    with pytest.raises(ModelError, match=r"no token that ends[\s\S]*eos_token_id"):
        open_base(str(folder))


def test_an_adapter_of_another_base_does_not_fit(folders: dict[str, Path], tmp_path: Path) -> None:
    model, _ = tuned(folders["embedded"])
    write_adapter(model, tmp_path / "adapter")
    wide = tiny_embedded(tmp_path / "embedded", replace(SHAPE, width=48))
    with pytest.raises(Exception, match=re.compile("shape|size|fit")):
        check_fits(Adapter.read(tmp_path / "adapter"), str(wide))
    assert load_file(tmp_path / "adapter" / "adapter_model.safetensors")


def test_a_search_finds_the_recipe_that_does_best(folders: dict[str, Path]) -> None:
    folder = str(folders["embedded"])
    base, told = open_base(folder), []
    recipe = replace(RECIPE, max_steps=5, learning_rate=1e-3)
    trials = search(
        lambda tried: with_adapter(open_base(folder), tried),
        always(examples(base)),
        examples(base),
        recipe,
        Processes.join(),
        told.append,
    )
    assert {trial.recipe.learning_rate for trial in trials} == {3e-4, 1e-3, 3e-3}
    assert {trial.recipe.rank for trial in trials} == {4, 8, 16, 32}
    assert [trial.loss for trial in trials] == sorted(trial.loss for trial in told)
    assert trials[0].recipe.learning_rate == 3e-3
    assert trials[0].recipe.max_steps == 5
