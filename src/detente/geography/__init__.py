"""Economies, dated groups, and who imposes duties for whom."""
