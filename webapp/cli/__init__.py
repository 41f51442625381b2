"""The commands behind manage.py and `repere`; thin: they read arguments, call, and tell."""

from __future__ import annotations

import sys

import click

from webapp import __version__
from webapp.cli.audit import audit
from webapp.cli.bench import bench
from webapp.cli.content import content
from webapp.cli.i18n import i18n
from webapp.cli.icons import icons
from webapp.cli.site import backup, check, deploy, freeze, restore, serve, upgrade
from webapp.content.model import ContentError


class OneLineErrors(click.Group):
    """A group whose commands end a user's error with plain lines and exit code 1, never a traceback."""

    def invoke(self, ctx: click.Context) -> object:
        """Run the command; turn content errors into lines on stderr."""
        try:
            return super().invoke(ctx)
        except ContentError as error:
            for problem in error.problems:
                click.echo(str(problem), err=True)
            sys.exit(1)
        except BrokenPipeError:
            raise  # whoever read our output has gone; click knows
        except OSError as error:
            click.echo(f"{error.filename or 'system'}: {error.strerror or error}", err=True)
            sys.exit(1)
        except KeyboardInterrupt:
            sys.exit(130)


@click.group(
    cls=OneLineErrors, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100}
)
@click.version_option(__version__)
def main() -> None:
    """Repère: cards on sciatica and hip pain, by body map, in the reader's language."""


for command in (serve, deploy, check, content, i18n, upgrade, backup, restore, freeze, audit, bench, icons):
    main.add_command(command)
