"""Discord's wire without sockets: payloads as Discord sends them in, Message out, and what a reply becomes."""

from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.discord_api import discord
from adapters.discord_commands import definitions, focused, same, suggestions, typed
from adapters.discord_wire import (
    Handle,
    escape,
    form_text,
    message_number,
    nonce_of,
    to_edit,
    to_message,
    to_payloads,
    to_press,
    unescape,
)
from bot.commands import descriptions, menu
from bot.reading import ReadContext, read
from bot.texts import render
from statemachine.conversation import Say
from statemachine.events import Reported
from statemachine.message import Button, Message, Reply
from tests.reply_examples import EXAMPLES, VIEW
from tests.servers.discord_limits import check_commands, check_message

ME, ANN, CHANNEL = 11, 4001, 77
ID = 1_300_000_000_000_000_000


@pytest.fixture(scope="module")
def state() -> Any:
    return discord.Client(intents=discord.Intents.none())._connection


def payload(**more: Any) -> dict[str, Any]:
    return {
        "id": str(ID),
        "channel_id": str(CHANNEL),
        "author": {"id": str(ANN), "username": "ann", "discriminator": "0", "avatar": None},
        "content": "long 2 nq",
        "timestamp": "2026-11-26T10:00:00+00:00",
        "edited_timestamp": None,
        "attachments": [],
        "embeds": [],
        "type": 0,
        **more,
    }


def written(state: Any, **more: Any) -> Message | None:
    return to_message(received(state, **more), ME)


def received(state: Any, **more: Any) -> discord.Message:
    channel = discord.DMChannel._from_message(state, CHANNEL)
    return discord.Message(state=state, channel=channel, data=payload(**more))


def test_direct_message(state: Any) -> None:
    message = written(state, message_reference={"channel_id": "77", "message_id": "55"}, type=19)
    assert message is not None
    assert (message.chat_id, message.external_id, message.text) == (str(ANN), str(ID), "long 2 nq")
    assert (message.reply_to, message.private, message.edits) == ("55", True, None)
    assert message.sent_at == discord.utils.snowflake_time(ID)


@pytest.mark.parametrize(
    "more",
    [
        {"author": {"id": "9", "username": "b", "discriminator": "0", "avatar": None, "bot": True}},
        {"webhook_id": "5"},
        {"type": 6},
        {"content": ""},
    ],
    ids=["bot", "webhook", "pin", "empty"],
)
def test_nothing_anybody_said(state: Any, more: dict[str, Any]) -> None:
    assert written(state, **more) is None


def test_edit(state: Any) -> None:
    message = to_edit(received(state, edited_timestamp="2026-11-26T10:05:00.250000+00:00"), ME)
    assert message is not None
    assert (message.external_id, message.edits) == (f"{ID}:e1795687500250", str(ID))
    assert message.sent_at == datetime(2026, 11, 26, 10, 5, 0, 250_000, tzinfo=UTC)
    assert to_edit(received(state), ME) is None


@pytest.mark.parametrize(
    ("file", "kind"),
    [
        ({"filename": "a.png", "content_type": "image/png", "width": 5, "height": 5}, "photo"),
        ({"filename": "a.png", "content_type": "image/png"}, "image"),
        ({"filename": "a.JPG"}, "image"),
        ({"filename": "a.mp4", "content_type": "video/mp4", "width": 5, "height": 5}, "video"),
        ({"filename": "v.ogg", "content_type": "audio/ogg", "waveform": "AAAA", "duration_secs": 2}, "voice"),
        ({"filename": "memo.m4a", "content_type": "audio/mp4"}, "voice"),
        ({"filename": "a.pdf", "content_type": "application/pdf"}, "document"),
        ({"filename": "noname"}, "document"),
    ],
)
def test_files(state: Any, file: dict[str, Any], kind: str) -> None:
    attachment = {"id": "88", "size": 3, "url": "https://cdn.discordapp.com/x", "proxy_url": "", **file}
    message = written(state, attachments=[attachment])
    assert message is not None
    (found,) = message.attachments
    assert (found.kind, found.handle, found.size) == (kind, f"m:{CHANNEL}:{ID}:88", 3)


# Commands.


def options(**given: Any) -> list[dict[str, Any]]:
    kinds = {"screenshot": 11}
    return [{"name": name, "type": kinds.get(name, 3), "value": value} for name, value in given.items()]


