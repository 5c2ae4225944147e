"""Script: the conversations that are rehearsed, and what must be true of each reply.

`rehearsal/conversations.yaml` in the home:

    - name: worn boots
      customer: c-001             # signed in; leave it out for a visitor
      turns:
      - say: can I return boots I have worn?
        says: [unworn]            # the reply has each of these, upper or lower case
        lacks: [refund is on its way]
        cites: [returns]          # page ids; the reply cites at least one
        shows: [T-100]            # ids of products that are shown
        proposes: return          # the kind of change that waits for a yes
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import yaml
from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError
from sqlalchemy import Engine, select

from assistant.conversation.store import Store
from assistant.privacy.masker import Mask
from assistant.reply import Reply
from assistant.tables import ConversationRow, TurnRow
from retrieval.errors import ConversationNotFound, SettingsError
from retrieval.store.database import reading, storable
from retrieval.store.records import Records

FILE_NAME = "conversations.yaml"


class Turn(BaseModel):
    """One message of a customer, and what the reply to it must have."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    say: str = Field(min_length=1)
    says: tuple[str, ...] = ()
    lacks: tuple[str, ...] = ()
    cites: tuple[str, ...] = ()
    shows: tuple[str, ...] = ()
    proposes: str = ""

    def faults(self, reply: Reply) -> Iterator[str]:
        """Everything that is not as it must be."""
        text = reply.text.casefold()
        yield from (f"does not say {part!r}" for part in self.says if part.casefold() not in text)
        yield from (f"says {part!r}" for part in self.lacks if part.casefold() in text)
        sources = [source.id for source in reply.shown.sources]
        if self.cites and not set(self.cites) & set(sources):
            yield f"cites {', '.join(sources) or 'no page'} and none of {', '.join(self.cites)}"
        cards = {card.id for card in reply.shown.cards}
        yield from (f"does not show {id}" for id in self.shows if id not in cards)
        proposed = reply.shown.proposal.kind if reply.shown.proposal else ""
        if self.proposes and proposed != self.proposes:
            yield f"proposes {proposed or 'nothing'}, not {self.proposes}"


class ScriptedConversation(BaseModel):
    """A conversation to rehearse. `customer` is the id of who is signed in, "" for a visitor."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: str = Field(min_length=1)
    customer: str = ""
    turns: tuple[Turn, ...] = Field(min_length=1)


Script = tuple[ScriptedConversation, ...]
_SCRIPT: TypeAdapter[Script] = TypeAdapter(Script)


def parse_script(text: str, place: str) -> Script:
    """The conversations in `text`. Raises SettingsError that names `place` and what is wrong."""
    try:
        script = _SCRIPT.validate_python(yaml.safe_load(text) or ())
    except yaml.YAMLError as error:
        raise SettingsError(f"{place} is not YAML, {yaml_fault(error)}.", "Indent with spaces.") from error
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part + 1 if isinstance(part, int) else part) for part in first["loc"])
        raise SettingsError(
            f"{place}, conversation {where}: {first['msg']}.", "docs/desk.md lists the keys."
        ) from error
    names = [each.name for each in script]
    if twice := next((name for name in names if names.count(name) > 1), None):
        raise SettingsError(f"{place} has two conversations called {twice!r}.", "Rename one of them.")
    return script


def yaml_fault(error: yaml.YAMLError) -> str:
    """What is wrong with a YAML text that was typed in, with its line."""
    mark, problem = getattr(error, "problem_mark", None), getattr(error, "problem", None)
    return f"line {mark.line + 1}: {problem}" if mark and problem else " ".join(str(error).split())


def script_text(script: Sequence[ScriptedConversation]) -> str:
    """The conversations as they stand in the file, without what is empty."""
    dumped = [each.model_dump(mode="json", exclude_defaults=True) for each in script]
    return str(yaml.safe_dump(dumped, allow_unicode=True, sort_keys=False, width=120))


def picked(engine: Engine, mask: Mask, conversation_id: str, name: str) -> ScriptedConversation:
    """A real conversation as a script, without personal data: what the customer said, and the pages that were cited.

    It is played as a visitor's, because a script belongs to nobody. Raises ConversationNotFound and StoreError.
    """
    query = select(ConversationRow.customer_id).where(ConversationRow.id == conversation_id)
    with reading(engine) as connection:
        row = connection.execute(query).first() if storable(conversation_id) else None
    if row is None:
        raise ConversationNotFound(
            f"There is no conversation {conversation_id!r}.", "Copy its id from the desk's address."
        )
    turns = Store(engine).open(conversation_id, row.customer_id).turns
    customer = Records(engine).customer(row.customer_id) if row.customer_id else None
    masked = mask.mask_all([turn.message for turn in turns], [customer.name] if customer else [])
    said = (
        Turn(say=message.text, cites=tuple(source.id for source in turn.shown.sources))
        for message, turn in zip(masked, turns, strict=True)
    )
    return ScriptedConversation(name=name, turns=tuple(said))


def recent(engine: Engine, mask: Mask, most: int) -> tuple[tuple[str, str], ...]:
    """The latest conversations that can be picked: id and first message, without personal data. Raises StoreError."""
    query = (
        select(TurnRow.conversation_id, TurnRow.message)
        .join(ConversationRow, ConversationRow.id == TurnRow.conversation_id)
        .where(TurnRow.number == 1)
        .order_by(ConversationRow.started.desc())
        .limit(most)
    )
    with reading(engine) as connection:
        rows = connection.execute(query).all()
    masked = mask.mask_all([message for _, message in rows])
    return tuple((id, each.text) for (id, _), each in zip(rows, masked, strict=True))


def read_script(folder: Path) -> Script:
    """The shop's conversations; none if nothing was written yet. Raises SettingsError."""
    path = folder / FILE_NAME
    try:
        return parse_script(path.read_text(encoding="utf-8"), str(path))
    except FileNotFoundError:
        return ()
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsError(f"{path} cannot be read: {error}.", "It must be a text file in UTF-8.") from error
