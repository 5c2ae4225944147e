"""A short tuning of the tiny model in a folder, started by `accelerate launch`; prints its losses as JSON, once.

python -m accelerate.commands.launch --multi_gpu --num_processes 2 tests/unit/launched_tuning.py FOLDER CHECKPOINTS
"""

from __future__ import annotations

import json
import os
import signal
import sys
import warnings
from pathlib import Path

from finetune.tuning.checkpoint import Checkpoints, learning
from finetune.tuning.contrast import Answered
from finetune.tuning.processes import Processes
from finetune.tuning.recipe import Precision, Recipe
from finetune.tuning.tuning import Noted, Tuning
from tests.unit.learning import fresh


def main(folder: str, checkpoints: str, last: int) -> None:
    warnings.simplefilter("ignore")
    recipe = Recipe(
        max_steps=6, batch_tokens=120, parts=4, evaluations=3, learning_rate=1e-2, rank=4, contrast=1.0, precision=Precision.FP32,
    )  # fmt: skip
    model, examples = fresh(Path(folder), recipe, exact=True)
    processes = Processes.join()
    answered = [
        Answered(str(number), example.ids[:-2], example.ids[-2 - number :]) for number, example in enumerate(examples)
    ]
    kept = Checkpoints(Path(checkpoints), recipe.as_json())

    def die(noted: Noted) -> None:
        if noted.step == last:
            os.kill(os.getpid(), signal.SIGKILL)

    course = Tuning(model, lambda number: examples * 3, examples, recipe, processes, kept, answered).run(die)
    if processes.is_main:
        weight = sum(float(value.detach().double().abs().sum()) for value in learning(model).values())
        found = {"processes": processes.count, "losses": course.losses, "held_out": course.held_out, "weight": weight}
        sys.stdout.write(json.dumps(found) + "\n")


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], int(sys.argv[3]) if len(sys.argv) > 3 else 0)
