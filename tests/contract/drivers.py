"""The platforms of the contract suite, in the order of its table."""

from tests.contract.console import Terminal
from tests.contract.discord import DiscordByGateway
from tests.contract.driver import Driver
from tests.contract.mail import EMail
from tests.contract.sandbox import SandboxPage
from tests.contract.telegram import TelegramPolling, TelegramWebhook
from tests.contract.whatsapp import WhatsAppByTwilio

DRIVERS: tuple[type[Driver], ...] = (
    TelegramPolling,
    TelegramWebhook,
    DiscordByGateway,
    WhatsAppByTwilio,
    EMail,
    Terminal,
    SandboxPage,
)
