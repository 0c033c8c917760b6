"""What a change of tariffs costs households: by group of consumption and by decile of income, in dollars a year."""