@pytest.mark.parametrize(
    ("name", "given", "text"),
    [
        ("undo", {}, "/undo"),
        ("link", {"code": " VGL-AB23 "}, "/link VGL-AB23"),
        ("help", {"text": "charts"}, "/help charts"),
        ("trade", {}, ""),
        ("trade", {"text": "long 2 nq 18250"}, "long 2 nq 18250"),
        (
            "trade",
            {"direction": "long", "size": 2, "symbol": "NQ", "entry": 18250, "exit": 18290.0, "stop": 18230.25},
            "long 2 NQ 18250 > 18290 stop 18230.25",
        ),
        (
            "trade",
            {"symbol": "EURUSD", "direction": "short", "size": 0.1, "entry": 1.08765},
            "short 0.1 EURUSD 1.08765",
        ),
        ("trade", {"symbol": "ES", "exit": 5330}, "ES exit 5330"),
        ("trade", {"symbol": "NQ", "pnl": -400, "target": 18310}, "NQ tp 18310 pnl -400"),
        ("trade", {"symbol": "SHIB", "size": 1e7, "entry": 1e-05}, "10000000 SHIB 0.00001"),
    ],
)
def test_commands_as_a_trader_would_type_them(name: str, given: dict[str, Any], text: str) -> None:
    assert typed({"name": name, "options": options(**given)}) == (text, [])


def test_a_trade_by_options_is_read_as_it_was_given() -> None:
    given = {"direction": "short", "size": 2.5, "symbol": "ETHUSD", "entry": 3010.5, "exit": 2990, "target": 2950.25}
    text, _ = typed({"name": "trade", "options": options(**given, stop=3050, pnl=51.25)})
    event = read(text, ReadContext(state="idle", now=VIEW.now, zone=VIEW.zone))
    assert isinstance(event, Reported)
    (trade,) = event.trades
    assert (trade.symbol, trade.direction, str(trade.position_size)) == ("ETHUSD", "short", "2.5")
    prices = (trade.entry_price, trade.exit_price, trade.stop_loss, trade.take_profit, trade.pnl)
    assert [str(price) for price in prices] == ["3010.5", "2990", "3050", "2950.25", "51.25"]


def test_the_commands_are_such_as_discord_takes() -> None:
    check_commands(definitions([*menu(), ("long", "x" * 500)], descriptions()))


def test_commands_are_described_in_every_language() -> None:
    trade, trades = (command for command in definitions(menu(), descriptions()) if command["name"].startswith("trade"))
    assert trade["description"] == "Report a trade"
    assert trades["description_localizations"]["es-ES"] == "Tus últimas operaciones"
    assert trades["description_localizations"]["es-419"] == "Tus últimas operaciones"
    assert trades["description_localizations"]["pt-BR"] == "Suas últimas operações"
    options = {option["name"]: option for option in trade["options"]}
    assert options["entry"]["description_localizations"]["pt-BR"] == "Preço de entrada"
    assert options["direction"]["choices"][1]["name_localizations"]["es-ES"] == "Corto"
    assert options["direction"]["choices"][1]["value"] == "short"


def test_files_of_a_command() -> None:
    assert typed({"name": "trade", "options": options(text="nq", screenshot="88")}) == ("nq", ["88"])


def test_the_same_commands_with_what_discord_adds() -> None:
    wanted = definitions([("undo", "Take back"), ("trade", "replaced by the typed one"), ("link", "x" * 200)])
    known = [{**command, "id": "5", "version": "1", "nsfw": False, "dm_permission": True} for command in wanted]
    for command in known:
        command["options"] = [{**option, "required": option.get("required", False)} for option in command["options"]]
    assert same(wanted, list(reversed(known)))
    assert not same(wanted, known[1:])
    assert not same(wanted, [{**known[0], "description": "other"}, *known[1:]])
    assert not same(definitions([("undo", "Take back")]), known)
    assert not same(definitions([("undo", "Take back"), ("link", "x" * 200)], {"es": {"undo": "Deshacer"}}), known)
    assert [command["name"] for command in wanted] == ["trade", "undo", "link"]


def test_suggestions() -> None:
    assert suggestions([" fdax ", "NQ", ""], "")[:3] == ["FDAX", "NQ", "MNQ"]
    assert suggestions([f"SYM{number}" for number in range(60)], "sym") == [f"SYM{number}" for number in range(25)]
    assert suggestions([], "eur") == ["EURUSD"]
    assert (
        focused({"options": [{"name": "size", "value": 2}, {"name": "symbol", "value": "n", "focused": True}]}) == "n"
    )
    assert focused({}) == ""


# Interactions.


