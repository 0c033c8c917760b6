"""How sure a verdict is: payoffs solved again under draws of the assumptions, and how often the verdict stands."""
