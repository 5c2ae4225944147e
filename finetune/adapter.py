"""The adapter that ships: trained by the path of `aisle finetune` on public service dialogues and on our own transcripts.

    aisle train adapter --data DIR --output DIR

The examples, which hold what others wrote, stay behind; the folder receives what serves.
"""

from __future__ import annotations

import shutil
from itertools import chain
from pathlib import Path
from tempfile import TemporaryDirectory

from assistant.adapters.adapter import CONFIG_FILE, WEIGHTS_FILE
from assistant.opening import open_assistant
from finetune.finetuning import Finetuning, Material, Watch, collected, keep_examples
from finetune.masking import shop_mask
from finetune.service_transcripts import sample_shop, service_transcripts
from finetune.split import split
from finetune.transcripts.reading import read_transcripts
from finetune.transcripts.report import ImportReport
from finetune.tuning.adapter_folder import RECORD_FILE, write_speech
from finetune.tuning.examples_file import read_examples
from finetune.tuning.processes import Processes
from finetune.tuning.recipe import Recipe

_SERVING = (WEIGHTS_FILE, CONFIG_FILE, RECORD_FILE)
_FEWEST = 3
"""How often people put a thing in the same three words before it is a way of speaking, and no sentence of one of them."""


def train_adapter(data: Path, shipped: Path, output: Path, recipe: Recipe, watch: Watch) -> Path:
    """Trains over the base model in `shipped` and writes the adapter folder `output`; returns it.

    `data` holds the public sets, `shipped` the sample shop, its transcripts and the models. Raises FeedError when the dialogues are
    absent.
    """
    with sample_shop(shipped) as settings, TemporaryDirectory() as scratch:
        assistant = open_assistant(settings)
        made = Path(scratch) / "adapter"
        run = Finetuning(settings, str(shipped / "models" / "base"), made, recipe, Processes.join())
        imported = ImportReport()
        transcripts = chain(
            service_transcripts(data, "train", settings.shop_name),
            read_transcripts(sorted((shipped / "transcripts").glob("*.jsonl")), imported),
        )
        kept, counts = collected(transcripts, assistant, settings, watch)
        material = Material(split(kept), imported, counts, shop_mask(assistant, settings))
        keep_examples(material, made)
        run.describe(material, run.train(watch))
        output.mkdir(parents=True, exist_ok=True)
        for name in _SERVING:
            shutil.copyfile(made / name, output / name)
        write_speech(read_examples(made, "train"), output, _FEWEST)
    return output
