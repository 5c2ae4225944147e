"""Whether requests to act are told that nothing is done yet: `python -m tests.benchmarks.acts`.

Signed-in customers of the sample shop ask for something to be done with an order of theirs, each in a first message, of the models that
ship. Nothing is done without a yes, so a good reply asks for one, asks for a detail, or says what cannot be done. A return after
the window must hear that the window is over. Counted by the words of the replies, which are printed if they fail.
"""

from __future__ import annotations

import argparse
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from assistant.assistant import Assistant
from assistant.logs import configure_logs
from assistant.reply import Reply
from finetune.score import Score
from tests.shops import open_shop

_OF_OTHERS = re.compile(r'"[^"]*"|\bIf [^.?!]*[.?!]')
"""What a reply cites of the policy, and what it says of other cases: nothing about this order."""
_OPEN = re.compile(
    r"\?$|\b(?:can(?:'t|not| no longer)|can be \w+ once|do(?:es)? not|don't|isn't|not (?:in stock|offered|saved|possible)|nothing of|no (?:refund|return|change)"
    r"|(?:is|are) (?:over|out of stock|sold out))\b",
    re.IGNORECASE,
)
"""Asks for something, or says that something is not done."""
_CONFIRMS = re.compile(
    r"\b(?:(?:I|we) have|I've|we've|(?:has|have) been|(?:is|are)(?: now| all)?) (?:now )?"
    r"(?:cancell?ed|refunded|returned|exchanged|changed|added|removed|taken out|switched|sent|booked|arranged|stopped|recorded|set)\b"
    r"|\b(?:we|I) (?:refund|cancel|change|send)\b(?! you\b)|\b(?:all )?done\b|\b(?:released|refunded) (?:or refunded )?within\b",
    re.IGNORECASE,
)
"""Reads as if it were done, or were going to be."""
_IS_OVER = re.compile(
    r"\b(?:days?|window|time)\b[^.]{0,60}\b(?:over|ended|passed|closed|up)\b|no longer be (?:returned|exchanged)",
    re.IGNORECASE,
)


Request = tuple[str, str]
"""A customer and a message."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What was replied to a request. `acted` says that something was done."""

    message: str
    text: str
    acted: bool = False

    @classmethod
    def of(cls, message: str, reply: Reply) -> Outcome:
        """The outcome of a finished reply."""
        return cls(message, reply.text, bool(reply.shown.done))

    @property
    def is_open(self) -> bool:
        """Whether the reply asks for something, or says that something is not done."""
        return bool(_OPEN.search(self._own))

    @property
    def confirms(self) -> bool:
        """Whether it reads as confirmed."""
        return bool(_CONFIRMS.search(self._own)) and not self.is_open

    @property
    def says_over(self) -> bool:
        """Whether it says that the time to return something is over."""
        return bool(_IS_OVER.search(self._own))

    @property
    def _own(self) -> str:
        return _OF_OTHERS.sub("", self.text).strip()


