"""WhatsApp, inbound: Twilio calls our signed webhook over a socket, and is told "received" only after the commit."""

import asyncio
import io
from collections.abc import AsyncIterator
from datetime import timedelta

import pytest
from multidict import MultiDict
from twilio.request_validator import RequestValidator

from adapters.whatsapp import WhatsApp
from adapters.whatsapp_wire import OPTED_OUT
from statemachine.message import Place
from tests.inbox import Inbox
from tests.servers.twilio import TwilioServer
from tests.servers.twilio_traffic import ACCOUNT, NUMBER
from tests.whatsapp_side import HOOK, Side

ANN, BEN = "+4915112345678", "+447700900123"
SECRET_TEXT = "long 2 nq 18250, and nobody may read this in a log"


@pytest.fixture
async def twilio() -> AsyncIterator[TwilioServer]:
    async with TwilioServer() as server:
        yield server


@pytest.fixture
def inbox() -> Inbox:
    return Inbox()


@pytest.fixture
async def side(twilio: TwilioServer, inbox: Inbox) -> AsyncIterator[Side]:
    async with Side(twilio, inbox) as side:
        yield side


async def test_a_text_is_acknowledged_after_the_commit(twilio: TwilioServer, side: Side, inbox: Inbox) -> None:
    inbox.gates[ANN] = asyncio.Event()
    sid = twilio.write(ANN, "long 2 nq 18250 📈 – ¡olé!")
    await twilio.until(lambda: inbox.attempts)
    assert twilio.deliveries == []
    inbox.gates[ANN].set()
    await twilio.quiet()
    (delivery,) = twilio.deliveries
    assert (delivery.status, delivery.body) == (200, "<Response/>")
    (message,) = inbox.messages
    assert (message.platform, message.account, message.chat_id) == ("whatsapp", NUMBER, ANN)
    assert (message.external_id, message.text) == (sid, "long 2 nq 18250 📈 – ¡olé!")


async def test_photo_several_photos_and_a_picture_as_a_file(twilio: TwilioServer, side: Side, inbox: Inbox) -> None:
    twilio.picture(ANN, b"chart", body="my chart")
    await twilio.quiet()
    twilio.picture(ANN, b"one", b"two", mime="image/png")
    await twilio.quiet()
    twilio.picture(ANN, b"three", body="nq.png", mime="image/png", kind="document")
    await twilio.quiet()
    assert inbox.texts == ["my chart", "", ""]
    kinds = [[attachment.kind for attachment in message.attachments] for message in inbox.messages]
    assert kinds == [["photo"], ["photo", "photo"], ["image"]]
    files = [
        await side.whatsapp.fetch(attachment, 100) for message in inbox.messages for attachment in message.attachments
    ]
    assert files == [b"chart", b"one", b"two", b"three"]


async def test_what_is_no_text_and_no_picture_is_handed_over_too(
    twilio: TwilioServer, side: Side, inbox: Inbox
) -> None:
    twilio.picture(ANN, b"hello", mime="audio/ogg", kind="audio")
    await twilio.quiet()
    twilio.location(ANN)
    await twilio.quiet()
    twilio.write(ANN, "", MessageType="unsupported")
    await twilio.quiet()
    assert [[each.kind for each in message.attachments] for message in inbox.messages] == [["voice"], [], []]
    assert [message.place for message in inbox.messages] == [None, Place(50.1109, 8.6821), None]
    assert [delivery.status for delivery in twilio.deliveries] == [200, 200, 200]


async def test_numbers_quick_replies_and_answers(twilio: TwilioServer, side: Side, inbox: Inbox) -> None:
    twilio.write(ANN, "2", OriginalRepliedMessageSid="SM" + "c" * 32)
    await twilio.quiet()
    twilio.write(ANN, "Confirm", ButtonText="Confirm", ButtonPayload="c:1:2", MessageType="button")
    await twilio.quiet()
    number, press = inbox.messages
    assert (number.choice, number.text, number.reply_to) == (2, "2", "SM" + "c" * 32)
    assert (press.button, press.choice) == ("c:1:2", None)


async def test_a_duplicate_has_the_same_identity(twilio: TwilioServer, side: Side, inbox: Inbox) -> None:
    sid = twilio.write(ANN, "hi")
    await twilio.quiet()
    twilio.deliver_again(sid)
    await twilio.quiet()
    assert [delivery.status for delivery in twilio.deliveries] == [200, 200]
    assert {(message.chat, message.external_id) for message in inbox.messages} == {(inbox.messages[0].chat, sid)}


