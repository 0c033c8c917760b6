"""How buyers choose among goods and sources: nests, and elasticities by horizon."""
