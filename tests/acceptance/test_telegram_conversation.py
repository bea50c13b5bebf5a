"""A whole conversation with `vigil run` as its operator starts it: by polling and by webhook, with a chart."""

import io
from decimal import Decimal
from pathlib import Path

import asyncpg
import pytest
from PIL import Image

from tests.acceptance.processes import by_telegram, command, environment, free_port, worker
from tests.servers.telegram import TelegramServer
from tests.servers.telegram_traffic import Sent

ANN = 4001
EMAIL = "ann@example.com"
RULES = ("Always have a stop loss", "Max 1 contract", "Only trade my A+ setups")
MESSAGES = 6
SECONDS = 20.0


def chart() -> bytes:
    picture = io.BytesIO()
    Image.linear_gradient("L").resize((640, 360)).save(picture, "PNG")
    return picture.getvalue()


class Phone:
    """What Ann sees; `reply` is the next message that she has not looked at."""

    def __init__(self, server: TelegramServer) -> None:
        self._server = server
        self._seen = 0

    async def reply(self, *words: str) -> Sent:
        """The next message; it holds these words."""
        await self._server.until(lambda: len(self._server.sent_to(ANN)) > self._seen, within=SECONDS)
        message = self._server.sent_to(ANN)[self._seen]
        self._seen += 1
        assert all(word in message.text for word in words), message.text
        return message

    async def write(self, text: str, *words: str) -> Sent:
        self._server.write(ANN, text)
        return await self.reply(*words)

    async def press(self, message: Sent, label: str, *words: str) -> Sent:
        self._server.press(ANN, message.message_id, label)
        return await self.reply(*words)


@pytest.mark.parametrize("mode", ["polling", "webhook"])
async def test_from_the_link_code_to_the_verdicts(
    mode: str, dsn: str, connection: asyncpg.Connection, tmp_path: Path
) -> None:
    user = await connection.fetchval(
        "insert into auth.users (id, email) values (gen_random_uuid(), $1) returning id", EMAIL
    )
    await connection.executemany(
        "insert into public.trading_rules (user_id, rule_text) values ($1, $2)", [(user, rule) for rule in RULES]
    )
    async with TelegramServer() as server:
        telegram = by_telegram(server.url, webhook_port=free_port() if mode == "webhook" else None)
        variables = environment(tmp_path, DATABASE_URL=dsn, **telegram)
        async with worker(tmp_path, variables) as running:
            await _converse(Phone(server), server, await _link_code(tmp_path, variables))
            await server.until(lambda: not server.pending(), within=SECONDS)
            assert len(server.answered) == 1, "the pressed button stops waiting"
            status, seconds = await running.terminate()
        assert (status, seconds < 10) == (0, True), running.output
        assert len(server.confirmed) == MESSAGES
    await _look(connection, tmp_path / "data" / "screenshots")


async def _link_code(folder: Path, variables: dict[str, str]) -> str:
    printed = await command(folder, variables, "link-code", EMAIL, "telegram")
    return next(word for word in printed.split() if word.startswith("VGL-"))


async def _converse(phone: Phone, server: TelegramServer, code: str) -> None:
    await phone.write("hello", "link")
    await phone.write(code, "a")
    await phone.reply("Where are you?")
    draft = await phone.write("long 2 nq 18250 > 18290 stop 18230", "Long 2 NQ", "+$1,600.00")
    await phone.press(draft, "Confirm", "Recorded", "+$1,600.00")
    await phone.reply("chart")
    server.photo(ANN, chart())
    await phone.reply("NQ")
    await phone.reply("Only trade my A+ setups", "✓ Always have a stop loss", "✗ Max 1 contract")
    await phone.write("/trades", "Long 2 NQ", "+$1,600.00")


async def _look(connection: asyncpg.Connection, pictures: Path) -> None:
    """The journal holds the trade, its day, its verdicts and its chart."""
    inbox = await connection.fetch("select status, count(*) as count from worker.inbox group by 1")
    assert [tuple(row) for row in inbox] == [("done", MESSAGES)]
    assert await connection.fetchval("select count(*) from worker.outbox where status <> 'sent'") == 0
    trade = await connection.fetchrow(
        "select t.*, d.daily_pnl from public.trades t join public.daily_tracking d on d.id = t.daily_tracking_id"
    )
    assert trade is not None
    assert (trade["symbol"], trade["pnl"], trade["daily_pnl"]) == ("NQ", Decimal(1600), Decimal(1600))
    assert (trade["rules_followed"], trade["rules_violated"], trade["rules_unclear"]) == (1, 1, 1)
    assert await connection.fetchval("select count(*) from public.trade_rule_verdicts") == 3
    stored = [path for path in pictures.rglob("*.png") if path.is_file()]
    assert len(stored) == 1
    assert trade["screenshot_url"].endswith(stored[0].name)
    with Image.open(stored[0]) as image:
        assert image.size == (640, 360)
