"""What an audit learns of a trade's account, its week and what was open beside it, from a real database."""

import json
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

import asyncpg
import pytest

from bot.auditing.checks import evaluate
from bot.auditing.facts import AuditFacts
from bot.auditing.loading import facts_of
from bot.auditing.telling import told
from bot.rules.kinds import Cooldown, Limit, MaxDailyLoss, MaxOpen, MaxTradeLoss, MaxTrades
from db import audits
from db.audits import audit_input

NEW_YORK = ZoneInfo("America/New_York")
TUESDAY = date(2026, 11, 24)
FUTURES = {"timezone": "America/New_York", "day_start": {"hour": 18}}
TRADE = """
insert into public.trades (id, user_id, daily_tracking_id, symbol, direction, entry_price, exit_price, position_size,
    pnl, commissions, entry_time, exit_time, created_at)
values ($1, $2, $3, $4, 'long', $5, $6, $7, $8, $9, $10, $11, $12)
"""


def at(clock: str, day: date = TUESDAY) -> datetime:
    return datetime.combine(day, datetime.strptime(clock, "%H:%M").time(), NEW_YORK).astimezone(UTC)  # noqa: DTZ007


class Books:
    """A trader's journal, written to directly, as other writers do."""

    def __init__(self, db: asyncpg.Connection, user: UUID) -> None:
        self.db, self.user = db, user
        self._recorded = at("17:00") + timedelta(days=30)

    async def account(self, name: str, **columns: Any) -> UUID:
        names = ", ".join(["user_id", "name", *columns])
        places = ", ".join(f"${n + 1}" for n in range(len(columns) + 2))
        found: UUID = await self.db.fetchval(
            f"insert into worker.accounts ({names}) values ({places}) returning id", self.user, name, *columns.values()
        )
        return found

    async def profile(self, preferences: Any = FUTURES, **columns: Any) -> None:
        values = {"journal_preferences": json.dumps(preferences), **columns}
        named = ", ".join(f"{name} = ${n + 2}" for n, name in enumerate(values))
        await self.db.execute(f"update public.profiles set {named} where id = $1", self.user, *values.values())

    async def _day(self, day: date, account: UUID | None, **figures: Any) -> UUID:
        values = {"starting_balance": None, "ending_balance": None} | figures
        table, owner = ("public.daily_tracking", ("user_id", self.user))
        if account is not None:
            table, owner = "worker.account_days", ("account_id", account)
        found = await self.db.fetchval(
            f"select id from {table} where {owner[0]} = $1 and trade_date = $2", owner[1], day
        )
        if found is not None:
            return UUID(str(found))
        columns = {"user_id": self.user, owner[0]: owner[1], "trade_date": day, **values}
        places = ", ".join(f"${n + 1}" for n in range(len(columns)))
        made: UUID = await self.db.fetchval(
            f"insert into {table} ({', '.join(columns)}) values ({places}) returning id", *columns.values()
        )
        return made

    async def trade(
        self,
        day: date = TUESDAY,
        *,
        pnl: Any = None,
        entered: datetime | None = None,
        left: datetime | None = None,
        symbol: str = "NQ",
        account: UUID | None = None,
        is_open: bool = False,
        entry: Any = None,
        size: Any = 1,
        fees: Any = None,
        balance: Any = None,
        recorded: datetime | None = None,
    ) -> UUID:
        """A trade of a day; `balance` is what the day began with. Recorded one after the other."""
        self._recorded += timedelta(minutes=1)
        number, on = uuid4(), await self._day(day, account, starting_balance=balance)
        default = on if account is None else None
        values = (symbol, entry, None, size, pnl, fees, entered, left, recorded or self._recorded)
        await self.db.execute(TRADE, number, self.user, default, *values)
        await self.db.execute(
            """insert into worker.trade_facts (trade_id, user_id, is_open, account_id, account_day_id)
               values ($1, $2, $3, $4, $5)""",
            number, self.user, is_open, account, None if account is None else on,
        )  # fmt: skip
        return number

    async def facts(self, trade: UUID) -> AuditFacts:
        given = await audit_input(self.db, self.user, trade, 100)
        assert given is not None
        return facts_of(given)


@pytest.fixture
async def books(connection: asyncpg.Connection, trader: UUID) -> Books:
    books = Books(connection, trader)
    await books.profile(account_size=50_000)
    return books


def numbers(facts: AuditFacts) -> set[UUID]:
    return {other.id for other in facts.others}


