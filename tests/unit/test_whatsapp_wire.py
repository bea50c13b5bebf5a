"""WhatsApp's translators: forms to messages, replies to texts that WhatsApp shows as they are."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.whatsapp_wire import (
    HOW_TO_ANSWER,
    OPTED_OUT,
    TEXT_LIMIT,
    Listed,
    listed_to_message,
    plain,
    template_variables,
    to_delivery,
    to_message,
    to_parts,
)
from statemachine.message import Attachment, Button, Delivery, Message, Place, Reply
from tests.servers.whatsapp_text import shown

US, ANN = "+14155238886", "+4915112345678"
SID, OUR_SID = "SM" + "1" * 32, "MM" + "2" * 32
MEDIA = [f"ME{number:032x}" for number in range(3)]
NOW = datetime(2026, 11, 23, 14, 5, tzinfo=UTC)


def form(**fields: str) -> dict[str, str]:
    return {"From": f"whatsapp:{ANN}", "To": f"whatsapp:{US}", "MessageSid": SID, "NumMedia": "0", "Body": "", **fields}


def media(*mimes: str, **fields: str) -> dict[str, str]:
    files = {
        name: value
        for number, mime in enumerate(mimes)
        for name, value in (
            (f"MediaContentType{number}", mime),
            (
                f"MediaUrl{number}",
                f"https://api.twilio.com/2010-04-01/Accounts/AC1/Messages/{SID}/Media/{MEDIA[number]}",
            ),
        )
    }
    return form(NumMedia=str(len(mimes)), **files, **fields)


def read(fields: dict[str, str]) -> Message:
    message = to_message(fields, US, NOW)
    assert message is not None
    return message


def test_a_text() -> None:
    assert read(form(Body="long 2 nq 18250", MessageType="text")) == Message(
        platform="whatsapp",
        account=US,
        chat_id=ANN,
        sender_id=ANN,
        external_id=SID,
        sent_at=NOW,
        text="long 2 nq 18250",
    )


def test_a_number_is_a_choice_and_stays_text() -> None:
    message = read(form(Body=" 2 "))
    assert (message.choice, message.text) == (2, " 2 ")
    assert read(form(Body="2 nq")).choice is None


def test_a_quick_reply_is_a_button() -> None:
    message = read(form(Body="Confirm", ButtonText="Confirm", ButtonPayload="c:1:7", OriginalRepliedMessageSid=OUR_SID))
    assert (message.button, message.reply_to, message.choice) == ("c:1:7", OUR_SID, None)


def test_several_files_of_one_message() -> None:
    message = read(media("image/jpeg", "image/png", Body="both charts", MessageType="image"))
    assert message.text == "both charts"
    assert message.attachments == (
        Attachment(kind="photo", handle=f"{SID}/{MEDIA[0]}", mime="image/jpeg"),
        Attachment(kind="photo", handle=f"{SID}/{MEDIA[1]}", mime="image/png"),
    )


@pytest.mark.parametrize(
    ("mime", "message_type", "kind"),
    [
        ("image/png", "image", "photo"),
        ("image/png", "document", "image"),
        ("image/webp", "sticker", "sticker"),
        ("audio/ogg", "audio", "voice"),
        ("video/mp4", "video", "video"),
        ("application/pdf", "document", "document"),
        ("text/csv", "document", "document"),
        ("text/vcard", "contacts", "other"),
        ("", "", "other"),
    ],
)
def test_kinds(mime: str, message_type: str, kind: str) -> None:
    (attachment,) = read(media(mime, MessageType=message_type)).attachments
    assert attachment.kind == kind


def test_a_document_brings_its_name_where_the_text_would_be() -> None:
    message = read(media("image/png", Body="nq chart 23 Nov.png", MessageType="document"))
    assert message.text == ""
    assert message.attachments[0].name == "nq chart 23 Nov.png"
    assert read(media("image/png", Body="long 2 nq 18250", MessageType="document")).text == "long 2 nq 18250"


def test_a_place_is_where_the_trader_is() -> None:
    message = read(form(MessageType="location", Latitude="50.1", Longitude="8.6"))
    assert (message.place, message.attachments) == (Place(50.1, 8.6), ())


@pytest.mark.parametrize("latitude", ["", "north", "nan", "inf", "1e999"])
def test_a_place_that_is_none_is_an_empty_message(latitude: str) -> None:
    message = read(form(MessageType="location", Latitude=latitude, Longitude="8.6"))
    assert (message.place, message.text, message.attachments) == (None, "", ())


def test_nothing_at_all_is_still_a_message() -> None:
    message = read(form(MessageType="unsupported"))
    assert (message.text, message.attachments) == ("", ())


@pytest.mark.parametrize(
    "address", ["whatsapp:", "whatsapp:+49 151", "whatsapp:a/b", f"{ANN}", "", "whatsapp:" + "9" * 200]
)
def test_nobody_to_answer(address: str) -> None:
    assert to_message(form(From=address, Body="hi"), US, NOW) is None


@pytest.mark.parametrize("sid", ["", "SM1", "SM" + "g!" * 16, "../" + "1" * 31])
def test_no_message(sid: str) -> None:
    assert to_message(form(MessageSid=sid, Body="hi"), US, NOW) is None


def test_a_person_who_hides_the_number() -> None:
    assert read(form(From="whatsapp:US.13491208655302741918", Body="hi")).chat_id == "US.13491208655302741918"


@pytest.mark.parametrize("count", ["-1", "x", "99999999", "²"])
def test_a_count_of_files_that_is_none(count: str) -> None:
    assert len(read(form(NumMedia=count)).attachments) <= 10


def test_an_address_of_a_file_is_believed_for_its_names_only() -> None:
    fields = form(NumMedia="2", MediaContentType0="image/png", MediaUrl0="http://169.254.169.254/latest/meta-data")
    fields |= {"MediaContentType1": "image/png", "MediaUrl1": f"https://evil.example/x/{SID}/Media/{MEDIA[0]}"}
    assert [attachment.handle for attachment in read(fields).attachments] == ["", f"{SID}/{MEDIA[0]}"]


@pytest.mark.parametrize("text", ["STOP", "stop", " Stop. ", "Unsubscribe", "STOPALL"])
def test_stop(text: str) -> None:
    message = read(form(Body=text))
    assert (message.handle, message.text, message.choice) == (OPTED_OUT, "", None)


@pytest.mark.parametrize("text", ["stop 18230", "cancel", "end", "quit", "no stop", "stopped out at 18230"])
def test_what_a_trader_may_mean_stays_talk(text: str) -> None:
    message = read(form(Body=text))
    assert (message.handle, message.text) == (None, text)


def test_stop_as_a_messaging_service_tells_it() -> None:
    assert read(form(Body="ARRET", OptOutType="STOP")).handle == OPTED_OUT
    assert read(form(Body="HELP", OptOutType="HELP")).text == "HELP"


@pytest.mark.parametrize("text", ["START", "Unstop"])
def test_start_opens_the_chat_again(text: str) -> None:
    message = read(form(Body=text))
    assert (message.handle, message.text) == (None, "/start")


def test_a_listed_message_is_the_one_the_webhook_would_have_brought() -> None:
    listed = Listed(SID, ANN, "my chart", NOW, files=1)
    assert listed_to_message(listed, [(MEDIA[0], "image/jpeg")], US) == read(
        media("image/jpeg", Body="my chart", MessageType="image")
    )


@pytest.mark.parametrize("status", ["delivered", "read"])
def test_delivered(status: str) -> None:
    delivery = to_delivery(report(status), US)
    assert delivery is not None
    assert (delivery.outcome, delivery.external_id, delivery.chat.chat_id) == ("delivered", OUR_SID, ANN)


@pytest.mark.parametrize("status", ["queued", "sending", "sent", "accepted", ""])
def test_on_its_way(status: str) -> None:
    assert to_delivery(report(status), US) is None


@pytest.mark.parametrize(("code", "outcome"), [("63016", "held"), ("63024", "refused"), ("", "refused")])
@pytest.mark.parametrize("status", ["failed", "undelivered"])
def test_failed(status: str, code: str, outcome: str) -> None:
    delivery = to_delivery(report(status, code), US)
    assert isinstance(delivery, Delivery)
    assert delivery.outcome == outcome
    assert delivery.error is not None
    assert delivery.error.startswith(code or status)


def report(status: str, code: str = "") -> dict[str, str]:
    fields = {"From": f"whatsapp:{US}", "To": f"whatsapp:{ANN}", "MessageSid": OUR_SID, "MessageStatus": status}
    return {**fields, **({"ErrorCode": code} if code else {})}


def test_the_title_is_bold_and_nothing_else() -> None:
    (part,) = to_parts(Reply(title="Long *2* NQ", text="_entry_ ~18250~ `stop`\n> 18230 *now*\n- 500\n1. one"))
    text, formatted = shown(part.text)
    assert text == "Long *2* NQ\n_entry_ ~18250~ `stop`\n> 18230 *now*\n- 500\n1. one"
    assert formatted == [("bold", "Long *2* NQ")]


@pytest.mark.parametrize("text", ["18,250 → 18,290 · stop 18,230", "BTC_USD 2*3", "https://x.example/_a_/*b*?c=_d_ ok"])
def test_what_formats_nothing_can_be_copied(text: str) -> None:
    assert plain(text) == text


@given(st.text(alphabet="ab*_~`>-1. \n", max_size=60))
def test_whatever_is_said_is_shown_as_it_is(text: str) -> None:
    assert shown(plain(text)) == (text, [])


def test_choices_are_numbered_lines() -> None:
    buttons = ((Button("Confirm", "c"), Button("Cancel", "x")), (Button("Edit", "e"),))
    (part,) = to_parts(Reply(title="Is this right?", text="Long 2 NQ", buttons=buttons))
    assert part.text == f"*Is this right?*\nLong 2 NQ\n\n1 Confirm\n2 Cancel\n3 Edit\n{HOW_TO_ANSWER}"


def test_choices_alone() -> None:
    assert [part.text for part in to_parts(Reply(text="", buttons=((Button("Yes", "y"),),)))] == [
        f"1 Yes\n{HOW_TO_ANSWER}"
    ]


@pytest.mark.parametrize("length", range(1540, 1602, 4))
def test_choices_never_make_a_message_too_long(length: int) -> None:
    parts = to_parts(Reply(text="x" * length, buttons=((Button("Confirm", "c"), Button("Cancel", "x")),)))
    assert all(len(part.text) <= TEXT_LIMIT for part in parts)
    assert parts[-1].text.endswith(f"1 Confirm\n2 Cancel\n{HOW_TO_ANSWER}")


def test_emoji_count_double() -> None:
    parts = to_parts(Reply(text="📈" * 1700))
    assert [len(part.text.encode("utf-16-le")) // 2 for part in parts] == [1600, 1600, 200]
    assert "".join(part.text for part in parts) == "📈" * 1700


def test_the_picture_goes_with_the_first_part_and_its_shorter_text() -> None:
    parts = to_parts(Reply(text="word " * 600, image="day.png"), picture=True)
    assert [part.picture for part in parts] == [True] + [False] * (len(parts) - 1)
    assert len(parts[0].text) <= 1024
    assert [part.picture for part in to_parts(Reply(text="", image="day.png"), picture=True)] == [True]


@pytest.mark.parametrize("text", ["", " \n "])
def test_nothing_to_say(text: str) -> None:
    assert to_parts(Reply(text=text)) == []


@pytest.mark.parametrize(
    ("reply", "words"),
    [
        ({"title": "Your rules on NQ", "text": "…"}, "Your rules on NQ"),
        ({"text": "\n  Daily   loss:\t$400 left \nmore"}, "Daily loss: $400 left"),
        ({"text": "x" * 500}, "x" * 199 + "…"),
        ({"text": ""}, "…"),
    ],
)
def test_what_the_template_says(reply: dict[str, Any], words: str) -> None:
    assert json.loads(template_variables(Reply(**reply))) == {"1": words}
