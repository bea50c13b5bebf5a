"""From what is to be said to what the trader sees: `render` looks the key up in a table and lets its function write.

The functions take the data of a Say by name, so a key with wrong data fails loudly, as does a key nobody wrote.
"""

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Final

from bot.texts import (
    accounts,
    announcing,
    cards,
    charting,
    confirming,
    copies,
    figures,
    importing,
    judging,
    limits,
    overriding,
    own_data,
    pending,
    periods,
    pictures,
    plans,
    publishing,
    recording,
    rules,
    talking,
    trying,
    voice,
)
from bot.texts.words import View, Words
from statemachine.conversation import Say
from statemachine.message import Reply

Renderer = Callable[..., Reply]


def _plain(key: str) -> Renderer:
    """A text without data."""
    return lambda words: Reply(text=words(key))


RENDERERS: Final[Mapping[str, Renderer]] = MappingProxyType(
    {
        # what waits
        "confirm": confirming.confirm,
        "ask_details": pending.ask_details,
        "how_to_edit": pending.how_to_edit,
        "too_many_drafts": pending.too_many_drafts,
        "nothing_open": pending.nothing_open,
        "changed_since": pending.changed_since,
        "partly_closed": pending.partly_closed,
        "unknown_account": pending.unknown_account,
        "account_stays": pending.account_stays,
        "dropped": pending.dropped,
        "stale": pending.stale,
        "no_such_draft": pending.no_such_draft,
        "reminder": pending.reminder,
        "drafts": pending.drafts,
        "no_drafts": _plain("no_drafts"),
        # plans
        "planned": plans.planned,
        "plans": plans.plans,
        "too_many_plans": plans.too_many_plans,
        "which_plan": plans.which_plan,
        "no_such_plan": plans.no_such_plan,
        "plan_ended": plans.plan_ended,
        "plan_back": plans.plan_back,
        # the journal
        "recorded": recording.recorded,
        "recorded_copies": copies.recorded_copies,
        "edited": recording.edited,
        "edited_copies": copies.edited_copies,
        "trade_gone": recording.trade_gone,
        "undone": recording.undone,
        "redone": recording.redone,
        "undone_copies": copies.undone_copies,
        "redone_copies": copies.redone_copies,
        "nothing_to_undo": _plain("nothing_to_undo"),
        "nothing_to_redo": _plain("nothing_to_redo"),
        "trades": recording.trades,
        "no_trades": recording.no_trades,
        # accounts
        "accounts": accounts.accounts,
        "account_changed": accounts.account_changed,
        "account_refused": accounts.account_refused,
        "balance": accounts.balance,
        "balance_told": accounts.balance_told,
        "balance_undone": accounts.balance_undone,
        "balance_refused": accounts.balance_refused,
        "rested": accounts.rested,
        "rest_refused": accounts.rest_refused,
        # pictures
        "ask_chart": pictures.ask_chart,
        "picture_coming": pictures.picture_coming,
        "picture_joined": pictures.picture_joined,
        "whose_picture": pictures.whose_picture,
        "picture_alone": pictures.picture_alone,
        "picture_stored": pictures.picture_stored,
        "chart": pictures.chart,
        "drawn": charting.drawn,
        "card": cards.card,
        "chart_unclear": charting.chart_unclear,
        "chart_no_symbol": charting.chart_no_symbol,
        "chart_limit": charting.chart_limit,
        "chart_gone": _plain("chart_gone"),
        "chart_failed": _plain("chart_failed"),
        "picture_refused": pictures.picture_refused,
        "attachment_unsupported": pictures.attachment_unsupported,
        "skipped": pictures.skipped,
        # audits
        "audit": judging.audit,
        "audit_skipped": judging.audit_skipped,
        "audit_failed": _plain("audit_failed"),
        "also_changed": judging.also_changed,
        "judging": judging.judging,
        "not_judged_open": judging.not_judged_open,
        "no_such_trade": judging.no_such_trade,
        "key_not_here": _plain("key_not_here"),
        "key_how": _plain("key_how"),
        # rules
        "rules": rules.rules,
        "rule": rules.rule,
        "no_rules": rules.no_rules,
        "rules_added": rules.rules_added,
        "rule_edited": rules.rule_edited,
        "rule_unchanged": rules.rule_unchanged,
        "rule_taken_back": rules.rule_taken_back,
        "rule_set": rules.rule_set,
        "rule_moved": rules.rule_moved,
        "rule_read": rules.rule_read,
        "rule_proposed": rules.rule_proposed,
        "rule_asking": rules.rule_asking,
        "rule_history": rules.rule_history,
        "rules_how": rules.rules_how,
        "no_such_rule": rules.no_such_rule,
        "rule_gone": rules.rule_gone,
        "rules_full": rules.rules_full,
        "rule_too_long": rules.rule_too_long,
        "rule_known": rules.rule_known,
        # disagreeing with an audit
        "verdicts": overriding.verdicts,
        "verdict": overriding.verdict,
        "overridden": overriding.overridden,
        "override_none": overriding.override_none,
        "override_number": overriding.override_number,
        "override_how": overriding.override_how,
        "override_too_long": overriding.override_too_long,
        "override_gone": overriding.override_gone,
        # limits
        "limits": limits.limits,
        "limit_set": limits.limit_set,
        "limit_unclear": limits.limit_unclear,
        "limit_firms": limits.limit_firms,
        "limit_firm_which": limits.limit_firm_which,
        "limit_firm_size": limits.limit_firm_size,
        "limit_firm": limits.limit_firm,
        "limit_firm_set": limits.limit_firm_set,
        "limit_left": _plain("limit_left"),
        # the web app's tables
        "announcement": announcing.announcement,
        "announcement_dismissed": _plain("announcement_dismissed"),
        "announcements": announcing.announcements,
        "referral_rewarded": announcing.referral_rewarded,
        "try_how": trying.try_how,
        "try_used": _plain("try_used"),
        "try_unavailable": _plain("try_unavailable"),
        "try_linked": _plain("try_linked"),
        "try_claimed": _plain("try_claimed"),
        "trying": trying.trying,
        "tried": trying.tried,
        "share_preview": publishing.share_preview,
        "share_refused": publishing.share_refused,
        "share_declined": _plain("share_declined"),
        "shared": publishing.shared,
        "shares": publishing.shares,
        "unshared": publishing.unshared,
        "unshare_refused": publishing.unshare_refused,
        # linking
        "stranger": talking.stranger,
        "link_check": talking.link_check,
        "linked": talking.linked,
        "link_needs_email": talking.link_needs_email,
        "link_invalid": _plain("link_invalid"),
        "link_taken_chat": _plain("link_taken_chat"),
        "link_taken_profile": talking.link_taken_profile,
        "link_throttled": _plain("link_throttled"),
        "link_deleting": _plain("link_deleting"),
        "link_new_elsewhere": talking.link_new_elsewhere,
        "blocked_elsewhere": talking.blocked_elsewhere,
        "warned_elsewhere": talking.warned_elsewhere,
        "link_declined": _plain("link_declined"),
        "unlinked": talking.unlinked,
        "unlink_nothing": talking.unlink_nothing,
        # what is the trader's own
        "delete_warning": own_data.delete_warning,
        "delete_begun": _plain("delete_begun"),
        "deleted": own_data.deleted,
        "export_begun": own_data.export_begun,
        "export_under_way": _plain("export_under_way"),
        "export_failed": _plain("export_failed"),
        "export_limit": own_data.export_limit,
        "period_refused": periods.period_refused,
        "export_ready": own_data.export_ready,
        "export_too_large": own_data.export_too_large,
        # brokers' files
        "import_help": importing.import_help,
        "import_begun": importing.import_begun,
        "import_under_way": _plain("import_under_way"),
        "import_preview": importing.import_preview,
        "import_question": importing.import_question,
        "import_unread": importing.import_unread,
        "import_refused": importing.import_refused,
        "import_saving": importing.import_saving,
        "import_saved": importing.import_saved,
        "import_undone": importing.import_undone,
        "import_failed": _plain("import_failed"),
        "import_dropped": _plain("import_dropped"),
        "import_stale": _plain("import_stale"),
        # voice notes
        "heard": voice.heard,
        "voice_refused": voice.voice_refused,
        # talk
        "help": talking.commands,
        "asked": figures.asked,
        "figures": figures.figures,
        "figures_unclear": figures.figures_unclear,
        "chatted": talking.chatted,
        "unread": talking.unread,
        "reading_spent": talking.reading_spent,
        "reading_own_key": talking.reading_own_key,
        "not_allowed": talking.not_allowed,
        # trouble
        "flooded": talking.flooded,
        "apology": _plain("apology"),
        "group_hint": _plain("group_hint"),
        "settings_word": _plain("settings_word"),
    }
)


FOR_THE_TURN: Final = frozenset({"trade_id", "user_id"})
"""What a reply is about: kept beside it by whoever sends it, and never shown."""


def render(say: Say, view: View) -> Reply:
    """The reply for a trader. KeyError for a key without a text and TypeError for data it does not take are bugs."""
    shown = {name: value for name, value in say.data.items() if name not in FOR_THE_TURN}
    return RENDERERS[say.key](Words.of(view), **shown)
