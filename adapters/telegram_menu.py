"""The menu of commands, in English for everybody and in each language for those whose Telegram speaks it."""

from collections.abc import Mapping, Sequence

from telegram import Bot

Words = Mapping[str, Mapping[str, str]]
"""By language, the descriptions of commands by their names."""


async def show_menu(bot: Bot, commands: Sequence[tuple[str, str]], words: Words) -> None:
    await bot.set_my_commands(commands)
    for language in words.keys() - {"en"}:
        menu = [(name, words[language].get(name, english)) for name, english in commands]
        await bot.set_my_commands(menu, language_code=language)
