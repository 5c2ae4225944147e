"""Roles: who speaks, by the words that exports have for it."""

from __future__ import annotations

from finetune.transcripts.draft import OTHER_BOT, PRIVATE_NOTE, SYSTEM_LINE
from finetune.transcripts.transcript import Role

_CUSTOMER = (
    "user customer client human visitor contact lead end-user enduser requester buyer guest shopper incoming inbound "
    "consumer caller member"
)
_AGENT = (
    "assistant agent admin teammate staff support gpt chatgpt model outgoing outbound representative rep advisor adviser "
    "employee seller shop operator owner supporter team human-agent human-support"
)
_BOT = "bot chatbot botmessage agentbot agent-bot ai ai-agent ai-assistant virtual-assistant fin automation answer-bot"
_SYSTEM = "system developer tool function function-call observation activity event ipython environment template"
_NOTE = "note internal private internal-note private-note"

_ROLES: dict[str, Role | str] = {
    **dict.fromkeys(_CUSTOMER.split(), Role.CUSTOMER),
    **dict.fromkeys(_AGENT.split(), Role.AGENT),
    **dict.fromkeys(_BOT.split(), OTHER_BOT),
    **dict.fromkeys(_SYSTEM.split(), SYSTEM_LINE),
    **dict.fromkeys(_NOTE.split(), PRIVATE_NOTE),
}

_LONGEST = 20


def role_of(word: object) -> Role | str:
    """The role, or the reason why messages of this speaker are left out. Raises ValueError for an unknown word."""
    if not isinstance(word, str) or not word.strip():
        raise ValueError("a message does not say who speaks")
    role = _ROLES.get("-".join(word.lower().replace("_", " ").replace("-", " ").split()))
    if role is None:
        shown = (
            f" {word!r}" if word.isalpha() and word.islower() and len(word) < _LONGEST else ""
        )  # else it may be a name
        raise ValueError(f"the speaker{shown} is unknown; known are user, customer, agent, assistant, bot, system")
    return role
