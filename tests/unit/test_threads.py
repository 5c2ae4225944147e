"""Threads: a history finds its conversation once, and only its customer's."""

from __future__ import annotations

from ui.threads import Said, Threads

HISTORY = [Said("hi", "Hello!")]


def test_a_history_finds_its_conversation_once():
    threads = Threads()
    threads.keep(None, HISTORY, "one")
    assert threads.take(None, HISTORY) == "one"
    assert threads.take(None, HISTORY) is None


def test_customers_and_histories_are_kept_apart():
    threads = Threads()
    threads.keep("C-1", HISTORY, "one")
    assert threads.take(None, HISTORY) is None
    assert threads.take("C-2", HISTORY) is None
    assert threads.take("C-1", [Said("hi", "Hello")]) is None
    assert threads.take("C-1", HISTORY) == "one"


def test_the_oldest_are_forgotten():
    threads = Threads(size=2)
    for number in range(3):
        threads.keep(None, [Said(str(number), "")], str(number))
    assert threads.take(None, [Said("0", "")]) is None
    assert threads.take(None, [Said("2", "")]) == "2"