async def test_the_account_as_the_profile_has_it(books: Books) -> None:
    await books.profile(
        FUTURES | {"currency": "EUR"},
        account_size=100_000,
        challenge_phase="Phase 1",
        daily_loss_limit_pct=Decimal(5),
        daily_loss_type="initial balance",
    )
    number = await books.trade(balance=Decimal(99_000), entered=at("10:00"), left=at("10:30"), pnl=Decimal(-100))
    facts = await books.facts(number)
    assert [facts.account_size, facts.starting_balance, facts.daily_limit] == [100_000, 99_000, 5_000]
    assert (facts.phase, facts.account_currency, facts.zone) == ("evaluation", "EUR", NEW_YORK)
    assert [facts.day, facts.trade.pnl, facts.trade.entry_time] == [TUESDAY, -100, at("10:00")]
    assert (facts.day_start.zone, facts.day_start.hour) == (NEW_YORK, 18)


async def test_its_week_and_what_came_right_before(books: Books) -> None:
    """From three days before Monday: a pause after a loss may reach over a weekend."""
    near = [await books.trade(TUESDAY - timedelta(days=ago)) for ago in (0, 1, 2, 3, 4)]
    far = await books.trade(TUESDAY - timedelta(days=5))
    tomorrow = await books.trade(TUESDAY + timedelta(days=1), entered=at("10:00", TUESDAY + timedelta(days=1)))
    facts = await books.facts(await books.trade(entered=at("10:00")))
    assert numbers(facts) == set(near)
    assert {far, tomorrow}.isdisjoint(numbers(facts))
    assert facts.complete_from is None


async def test_what_was_open_beside_it_stands_on_other_days(books: Books) -> None:
    month_ago, in_a_week = TUESDAY - timedelta(days=30), TUESDAY + timedelta(days=7)
    still_open = await books.trade(month_ago, is_open=True, entered=at("10:00", month_ago))
    held_on = await books.trade(in_a_week, entered=at("10:00", month_ago), left=at("10:00", in_a_week))
    begun_later = await books.trade(in_a_week, entered=at("9:00", in_a_week), left=at("10:00", in_a_week))
    facts = await books.facts(await books.trade(entered=at("10:00"), left=at("10:30"), pnl=10))
    assert numbers(facts) == {still_open, held_on}
    assert begun_later not in numbers(facts)
    found = evaluate(MaxOpen(limit=2), facts, uuid4())
    assert (found.verdict, found.evidence) == ("violated", "3 open at once; limit 2.")


async def test_a_trade_held_over_the_weekend_is_judged_by_the_day_it_was_begun_on(books: Books) -> None:
    friday, monday = date(2026, 11, 20), date(2026, 11, 23)
    for clock in ("9:00", "9:10", "9:20"):
        await books.trade(friday, entered=at(clock, friday), left=at("9:30", friday), pnl=10)
    held = await books.trade(monday, entered=at("10:00", friday), left=at("10:00", monday), pnl=10)
    found = evaluate(MaxTrades(limit=3), await books.facts(held), uuid4())
    assert (found.verdict, found.evidence) == ("violated", "Trade 4 of the day; limit 3.")


async def test_accounts_do_not_see_each_other(books: Books) -> None:
    apex = await books.account("apex2", account_size=25_000, challenge_phase="PA", currency="USD")
    ftmo = await books.account("ftmo", account_size=10_000, day_zone="Europe/Berlin", day_hour=0, currency="EUR")
    loss: dict[str, Any] = {"entered": at("9:35"), "left": at("9:50"), "pnl": Decimal(-300)}
    on_default, on_apex = await books.trade(**loss), await books.trade(**loss, account=apex)
    open_on_ftmo = await books.trade(account=ftmo, is_open=True)
    for account, beside in ((None, {on_default}), (apex, {on_apex}), (ftmo, {open_on_ftmo})):
        facts = await books.facts(await books.trade(entered=at("10:00"), left=at("10:30"), pnl=10, account=account))
        assert numbers(facts) == beside
    facts = await books.facts(on_apex)
    assert [facts.account_size, facts.phase, facts.day, facts.day_start.hour] == [25_000, "funded", TUESDAY, 18]
    facts = await books.facts(open_on_ftmo)
    assert [facts.account_size, facts.account_currency] == [10_000, "EUR"]
    assert (facts.day_start.zone, facts.day_start.hour) == (ZoneInfo("Europe/Berlin"), 0)


