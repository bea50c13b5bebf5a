"""Which model judges a trader's rules, and reads for them."""

from bot.auditing.prompt import PROMPT_VERSION
from bot.model import Model, OpenAIModel
from bot.services import Service, Services
from bot.settings import Settings

Judge = Service[Model]
Judges = Services[Model]


def judges_of(product: Model | None, settings: Settings) -> Judges:
    return Services(settings, product, settings.openai_model, lambda provider: provider.model, OpenAIModel)


def judged_by(judge: Judge) -> str:
    """Who judges, and by which instructions."""
    return f"{judge.provider}/{judge.name}/{PROMPT_VERSION}"
