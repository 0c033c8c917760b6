"""Flows of the 2022 world: inputs observed, the rest of the world and final demand estimated."""
