"""What a client may try, in SQL, and what stops it: the list behind the table in docs/database.md.

In braces: `me`, the attacker, and `victim`; `my_…` and the victim's `trade`, `rule`, `day`, `connection`, `analysis`,
`code`; `hidden`, an announcement that is not active; `to_come`, the id that the victim's next report will have.
"""

from dataclasses import dataclass

GRANT = "no grant"
HIDDEN = "policy: no such row"
POLICY = "policy: refused"
OWNER = "not the owner"
SCHEMA = "schema closed"
FOREIGN = "trigger: foreign row"
CODE = "trigger: link codes"
TRADE_ID = "trigger: id of a trade"
FORCED = "trigger: overwritten"
STORAGE = "trigger: storage"
CONSTRAINT = "constraint"

ERRORS = {
    GRANT: r"permission denied for (table|function) ",
    HIDDEN: None,
    POLICY: r"violates row-level security policy|affected by row-level security policy",
    OWNER: r"must be owner of|permission denied for schema public",
    SCHEMA: r"permission denied for schema (worker|auth)$|permission denied for table users",
    FOREIGN: r"refers to a row that is not yours",
    CODE: r"link code",
    TRADE_ID: r"of the worker's own kind",
    FORCED: None,
    STORAGE: r"Direct deletion from storage|is not emptied by SQL",
    CONSTRAINT: r"violates (check|unique) constraint|names who referred",
}
"""What the client is told; None: nothing, and nothing is found or changed."""


@dataclass(frozen=True, slots=True)
class Attack:
    what: str
    statement: str
    stopped_by: str
    then: str = ""
    """Of a statement that is let through: what must be true for its sender afterwards."""
    visitor: bool = False


def _updates(what: str, *assignments: str) -> list[Attack]:
    return [Attack(f"{what}: {one.split(' ')[0]}", f"update public.profiles set {one}", GRANT) for one in assignments]


def _uploads(names: dict[str, str]) -> list[Attack]:
    insert = "insert into storage.objects (bucket_id, name) values ('screenshots', '{}')"
    return [Attack(f"upload to {what}", insert.format(name), POLICY) for what, name in names.items()]


PROFILE = [
    *_updates("raise one's own plan", "subscription_plan = 'pro'", "subscription_status = 'active'",
              "subscription_period_end = 'infinity'", "trial_ends_at = 'infinity'", "stripe_customer_id = 'cus_1'"),
    *_updates("give oneself audits", "free_audits_remaining = 1000", "has_byok_key = true"),
    Attack("give oneself audits: by the function", "select public.increment_free_audits('{me}', 1000)", GRANT),
    *_updates("bind another's chat", "telegram_chat_id = '4001'", "discord_user_id = '4001'",
              "whatsapp_phone = '+15550001'", "gmail_journal_address = 'victim@example.com'"),
    *_updates("claim a streak", "current_streak_days = 365"),
    *_updates("become another", "id = '{victim}'"),
    Attack("change another's profile", "update public.profiles set prop_firm = 'x' where id = '{victim}'", HIDDEN),
    Attack("read another's profile", "select * from public.profiles where id = '{victim}'", HIDDEN),
    Attack("make a profile", "insert into public.profiles (id) values ('{me}')", GRANT),
    Attack("delete a profile", "delete from public.profiles where id = '{victim}'", GRANT),
    Attack("read the e-mail addresses", "select email from auth.users", SCHEMA),
]  # fmt: skip

