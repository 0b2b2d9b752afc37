"""Decorators and ``partial``, read through the line ``@lib_export("app.run")``.

``lib_export`` is a partial of the class ``api_export``. The decorator that it makes
tags a function with public names and returns that same function; ``build_api`` collects
the names later. ``my_partial`` is ``functools.partial`` written out, and three more
decorators do wrap.

Modelled on TensorFlow's ``tf_export`` (tensorflow/python/util/tf_export.py, commit
033d7bab). Unlike there, an exported wrapper carries the names itself: nothing is
unwrapped first, and every API takes any dotted name.
"""

from .export import api_export, build_api, exported_names, lib_export
from .partial import my_partial
from .wrappers import optional_args_decorator, retry, timed

__all__ = [
    "api_export",
    "build_api",
    "exported_names",
    "lib_export",
    "my_partial",
    "optional_args_decorator",
    "retry",
    "timed",
]
