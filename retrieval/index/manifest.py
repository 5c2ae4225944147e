"""Manifest: which encoder and which catalogue made an index, and the files that it consists of."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass
from pathlib import Path

from pydantic import TypeAdapter

from retrieval.errors import IndexDamaged, IndexMismatch
from retrieval.index.encoder import Encoder
from retrieval.index.home import REBUILD
from retrieval.index.texts import IndexTexts

FORMAT = 4
"""Raised when the layout of an index folder, or how words are read into it, changes."""

_NAME = "manifest.json"


@dataclass(frozen=True, slots=True)
class Manifest:
    """What an index is. `encoder` placed all of its texts, `wishes` its products once more, "" if none did.

    `files` maps each file but Chroma's own to its SHA-256; `store` is a Chroma server or "".
    """

    format: int
    encoder: str
    texts: str
    catalog: str
    products: int
    passages: int
    store: str
    files: dict[str, str]
    wishes: str = ""

    @classmethod
    def of(cls, folder: Path, texts: IndexTexts, encoder: Encoder, wishes: Encoder, store: str) -> Manifest:
        """Describes the finished files in `folder`."""
        paths = [path for path in folder.rglob("*") if path.is_file()]
        names = sorted(path.relative_to(folder) for path in paths)
        return cls(
            format=FORMAT,
            encoder=encoder.name,
            texts=texts.fingerprint,
            catalog=texts.catalog.version,
            products=len(texts.product_ids),
            passages=len(texts.passage_faqs),
            store=store,
            files={str(name): _hash(folder / name) for name in names if name.parts[0] != "chroma"},
            wishes=wishes.name,
        )

    @classmethod
    def read(cls, folder: Path) -> Manifest:
        """The manifest in `folder`. Raises IndexDamaged."""
        try:
            return _MANIFESTS.validate_json((folder / _NAME).read_bytes(), strict=True)
        except (OSError, ValueError) as error:
            reason = str(error).partition("\n")[0]
            raise IndexDamaged(f"{folder / _NAME} is missing or unreadable: {reason}", REBUILD) from error

    def write(self, folder: Path) -> None:
        """Writes the manifest into `folder`; do so last."""
        (folder / _NAME).write_text(json.dumps(asdict(self), indent=2), encoding="utf-8")

    def check_fits(self, texts: IndexTexts, encoder: Encoder, wishes: Encoder, store: str) -> None:
        """Raises IndexMismatch when something else made this index than what is to use it; who uses no `wishes` may take any."""
        pairs = (
            ("index format", str(self.format), str(FORMAT)),
            ("embedding model", self.encoder, encoder.name),
            ("product finder", self.wishes or "none", wishes.name or self.wishes or "none"),
            ("catalogue content", self.texts, texts.fingerprint),
            ("Chroma server", self.store or "none", store or "none"),
        )
        for what, made, wanted in pairs:
            if made != wanted:
                raise IndexMismatch(f"the search index was made with {what} {made}, but now it is {wanted}", REBUILD)

    def check_files(self, folder: Path) -> None:
        """Raises IndexDamaged when a file is missing or was changed."""
        for name, expected in self.files.items():
            path = folder / name
            try:
                whole = _hash(path) == expected
            except OSError:
                whole = False
            if not whole:
                raise IndexDamaged(f"{path} is missing or was changed", REBUILD)


_MANIFESTS = TypeAdapter(Manifest)


def _hash(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
