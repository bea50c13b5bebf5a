"""Changing and deleting recorded trades, one more fill of one."""

from typing import Final

EDITING: Final = {
    "button.delete": "Delete",
    "which.title.edit": "Which trade is to be changed?",
    "which.title.delete": "Which trade is to be deleted?",
    "which.how.edit": "Press its number, or say it at once: /edit 1 exit 18295",
    "which.how.delete": "Press its number, or write: /delete 1",
    "edit.unclear": "I found no change of {trade} in that. Say what is different, for example: exit 18295",
    "edit.gone": "That trade is no longer in your journal, nothing was changed. /trades lists what is.",
    "edit.needed": "{name}: without it {trade} is no trade. Say what it was instead, or take it out with /delete.",
    "edit.reopened": "Open again, without a result until you close it.",
    "unchanged": "{trade} is recorded so already, nothing changes.",
    "changed_since.edit": "{trade} has changed since I asked. Nothing was saved, please look again:",
    "confirm.title.delete": "Delete this trade?",
    "confirm.delete": "Delete {trade}",
    "delete.what": "Its charts and verdicts go with it. /undo brings it back.",
    "trade_deleted.title": "Deleted",
    "undone.delete": "Back in your journal: {trade}",
    "redone.delete": "Deleted again: {trade}",
    "which_recorded": "Which trade is that of? Answer its message, or say its number in /trades, for example: "
    "/add 1 2 @ 18240",
    "fill.unclear": "I found no size and price in that. Example: {example}",
    "fill.parts": "A part of {trade} is closed already, so it cannot grow any more. Record what was added as a trade "
    "of its own.",
    "fill.no_size": "The size of {trade} is not known, so I cannot average. Say it first: size 2",
    "fill.no_fill_size": "How many were it? Say it with the price, for example: {example}",
    "fill.no_price": "The price of {trade} is not known, so I cannot average. Say it first: entry 18250",
    "fill.no_rest": "Where was the rest of {trade} left? Say its exit first: exit 18290",
    "fill.too_much": "{size} is more than {trade} was. If it was larger, say so first: size {size}",
    "photo.how": "Send the picture itself, and with it the words: for 1. The number is that of the trade in /trades.",
}
