"""The game of the truce with a few of its actions and elements: small enough to be solved again and again."""

from __future__ import annotations

from detente.policy.strategy.game_file import load_game


def smaller_game(american, chinese):
    """The game with the actions at these places, its first threat, two elements of a deal and no punishments."""
    whole = load_game("kuala-lumpur")
    actions = {
        side: tuple(whole.actions[side][k] for k in places)
        for side, places in (("USA", american), ("CHN", chinese))
    }
    threat = whole.threats[0].model_copy(update={"refused": "resume-24"})
    return whole.model_copy(
        update={"actions": actions, "threats": (threat,), "punishments": (), "deals": whole.deals[:2]}
    )
