"""Need: what the customer is after, carried from turn to turn."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field


class Need(BaseModel):
    """Who it is for, what for, what it must and must not be. Every part is in short words of the conversation.

    `budget`, `size`, `color`, `brand` and `avoid` are hard: code reads them from the message and a plan can not lose one.
    """

    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)

    whom: str = Field(default="", alias="for", description="the person it is for")
    use: str = Field(default="", description="what it is for")
    want: tuple[str, ...] = Field(default=(), description="what it must be or have, a few words each")
    avoid: tuple[str, ...] = Field(default=(), description="what it must not be or have")
    budget: str = Field(default="", description='the limit in money: "under 150"')
    size: str = ""
    color: str = ""
    brand: str = ""

    @property
    def is_empty(self) -> bool:
        """True if nothing is known yet."""
        return self == Need()

    def as_text(self) -> str:
        """The need on one line, as models read it: "for my daughter; use camping; want warm, light; not orange"."""
        parts = [
            f"for {self.whom}" if self.whom else "",
            f"use {self.use}" if self.use else "",
            f"want {', '.join(self.want)}" if self.want else "",
            *(f"{name} {value}" for name in ("budget", "size", "color", "brand") if (value := getattr(self, name))),
            f"not {', '.join(self.avoid)}" if self.avoid else "",
        ]
        return "; ".join(part for part in parts if part)
