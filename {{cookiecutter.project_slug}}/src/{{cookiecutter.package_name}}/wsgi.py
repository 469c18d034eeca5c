"""What Gunicorn serves."""

import sys

from . import create_app
from .refusal import Refused

try:
    app = create_app()
except Refused as refusal:
    sys.stderr.write(f"{refusal}\n")
    sys.exit(4)  # Gunicorn's "app failed to load": it stops, where any other status makes it try for ever
