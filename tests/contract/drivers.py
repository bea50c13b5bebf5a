"""The platforms of the contract suite, in the order of its table."""

from tests.contract.console import Terminal
from tests.contract.driver import Driver
from tests.contract.telegram import TelegramPolling, TelegramWebhook

DRIVERS: tuple[type[Driver], ...] = (TelegramPolling, TelegramWebhook, Terminal)
