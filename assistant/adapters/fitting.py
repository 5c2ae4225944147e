"""Fitting: whether an adapter belongs to a base model, told before it serves and not by odd replies afterwards.

The base is built without weights, on torch's meta device, and peft lays an empty adapter of the same configuration beside
it: what that one consists of, the real one must consist of, name by name and shape by shape.
"""

from __future__ import annotations

from importlib.metadata import version
from pathlib import Path
from typing import Any

from safetensors import SafetensorError, safe_open

from assistant.adapters.adapter import COPY_AGAIN, WEIGHTS_FILE, Adapter, short_name
from retrieval.errors import AdapterError

Shapes = dict[str, tuple[int, ...]]

_PREFIX = "base_model.model."
_TRAIN_AGAIN = (
    "Train it again on this base with `aisle finetune --base`, or set AISLE_MODEL to the base it was made for."
)
_SHOWN = 3


def check_fits(adapter: Adapter, base: str) -> None:
    """Raises AdapterError where `adapter` was made for another model than `base`, by another peft, or is not whole.

    `base` is a folder or the name of a model in the Hugging Face cache.
    """
    check_base(adapter, base)
    _check_peft(adapter)
    found = _found_shapes(adapter.folder)
    if adapter.settings.get("peft_type") == "PREFIX_TUNING":
        _check_shapes(adapter, found, _prefix_shapes(adapter, base))
    else:
        _check_shapes(adapter, found, _layer_shapes(adapter, base))


def check_base(adapter: Adapter, base: str) -> None:
    """Raises AdapterError where `adapter` names another base than `base`."""
    if short_name(adapter.base) != short_name(base):
        raise AdapterError(
            f"adapter {adapter.name!r} was made for the base {adapter.base or 'nobody knows which'!r}, "
            f"but the model in use is {base!r}",
            _TRAIN_AGAIN,
        )


def _check_peft(adapter: Adapter) -> None:
    made, here = str(adapter.settings.get("peft_version") or ""), version("peft")
    if made and made.split(".")[0] != here.split(".")[0]:
        raise AdapterError(
            f"adapter {adapter.name!r} was made with peft {made}, and this is peft {here}: another major version",
            "Train it again with `aisle finetune`, or install the peft that made it.",
        )


def _check_shapes(adapter: Adapter, found: Shapes, wanted: Shapes) -> None:
    if missing := sorted(wanted.keys() - found.keys()):
        raise AdapterError(f"adapter {adapter.name!r} lacks {_listed(missing)}", COPY_AGAIN)
    if surplus := sorted(found.keys() - wanted.keys()):
        raise AdapterError(f"the base has no place for {_listed(surplus)} of adapter {adapter.name!r}", _TRAIN_AGAIN)
    for key, shape in wanted.items():
        if found[key] != shape:
            raise AdapterError(
                f"{key} of adapter {adapter.name!r} has the shape {found[key]}, but this base needs {shape}",
                _TRAIN_AGAIN,
            )


def _listed(keys: list[str]) -> str:
    more = f" and {len(keys) - _SHOWN} more" if len(keys) > _SHOWN else ""
    return ", ".join(keys[:_SHOWN]) + more


def _found_shapes(folder: Path) -> Shapes:
    path = folder / WEIGHTS_FILE
    try:
        with safe_open(path, "np") as file:
            return {key.removeprefix(_PREFIX): tuple(file.get_slice(key).get_shape()) for key in file.keys()}  # noqa: SIM118
    except (SafetensorError, OSError, ValueError) as error:
        raise AdapterError(f"{path} is damaged or was copied only in part: {error}", COPY_AGAIN) from error


def _layer_shapes(adapter: Adapter, base: str) -> Shapes:
    """What an adapter of this configuration consists of on `base`."""
    from peft import PeftConfig, get_peft_model_state_dict, inject_adapter_in_model

    try:
        config = PeftConfig.from_pretrained(str(adapter.folder), local_files_only=True)
        if hasattr(config, "init_lora_weights"):
            config.init_lora_weights = True  # some ways to begin read the base's weights, which are not there
        model = inject_adapter_in_model(config, _skeleton(base, adapter.vocabulary), low_cpu_mem_usage=True)
        state = get_peft_model_state_dict(model, save_embedding_layers=False)
    except AdapterError:
        raise
    except Exception as error:  # peft raises a dozen kinds, TypeError for an unknown setting among them
        raise AdapterError(f"adapter {adapter.name!r} does not fit {base!r}: {error}", _TRAIN_AGAIN) from error
    return {key.removeprefix(_PREFIX): tuple(tensor.shape) for key, tensor in state.items()}


def _prefix_shapes(adapter: Adapter, base: str) -> Shapes:
    """One tensor: for each virtual token the keys and values of every layer."""
    config = _skeleton(base).config
    heads = getattr(config, "num_key_value_heads", None) or config.num_attention_heads
    width = getattr(config, "head_dim", None) or config.hidden_size // config.num_attention_heads
    tokens = int(adapter.settings.get("num_virtual_tokens") or 0)
    return {"prompt_embeddings": (tokens, 2 * config.num_hidden_layers * heads * width)}


def _skeleton(base: str, vocabulary: int = 0) -> Any:
    """The base model without its weights, with room for `vocabulary` tokens if those are more than its own.

    Raises AdapterError where it is not on this machine.
    """
    import torch
    from transformers import AutoConfig, AutoModelForCausalLM

    try:
        config = AutoConfig.from_pretrained(base, local_files_only=True, trust_remote_code=False)
        config.vocab_size = max(config.vocab_size, vocabulary)
        with torch.device("meta"):
            return AutoModelForCausalLM.from_config(config)
    except Exception as error:  # transformers raises a dozen kinds
        raise AdapterError(
            f"the base model {base!r} cannot be read: {error}",
            "AISLE_MODEL must be a folder with a complete model, or a name fetched with `hf download NAME`.",
        ) from error
