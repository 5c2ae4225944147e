"""Presidio: names found by a spaCy model on top of the rules, for shops that install the extra `privacy`.

The model must be on this machine already, for example the package en_core_web_lg or a folder; nothing is downloaded.
Presidio: https://github.com/microsoft/presidio
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from assistant.privacy.known import Known
from assistant.privacy.masker import Masked, Masker
from retrieval.errors import ModelError, SettingsError

_EXTRA = 'Install it with: pip install "aisle[privacy]"'


class PresidioMasker:
    """Masks like Masker, and knows as names whatever Presidio takes for a person; same protocol."""

    def __init__(self, analyzer: Any, known: Known | None = None, least_score: float = 0.5) -> None:
        """`analyzer` is a presidio_analyzer.AnalyzerEngine for English; names below `least_score` (0 to 1) do not count."""
        self._analyzer = analyzer
        self._known = known or Known()
        self._least_score = least_score
        self._masker = Masker(self._known)

    @classmethod
    def open(cls, model: str | Path = "en_core_web_lg", known: Known | None = None) -> PresidioMasker:
        """With a spaCy pipeline, an installed package or a folder.

        Raises SettingsError without the extra, and ModelError when the pipeline is not there or finds no people.
        """
        try:
            import spacy
        except ImportError as error:
            raise SettingsError("Presidio is not installed.", _EXTRA) from error
        try:
            pipeline = spacy.load(model)
        except (OSError, ValueError) as error:
            hint = f"Install it with: python -m spacy download {model} (or give the folder of a pipeline)"
            raise ModelError(f"The spaCy model {str(model)!r} cannot be loaded.", hint) from error
        if not {"ner", "entity_ruler"} & set(pipeline.pipe_names):
            raise ModelError(f"The spaCy model {str(model)!r} does not recognise names.", "Take one with the part ner.")
        return cls(_analyzer(pipeline), known)

    def mask_all(self, texts: Sequence[str], people: Iterable[str] = ()) -> list[Masked]:
        """The messages of one conversation, in which the same person or number is the same reference."""
        return self._masker.mask_all(texts, [*people, *(name for text in texts for name in self._names(text))])

    def _names(self, text: str) -> Iterable[str]:
        for found in self._analyzer.analyze(
            text, language="en", entities=["PERSON"], score_threshold=self._least_score
        ):
            name = text[found.start : found.end]
            if not all(word in self._known.words for word in name.lower().split()):
                yield name


def _analyzer(pipeline: Any) -> Any:
    """An analyser of people alone: Presidio's other recognisers would fetch lists from the internet."""
    try:
        from presidio_analyzer import AnalyzerEngine, RecognizerRegistry
        from presidio_analyzer.nlp_engine import SpacyNlpEngine
        from presidio_analyzer.predefined_recognizers import SpacyRecognizer
    except ImportError as error:
        raise SettingsError("Presidio is not installed.", _EXTRA) from error

    class Loaded(SpacyNlpEngine):
        """An engine around a pipeline that is loaded already."""

        def __init__(self) -> None:
            super().__init__()
            self.nlp = {"en": pipeline}

    registry = RecognizerRegistry(recognizers=[SpacyRecognizer(supported_entities=["PERSON"])])
    return AnalyzerEngine(registry=registry, nlp_engine=Loaded(), supported_languages=["en"])