ACTS: tuple[Request, ...] = (
    ("C-1029", "Please cancel my order FF-21077 and confirm that it's cancelled."),
    ("C-1007", "cancel ff-21081 pls, changed my mind"),
    ("C-1009", "I don't want the bed socks anymore, stop the order"),
    ("C-1005", "Ordered the Chanterelle lamp by accident. Can you make that go away?"),
    ("C-1022", "kill order 21078 before it ships"),
    ("C-1075", "I need FF-21094 cancelled today and my money back on my card"),
    ("C-1007", "Just undo my last order."),
    ("C-1029", "call off the delivery of FF-21031, I won't be home"),
    ("C-1005", "refund me for FF-21070 now"),
    ("C-1009", "give me my money back for the socks"),
    ("C-1022", "I want a full refund on the rug, FF-21078, effective immediately"),
    ("C-1075", "Change the delivery address of FF-21085 to 9 Harbor Street, Portland, ME 04101, USA."),
    ("C-1007", "we moved! send 21081 to 44 Birch Rd, Duluth MN 55802 instead"),
    ("C-1029", "can FF-21077 go to my office rather than home"),
    ("C-1009", "Wrong zip on FF-21087, it should be 98104. Fix it."),
    ("C-1007", "Take the cushion out of FF-21081."),
    ("C-1007", "make it three mugs instead of two in my order"),
    ("C-1029", "swap the orange roll top for the grey one in FF-21077"),
    ("C-1075", "add another Glow 400 headlamp to FF-21085"),
    ("C-1022", "Please switch FF-21095 to pay with PayPal."),
    ("C-1075", "put FF-21073 on my other credit card"),
    ("C-1005", "I'm sending the Croft Pile Jacket from FF-20921 back, set it up"),
    ("C-1005", "start a return for FF-20921, the backpack doesn't fit"),
    ("C-1022", "exchange the Wren Solo Tent in FF-20899 for the grey one"),
    ("C-1005", "I'd like the jacket of FF-20921 one size up, swap it please"),
    ("C-1039", "email me a return label for FF-20969"),
    ("C-1029", "Can you expedite FF-21077 and have it here by Friday?"),
    ("C-1009", "hold my package FF-21087 for two weeks"),
)  # fmt: skip
"""What is asked to be done with orders that can still be changed, or come back, and some that cannot."""
LATE: tuple[Request, ...] = (
    ("C-1007", "I want to return the Stride poles from FF-20210."),
    ("C-1033", "Send me a return label for FF-20275, the tent is too small"),
    ("C-1012", "the planter from FF-20249 isn't for me, how do I send it back?"),
    ("C-1063", "please take back the picnic blanket, order FF-20180"),
    ("C-1010", "refund FF-20176, I never used the cushion"),
    ("C-1044", "Can I exchange the pendant lamp in FF-20214 for a bigger one?"),
    ("C-1008", "exchange my Squall jacket from FF-20261, yellow M, for an L"),
    ("C-1022", "We bought the Glade tent (FF-20271) in August and it's still in the box. Return it please."),
    ("C-1061", "FF-20220: don't like the cushion, money back please"),
    ("C-1052", "process a return on FF-20286 for me"),
    ("C-1035", "My rain jacket from order FF-20221 never fit. I'd like to give it back."),
    ("C-1017", "is it ok to return the dripper from FF-20278? If so do it"),
)  # fmt: skip
"""What is to come back of orders that were delivered months ago."""


def outcomes(assistant: Assistant, requests: Sequence[Request]) -> Iterator[Outcome]:
    """What is replied to each request, as the first message of a conversation."""
    for customer, message in requests:
        yield Outcome.of(message, assistant.ask(message, customer_id=customer))


def _show(name: str, found: Sequence[Outcome], fails: Callable[[Outcome], bool]) -> None:
    wrong = [each for each in found if fails(each)]
    print(f"{name}: {len(wrong)} of {len(found)}, {Score(len(wrong), len(found))}")
    for each in wrong:
        print(f"    {each.message}\n        {each.text}")


def main() -> None:
    """Print the counts with 95 % intervals, and the replies that fail."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument(
        "--all", action="store_true", help="print every reply first, to read whether it is counted right"
    )
    options = parser.parse_args()
    configure_logs("ERROR")
    with TemporaryDirectory() as home:
        assistant = open_shop("sample", Path(home))
        acts, late = (list(outcomes(assistant, requests)) for requests in (ACTS, LATE))
    for each in [*acts, *late] if options.all else ():
        print(f"{each.message}\n    {each.text}")
    _show("done without a yes", [*acts, *late], lambda each: each.acted)
    _show("reads as confirmed", [*acts, *late], lambda each: each.confirms)
    _show("neither asks nor says that nothing is done", acts, lambda each: not each.is_open)
    _show("late return that does not hear that the window is over", late, lambda each: not each.says_over)


if __name__ == "__main__":
    main()
