"""Q-learning bootstraps from the best next action, whichever action is taken next.

So it learns the values of the best policy while another one acts. States and actions
are integers; a table q has the shape (S, A). ``done`` says that the state entered is
terminal: what follows is then worth 0, whatever the table holds.

References:
    Watkins, Dayan, "Q-learning", Machine Learning 8, 1992, doi:10.1007/BF00992698.
    van Hasselt, "Double Q-learning", NeurIPS 23, 2010.
    Even-Dar, Mansour, "Learning Rates for Q-learning", JMLR 5, 2003.
"""

from .bias import maximisation_bias
from .control import q_learning
from .rate import linear_rate_error
from .targets import StepSize, double_q_target, q_replay, q_target

__all__ = [
    "StepSize",
    "double_q_target",
    "linear_rate_error",
    "maximisation_bias",
    "q_learning",
    "q_replay",
    "q_target",
]
