"""What the tariff schedules of importers say: lines, ordinary duty, preferences, programmes, weights; duty expressions."""
