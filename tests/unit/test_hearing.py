"""What a recording is by its bytes, how long it is, and what the words in a voice note may do."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.commands import BARE_WORDS, COMMANDS, find_command
from bot.hearing.audio import audio_in
from bot.hearing.notes import YESES, as_heard, heard, is_unheard
from bot.key_shapes import HIDDEN_KEY
from bot.reading import ReadContext, read
from bot.stored import dump_message, load_message
from statemachine.errors import AttachmentRefused
from statemachine.events import (
    Closed,
    Confirmed,
    Corrected,
    Detailed,
    Event,
    Filled,
    FillTold,
    Planned,
    Reported,
    Revised,
    Unread,
)
from statemachine.machine import step
from statemachine.message import Attachment, Message
from statemachine.trade import TradeFields
from tests import recordings
from tests.situations import NOW, SITUATIONS, SURROUNDINGS, WHOLE, scene

NOTE = Message(
    platform="telegram",
    account="1",
    chat_id="7",
    sender_id="7",
    external_id="1",
    sent_at=datetime(2026, 3, 23, 15, 0, tzinfo=UTC),
    attachments=(Attachment(kind="voice", handle="v", seconds=3),),
)


@pytest.mark.parametrize(
    ("data", "extension", "seconds"),
    [
        (recordings.ogg(3.5), "ogg", 3.5),
        (recordings.ogg(3600), "ogg", 3600),
        (recordings.m4a(61), "m4a", 61),
        (recordings.m4a(61, wide=True), "m4a", 61),
        (recordings.MP3, "mp3", None),
        (recordings.MP3_TAGGED, "mp3", None),
        (recordings.WEBM, "webm", None),
        (recordings.FLAC, "flac", None),
    ],
)
def test_kinds_and_lengths(data: bytes, extension: str, seconds: float | None) -> None:
    audio = audio_in(data)
    assert (audio.extension, audio.seconds, audio.data) == (extension, seconds, data)


def test_a_wave_is_about_as_long_as_its_bytes() -> None:
    audio = audio_in(recordings.wav(2))
    assert audio.extension == "wav"
    assert audio.seconds == pytest.approx(2, abs=0.5)


@pytest.mark.parametrize("data", [recordings.AMR, recordings.AAC, b"%PDF-1.7", b"\x89PNG\r\n\x1a\n", b"Og", b"\xff"])
def test_what_is_no_recording_that_can_be_heard(data: bytes) -> None:
    with pytest.raises(AttachmentRefused) as caught:
        audio_in(data)
    assert caught.value.reason == "unsupported"


KINDS = (recordings.ogg(), recordings.wav(), recordings.m4a(), recordings.m4a(wide=True), recordings.MP3)


@given(st.sampled_from(KINDS), st.data())
def test_no_bytes_raise(data: bytes, draw: st.DataObject) -> None:
    """Cut off, or with something else in the middle."""
    place = draw.draw(st.integers(0, len(data)))
    hostile = data[:place] + draw.draw(st.binary(max_size=40))
    try:
        audio = audio_in(hostile)
    except AttachmentRefused:
        return
    assert audio.seconds is None or audio.seconds >= 0


# ---- words


def test_what_was_heard_stands_behind_what_was_written() -> None:
    picture = Attachment(kind="photo", handle="p")
    note = replace(NOTE, text="long 2 nq ", attachments=(*NOTE.attachments, picture))
    said = heard(note, " out at 18290 ")
    assert (said.text, said.attachments, said.spoken) == ("long 2 nq\nout at 18290", (picture,), True)
    assert is_unheard(note)
    assert not is_unheard(said)
    assert load_message(dump_message(said)) == said


def test_what_was_heard_is_cleaned_like_a_message() -> None:
    said = heard(NOTE, "a\x00b \ud800 sk-proj-abcdefghijklmnopqrstuvwxyz0123456789")
    assert said.text == f"ab  {HIDDEN_KEY}"
    assert find_command(said) is None


@pytest.mark.parametrize("word", ["VGL-AB2C", "/link VGL-AB2C", *(f"/{name}" for name in COMMANDS), "undo", "redo"])
def test_a_voice_note_gives_no_command_that_does_something(word: str) -> None:
    assert find_command(heard(NOTE, word)) is None


@pytest.mark.parametrize("word", sorted(BARE_WORDS - {"undo", "redo"}))
def test_a_voice_note_may_ask_to_be_shown_something(word: str) -> None:
    command = find_command(heard(NOTE, f"{word.title()}."))
    assert command is not None
    assert command.name == word


@pytest.mark.parametrize("yes", sorted(YESES))
def test_every_yes_of_a_voice_note_is_one_in_writing(yes: str) -> None:
    """What is heard as a yes is read as one, too: the words have one meaning."""
    context = ReadContext(state="awaiting_confirmation", drafts=(WHOLE,), now=NOW, zone=NOW.astimezone(UTC).tzinfo)  # type: ignore[arg-type]
    event = read(f"{yes.capitalize()}.", context)
    assert as_heard(event, heard(NOTE, f"{yes.capitalize()}.")) == Confirmed()


@pytest.mark.parametrize("text", ["ok", "okay", "sure", "thank you", "yes please", "yes but the stop was 18230", "y"])
def test_no_other_words_confirm_by_voice(text: str) -> None:
    assert as_heard(Confirmed(), heard(NOTE, text)) == Unread(reason="heard")
    assert as_heard(Confirmed(), replace(NOTE, text=text)) == Confirmed()


# ---- drafts


def says() -> st.SearchStrategy[Event]:
    fields = st.sampled_from(
        [WHOLE, TradeFields(exit_price=Decimal(18300)), TradeFields(symbol="ES", direction="short")]
    )
    return st.one_of(
        st.builds(lambda said: Reported(trades=(said,)), fields),
        st.builds(lambda said: Planned(trades=(said,)), fields),
        *(
            st.builds(lambda said, kind=kind: kind(fields=said), fields)
            for kind in (Closed, Detailed, Corrected, Filled, FillTold)
        ),
        st.builds(lambda said: Revised(source="m1", fields=said), fields),
    )


@given(st.sampled_from(sorted(SITUATIONS)), st.sampled_from(sorted(SURROUNDINGS)), says())
def test_whatever_is_heard_waits_marked(situation: str, around: str, event: Event) -> None:
    """What a voice note told is marked in every draft it touched; and before it is shown no yes in words takes it."""
    before = SITUATIONS[situation]
    place = replace(scene(around), spoken=True, received_at=NOW - timedelta(seconds=5))
    drafts = step(before, event, NOW, place).conversation.drafts
    known = {draft.id: draft.fields for draft in (*before.drafts, *before.shelf)}
    for draft in drafts:
        if known.get(draft.id) != draft.fields:
            assert (draft.heard_at, draft.by_model) == (NOW, True)
    turn = step(step(before, event, NOW, place).conversation, Confirmed(), NOW, place)
    assert all(draft in turn.conversation.drafts for draft in drafts if draft.heard_at == NOW)


def test_every_event_that_says_something_is_tried() -> None:
    saying = {kind for kind in get_args(Event) if {"fields", "trades"} & set(getattr(kind, "__dataclass_fields__", ()))}
    assert {kind.__name__ for kind in saying} == {
        "Reported", "Planned", "Filled", "Unfilled", "Closed", "Detailed", "Corrected", "Revised",
        "FillTold",
    }  # fmt: skip
