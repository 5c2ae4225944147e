"""Finder: sentence vectors that bring a question near to the record lines that decide it.

all-MiniLM-L6-v2 with a LoRA adapter trained on our conversations (`aisle train finder`): in them customers ask in words that records
do not use. Products are searched with the shop's own encoder; the finder only reads what was found.
"""

from __future__ import annotations

from pathlib import Path

from retrieval.errors import ModelError
from retrieval.index.encoder import Encoder
from retrieval.index.sentence_encoder import SentenceEncoder, load_packaged


def open_finder(folder: Path) -> Encoder:
    """The finder in `folder`. Raises ModelError that says how to get one."""
    from peft import PeftModel

    try:
        model = load_packaged()
        transformer = model[0]
        transformer.auto_model = PeftModel.from_pretrained(transformer.auto_model, str(folder)).merge_and_unload()
    except Exception as error:  # peft, safetensors, json and torch each raise their own kinds
        reason = str(error).strip().partition("\n")[0]
        raise ModelError(
            f"the line finder in {folder} cannot be loaded: {reason}",
            "Restore the folder data/models/finder from the repository, or run: aisle train finder",
        ) from error
    return SentenceEncoder(model, "finder")