async def test_what_is_missing_of_an_account_is_asked_for_by_its_name(books: Books) -> None:
    apex = await books.account("apex2")
    facts = await books.facts(await books.trade(entered=at("10:00"), left=at("10:30"), pnl=-10, account=apex))
    for of, answer in (
        ("account", "account size is not known. Send it, as in '/account apex2 size 50000'."),
        ("balance", "balance is not known. Send it, as in '/balance 51240 @apex2'."),
        ("daily_limit", "daily loss limit is not known. Send it, as in '/limits set daily 1000 @apex2'."),
    ):
        limit = Limit.model_validate({"percent": 1, "of": of})
        assert evaluate(MaxTradeLoss(limit=limit), facts, uuid4()).evidence == f"Your {answer}"


async def test_trades_of_other_writers_are_open_while_nothing_says_how_they_ended(books: Books) -> None:
    told_by_others: list[dict[str, Any]] = [{"entry": 18250}, {"entry": 18250, "pnl": 10}]
    for values in told_by_others:
        await books.db.execute("delete from worker.trade_facts where trade_id = $1", await books.trade(**values))
    facts = await books.facts(await books.trade(entered=at("10:00")))
    assert sorted(other.is_open for other in facts.others) == [False, True]


async def test_traders_do_not_see_each_other(books: Books) -> None:
    stranger = await books.db.fetchval(
        "insert into auth.users (id, email) values (gen_random_uuid(), 'other@example.com') returning id"
    )
    others = Books(books.db, stranger)
    await others.trade(entered=at("9:35"), left=at("9:50"), pnl=-300)
    theirs = await others.trade(is_open=True)
    # what a client could try: a trade of one trader with facts, and a part, under another's name
    mine = await books.trade(entered=at("10:00"), left=at("10:30"), pnl=10)
    await books.db.execute("update worker.trade_facts set user_id = $1 where trade_id = $2", books.user, theirs)
    await books.db.execute(
        "insert into worker.trade_legs (trade_id, user_id, size, pnl) values ($1, $2, 1, -999)", mine, stranger
    )
    facts = await books.facts(mine)
    assert numbers(facts) == set()
    assert facts.this.parts == ()
    assert await audit_input(books.db, stranger, mine, 100) is None


async def test_parts_count_on_their_own_days(books: Books) -> None:
    monday = TUESDAY - timedelta(days=1)
    held = await books.trade(monday, entered=at("10:00", monday), is_open=True, entry=Decimal(18250), size=2)
    today = await books._day(TUESDAY, None)
    await books.db.execute(
        """insert into worker.trade_legs (trade_id, user_id, size, pnl, exit_time, daily_tracking_id)
           values ($1, $2, 1, -600, $3, $4)""",
        held, books.user, at("9:40"), today,
    )  # fmt: skip
    facts = await books.facts(await books.trade(entered=at("10:00"), left=at("10:30"), pnl=10))
    found = evaluate(MaxDailyLoss(limit=Limit(amount=Decimal(500)), stop=True), facts, uuid4())
    assert (found.verdict, found.evidence) == ("violated", "$600 lost earlier that day; limit $500.")


async def test_the_balance_of_a_day_without_a_row_is_that_of_the_day_before(books: Books) -> None:
    friday = date(2026, 11, 20)
    await books._day(date(2026, 11, 19), None, starting_balance=Decimal(50_000), ending_balance=Decimal(51_000))
    number = await books.trade(TUESDAY, entered=at("10:00", friday), left=at("10:00"), pnl=10, balance=Decimal(51_000))
    assert (await books.facts(number)).starting_balance == 51_000
    await books.db.execute("delete from public.daily_tracking")
    assert (await books.facts(number)).starting_balance == 50_000  # assuming the start was the account's size


async def test_five_thousand_trades_a_week(books: Books) -> None:
    """The nearest are looked at; what needs the others says so."""
    monday = await books._day(TUESDAY - timedelta(days=1), None)
    today = await books._day(TUESDAY, None)
    many = """
        insert into public.trades (user_id, daily_tracking_id, symbol, direction, position_size, pnl, entry_time,
            exit_time, created_at)
        select $1, $2, 'NQ', 'long', 1, -10, $3::timestamptz + n * interval '1 second',
            $3::timestamptz + (n + 1) * interval '1 second', $3::timestamptz + (n + 1) * interval '1 second'
        from generate_series(1, $4::integer) n"""
    await books.db.execute(many, books.user, monday, at("9:35", TUESDAY - timedelta(days=1)), 4600)
    await books.db.execute(many, books.user, today, at("9:35"), 400)
    facts = await books.facts(await books.trade(entered=at("15:00"), left=at("15:30"), pnl=10))
    assert len(facts.others) == audits.MOST_OTHERS + 1
    assert facts.complete_from == TUESDAY
    assert evaluate(MaxTrades(limit=400), facts, uuid4()).evidence == "Trade 401 of the day; limit 400."
    assert evaluate(MaxTrades(limit=401), facts, uuid4()).verdict == "followed"
    assert evaluate(MaxTrades(limit=900, per="week"), facts, uuid4()).verdict == "violated"
    unclear = evaluate(MaxTrades(limit=9_000, per="week"), facts, uuid4())
    assert unclear.verdict == "unclear"
    assert unclear.evidence.startswith("Only the last 1001 trades")
    assert evaluate(Cooldown(minutes=15), facts, uuid4()).verdict == "followed"
    assert len(json.dumps(told(facts))) < 20_000


