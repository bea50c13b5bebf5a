"""The command line: `vigil`, also `python -m bot`. Errors are one line on standard error and exit 1."""

import asyncio
import logging
import sys
from collections.abc import Awaitable, Callable
from typing import Any, NoReturn

import click

from bot import logs
from bot.auditing.providers import OPENAI, PROVIDERS
from bot.settings import Settings, read_settings
from statemachine.errors import JournalError, OperatorError
from statemachine.message import PLATFORMS, Platform

PARTS = (*PLATFORMS, "jobs")


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.option("--debug", is_flag=True, help="Show the traceback of an error.")
@click.version_option(package_name="vigil-journal")
@click.pass_context
def cli(context: click.Context, debug: bool) -> None:
    """Vigil, the trader's journal in the chat."""
    context.obj = debug


def main() -> None:
    """Run the command; an error that we name is one line that says what to do."""
    debug = "--debug" in sys.argv
    redact: Callable[[str], str] = str
    try:
        settings = read_settings()
        redact = logs.configure(settings)
        cli.main(standalone_mode=False)
    except click.exceptions.Abort:
        sys.exit(130)
    except click.ClickException as error:
        error.show()
        sys.exit(error.exit_code)
    except click.exceptions.Exit as end:
        sys.exit(end.exit_code)
    except KeyboardInterrupt:
        sys.exit(130)
    except Exception as error:
        if debug:
            raise
        fail(redact(str(error) if isinstance(error, JournalError) else f"{type(error).__name__}: {error}"))


def fail(message: str) -> NoReturn:
    line = " ".join(message.split()) or "unknown error"
    print(f"vigil: {line}", file=sys.stderr)
    sys.exit(1)


def settings_of_env() -> Settings:
    return read_settings()


def execute(work: Awaitable[Any]) -> Any:
    return asyncio.run(_awaited(work))


async def _awaited(work: Awaitable[Any]) -> Any:
    return await work


@cli.command()
@click.option("--only", metavar="PARTS", help=f"Serve only these, separated by commas: {','.join(PARTS)}.")
def run(only: str | None) -> None:
    """The worker: all that is configured, or the parts given with --only."""
    from bot.running import run_worker

    execute(run_worker(settings_of_env(), _parts(only)))


def _parts(only: str | None) -> frozenset[str]:
    parts = frozenset(PARTS if only is None else (part.strip() for part in only.split(",")))
    if unknown := parts - set(PARTS):
        raise click.BadParameter(f"{', '.join(sorted(unknown))}; known are {', '.join(PARTS)}", param_hint="--only")
    return parts


@cli.command()
@click.option("--as", "platform", type=click.Choice(PLATFORMS), default="telegram", help="The platform to imitate.")
@click.option("--user", "email", metavar="EMAIL", help="The trader to talk as (default: the demo trader).")
@click.option("--new", is_flag=True, help="Talk as a stranger who is not linked yet.")
def chat(platform: Platform, email: str | None, new: bool) -> None:
    """Talk to the bot in the terminal; reads standard input, also piped."""
    from bot.running import run_chat

    if email and new:
        raise click.UsageError("--user and --new do not go together")
    settings = settings_of_env()
    if "log_level" not in settings.model_fields_set:
        logging.getLogger().setLevel(logging.WARNING)  # a conversation is read; what went well is not part of it
    execute(run_chat(settings, platform, email, new=new))


@cli.command()
@click.option("--check", is_flag=True, help="Only tell what is missing; exit 1 if anything is.")
@click.option("--plain", is_flag=True, help="First lay the local imitation of Supabase on a PostgreSQL without it.")
def migrate(check: bool, plain: bool) -> None:
    """Apply supabase/migrations to DATABASE_URL."""
    from bot.operating import migrate_database

    execute(migrate_database(settings_of_env(), check=check, plain=plain))


@cli.group()
def user() -> None:
    """Traders' accounts."""


@user.command("add")
@click.argument("email")
def user_add(email: str) -> None:
    """Make an account for EMAIL (through the Auth admin API where SUPABASE_URL is set)."""
    from bot.operating import add_user

    execute(add_user(settings_of_env(), email))


