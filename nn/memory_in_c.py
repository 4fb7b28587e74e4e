"""Memory for functions in C to work with, for programs that `jit` compiles."""

from __future__ import annotations

#: Gives the memory back.
FREED = "__builtin_free(memory);\n"

_TAKEN = """
char *const memory = __builtin_malloc(taken + __BIGGEST_ALIGNMENT__);
if (!memory) LEAVE_TO_PYTHON;
char *const begin_of_memory =
    memory + (__BIGGEST_ALIGNMENT__ - (uintptr_t)memory % __BIGGEST_ALIGNMENT__);
"""


def taken(arrays: dict[str, str]) -> str:
    """Return the text that takes memory for arrays, each from where a vector may begin.

    Where there is not enough, NumPy does the work: it may need less, or raises its error. `FREED`
    gives all of it back, also before the text leaves later on.

    Parameters
    ----------
    arrays : dict of str
        Declarations of pointers, with expressions for the numbers of elements.

    Examples
    --------
    >>> text = taken({"long *places": "n", "real *restrict sums": "2 * n"})
    >>> print(text.splitlines()[-1])
    real *restrict sums = (real *)(begin_of_memory + at_sums);
    """
    sizes, pointers, before = "", "", "0"
    for declaration, count in arrays.items():
        kind, name = declaration.partition(" ")[0], declaration.split()[-1].lstrip("*")
        sizes += f"const long at_{name} = {before};\n"
        pointers += f"{declaration} = ({kind} *)(begin_of_memory + at_{name});\n"
        vectors = f"(long)sizeof({kind}) * ({count}) / __BIGGEST_ALIGNMENT__ + 1"
        before = f"at_{name}\n    + ({vectors}) * __BIGGEST_ALIGNMENT__"
    return f"{sizes}const long taken = {before};\n{_TAKEN}{pointers}"
