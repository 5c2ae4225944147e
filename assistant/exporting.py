"""Exporting: an adapter merged into its base, as an ordinary Hugging Face folder for model servers and converters.

Merging rounds, so what lies on the disk in the end is read back and held against the base with its adapter beside it.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any

import torch
from torch import Tensor
from transformers import AutoModelForCausalLM, AutoTokenizer

from assistant.adapters.adapter import Adapter
from assistant.adapters.fitting import check_fits
from retrieval.errors import AdapterError

LARGEST_DIFFERENCE = 1e-4
"""Of two logits, as a share of the largest logit; 32-bit sums over thirty layers differ by about a tenth of that."""
_SEQUENCES, _LENGTH, _SEED = 4, 48, 1
_PLAIN_TEMPLATE = (
    "{% for message in messages %}{% if not loop.first %}{{ '\\n\\n' }}{% endif %}"
    "{% if message['role'] == 'assistant' %}{{ 'Reply: ' }}{% endif %}{{ message['content'] }}{% endfor %}"
    "{% if add_generation_prompt %}{{ '\\n\\nReply:' }}{% endif %}"
)
"""How a model without a chat template is spoken to (assistant/language_model/transformers_chat.py)."""


class Spoken(StrEnum):
    """How an exported model is spoken to, as its card says it."""

    TEMPLATE = "It is spoken to by the chat template of its base."
    PLAIN = "Its base has no chat template; the one in this folder renders prompts as they were in training."
    TRANSCRIPT = (
        "It reads the transcripts of Aisle's embedded engine (`assistant/language_model/transcript.py`): its base's chat template "
        "with the roles plan and brief besides, and one token for each reference."
    )


@dataclass(frozen=True, slots=True)
class Exported:
    """What was written. `difference` is the largest one between two logits, before any rounding to half precision."""

    folder: Path
    difference: float
    spoken: Spoken


def export(adapter: Adapter, base: str, output: Path, *, half: bool = False) -> Exported:
    """Writes `base` with `adapter` merged in to the new folder `output`, in 32 bits, or in bfloat16 with `half`.

    Raises AdapterError when the adapter does not fit or cannot be merged, when `output` is taken, or when the merged model differs
    from the base with the adapter by more than rounding explains; nothing is left behind then.
    """
    check_fits(adapter, base)
    if adapter.method == "prefix tuning":
        raise AdapterError(
            f"adapter {adapter.name!r} is a prefix, which no weight can hold",
            "Serve it with Aisle itself: aisle promote.",
        )
    if output.exists():
        raise AdapterError(f"{output} exists already", "Give another folder with --output.")
    output.parent.mkdir(parents=True, exist_ok=True)
    scratch = Path(tempfile.mkdtemp(prefix=f".{output.name}-", dir=output.parent))
    try:
        difference = _write_merged(adapter, base, scratch, half)
        spoken = _write_tokenizer(adapter, base, scratch)
        (scratch / "README.md").write_text(_card(adapter, output.name, difference, half, spoken), encoding="utf-8")
        for path in scratch.iterdir():
            path.chmod(0o644)
        scratch.chmod(0o755)
        os.replace(scratch, output)
    except OSError as error:
        raise AdapterError(
            f"{output} cannot be written: {error.strerror or error}", "Free space, or take another folder."
        ) from error
    finally:
        shutil.rmtree(scratch, ignore_errors=True)
    return Exported(output, difference, spoken)


def _write_merged(adapter: Adapter, base: str, folder: Path, half: bool) -> float:
    """Writes the model; the largest difference between its logits and those of the base with the adapter beside it."""
    from peft import PeftModel

    model = _read(base)
    if (vocabulary := adapter.vocabulary) > model.config.vocab_size:
        model.resize_token_embeddings(vocabulary, mean_resizing=False)
    adapted = PeftModel.from_pretrained(model, str(adapter.folder), local_files_only=True).eval()
    ids = _some_ids(adapted.config.vocab_size)
    expected = _logits(adapted, ids)
    merged = adapted.merge_and_unload()
    merged.save_pretrained(folder)
    difference = float((_logits(_read(str(folder)), ids) - expected).abs().max())
    allowed = LARGEST_DIFFERENCE * max(1.0, float(expected.abs().max()))
    if not difference <= allowed:
        raise AdapterError(
            f"merged, adapter {adapter.name!r} differs by {difference:.1e} in a logit, more than {allowed:.0e}",
            "Serve it with Aisle, or load base and adapter on the model server without merging.",
        )
    if half:
        merged.to(torch.bfloat16).save_pretrained(folder)
    return difference


def _read(model: str) -> Any:
    return AutoModelForCausalLM.from_pretrained(
        model, local_files_only=True, trust_remote_code=False, dtype=torch.float32
    ).eval()


def _some_ids(vocabulary: int) -> Tensor:
    return torch.randint(0, vocabulary, (_SEQUENCES, _LENGTH), generator=torch.Generator().manual_seed(_SEED))


def _logits(model: Any, ids: Tensor) -> Tensor:
    with torch.inference_mode():
        found: Tensor = model(input_ids=ids, attention_mask=torch.ones_like(ids)).logits
        return found


def _write_tokenizer(adapter: Adapter, base: str, folder: Path) -> Spoken:
    """Writes the adapter's tokenizer where it has one, else the base's, with a template; how the model is spoken to."""
    own = adapter.vocabulary > 0
    tokenizer = AutoTokenizer.from_pretrained(
        adapter.folder if own else base, local_files_only=True, trust_remote_code=False
    )
    spoken = Spoken.TRANSCRIPT if own else Spoken.TEMPLATE if tokenizer.chat_template else Spoken.PLAIN
    if spoken is Spoken.PLAIN:
        tokenizer.chat_template = _PLAIN_TEMPLATE
    tokenizer.save_pretrained(folder)
    return spoken


def _card(adapter: Adapter, name: str, difference: float, half: bool, spoken: Spoken) -> str:
    return f"""---
base_model: {adapter.base}
library_name: transformers
pipeline_tag: text-generation
---

# {name}

The base `{adapter.base}` with the adapter `{adapter.name}` ({adapter.method}) merged into its weights, {"bfloat16" if half else "32 bits"}.
The largest difference between a logit of base and adapter and of the merged model is {difference:.1e}, in 32 bits.
{spoken}

    vllm serve . --served-model-name {name}
    python convert_hf_to_gguf.py . --outfile {name}.gguf

Then let Aisle write with it: `AISLE_MODEL_URL=http://127.0.0.1:8000/v1`. A server cannot hold decoding to the references of a
turn as Aisle's own engines do; every sentence still passes the same check before a customer sees it.
"""
