"""Run the tests of C with code that checks every access to memory.

The interpreter of tapes is compiled by itself, with AddressSanitizer and
UndefinedBehaviorSanitizer, beside a copy of the sources, and what tests generate with the same
options; the engine runs interpreted.
"""

import os
import shlex
import shutil
import subprocess
import sys
import sysconfig
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
TAPE = Path("autograd", "program", "backends", "tape")
FLAGS = shlex.split(
    "-std=c11 -O1 -g -ffp-contract=off -fPIC -shared -Wall -Wextra -Werror"
    " -Wno-missing-field-initializers -Wno-unused-parameter -Wno-cast-function-type"
)
SANITIZERS = ["-fsanitize=address,undefined", "-fno-sanitize-recover=undefined"]


def compile_tape(folder: Path) -> None:
    """Compile the interpreter of tapes in a copy of the package."""
    compiler = shlex.split(os.environ.get("CC") or sysconfig.get_config_var("CC"))
    sources = sorted(map(str, folder.joinpath(TAPE).glob("*.c")))
    target = folder / TAPE / f"machine{sysconfig.get_config_var('EXT_SUFFIX')}"
    include = f"-I{sysconfig.get_path('include')}"
    command = [*compiler, *FLAGS, *SANITIZERS, include, *sources, "-o", str(target), "-lm"]
    subprocess.run(command, check=True)


def main() -> int:
    """Return the exit status of the tests."""
    compiler = shlex.split(os.environ.get("CC") or sysconfig.get_config_var("CC"))
    command = [*compiler, "-print-file-name=libasan.so"]
    library = subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for package in ("autograd", "nn"):
            unwanted = shutil.ignore_patterns("*.so", "__pycache__")
            shutil.copytree(ROOT / package, folder / package, ignore=unwanted)
        compile_tape(folder)
        environment = os.environ | {
            "PYTHONPATH": name,
            "PYTHONMALLOC": "malloc",  # so that each object is checked
            "LD_PRELOAD": library,
            "ASAN_OPTIONS": "detect_leaks=0",  # Python keeps much until it ends
            "OMP_NUM_THREADS": "1",
            "CHAINRULE_SANITIZE": " ".join(SANITIZERS),
        }
        pytest = [sys.executable, "-P", "-m", "pytest", "-q", "-p", "no:cacheprovider"]
        return subprocess.run([*pytest, *sys.argv[1:]], cwd=ROOT, env=environment).returncode


if __name__ == "__main__":
    sys.exit(main())
