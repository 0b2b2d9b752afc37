"""What a learner is: a function of data that returns a function of data."""

from collections.abc import Callable

import numpy as np

Predict = Callable[[np.ndarray], np.ndarray]
Learner = Callable[[np.ndarray, np.ndarray], Predict]
WeightedLearner = Callable[[np.ndarray, np.ndarray, np.ndarray], Predict]
