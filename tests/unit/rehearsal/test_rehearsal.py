"""Rehearsals: a change is played on a copy, its faults and differences are found, and a failed one is published only with a reason."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import func, select
from typer.testing import CliRunner

from assistant.access.staff import Role, StaffAccounts
from assistant.adapters.adapter import Adapter
from assistant.adapters.registry import REPLIES, Registry
from assistant.adapters.rehearsed import Rehearsed
from assistant.cli import build_app
from assistant.opening import open_live_assistant, open_rehearsal_assistant
from assistant.order_tables import ProposalRow
from assistant.rehearsal.rehearsal import rehearse
from assistant.rehearsal.room import Draft, RehearsalRoom
from assistant.rehearsal.script import parse_script, picked, script_text
from assistant.rehearsal.shop_change import ShopChange
from assistant.settings import Settings
from assistant.shop_file import read_shop_file
from assistant.tables import ConversationRow
from retrieval.clock import utc_now
from retrieval.errors import AdapterError, ConversationNotFound, FeedError, SettingsError
from retrieval.store.database import open_database, reading
from retrieval.store.records import Records
from tests.unit.desk.desk_home import PASSWORD, PLANS, POLICY, RETURNS, STATUS, THANKS, make_desk_home
from tests.unit.scripted_model import ruled_model
from ui.app import create_app
from ui.staff import COOKIE

CANCEL = "please cancel order FF-21087"
SCRIPT = f"""
- name: returns
  turns:
  - say: {RETURNS}
    says: [30 days]
    cites: [returns]
- name: cancelling
  customer: C-1
  turns:
  - say: {STATUS}
    says: [FF-21087]
  - say: {CANCEL}
    proposes: cancel
