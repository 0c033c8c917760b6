"""Questions about what each side would sign: games, deals, the hedge, reliance, the path."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Literal

from pydantic import Field

from detente.web.questions.base import Maybe, Place, Question, option, repeated

if TYPE_CHECKING:
    from detente.policy.strategy.game_setting import Board

STUDY = "kuala-lumpur"
Name = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9-]{0,40}$")]
Players = Annotated[tuple[Place, ...], Field(min_length=2, max_length=3)]
Sectors = Annotated[tuple[Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]{1,12}$")], ...], Field(max_length=20)]
Goal = Annotated[str, Field(pattern=r"^(real-income|revenue|rivalry:[0-9.]{1,6})$")]


def taxed(sectors: tuple[str, ...]) -> str | tuple[str, ...]:
    """The sectors that are taxed: a word or label alone, or several labels."""
    return sectors if len(sectors) > 1 else "".join(sectors) or "goods"


def named(sectors: tuple[str, ...]) -> list[str]:
    """Words of the command line for the sectors that are taxed."""
    return [] if taxed(sectors) == "goods" else repeated("--sectors", sectors)


class StrategyQuestion(Question):
    """A question played on the main study; always the long run on its own world."""

    module: ClassVar[str] = ""

    def call(self) -> str:
        """The call that answers it."""
        raise NotImplementedError

    def play(self, board: Board) -> dict[str, Any]:
        """Answer the question."""
        raise NotImplementedError

    def python(self) -> str:
        """Python lines."""
        function = self.call().partition("(")[0]
        names = ", Choice" if "Choice(" in self.call() else ""
        return "\n".join(
            (
                "from detente.policy.strategy.game_setting import open_board",
                f"from detente.policy.strategy.{self.module} import {function}{names}",
                f"board = open_board({STUDY!r})",
                self.call(),
            )
        )

    def played(self, board: Board) -> dict[str, Any]:
        """
        Answer as the command does with ``--json``.

        Parameters
        ----------
        board
            Study, world and law.

        Returns
        -------
        document
            stamp, result, assumptions, warnings.
        """
        from detente.policy.strategy.document import strategy_document  # noqa: PLC0415  (loads the games)

        return strategy_document(board, self.play(board), command=self.shell(json=True))


class Payoffs(StrategyQuestion):
    """Payoff matrix of a game whose actions are edits of the ledger, and which threats are credible."""

    address: ClassVar[str] = "/play/payoffs"
    module: ClassVar[str] = "actions"

    goal: Goal = "real-income"

    def words(self) -> list[str]:
        """Words of the command line."""
        return [
            "play",
            "payoffs",
            STUDY,
            *(option("--goal", self.goal) if self.goal != "real-income" else []),
        ]

    def call(self) -> str:
        """The call that answers it."""
        return f"play_payoffs(board, {STUDY!r}, goal={self.goal!r})"

    def play(self, board: Board) -> dict[str, Any]:
        """Solve every pair of actions."""
        from detente.policy.strategy.actions import play_payoffs  # noqa: PLC0415

        return play_payoffs(board, STUDY, goal=self.goal)


class Deals(StrategyQuestion):
    """Every package of elements that both sides prefer to no deal, ranked."""

    address: ClassVar[str] = "/play/deals"
    module: ClassVar[str] = "deals"

    def words(self) -> list[str]:
        """Words of the command line."""
        return ["play", "deals", STUDY]

    def call(self) -> str:
        """The call that answers it."""
        return f"play_deals(board, {STUDY!r})"

    def play(self, board: Board) -> dict[str, Any]:
        """Solve every package."""
        from detente.policy.strategy.deals import play_deals  # noqa: PLC0415

        return play_deals(board, STUDY)


class Nash(StrategyQuestion):
    """Nash tariffs of two sides, verified, beside the scenarios and cooperation."""

    address: ClassVar[str] = "/play/nash"
    module: ClassVar[str] = "tariffs"

    player: Players = ("USA", "CHN")
    by: Literal["uniform", "sector"] = "uniform"
    under: Name = "truce"
    goal: Goal = "real-income"
    sectors: Sectors = ("goods",)

    def words(self) -> list[str]:
        """Words of the command line."""
        words = ["play", "nash", *self.player]
        words += option("--by", self.by) if self.by != "uniform" else []
        words += option("--under", self.under) if self.under != "truce" else []
        words += option("--goal", self.goal) if self.goal != "real-income" else []
        return words + named(self.sectors)

    def call(self) -> str:
        """The call that answers it."""
        choice = f"Choice(by={self.by!r}, under={self.under!r}, goal={self.goal!r}, sectors={taxed(self.sectors)!r})"
        return f"play_nash(board, {list(self.player)!r}, choice={choice})"

    def play(self, board: Board) -> dict[str, Any]:
        """Find them."""
        from detente.policy.strategy.tariffs import Choice, play_nash  # noqa: PLC0415

        choice = Choice(by=self.by, under=self.under, goal=self.goal, sectors=taxed(self.sectors))
        return play_nash(board, self.player, choice=choice)


class Optimal(StrategyQuestion):
    """One economy's best tariffs if nobody answers."""

    address: ClassVar[str] = "/play/optimal"
    module: ClassVar[str] = "tariffs"

    player: Place = "USA"
    against: Annotated[tuple[Place, ...], Field(max_length=6)] = ()
    by: Literal["uniform", "sector"] = "uniform"
    under: Name = "truce"
    goal: Goal = "real-income"
    sectors: Sectors = ("goods",)

    def words(self) -> list[str]:
        """Words of the command line."""
        words = ["play", "optimal", self.player, *repeated("--against", self.against)]
        words += option("--by", self.by) if self.by != "uniform" else []
        words += option("--under", self.under) if self.under != "truce" else []
        words += option("--goal", self.goal) if self.goal != "real-income" else []
        return words + named(self.sectors)

    def call(self) -> str:
        """The call that answers it."""
        choice = f"Choice(by={self.by!r}, under={self.under!r}, goal={self.goal!r}, sectors={taxed(self.sectors)!r})"
        return f"play_optimal(board, {self.player!r}, against={self.against!r}, choice={choice})"

    def play(self, board: Board) -> dict[str, Any]:
        """Find them."""
        from detente.policy.strategy.tariffs import Choice, play_optimal  # noqa: PLC0415

        choice = Choice(by=self.by, under=self.under, goal=self.goal, sectors=taxed(self.sectors))
        return play_optimal(board, self.player, against=self.against, choice=choice)