TRADES = [
    Attack("read another's trade: by its id", "select * from public.trades where id = '{trade}'", HIDDEN),
    Attack("read another's trade: its verdicts",
           "select * from public.trade_rule_verdicts where trade_id = '{trade}'", HIDDEN),
    Attack("read another's trade: its messages",
           "select * from public.journal_messages where trade_id = '{trade}'", HIDDEN),
    Attack("read another's trade: its day", "select * from public.daily_tracking where id = '{day}'", HIDDEN),
    Attack("read another's trade: the broker's log",
           "select * from public.sync_logs where connection_id = '{connection}'", HIDDEN),
    Attack("read another's trade: the draft",
           "select pending_trade from public.journal_conversations where user_id = '{victim}'", HIDDEN),
    Attack("read another's trade: embedded in its day",
           "select t.* from public.daily_tracking d, lateral (select * from public.trades t"
           " where t.daily_tracking_id = d.id) t where d.user_id = '{victim}'", HIDDEN),
    Attack("read another's trade: embedded in one's verdicts",
           "select t.* from public.trade_rule_verdicts v join public.trades t on t.user_id <> '{me}'", HIDDEN),
    Attack("read another's trade: by an error in the condition",
           "select id from public.trades where user_id = '{victim}' and 1 / (case symbol when 'NQ' then 0 end) > 0",
           HIDDEN),
    Attack("read another's trade: without row level security",
           "set local row_security = off; select * from public.trades", POLICY),
    Attack("read another's trade: the worker's tables", "select * from worker.trade_facts", SCHEMA),
    Attack("read another's trade: the worker's functions",
           "select worker.trade_snapshot('{victim}', '{trade}')", SCHEMA),
    Attack("read another's trade: its screenshot",
           "select * from storage.objects where name like '{victim}/%'", HIDDEN),
    Attack("take another's trade", "update public.trades set user_id = '{me}' where id = '{trade}'", HIDDEN),
    Attack("take another's trade: by its id",
           "insert into public.trades (id, user_id) values ('{trade}', '{me}')"
           " on conflict (id) do update set user_id = '{me}'", POLICY),
    Attack("take the id of a trade to come",
           "insert into public.trades (id, user_id) values ('{to_come}', '{me}') on conflict do nothing", TRADE_ID),
    Attack("take the id of a trade to come: afterwards",
           "update public.trades set id = '{to_come}' where id = '{my_trade}'", TRADE_ID),
    Attack("delete another's trade", "delete from public.trades where id = '{trade}'", HIDDEN),
    Attack("plant a trade", "insert into public.trades (user_id, symbol) values ('{victim}', 'NQ')", POLICY),
    Attack("hand a trade over", "update public.trades set user_id = '{victim}' where id = '{my_trade}'", POLICY),
    Attack("plant a rule", "insert into public.trading_rules (user_id, rule_text) values ('{victim}', 'x')", POLICY),
    Attack("plant a draft",
           "update public.journal_conversations set pending_trade = '{{}}' where user_id = '{victim}'", HIDDEN),
    Attack("plant a message",
           "insert into public.journal_messages (user_id, platform, direction) values ('{me}', 'email', 'inbound')",
           GRANT),
    Attack("plant a log", "insert into public.sync_logs (connection_id) values ('{my_connection}')", GRANT),
    Attack("read all as a visitor", "select * from public.trades", GRANT, visitor=True),
]  # fmt: skip

REFERENCES = [
    Attack("a verdict on another's trade",
           "insert into public.trade_rule_verdicts (trade_id, rule_id) values ('{trade}', '{my_rule}')", POLICY),
    Attack("a verdict by another's rule",
           "insert into public.trade_rule_verdicts (trade_id, rule_id) values ('{my_trade}', '{rule}')", FOREIGN),
    Attack("a verdict moved to another's rule", "update public.trade_rule_verdicts set rule_id = '{rule}'", FOREIGN),
    Attack("a trade on another's day",
           "insert into public.trades (user_id, daily_tracking_id) values ('{me}', '{day}')", FOREIGN),
    Attack("a trade moved to another's day", "update public.trades set daily_tracking_id = '{day}'", FOREIGN),
    Attack("a trade from another's broker",
           "insert into public.trades (user_id, source_connection_id) values ('{me}', '{connection}')", FOREIGN),
    Attack("a trade moved to another's broker",
           "update public.trades set source_connection_id = '{connection}'", FOREIGN),
    Attack("a version of another's rule",
           "insert into public.trading_rules (user_id, rule_text, previous_version_id) values ('{me}', 'x', '{rule}')",
           FOREIGN),
    Attack("a rule made a version of another's",
           "update public.trading_rules set previous_version_id = '{rule}'", FOREIGN),
    Attack("an iteration of another's analysis",
           "insert into public.strategy_analyses (user_id, parent_analysis_id) values ('{me}', '{analysis}')", FOREIGN),
    Attack("an analysis made an iteration of another's",
           "update public.strategy_analyses set parent_analysis_id = '{analysis}'", FOREIGN),
    Attack("a row that refers to nothing: told apart from another's",
           "update public.trades set daily_tracking_id = '{me}'", FOREIGN),
    Attack("dismiss what is not announced",
           "insert into public.announcement_dismissals (user_id, announcement_id) values ('{me}', '{hidden}')",
           FOREIGN),
    Attack("dismiss for another",
           "insert into public.announcement_dismissals (user_id) values ('{victim}')", POLICY),
    Attack("take back another's dismissal",
           "delete from public.announcement_dismissals where user_id = '{victim}'", HIDDEN),
]  # fmt: skip