"""
ALLOWED = POLICY.replace("people:", "cancel:\n  when: [shipped]\npeople:")
PAGE = "# Returning an item\n\nYou can return an item within 14 days. Write to us first.\n"


@pytest.fixture(scope="module", autouse=True)
def model() -> Iterator[None]:
    with ruled_model({**PLANS, CANCEL: "change cancel FF-21087"}):
        yield


@pytest.fixture(scope="module")
def settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    return make_desk_home(tmp_path_factory.mktemp("rehearsal"))


def counted(settings: Settings, row: type) -> int:
    with reading(open_database(settings.resolved_database_url)) as connection:
        return connection.scalar(select(func.count()).select_from(row)) or 0


def written(folder: Path, name: str, text: str) -> Path:
    (folder / name).write_text(text, encoding="utf-8")
    return folder / name


def test_a_changed_policy_is_played_on_a_copy_and_nothing_of_it_stays(settings: Settings, tmp_path: Path) -> None:
    before = [counted(settings, row) for row in (ConversationRow, ProposalRow)]
    script = parse_script(SCRIPT, "test")
    now = rehearse(settings, script, ShopChange())
    assert now.failed == ("cancelling",)
    assert now.conversations[1].turns[1].faults == ("proposes nothing, not cancel",)
    changed = rehearse(settings, script, ShopChange(policy=written(tmp_path, "new.md", ALLOWED)))
    assert changed.failed == ()
    assert changed.change == ("policy",)
    assert all(turn.differs for turn in changed.conversations[1].turns)  # the first says that it can still be cancelled
    assert [counted(settings, row) for row in (ConversationRow, ProposalRow)] == before


def test_a_changed_page_is_seen_by_its_check_and_the_shop_keeps_its_own(settings: Settings, tmp_path: Path) -> None:
    page = written(tmp_path, "returns.md", PAGE)
    done = rehearse(settings, parse_script(SCRIPT, "test")[:1], ShopChange(faqs=page))
    turn = done.conversations[0].turns[0]
    assert turn.faults == ("does not say '30 days'",)
    assert "30 days" in turn.before
    assert "14 days" in turn.after
    assert "30 days" in Records(open_database(settings.resolved_database_url)).catalog().faqs["returns"].answer


def test_what_cannot_work_is_refused_with_its_place(settings: Settings, tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match=r"the script, conversation 1.turns.1.sais"):
        parse_script("- name: a\n  turns:\n  - {say: hi, sais: [x]}", "the script")
    with pytest.raises(SettingsError, match=r"the script is not YAML, line 2: expected"):
        parse_script("- name: a\n  turns: [", "the script")
    with pytest.raises(SettingsError, match="two conversations called 'a'"):
        parse_script("- {name: a, turns: [{say: hi}]}\n- {name: a, turns: [{say: hi}]}", "the script")
    with pytest.raises(SettingsError, match="no conversation to rehearse"):
        rehearse(settings, (), ShopChange())
    unknown = parse_script("- {name: a, customer: C-9, turns: [{say: thanks}]}", "x")
    with pytest.raises(SettingsError, match="no customer 'C-9'"):
        rehearse(settings, unknown, ShopChange())
    script = parse_script(SCRIPT, "test")
    with pytest.raises(SettingsError, match=r"new\.md, line 2"):
        rehearse(settings, script, ShopChange(policy=written(tmp_path, "new.md", "---\npepole: 1\n---\n")))
    with pytest.raises(SettingsError, match=r"'hour' is no key of shop\.yaml"):
        rehearse(settings, script, ShopChange(settings={"hour": "9-17"}))
    with pytest.raises(FeedError):
        rehearse(settings, script, ShopChange(faqs=tmp_path / "none.md"))


@dataclass(frozen=True)
class _JudgedWell:
    """A verdict that objects to nothing."""

    digest: str
    objections: tuple[str, ...] = ()
    text: str = "better"


def test_a_failed_rehearsal_blocks_promote_until_forced_with_a_reason(tmp_path: Path) -> None:
    def judged(folder: Path) -> _JudgedWell:
        return _JudgedWell(Adapter.read(folder).digest())

    fitting = replace(REPLIES, check_fits=lambda *_: None, verdict=judged)
    registry = Registry(tmp_path, "base", family=fitting)
    folder = tmp_path / "adapters" / "ours"
    folder.mkdir(parents=True)
    (folder / "adapter_config.json").write_text('{"base_model_name_or_path": "base", "peft_type": "LORA"}')
    (folder / "adapter_model.safetensors").write_bytes(b"weights")
    digest = Adapter.read(folder).digest()
    Rehearsed(utc_now(), digest, 3, ("worn boots",)).write(folder)
    with pytest.raises(AdapterError, match="its rehearsal failed in 1 of 3: worn boots"):
        registry.promote("ours")
    with pytest.raises(AdapterError, match="gives the reason"):
        registry.promote("ours", force=True)
    assert registry.promote("ours", force=True, reason="boots are gone").forced
    Rehearsed(utc_now(), digest, 3, ()).write(folder)
    assert not registry.promote("ours").forced
    Rehearsed(utc_now(), "of other weights", 3, ("worn boots",)).write(folder)
    assert not registry.promote("ours").forced


def test_settings_are_put_into_the_shop_file_and_its_comments_stay(tmp_path: Path) -> None:
    path = written(
        tmp_path, "shop.yaml", "# who we are\nname: Elm\nfirst_questions:\n  - one\n  - two\n# when\nhours: 9-17\n"
    )
    settings = Settings(_env_file=None, home=tmp_path)  # type: ignore[call-arg]
    said = ShopChange(settings={"hours": "Mon: 9-18 # new", "first_questions": "Hello?", "greeting": "Hi"}).publish(
        settings
    )
    assert "next start" in said[0]
    assert path.read_text().startswith("# who we are\nname: Elm\n")
    assert "# when" in path.read_text()
    found = read_shop_file(path)
    assert (found["shop_hours"], found["greeting"], found["shop_name"]) == ("Mon: 9-18 # new", "Hi", "Elm")


def test_a_real_conversation_is_picked_without_personal_data(settings: Settings) -> None:
    from assistant.actions.orders import Orders
    from assistant.shop_mask import shop_mask

    message = "i am Maya Okafor, maya@post.example, where is my order?"
    with ruled_model({**PLANS, message: "order status"}):
        id = open_rehearsal_assistant(settings).ask(message, customer_id="C-1").conversation_id
    engine = open_database(settings.resolved_database_url)
    records = Records(engine)
    mask = shop_mask(records.catalog(), records, Orders(engine), settings)
    found = picked(engine, mask, id, "late order")
    text = script_text([found])
    assert "where is my order?" in text
    assert "Okafor" not in text
    assert "maya@" not in text
    assert parse_script(text, "test") == (found,)
    with pytest.raises(ConversationNotFound):
        picked(engine, mask, "nobody", "x")


def test_the_command_says_what_fails_and_publishes_what_passes(tmp_path: Path) -> None:
    settings = make_desk_home(tmp_path / "home")
    RehearsalRoom(settings).save_script(SCRIPT)
    new = written(tmp_path, "new.md", ALLOWED)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("assistant.settings.load_settings", lambda **_: settings)
        patch.setattr(
            "assistant.rehearsal.shop_change.load_settings", lambda **given: Settings(_env_file=None, **given)
        )
        run = lambda *given: CliRunner().invoke(build_app(), ["rehearse", *given])  # noqa: E731
        plain = run()
        assert plain.exit_code == 1
        assert "FAIL  cancelling" in plain.output
        assert "! proposes nothing, not cancel" in plain.output
        assert "1 of 2 conversations pass." in plain.output
        refused = run("--set", "greeting=Hi", "--publish")
        assert isinstance(refused.exception, SettingsError)
        assert not (settings.home / "shop.yaml").exists()
        done = run("--policy", str(new), "--publish")
        assert done.exit_code == 0, done.output
        assert (settings.home / "policy.md").read_text() == ALLOWED
        forced = run("--set", "greeting=Hi", "--publish", "--force", "--reason", "before noon")
        assert forced.exit_code == 0
    log = [json.loads(line) for line in (settings.home / "rehearsal" / "published.jsonl").read_text().splitlines()]
    assert [(each["change"], each["failed"]) for each in log] == [(["policy"], []), (["greeting: Hi"], [])]


def test_a_draft_is_published_only_as_it_was_rehearsed(tmp_path: Path) -> None:
    settings = make_desk_home(tmp_path)
    room = RehearsalRoom(settings)
    room.save_script(SCRIPT)
    room.save_draft(Draft(page_id="returns", page=PAGE))
    with pytest.raises(SettingsError, match="not rehearsed yet"):
        room.publish_draft(room.draft(), "ada", "")
    assert set(room.run().failed) == {"returns", "cancelling"}
    with pytest.raises(SettingsError, match="The rehearsal failed: returns, cancelling"):
        room.publish_draft(room.draft(), "ada", "")
    with pytest.raises(SettingsError, match="not rehearsed yet"):  # what another lead's page still shows
        room.publish_draft(Draft(policy=ALLOWED), "ada", "I insist")
    room.save_draft(Draft(page_id="returns", page=PAGE + "Really."))
    assert room.last() is None
    room.save_draft(Draft(page_id="returns", page=PAGE))
    assert "imported" in room.publish_draft(room.draft(), "ada", "the law changed")[0]
    assert "14 days" in Records(open_database(settings.resolved_database_url)).catalog().faqs["returns"].answer
    entry = json.loads((room.folder / "published.jsonl").read_text())
    assert (entry["by"], entry["forced"], entry["reason"]) == ("ada", True, "the law changed")


def test_the_page_is_for_admins_and_runs_and_publishes(tmp_path: Path) -> None:
    settings = make_desk_home(tmp_path)
    assistant = open_live_assistant(settings)
    app = create_app(assistant, settings, {})
    accounts: StaffAccounts = app.state.staff_accounts()
    headers = {}
    for name, role in (("ada", Role.ADMIN), ("maya", Role.AGENT)):
        accounts.add(name, name, role, PASSWORD)
        cookie = accounts.sign_in(name, PASSWORD, "test")
        headers[name] = {"cookie": f"{COOKIE}={cookie}", "origin": "http://testserver"}
    with TestClient(app, follow_redirects=False) as client:
        client.post("/api/chat", json={"message": THANKS})
        assert client.get("/desk/rehearsal").status_code == 401
        assert client.get("/desk/rehearsal", headers=headers["maya"]).status_code == 403
        assert ">thanks</option>" in client.get("/desk/rehearsal", headers=headers["ada"]).text
        post = lambda path, body: client.post(f"/desk/rehearsal/{path}", json=body, headers=headers["ada"])  # noqa: E731
        bad = post("run", {"script": "- name: 1", "draft": {}})
        assert bad.status_code == 422
        assert "conversation 1" in bad.json()["error"]["message"]
        body = {"script": SCRIPT, "draft": {"policy": ALLOWED}}
        away = {**headers["ada"], "sec-fetch-site": "cross-site"}
        assert client.post("/desk/rehearsal/run", json=body, headers=away).status_code == 403
        said = post("run", body).json()
        for _ in range(600):
            if not said["running"]:
                break
            time.sleep(0.1)
            said = client.get("/desk/rehearsal/outcome", headers=headers["ada"]).json()
        assert "2 of 2 pass" in said["outcome"]
        assert "Publish" in said["outcome"]
        assert "policy.md is the new policy" in post("publish", {"draft": body["draft"]}).json()["outcome"]
        assert (settings.home / "policy.md").read_text() == ALLOWED
        assert post("publish", {"draft": body["draft"]}).status_code == 422
    assistant.close()