async def test_out_of_order_each_is_taken_as_it_comes(twilio: TwilioServer, side: Side, inbox: Inbox) -> None:
    late = twilio.form_of(twilio.write(BEN, "first", ago=timedelta(minutes=5)))
    await twilio.quiet()
    assert await side.post({**late, "MessageSid": "SM" + "9" * 32, "Body": "second"}) == 200
    assert await side.post(late) == 200
    assert inbox.texts == ["first", "second", "first"]


async def test_two_chats_do_not_wait_for_one_another(twilio: TwilioServer, side: Side, inbox: Inbox) -> None:
    inbox.gates[ANN] = asyncio.Event()
    twilio.write(ANN, "slow")
    await twilio.until(lambda: inbox.attempts)
    twilio.write(BEN, "quick")
    await twilio.until(lambda: inbox.texts == ["quick"])
    inbox.gates[ANN].set()
    await twilio.quiet()
    assert inbox.texts == ["quick", "slow"]


# What is not Twilio's, or not about us.


@pytest.mark.parametrize("signature", ["", "x", "0" * 28, "é", "RSOYDt4T1cUTdK1PDd93/VVr8B8="])
async def test_forged(
    twilio: TwilioServer,
    side: Side,
    inbox: Inbox,
    signature: str,
    capsys: pytest.CaptureFixture[str],
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level("DEBUG")
    form = form_of(twilio, SECRET_TEXT)
    assert await side.post(form, signature=signature) == 403
    assert await side.post(form, signature=signature, path="/whatsapp/status") == 403
    assert (inbox.attempts, inbox.deliveries) == (0, [])
    logged = caplog.text + "".join(capsys.readouterr())
    assert "refused a request to /whatsapp" in logged
    assert SECRET_TEXT not in logged
    assert ANN not in logged


async def test_nothing_can_be_changed_added_or_said_of_another_address(
    twilio: TwilioServer, side: Side, inbox: Inbox
) -> None:
    form = form_of(twilio, "long 2 nq")
    signature = twilio.sign(HOOK, form)
    for change in ({"Body": "long 3 nq"}, {"From": f"whatsapp:{BEN}"}, {"ButtonPayload": "c:1"}):
        assert await side.post({**form, **change}, signature=signature) == 403
    elsewhere = twilio.sign("https://evil.example/whatsapp", form)
    assert await side.post(form, signature=elsewhere) == 403
    assert (
        await side.post(form, signature=elsewhere, **{"Host": "evil.example", "X-Forwarded-Host": "evil.example"})
        == 403
    )
    assert await side.post(form, signature=twilio.sign(HOOK, form, token="another")) == 403
    assert inbox.attempts == 0
    assert await side.post(form, signature=signature, Host="whatever.example") == 200


async def test_an_sms_to_the_same_number(twilio: TwilioServer, side: Side, inbox: Inbox) -> None:
    form = form_of(twilio, "hi")
    assert await side.post({**form, "From": ANN}) == 403
    assert await side.post({**form, "From": ANN, "To": NUMBER}) == 403
    assert await side.post({**form, "To": "whatsapp:+15005550006"}) == 403
    assert inbox.attempts == 0


async def test_another_account(twilio: TwilioServer, side: Side, inbox: Inbox) -> None:
    form = form_of(twilio, "hi")
    assert await side.post({**form, "AccountSid": "AC" + "f" * 32}) == 403
    assert await side.post({name: value for name, value in form.items() if name != "AccountSid"}) == 403
    assert inbox.attempts == 0


async def test_a_body_that_is_no_form(side: Side, inbox: Inbox) -> None:
    for body in (b"", b"\xff\xfe", b'{"Body": "hi"}', b"&" * 1000, "From=whatsapp:é".encode()):
        async with side.http.post(f"{side.url}/whatsapp", data=body, headers={"X-Twilio-Signature": "x"}) as response:
            assert response.status == 403
    async with side.http.post(f"{side.url}/whatsapp", data=io.BytesIO(b"x" * 2_000_000)) as response:
        assert response.status == 413
    async with side.http.get(f"{side.url}/whatsapp") as response:
        assert response.status == 404
    assert inbox.attempts == 0


async def test_a_signed_form_without_message_or_sender(twilio: TwilioServer, side: Side, inbox: Inbox) -> None:
    form = form_of(twilio, "hi")
    assert await side.post({**form, "MessageSid": "../../x"}) == 400
    assert await side.post({**form, "From": "whatsapp:a b"}) == 400
    assert inbox.attempts == 0


def test_twilios_published_examples_verify() -> None:
    """twilio.com/docs/usage/security, and the libraries' own tests: the token is 12345."""
    url = "https://mycompany.com/myapp.php?foo=1&bar=2"
    form = {
        "CallSid": "CA1234567890ABCDE",
        "Caller": "+14158675309",
        "Digits": "1234",
        "From": "+14158675309",
        "To": "+18005551212",
    }
    repeated = MultiDict(
        [("Sid", "CA123"), ("SidAccount", "AC123"), ("Digits", "5678"), ("Digits", "1234"), ("Digits", "1234")]
    )
    whatsapp = WhatsApp(ACCOUNT, "12345", NUMBER, public_url="https://mycompany.com")
    assert whatsapp._signed(url, MultiDict(form), "RSOYDt4T1cUTdK1PDd93/VVr8B8=")
    assert whatsapp._signed(url, repeated, "IK+Dwps556ElfBT0I3Rgjkr1wJU=")
    assert whatsapp._signed(url.replace(".com/", ".com:443/"), MultiDict(form), "RSOYDt4T1cUTdK1PDd93/VVr8B8=")
    assert not whatsapp._signed(url, MultiDict(form), "RSOYDt4T1cUTdK1PDd93/VVr8B8")
    assert not whatsapp._signed(url + "&baz=3", MultiDict(form), "RSOYDt4T1cUTdK1PDd93/VVr8B8=")
    assert RequestValidator("12345").validate(url, form, "RSOYDt4T1cUTdK1PDd93/VVr8B8=")


async def test_the_webhooks_query_is_signed_and_its_fragment_is_not(twilio: TwilioServer, inbox: Inbox) -> None:
    async with Side(twilio, inbox, hook=f"{HOOK}?sender=a%20b%2Bc#rc=2&rp=5xx"):
        twilio.write(ANN, "hi")
        await twilio.quiet()
    assert [delivery.status for delivery in twilio.deliveries] == [200]


@pytest.mark.parametrize("public", ["https://vigil.example:443", "https://vigil.example/"])
async def test_the_port_may_be_named_or_not(twilio: TwilioServer, inbox: Inbox, public: str) -> None:
    async with Side(twilio, inbox, public_url=public):
        twilio.write(ANN, "hi")
        await twilio.quiet()
    assert inbox.texts == ["hi"]


# Outages.


async def test_an_outage_is_answered_with_503_and_repeated_as_the_webhook_says(
    twilio: TwilioServer, inbox: Inbox
) -> None:
    inbox.down = True
    async with Side(twilio, inbox, hook=f"{HOOK}#rc=3&rp=5xx,ct,rt"):
        twilio.write(ANN, "hi")
        await twilio.until(lambda: len(twilio.deliveries) == 2)
        inbox.down = False
        await twilio.quiet()
    assert {delivery.status for delivery in twilio.deliveries[:-1]} == {503}
    assert twilio.deliveries[-1].status == 200
    assert inbox.texts == ["hi"]


async def test_without_retry_settings_twilio_does_not_repeat_a_503(
    twilio: TwilioServer, side: Side, inbox: Inbox
) -> None:
    inbox.down = True
    twilio.write(ANN, "hi")
    await twilio.quiet()
    assert [delivery.status for delivery in twilio.deliveries] == [503]


async def test_a_stalled_database_is_told_to_twilio_within_its_15_seconds(
    twilio: TwilioServer, side: Side, inbox: Inbox
) -> None:
    inbox.gates[ANN] = asyncio.Event()
    twilio.write(ANN, "hi")
    await twilio.quiet()
    (delivery,) = twilio.deliveries
    assert delivery.status == 503  # and not 0, which would be Twilio hanging up
    assert delivery.seconds < 15
    inbox.gates[ANN].set()
    await twilio.until(lambda: inbox.texts == ["hi"])  # what was under way is finished: the repeat finds it stored


async def test_a_bug_in_the_journal_is_not_acknowledged(
    twilio: TwilioServer, side: Side, inbox: Inbox, caplog: pytest.LogCaptureFixture
) -> None:
    inbox.sick.add(ANN)
    twilio.write(ANN, SECRET_TEXT)
    await twilio.quiet()
    assert [delivery.status for delivery in twilio.deliveries] == [500]
    assert "LookupError" in caplog.text
    assert SECRET_TEXT not in caplog.text


async def test_stop_reaches_the_journal_as_no_talk(twilio: TwilioServer, side: Side, inbox: Inbox) -> None:
    twilio.write(ANN, "STOP")
    await twilio.quiet()
    twilio.write(ANN, "START")
    await twilio.quiet()
    assert [(message.handle, message.text) for message in inbox.messages] == [(OPTED_OUT, ""), (None, "/start")]


def form_of(twilio: TwilioServer, body: str) -> dict[str, str]:
    """A message's form, which Twilio itself does not deliver."""
    hook, twilio.webhook = twilio.webhook, ""
    form = twilio.form_of(twilio.write(ANN, body))
    twilio.webhook = hook
    return form