class Bargain(StrategyQuestion):
    """Bargaining over cuts of the tariffs two sides would charge each other without agreement."""

    address: ClassVar[str] = "/play/bargain"
    module: ClassVar[str] = "bargain"

    player: Annotated[tuple[Place, ...], Field(min_length=2, max_length=2)] = ("USA", "CHN")
    threat: Name = "no-deal"
    by: Literal["uniform", "sector"] = "uniform"
    power: Annotated[float, Field(gt=0, lt=1)] = 0.5
    sectors: Sectors = ("goods",)

    def words(self) -> list[str]:
        """Words of the command line."""
        words = ["play", "bargain", *self.player]
        words += option("--threat", self.threat) if self.threat != "no-deal" else []
        words += option("--by", self.by) if self.by != "sector" else []
        words += option("--power", self.power) if self.power != 0.5 else []  # noqa: PLR2004  (default)
        return words + named(self.sectors)

    def call(self) -> str:
        """The call that answers it."""
        words = (
            f"threat={self.threat!r}, by={self.by!r}, power={self.power!r}, sectors={taxed(self.sectors)!r}"
        )
        return f"play_bargain(board, {list(self.player)!r}, {words})"

    def play(self, board: Board) -> dict[str, Any]:
        """Trace the frontier and the two solutions."""
        from detente.policy.strategy.bargain import play_bargain  # noqa: PLC0415

        return play_bargain(
            board,
            self.player,
            threat=self.threat,
            by=self.by,
            power=self.power,
            sectors=taxed(self.sectors),
        )


class Hedge(StrategyQuestion):
    """What a bloc's preferences are worth to each member under a scenario's tariffs."""

    address: ClassVar[str] = "/hedge"
    module: ClassVar[str] = "hedge"

    bloc: Annotated[str, Field(min_length=1, max_length=120)] = "RCEP"
    under: Name = "truce"

    def words(self) -> list[str]:
        """Words of the command line."""
        return ["hedge", self.bloc, *(option("--under", self.under) if self.under != "truce" else [])]

    def call(self) -> str:
        """The call that answers it."""
        return f"hedge(board, {self.bloc!r}, under={self.under!r})"

    def play(self, board: Board) -> dict[str, Any]:
        """Value the bloc."""
        from detente.policy.strategy.hedge import hedge  # noqa: PLC0415

        return hedge(board, self.bloc, under=self.under)


class Reliance(StrategyQuestion):
    """How far two economies rely on each other: directly, through inputs, and if cut off."""

    address: ClassVar[str] = "/reliance"
    module: ClassVar[str] = "reliance"

    a: Place = "USA"
    b: Place = "CHN"
    at: Name = "baseline"

    def words(self) -> list[str]:
        """Words of the command line."""
        return ["reliance", self.a, self.b, *(option("--at", self.at) if self.at != "baseline" else [])]

    def call(self) -> str:
        """The call that answers it."""
        return f"reliance(board, {self.a!r}, {self.b!r}, at={self.at!r})"

    def play(self, board: Board) -> dict[str, Any]:
        """Measure it."""
        from detente.policy.strategy.reliance import reliance  # noqa: PLC0415

        return reliance(board, self.a, self.b, at=self.at)


class Path(StrategyQuestion):
    """A truce year by year: reliance, and what a breakdown would cost then."""

    address: ClassVar[str] = "/path"
    module: ClassVar[str] = "path"

    years: Annotated[int, Field(ge=1, le=20)] = 10
    truce: Maybe = None
    breakdown: Maybe = None

    def words(self) -> list[str]:
        """Words of the command line."""
        words = ["path", STUDY, *(["--years", str(self.years)] if self.years != 10 else [])]  # noqa: PLR2004
        return words + option("--truce", self.truce) + option("--breakdown", self.breakdown)

    def call(self) -> str:
        """The call that answers it."""
        return f"follow(board, years={self.years}, truce={self.truce or ''!r}, breakdown={self.breakdown or ''!r})"

    def play(self, board: Board) -> dict[str, Any]:
        """Follow it."""
        from detente.policy.strategy.path import follow  # noqa: PLC0415

        return follow(board, years=self.years, truce=self.truce or "", breakdown=self.breakdown or "")