_ADD_CODE = "insert into public.platform_link_codes (user_id, platform, code, expires_at{}) values "
LINK_CODES = [
    Attack("forge a code: in another's name",
           _ADD_CODE.format("") + "('{victim}', 'email', 'VGL-FAKE', now())", CODE),
    Attack("forge a code: of another shape", _ADD_CODE.format("") + "('{me}', 'email', 'VGL-%', now())", CODE),
    Attack("forge a code: a second live one",
           _ADD_CODE.format("") + "('{me}', 'telegram', 'VGL-MORE', 'infinity')", CODE),
    Attack("forge a code: the sixth of an hour",
           _ADD_CODE.format("") + "('{me}', 'email', 'VGL-AAA1', now() - interval '1 day'),"
           " ('{me}', 'email', 'VGL-AAA2', now()), ('{me}', 'email', 'VGL-AAA3', now()),"
           " ('{me}', 'email', 'VGL-AAA4', now()), ('{me}', 'email', 'VGL-AAA5', now())", CODE),
    Attack("forge a code: made long ago",
           _ADD_CODE.format(", created_at") + "('{me}', 'email', 'VGL-PAST', now(), '2020-01-01')", FORCED,
           "select created_at = now() from public.platform_link_codes where code = 'VGL-PAST'"),
    Attack("prolong a code: while making it", _ADD_CODE.format("") + "('{me}', 'email', 'VGL-LONG', 'infinity')",
           FORCED, "select expires_at = now() + interval '10 minutes' from public.platform_link_codes"
           " where code = 'VGL-LONG'"),
    Attack("prolong a code: afterwards", "update public.platform_link_codes set expires_at = 'infinity'", GRANT),
    Attack("use a code twice", "update public.platform_link_codes set used = false", GRANT),
    Attack("clear the count of codes", "delete from public.platform_link_codes", GRANT),
    Attack("read another's code", "select * from public.platform_link_codes where user_id = '{victim}'", HIDDEN),
    Attack("take another's code over",
           _ADD_CODE.format("") + "('{me}', 'email', '{code}', now())"
           " on conflict (code) do update set user_id = '{me}'", GRANT),
    Attack("probe codes: many at once",
           _ADD_CODE.format("") + "('{me}', 'email', '{code}', 'infinity'), ('{me}', 'email', 'VGL-AAA1', 'infinity'),"
           " ('{me}', 'email', 'VGL-AAA2', 'infinity') on conflict do nothing returning code", CODE),
    Attack("probe codes: beside the live one",
           _ADD_CODE.format("") + "('{me}', 'telegram', '{code}', now()) on conflict do nothing returning code", CODE),
]  # fmt: skip