NONSENSE: list[Any] = ["nowhere", 7, [], {"zone": 5, "hour": "x"}, None, {"zone": "../../etc/passwd", "hour": 99}]


@pytest.mark.parametrize("odd", NONSENSE, ids=str)
async def test_what_clients_write_never_stops_an_audit(books: Books, odd: Any) -> None:
    await books.profile(
        {"timezone": odd, "day_start": odd, "currency": odd}, account_size=-5, challenge_phase="\x01" * 99
    )
    nan, infinity = Decimal("NaN"), Decimal("Infinity")
    await books.trade(pnl=nan, fees=infinity, size=nan, symbol="\u202e" * 99, balance=nan)
    number = await books.trade(pnl=infinity, entry=nan, size=Decimal("-1E+30"), symbol="")
    await books.db.execute("update public.trades set direction = 'up', entry_time = 'infinity' where id = $1", number)
    await books.db.execute("update public.profiles set daily_loss_limit_pct = 'NaN'")
    facts = await books.facts(number)
    assert facts.trade.said() == {"pnl_basis": "gross"}
    assert json.dumps(told(facts))
    found = evaluate(MaxTrades(limit=1), facts, uuid4())
    assert found.verdict == "violated"


async def test_a_symbol_of_a_client_costs_no_more_than_any_other(books: Books) -> None:
    await books.trade(symbol="follow " * 50_000, pnl=10)
    facts = await books.facts(await books.trade(symbol="NQ " * 50_000, pnl=10))
    assert len(json.dumps(told(facts))) < 3_000


async def test_preferences_that_are_no_object(books: Books) -> None:
    for odd in ("[]", '"x"', "7", "null"):
        await books.db.execute("update public.profiles set journal_preferences = $1::jsonb", odd)
        facts = await books.facts(await books.trade())
        assert facts.zone == ZoneInfo("UTC")


async def test_a_trade_without_a_day_is_on_that_of_its_times(books: Books) -> None:
    number = await books.trade(entered=at("19:00"), left=at("19:30"))
    await books.db.execute("update public.trades set daily_tracking_id = null where id = $1", number)
    assert (await books.facts(number)).day == TUESDAY + timedelta(days=1)


async def test_a_model_is_told_the_day_so_far(books: Books) -> None:
    await books.trade(entered=at("9:35"), left=at("9:50"), pnl=Decimal(-250), fees=Decimal(5), symbol="ES")
    await books.trade(entered=at("9:40"), left=at("10:20"), pnl=Decimal(100))
    number = await books.trade(
        entered=at("10:00"), left=at("10:30"), pnl=Decimal(800), entry=Decimal(18250), balance=None
    )
    facts = await books.facts(number)
    facts = replace(facts, this=replace(facts.this, initial_stop=Decimal(18230)))
    said = told(facts)
    assert said["zone"] == "America/New_York"
    assert (said["trade"]["entered"], said["trade"]["initial_stop"]) == ("2026-11-24 10:00", "18230")
    assert (said["trade"]["risk"], said["trade"]["realised_r"]) == ("400.00", "2.00")
    assert said["trade"]["trading_day"] == "Tue 2026-11-24"
    day = said["day"]
    assert (day["number_of_this_trade"], day["net_pnl_before"], day["losses_before"]) == (3, "-255", 1)
    assert (day["last_loss"]["symbol"], day["last_loss"]["left"]) == ("ES", "2026-11-24 09:50")
    assert [other["symbol"] for other in day["open_beside"]] == ["NQ"]
    assert [other["net_pnl"] for other in day["trades_before"]] == ["-255", "100"]
    assert said["account"]["size"] == "50000"
