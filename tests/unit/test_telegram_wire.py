"""Telegram's translators on their own: nothing lost in splitting, nothing alive in HTML, only people heard."""

import html
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from telegram import Update

from adapters.parts import split
from adapters.telegram_wire import message_number, to_calls, to_message
from statemachine.message import Button, Place, Reply
from tests.servers.telegram_html import parse, units

TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=300)
PERSON = {"id": 5, "is_bot": False, "first_name": "Ann", "language_code": "pt-BR"}
PRIVATE = {"id": 5, "type": "private", "first_name": "Ann"}
MESSAGE: dict[str, Any] = {"message_id": 8, "date": 1_763_900_000, "chat": PRIVATE, "from": PERSON}


def update(**kind: Any) -> Update:
    return Update.de_json({"update_id": 1, **kind})


@given(TEXT, st.integers(2, 40), st.integers(2, 40))
def test_split_keeps_every_word_within_the_limit(text: str, first: int, later: int) -> None:
    parts = split(text, first, later)
    assert all(units(part) <= (later if number else first) for number, part in enumerate(parts))
    assert all(part and part == part.strip() for part in parts)
    assert "".join("".join(parts).split()) == "".join(text.split())


@given(TEXT, st.one_of(st.none(), TEXT))
def test_html_shows_what_was_meant(text: str, title: str | None) -> None:
    plain = f"{(title or '').strip()}\n{text}" if (title or "").strip() else text
    calls = to_calls(Reply(text=text, title=title))
    shown = [parse(call.text)[0] for call in calls]
    assert shown == ([plain.strip()] if plain.strip() else [])


def test_cut_falls_at_the_last_line_that_fits_then_at_a_space_then_anywhere() -> None:
    assert split("one\ntwo\nthree", 9, 9) == ["one\ntwo", "three"]
    assert split("one two three", 9, 9) == ["one two", "three"]
    assert split("onetwothree", 5, 9) == ["onetw", "othree"]
    assert split("exactly\nso", 7, 7) == ["exactly", "so"]
    assert split("📈📈📈", 3, 4) == ["📈", "📈📈"]
    assert split(" \n ", 9, 9) == []


def test_escapes_do_not_count_and_are_not_cut() -> None:
    (call,) = to_calls(Reply(text="&" * 4096))
    assert html.unescape(call.text) == "&" * 4096
    assert len(to_calls(Reply(text="&" * 4097))) == 2


def test_picture_takes_the_first_part_as_its_caption() -> None:
    calls = to_calls(Reply(text="word " * 500, image="x", buttons=((Button("a", "b"),),)), picture=True)
    assert [call.picture for call in calls] == [True, False]
    assert len(calls[0].text) <= 1024
    assert [call.buttons is not None for call in calls] == [False, True]
    (alone,) = to_calls(Reply(text="", image="x"), picture=True)
    assert (alone.text, alone.picture) == ("", True)


@pytest.mark.parametrize(
    ("external_id", "number"),
    [("17", 17), ("17:e1763900000", 17), ("4611686018427000001", None), ("<a@b>", None), (None, None), ("", None)],
)
def test_message_number(external_id: str | None, number: int | None) -> None:
    assert message_number(external_id) == number


def test_time_and_locale() -> None:
    message = to_message(update(message={**MESSAGE, "text": "hi"}), "7")
    assert message is not None
    assert message.sent_at == datetime.fromtimestamp(1_763_900_000, UTC)
    assert message.locale == "pt-BR"


def test_press_under_a_message_too_old_to_show() -> None:
    old = {"message_id": 3, "date": 0, "chat": PRIVATE}
    query = {"id": "99", "from": PERSON, "chat_instance": "1", "data": "d:1", "message": old}
    moment = datetime(2026, 3, 1, 12, tzinfo=UTC)
    message = to_message(update(callback_query=query), "7", moment)
    assert message is not None
    assert (message.external_id, message.button, message.reply_to) == ("99", "d:1", "3")
    assert (message.sent_at, message.private) == (moment, True)


FILE = {"file_id": "f", "file_unique_id": "u", "file_size": 9}
STILL = [{**FILE, "file_id": "small", "width": 9, "height": 9}, {**FILE, "width": 90, "height": 90}]


@pytest.mark.parametrize(
    ("content", "kind", "handle"),
    [
        ({"photo": STILL}, "photo", "f"),
        (
            {"photo": STILL, "live_photo": {**FILE, "file_id": "l", "width": 1, "height": 1, "duration": 1}},
            "photo",
            "f",
        ),
        ({"document": FILE}, "document", "f"),
        ({"document": {**FILE, "mime_type": "image/webp"}}, "image", "f"),
        ({"document": {**FILE, "file_name": "Chart.PNG"}}, "image", "f"),
        ({"voice": {**FILE, "duration": 1}}, "voice", "f"),
        ({"audio": {**FILE, "duration": 1}}, "voice", "f"),
        ({"document": {**FILE, "mime_type": "audio/mpeg"}}, "voice", "f"),
        ({"video": {**FILE, "width": 1, "height": 1, "duration": 1}}, "video", "f"),
        ({"video_note": {**FILE, "length": 1, "duration": 1}}, "video", "f"),
        ({"animation": {**FILE, "width": 1, "height": 1, "duration": 1}, "document": FILE}, "video", "f"),
        ({"contact": {"phone_number": "1", "first_name": "B"}}, "other", ""),
    ],
)
def test_attachments(content: dict[str, Any], kind: str, handle: str) -> None:
    message = to_message(update(message={**MESSAGE, **content}), "7")
    assert message is not None
    assert [(found.kind, found.handle) for found in message.attachments] == [(kind, handle)]


PLACE = {"location": {"longitude": 8.6, "latitude": 50.1}}


@pytest.mark.parametrize("content", [PLACE, {**PLACE, "venue": {**PLACE, "title": "Desk", "address": "Main 1"}}])
def test_a_place_is_where_the_trader_is(content: dict[str, Any]) -> None:
    message = to_message(update(message={**MESSAGE, **content}), "7")
    assert message is not None
    assert (message.place, message.attachments) == (Place(50.1, 8.6), ())


def test_a_live_place_is_heard_once() -> None:
    assert to_message(update(edited_message={**MESSAGE, **PLACE, "edit_date": 1774275000}), "7") is None


@pytest.mark.parametrize(
    "kind",
    [
        {"channel_post": {**MESSAGE, "text": "hi"}},
        {"message": {**MESSAGE, "new_chat_title": "service"}},
        {"message": {**MESSAGE, "text": "hi", "from": {**PERSON, "is_bot": True}}},
        {"message": {key: value for key, value in MESSAGE.items() if key != "from"} | {"text": "hi"}},
        {"callback_query": {"id": "9", "from": PERSON, "chat_instance": "1", "data": "inline, not in a chat"}},
        {"callback_query": {"id": "9", "from": PERSON, "chat_instance": "1", "message": {**MESSAGE, "text": "game"}}},
        {"poll_answer": {"poll_id": "1", "option_ids": [1], "option_persistent_ids": []}},
        {},
    ],
)
def test_not_a_person_speaking_to_us(kind: dict[str, Any]) -> None:
    assert to_message(update(**kind), "7") is None
