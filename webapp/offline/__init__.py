"""The site on the phone: what a language's pack holds, and how the worker puts pages together from it."""