MONEY = [
    Attack("refer oneself", "insert into public.referrals (referrer_id, referred_id) values ('{me}', '{me}')",
           CONSTRAINT),
    Attack("a referral that is rewarded",
           "insert into public.referrals (referrer_id, referred_id, status, reward_applied)"
           " values ('{victim}', '{me}', 'rewarded', true)", FORCED,
           "select status = 'pending' and not reward_applied from public.referrals where referred_id = '{me}'"),
    Attack("a referral by nobody", "insert into public.referrals (referred_id) values ('{me}')", CONSTRAINT),
    Attack("refer another without them",
           "insert into public.referrals (referrer_id, referred_id) values ('{me}', '{someone}')", POLICY),
    Attack("reward a referral", "update public.referrals set status = 'rewarded'", GRANT),
    Attack("read another's referral", "select * from public.referrals where referred_id = '{victim}'", HIDDEN),
    Attack("announce something", "insert into public.announcements (title, body) values ('x', 'x')", GRANT),
    Attack("read what is not announced", "select * from public.announcements where not active", HIDDEN),
    Attack("read the leads", "select * from public.email_leads", GRANT),
    Attack("read the quiz", "select * from public.quiz_completions", GRANT),
    Attack("read what was shared", "select * from public.shared_results", GRANT),
    Attack("read anonymous audits as a visitor", "select * from public.anonymous_audits", GRANT, visitor=True),
    Attack("read the traders' AI keys", "select * from worker.ai_keys", SCHEMA),
    Attack("read the inbox", "select payload from worker.inbox", SCHEMA),
    Attack("read the inbox as a visitor", "select payload from worker.inbox", SCHEMA, visitor=True),
]  # fmt: skip

SCHEMA_ITSELF = [
    Attack("empty the profiles", "truncate public.profiles cascade", GRANT),
    Attack("empty the profiles as a visitor", "truncate public.profiles cascade", GRANT, visitor=True),
    Attack("empty the trades", "truncate public.trades cascade", GRANT),
    Attack("call a trigger's function", "select public.handle_new_user()", GRANT),
    Attack("call a guard", "select worker.admit_link_code()", SCHEMA),
    Attack("call a turn",
           "select worker.begin_turn('telegram', 'bot', '4001', '4001', '1', null, null, 'en', true, 30, now())",
           SCHEMA),
    Attack("switch row level security off", "alter table public.trades disable row level security", OWNER),
    Attack("add a policy", "create policy mine on public.trades using (true)", OWNER),
    Attack("drop a guard", "drop trigger platform_link_codes_of_clients on public.platform_link_codes", OWNER),
    Attack("add a trigger",
           "create trigger mine after insert on public.trades execute function suppress_redundant_updates_trigger()",
           GRANT),
    Attack("add a function", "create function public.mine() returns int language sql as 'select 1'", OWNER),
]  # fmt: skip

SCREENSHOTS = [
    Attack("list the bucket as a visitor", "select * from storage.objects", HIDDEN, visitor=True),
    Attack("list the bucket", "select * from storage.objects where name not like '{me}/%'", HIDDEN),
    Attack("list the buckets", "select * from storage.buckets", HIDDEN),
    Attack("make the bucket public", "update storage.buckets set public = true", HIDDEN),
    Attack("empty the bucket", "truncate storage.objects", STORAGE),
    Attack("empty the bucket as a visitor", "truncate storage.objects", STORAGE, visitor=True),
    Attack("delete another's screenshot", "delete from storage.objects where name like '{victim}/%'", STORAGE),
    Attack("move a screenshot to another", "update storage.objects set name = '{victim}/x.png'", HIDDEN),
    *_uploads({
        "another's folder": "{victim}/{trade}-1.png",
        "another's folder, from one's own": "{me}/../{victim}/x.png",
        "another's folder, from below": "../{victim}/x.png",
        "another's folder, by a slash": "/{victim}/x.png",
        "another's folder, by an escape": "{me}%2f..%2f{victim}/x.png",
        "one's folder in upper case": "{ME}/x.png",
        "an empty folder": "{me}//x.png",
        "the folder itself": "{me}/",
        "the same folder": "{me}/./x.png",
        "the folder above": "{me}/..",
        "no folder": "x.png",
        "no name": "",
    }),
    Attack("upload to another bucket",
           "insert into storage.objects (bucket_id, name) values ('bucket-2', '{me}/x.png')", POLICY),
    Attack("upload as a visitor",
           "insert into storage.objects (bucket_id, name) values ('screenshots', '{victim}/x.png')", POLICY,
           visitor=True),
]  # fmt: skip

ATTACKS = {
    "The profile": PROFILE,
    "Trades of others": TRADES,
    "References": REFERENCES,
    "Link codes": LINK_CODES,
    "Referrals, announcements, what the server keeps": MONEY,
    "Screenshots": SCREENSHOTS,
    "The schema itself": SCHEMA_ITSELF,
}