def interaction(state: Any, kind: int, data: dict[str, Any]) -> discord.Interaction[Any]:
    state._get_client = lambda: None
    raw: Any = {
        "id": str(ID),
        "application_id": str(ME),
        "type": kind,
        "token": "t",
        "version": 1,
        "locale": "de",
        "attachment_size_limit": 1,
        "user": payload()["author"],
        "data": data,
    }
    return discord.Interaction(data=raw, state=state)


class HasSession:
    _HTTPClient__session = None


@pytest.fixture
def quiet(state: Any, monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.setattr(state, "http", HasSession())
    return state


def test_press_and_form(quiet: Any) -> None:
    pressed = to_press(interaction(quiet, 3, {"custom_id": "c:7f:1", "component_type": 2}), ME, "h")
    assert pressed is not None
    assert (pressed.button, pressed.text, pressed.external_id) == ("c:7f:1", "", f"i{ID}")
    assert (pressed.chat_id, pressed.locale, pressed.handle) == (str(ANN), "de", "h")
    filled = {"custom_id": "e:7f:1", "components": [{"type": 18, "component": {"type": 4, "value": "long 3 nq"}}]}
    form = to_press(interaction(quiet, 5, filled), ME, None)
    assert form is not None
    assert (form.button, form.text) == ("e:7f:1", "long 3 nq")
    assert to_press(interaction(quiet, 1, {}), ME, None) is None


@pytest.mark.parametrize(
    "components",
    [
        [{"type": 1, "components": [{"type": 4, "value": "text"}]}],
        [{"type": 18, "component": {"type": 4, "value": "text"}}],
        [{"type": 18, "component": {"type": 4, "value": ""}}, {"type": 1, "components": [{"value": "text"}]}],
    ],
)
def test_text_of_a_form(components: list[dict[str, Any]]) -> None:
    assert form_text({"components": components}) == "text"
    assert form_text({}) == ""


# Replies.


def test_reply() -> None:
    (sent,) = to_payloads(Reply(title="Recorded", text="Long 2 NQ", buttons=((Button("Undo", "u:1"),),)))
    assert sent["content"] == "**Recorded**\nLong 2 NQ"
    assert sent["allowed_mentions"] == {"parse": []}
    assert sent["components"][0]["components"][0]["custom_id"] == "u:1"
    assert to_payloads(Reply(text="")) == []
    assert [part["content"] for part in to_payloads(Reply(text=""), picture=True)] == [""]


@pytest.mark.parametrize(("key", "data", "_"), EXAMPLES, ids=lambda value: value if isinstance(value, str) else "")
def test_whatever_the_journal_says_is_shown_as_it_is(key: str, data: dict[str, Any], _: str) -> None:
    reply = render(Say(key, data), VIEW)
    payloads = to_payloads(reply)
    for payload in payloads:
        check_message(payload, None)
    shown = "\n".join(unescape(payload["content"]) for payload in payloads)
    assert shown.split() == "\n".join(filter(None, [reply.title, reply.text])).split()
    buttons = [button for payload in payloads for row in payload.get("components", ()) for button in row["components"]]
    assert [button["custom_id"] for button in buttons] == [button.data for row in reply.buttons for button in row]


@given(st.text(alphabet=st.sampled_from("ab *_~`|[]<>#-+1.)@\n\\📈"), max_size=6000))
def test_escaping_loses_nothing_and_fits(text: str) -> None:
    assert unescape(escape(text)) == text or "**" in text
    parts = [part["content"] for part in to_payloads(Reply(text=text))]
    assert all(0 < len(part.encode("utf-16-le")) // 2 <= 2000 for part in parts)
    assert "".join("".join(parts).replace("\\", "").split()) == "".join(text.replace("\\", "").split())


def test_unescape_gives_back_what_was_written() -> None:
    (sent,) = to_payloads(Reply(title="Is this *right*?", text="1. Long 2 NQ_Z\n- stop"))
    assert unescape(sent["content"]) == "Is this *right*?\n1. Long 2 NQ_Z\n- stop"


def test_handles_and_numbers() -> None:
    handle = Handle(11, "aW50:x.y-z_", 1_764_150_000.0)
    assert Handle.load(handle.dump()) == handle
    assert len(nonce_of("k" * 100, 3)) <= 25
    assert nonce_of("7", 0) == nonce_of("7", 0) != nonce_of("7", 1)
    assert [message_number(external) for external in ("12", "12:e5", "i12", "ig12", None, "")] == [
        *(12, 12, None, None, None, None)
    ]