@user.command("show")
@click.argument("email")
def user_show(email: str) -> None:
    """EMAIL's plan, linked chats, last messages, and what waits or failed. No secrets, no messages."""
    from bot.users import show_user

    execute(show_user(settings_of_env(), email))


@cli.command("clean-screenshots")
@click.option("--force", is_flag=True, help="Also where most folders are of nobody in this database.")
def clean_screenshots(force: bool) -> None:
    """Remove screenshots older than SCREENSHOT_DAYS, and files that no trade names, as the worker does by itself."""
    from bot.operating import clean_store

    execute(clean_store(settings_of_env(), force=force))


@cli.command("link-code")
@click.argument("email")
@click.argument("platform", type=click.Choice(PLATFORMS))
def link_code(email: str, platform: Platform) -> None:
    """Make a link code for EMAIL on PLATFORM, valid for ten minutes."""
    from bot.operating import make_link_code

    execute(make_link_code(settings_of_env(), email, platform))


@cli.command()
@click.argument("email")
@click.argument("platform", type=click.Choice(PLATFORMS))
def unlink(email: str, platform: Platform) -> None:
    """Unlink EMAIL's chat on PLATFORM: for lost phones and recycled numbers."""
    from bot.operating import unlink_platform

    execute(unlink_platform(settings_of_env(), email, platform))


@cli.group("ai-key")
def ai_key() -> None:
    """Traders' own keys for the language model."""


@ai_key.command("set")
@click.argument("email")
@click.option("--provider", type=click.Choice(sorted(PROVIDERS)), default=OPENAI, show_default=True)
def ai_key_set(email: str, provider: str) -> None:
    """Store EMAIL's own key, read from standard input, encrypted with AI_KEYS_SECRET."""
    from bot.operating import set_ai_key

    terminal = sys.stdin.isatty()  # typed there, a key would stay on the screen
    key = click.prompt("Key", hide_input=True, err=True) if terminal else sys.stdin.readline()
    execute(set_ai_key(settings_of_env(), email, key, provider))


@ai_key.command("remove")
@click.argument("email")
def ai_key_remove(email: str) -> None:
    """Forget EMAIL's own key."""
    from bot.operating import remove_ai_key

    execute(remove_ai_key(settings_of_env(), email))


@cli.command()
@click.option("--ai", is_flag=True, help="Let the language model read what plain code is unsure of.")
def read(ai: bool) -> None:
    """Read messages as JSON lines from standard input; write what was understood as JSON lines."""
    from bot.reading.jsonl import read_lines

    try:
        if ai:
            from bot.operating import read_with_model

            execute(read_with_model(settings_of_env(), sys.stdin))
            return
        for line in read_lines(sys.stdin):
            click.echo(line)
    except ValueError as error:
        raise OperatorError(f"Standard input cannot be read: {error}") from error


@cli.command()
def doctor() -> None:
    """Check every setting by using it."""
    from bot.doctor import examine

    if not execute(examine(settings_of_env())):
        sys.exit(1)


@cli.group(invoke_without_command=True)
@click.pass_context
def jobs(context: click.Context) -> None:
    """Messages that wait, messages and jobs that failed."""
    if context.invoked_subcommand is None:
        from bot.backlog import show_jobs

        execute(show_jobs(settings_of_env(), waiting=True, failed=True))


@jobs.command()
def waiting() -> None:
    """What waits."""
    from bot.backlog import show_jobs

    execute(show_jobs(settings_of_env(), waiting=True, failed=False))


@jobs.command()
def failed() -> None:
    """What was set aside."""
    from bot.backlog import show_jobs

    execute(show_jobs(settings_of_env(), waiting=False, failed=True))


@jobs.command()
@click.argument("identity", metavar="ID")
def retry(identity: str) -> None:
    """Try a failed message (m12) or job (j34) again."""
    from bot.backlog import retry_one

    execute(retry_one(settings_of_env(), identity))
