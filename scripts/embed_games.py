"""
Solve the built-in games under draws, and write them to src/detente/data/bands/games.

    python scripts/embed_games.py [--draws 64] [--game kuala-lumpur] [--answers]

`--answers` writes only the draws behind hedges, reliance and bargains; `--game` only those of a game.

With the draws a verdict says how sure it is without a solve. To be run after the ledger, the world, the instruments or a
game have changed; until then verdicts say that their draws are of other data.
"""

from __future__ import annotations

import argparse
from itertools import product

from detente.policy.strategy.actions import Cells, two_goals
from detente.policy.strategy.agreements import play_agreements
from detente.policy.strategy.bargain import play_bargain
from detente.policy.strategy.deals import drawn_packages, package
from detente.policy.strategy.document import BLOC, HEDGED_UNDER, latest_law
from detente.policy.strategy.fragility.answers import Draws
from detente.policy.strategy.fragility.drawn import Cell, solve_rows
from detente.policy.strategy.fragility.embedded import ANSWERS, FOLDER, write_draws
from detente.policy.strategy.fragility.rows import rows_of
from detente.policy.strategy.game_file import built_in_games, load_game
from detente.policy.strategy.game_setting import BASELINE, find_player, open_game_setting
from detente.policy.strategy.hedge import hedge
from detente.policy.strategy.known import cell_of
from detente.policy.strategy.reliance import reliance

STUDY = "kuala-lumpur"
SIDES = ("USA", "CHN")


def main() -> None:
    """Solve and write."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[1])
    parser.add_argument("--draws", type=int, default=64)
    parser.add_argument("--game", action="append", default=[])
    parser.add_argument("--answers", action="store_true")
    arguments = parser.parse_args()
    for name in arguments.game or ([] if arguments.answers else built_in_games()):
        spec = load_game(name)
        board = open_game_setting(spec.study)
        reader, ledger = Cells(board), board.run.ledger
        pairs = product(*(spec.actions[side] for side in spec.players))
        scenarios = [cell_of(spec, mine, theirs, ledger) for mine, theirs in pairs]
        cells = [Cell(item, *reader.read(item)) for item in scenarios]
        if spec.deals:
            others = Cells(board)
            packages = [package(spec, chosen) for chosen in drawn_packages(spec)]
            cells += [Cell(item, *others.read(item)) for item in packages]
        first, second = (find_player(board, side) for side in spec.players)
        # Real income of both: a file's own goals are read of it as well, where they are made of it.
        goals = two_goals(first, second, "real-income", spec.model_copy(update={"goals": {}}))
        drawn = solve_rows(board, cells, rows_of(board, arguments.draws), goals)
        print(f"{name}: {len(cells)} cells under {len(drawn.rows)} rows, {write_draws(drawn, board, spec)}")
    if not arguments.game:
        embed_answers(arguments.draws)


def embed_answers(draws: int) -> None:
    """The draws behind the hedge, reliance and bargains that the page, the report and a command without options show."""
    board, kept = open_game_setting(STUDY), Draws(draws, keep=True)
    for under in HEDGED_UNDER:
        hedge(board, BLOC, under=under, draws=kept)
    for at in (BASELINE, latest_law(board, [item.id for item in board.run.spec.scenarios])):
        reliance(board, *SIDES, at=at, by_sector=False, draws=kept)
    for by in ("uniform", "sector"):
        play_bargain(board, SIDES, by=by, draws=kept)
    play_agreements(board, draws=kept)
    print(f"answers: {len(list((FOLDER / ANSWERS).iterdir()))} files in {FOLDER / ANSWERS}")


if __name__ == "__main__":
    main()
