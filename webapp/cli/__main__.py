"""`python -m webapp.cli`, as manage.py calls it."""

from webapp.cli import main

main(prog_name="manage.py")
