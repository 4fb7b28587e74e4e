"""Run the tests of C with code that checks every access to memory.

The extensions that are written in C are compiled by themselves, with AddressSanitizer and
UndefinedBehaviorSanitizer, beside a copy of the sources, and what tests generate with the same
options; the engine runs interpreted.
"""

import os
import platform
import shlex
import shutil
import subprocess
import sys
import sysconfig
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
EXTENSIONS = ("autograd.program.backends.tape.machine", "autograd.program.native.calls")
FLAGS = shlex.split(
    "-std=c11 -O1 -g -ffp-contract=off -fPIC -shared -Wall -Wextra -Werror"
    " -Wno-missing-field-initializers -Wno-unused-parameter -Wno-cast-function-type"
)
CLANG = ["-shared-libasan", "-fsanitize-trap=undefined"]
SANITIZERS = ["-fsanitize=address,undefined", "-fno-sanitize-recover=undefined"]


def compile_extension(name: str, folder: Path, compiler: list[str], sanitizers: list[str]) -> None:
    """Compile an extension in a copy of the package."""
    *packages, module = name.split(".")
    sources = sorted(map(str, folder.joinpath(*packages).glob("*.c")))
    target = folder.joinpath(*packages, f"{module}{sysconfig.get_config_var('EXT_SUFFIX')}")
    include = f"-I{sysconfig.get_path('include')}"
    command = [*compiler, *FLAGS, *sanitizers, include, *sources, "-o", str(target), "-lm"]
    subprocess.run(command, check=True)


def runtime_of(compiler: list[str]) -> tuple[str, list[str]]:
    """Return the library that checks accesses to memory, and how it is linked."""
    for name, options in (  # clang knows both
        (f"libclang_rt.asan-{platform.machine()}.so", CLANG),
        ("libasan.so", []),
    ):
        command = [*compiler, f"-print-file-name={name}"]
        found = subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()
        if os.path.isabs(found):
            return found, options
    raise SystemExit(f"{shlex.join(compiler)} has no AddressSanitizer; set CC to one that has.")


def main() -> int:
    """Return the exit status of the tests."""
    compiler = shlex.split(os.environ.get("CC") or sysconfig.get_config_var("CC"))
    library, options = runtime_of(compiler)
    sanitizers = [*SANITIZERS, *options]
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for package in ("autograd", "nn"):
            unwanted = shutil.ignore_patterns("*.so", "__pycache__")
            shutil.copytree(ROOT / package, folder / package, ignore=unwanted)
        for extension in EXTENSIONS:
            compile_extension(extension, folder, compiler, sanitizers)
        environment = os.environ | {
            "PYTHONPATH": name,
            "PYTHONMALLOC": "malloc",  # so that each object is checked
            "LD_PRELOAD": library,
            "ASAN_OPTIONS": "detect_leaks=0",  # Python keeps much until it ends
            "OMP_NUM_THREADS": "1",
            "CHAINRULE_SANITIZE": " ".join(sanitizers),
            "CC": shlex.join(compiler),
        }
        pytest = [sys.executable, "-P", "-m", "pytest", "-q", "-p", "no:cacheprovider"]
        return subprocess.run([*pytest, *sys.argv[1:]], cwd=ROOT, env=environment).returncode


if __name__ == "__main__":
    sys.exit(main())
