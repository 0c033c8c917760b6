"""What each side would do and sign: games on studies, deals, hedges, reliance, paths."""
