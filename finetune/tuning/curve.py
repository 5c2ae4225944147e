"""Curve: the losses of a run for TensorBoard, while it goes on."""

from __future__ import annotations

from pathlib import Path

from finetune.tuning.tuning import Noted


class Curve:
    """Writes into `folder`. `tensorboard --logdir` of the folder above shows it beside other runs."""

    def __init__(self, folder: Path) -> None:
        from torch.utils.tensorboard import SummaryWriter

        self._writer = SummaryWriter(str(folder))

    def add(self, noted: Noted) -> None:
        """Adds what is known after a step."""
        write = self._writer.add_scalar
        write("loss/training", noted.loss, noted.step)
        write("tokens per second", noted.tokens / max(noted.seconds, 1e-9), noted.step)
        if noted.held_out is not None:
            write("loss/held out", noted.held_out, noted.step)
            self._writer.flush()
