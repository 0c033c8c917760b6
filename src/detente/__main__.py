"""Run the command line as ``python -m detente``."""

from __future__ import annotations

import sys

from detente.cli import main

sys.exit(main())
