"""Run the programs and store their numbers: under HIPS autograd, once.

python record.py            all programs
python record.py ceviche    those named
"""

import importlib
import inspect
import json
import pathlib
import sys
import warnings

import numpy as np

HERE = pathlib.Path(__file__).parent
STORED = HERE / "recorded.json"
NAMES = sorted(path.stem for path in (HERE / "programs").glob("*_.py"))


def parts_of(name):
    """Return the parts of a program: its functions without arguments, by name."""
    importlib.import_module("programs.old_names")
    module = importlib.import_module(f"programs.{name}")
    return {
        part: function
        for part, function in vars(module).items()
        if inspect.isfunction(function)
        and not part.startswith("_")
        and function.__module__ == module.__name__
        and not inspect.signature(function).parameters
    }


def numbers_of(result):
    """Return all numbers in nested results, in order; complex ones as pairs."""
    if isinstance(result, dict):
        result = list(result.values())
    if isinstance(result, (list, tuple)):
        return [number for item in result for number in numbers_of(item)]
    array = np.asarray(result).ravel()
    if np.iscomplexobj(array):
        array = array.view(float)
    return [float(number) for number in array]


def main(names):
    warnings.simplefilter("ignore")
    stored = json.loads(STORED.read_text()) if STORED.exists() else {}
    for name in names:
        for part, function in parts_of(name).items():
            try:
                numbers = numbers_of(function())
            except Exception as error:
                print(f"{name}.{part}: {type(error).__name__}: {error}"[:300])
                continue
            stored[f"{name}.{part}"] = [float(f"{number:.12g}") for number in numbers]
            print(f"{name}.{part}: {len(numbers)} numbers")
    STORED.write_text(json.dumps(stored, indent=0) + "\n")


if __name__ == "__main__":
    main([f"{name}_" for name in sys.argv[1:]] or NAMES)
