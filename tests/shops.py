"""The shops that tests and measurements talk to: the sample shop, a bicycle shop of our own, and DummyJSON's catalogue."""

from __future__ import annotations

from pathlib import Path

from assistant.assistant import Assistant
from assistant.importing import read_files
from assistant.opening import build_index, open_assistant
from assistant.sample_shop import prepare_sample, sample_settings
from assistant.settings import Settings
from retrieval.feeds.faqs import faq_files, read_faqs
from retrieval.feeds.intake import Intake
from retrieval.feeds.recognition import read_products
from retrieval.store.database import open_database
from retrieval.store.records import Records

SHOPS = Path(__file__).parent / "fixtures" / "shops"


def shop_names(data: Path | None) -> list[str]:
    """The shops that can be opened; `data` is the folder of the public sets, where there is one."""
    names = ["sample", *sorted(path.name for path in SHOPS.iterdir() if path.is_dir())]
    return [*names, "dummyjson"] if data else names


def open_shop(name: str, home: Path, data: Path | None = None, **settings: object) -> Assistant:
    """An assistant over the shop `name`, built in `home`."""
    if name == "sample":
        chosen = sample_settings(home=home, **settings)
        prepare_sample(chosen)
        return open_assistant(chosen)
    shown = name.replace("_and_", " & ").replace("_", " ").title()
    chosen = Settings(home=home, shop_name=shown, shop_email=f"help@{name.replace('_', '-')}.example", **settings)  # type: ignore[arg-type]
    files = [data / "dummyjson_products" / "catalog.jsonl.gz"] if name == "dummyjson" and data else _feeds(SHOPS / name)
    records, intake = Records(open_database(chosen.resolved_database_url)), Intake()
    ignore = (lambda fault: None, lambda done, total: None)
    records.upsert_products(
        read_files(files, lambda source: read_products(source, intake), *ignore, lambda path: (path,)).records
    )
    folder = SHOPS / name / "faqs"
    if folder.is_dir():
        records.upsert_faqs(read_files([folder], lambda source: read_faqs(source, intake), *ignore, faq_files).records)
    build_index(chosen)
    return open_assistant(chosen)


def _feeds(folder: Path) -> list[Path]:
    return sorted(path for path in folder.iterdir() if path.suffix in {".csv", ".jsonl", ".tsv", ".xml"})
