"""How often `read_answer` reads short answers right: `python -m tests.benchmarks.answers`.

The floor says "neither" to everything, which never does harm and never helps.
"""

from __future__ import annotations

from pathlib import Path

import yaml

from assistant.planning.answer_form import Answer, read_answer
from finetune.score import Score

PATH = Path(__file__).parents[1] / "unit" / "answers.yaml"
SHOWN = "Cancel order FF-21081. $78.80 goes back to Visa ending in 4242 within 5 business days."


def labelled(half: str) -> list[tuple[str, Answer]]:
    """The answers of one half ("choosing", "held out") with what each one means."""
    listed = yaml.safe_load(PATH.read_text(encoding="utf-8"))[half]
    return [(text, Answer(label)) for label, texts in listed.items() for text in texts]


def mistakes(half: str) -> list[tuple[str, Answer, Answer]]:
    """Answers of a half that are misread: the text, what it means, and what was read."""
    read = [(text, meant, read_answer(text, SHOWN)) for text, meant in labelled(half)]
    return [each for each in read if each[1] is not each[2]]


def main() -> None:
    """Print the accuracy of both halves with 95 % intervals, the floor, and what is misread."""
    for half in ("choosing", "held out"):
        known, wrong = labelled(half), mistakes(half)
        false_yes = sum(read is Answer.YES for _, _, read in wrong)
        floor = sum(meant is Answer.NEITHER for _, meant in known)
        right = Score(len(known) - len(wrong), len(known))
        print(f"{half}: {right}; always neither: {Score(floor, len(known))}; read as a yes that is none: {false_yes}")
        for text, meant, read in wrong:
            print(f"    {text!r} is {meant} and was read as {read}")


if __name__ == "__main__":
    main()
