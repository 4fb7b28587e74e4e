#!/usr/bin/env python3
"""Replace the clang that tinygrad calls by the one in the ziglang wheel."""

import importlib.util
import os
import subprocess
import sys
import tempfile
from pathlib import Path


def main():
    zig = Path(importlib.util.find_spec("ziglang").origin).with_name("zig")
    machine = os.uname().machine.replace("arm64", "aarch64")
    source = sys.stdin.buffer.read()
    wanted = [a for a in sys.argv[1:] if a not in ("-", "-o") and not a.startswith("--target=")]
    with tempfile.TemporaryDirectory() as folder:
        written, made = Path(folder, "kernel.c"), Path(folder, "kernel.o")
        written.write_bytes(source)
        plain = ["-g0", "-fno-sanitize=undefined"]  # zig adds both itself
        target = ["-target", f"{machine}-freestanding"]
        command = [zig, "cc", *target, *plain, *wanted, written, "-o", made]
        subprocess.run(command, check=True)
        sys.stdout.buffer.write(made.read_bytes())


if __name__ == "__main__":
    main()
