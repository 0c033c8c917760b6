"""What trade measures apply, what they do to every economy, and what each side would sign."""

from __future__ import annotations

__version__ = "0.1.0"
