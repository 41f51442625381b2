"""The application object that the server's workers load."""

from webapp import create_app

app = create_app()
