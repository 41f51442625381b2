"""French content in another language, block by block: what is shown, in which language, in which state."""

import pytest

from tests_support import Catalogs
from webapp.content.catalog import Compiled
from webapp.content.localize import Localizer, Text
from webapp.content.store import Store
