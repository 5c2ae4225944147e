"""A short tuning of the tiny model in a folder, started by `accelerate launch`; prints its losses as JSON, once.

python -m accelerate.commands.launch --multi_gpu --num_processes 2 tests/unit/launched_tuning.py FOLDER
"""

from __future__ import annotations

import json
import os
import signal
import sys
import warnings
from pathlib import Path

from assistant.act import Act
from assistant.language_model.prompt import Prompt, PromptTurn
from finetune.batches import always
from finetune.tuning.base_model import open_base
from finetune.tuning.checkpoint import Checkpoints, learning
from finetune.tuning.contrast import Answered
from finetune.tuning.methods import with_adapter
from finetune.tuning.processes import Processes
from finetune.tuning.recipe import Recipe
from finetune.tuning.tuning import Noted, Tuning

REPLIES = ("You're welcome.", "It is {p1.stock} and costs {p1.price}.", "Good-bye!", "Yes.", "Anything else?")


def main(folder: str, checkpoints: str, last: int) -> None:
    warnings.simplefilter("ignore")
    recipe = Recipe(
        max_steps=6, batch_tokens=300, parts=4, evaluations=3, learning_rate=1e-2, rank=4, dropout=0.1, noise=5.0,
    )  # fmt: skip
    base, processes = open_base(folder), Processes.join()
    asked = Prompt("Be brief.", (PromptTurn("do you have it?", (Act.TOLD_STOCK,), ()),))
    examples = [base.encode(asked, reply) for reply in REPLIES * 3]
    answered = [
        Answered(str(number), example.ids[number : -len(reply)], example.ids[-len(reply) :])
        for number, (example, reply) in enumerate(zip(examples, map(str.split, REPLIES), strict=False))
    ]
    model = with_adapter(base, recipe)
    kept = Checkpoints(Path(checkpoints), recipe.as_json())

    def die(noted: Noted) -> None:
        if noted.step == last:
            os.kill(os.getpid(), signal.SIGKILL)

    course = Tuning(model, always(examples), examples[:7], recipe, processes, kept, answered).run(die)
    if processes.is_main:
        weight = sum(float(value.detach().double().abs().sum()) for value in learning(model).values())
        found = {"processes": processes.count, "losses": course.losses, "held_out": course.held_out, "weight": weight}
        sys.stdout.write(json.dumps(found) + "\n")


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], int(sys.argv[3]) if len(sys.argv) > 3 else 0)
