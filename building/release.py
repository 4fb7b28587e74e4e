"""Write the address of the repository into what a registry shows of a release.

The sources do not know where they are published, so a release adds the links of the project to
`pyproject.toml` and makes the relative links of the README, which a registry cannot follow, full::

    python building/release.py https://example.org/owner/chainrule
"""

import re
import sys
from pathlib import Path

#: Titles that registries know, and where they lead in the repository.
PAGES = {
    "Source": "",
    "Documentation": "/blob/main/docs/tutorial.md",
    "Changelog": "/blob/main/CHANGELOG.md",
    "Issues": "/issues",
}

#: A Markdown link or image whose target is a path.
_RELATIVE = re.compile(r"(!?)\[([^\]]*)\]\((?!https?:|#|mailto:)([^)\s]+)\)")


def with_urls(configuration: str, repository: str) -> str:
    """Return the text of `pyproject.toml` with the table of links."""
    if "[project.urls]" in configuration:
        raise SystemExit("pyproject.toml has the links of the project already.")
    rows = "".join(f'{title} = "{repository}{page}"\n' for title, page in PAGES.items())
    return configuration.replace(
        "[project.optional-dependencies]",
        f"[project.urls]\n{rows}\n[project.optional-dependencies]",
        1,
    )


def with_full_links(text: str, repository: str) -> str:
    """Return Markdown whose relative links lead into the repository; pictures, to their content."""
    return _RELATIVE.sub(
        lambda found: (
            f"{found[1]}[{found[2]}]({repository}/{'raw' if found[1] else 'blob'}/main/{found[3]})"
        ),
        text,
    )


def main(repository: str, folder: Path = Path()) -> None:
    """Edit `pyproject.toml` and `README.md` in a folder."""
    repository = repository.rstrip("/")
    for name, edit in (("pyproject.toml", with_urls), ("README.md", with_full_links)):
        path = folder / name
        path.write_text(edit(path.read_text(encoding="utf-8"), repository), encoding="utf-8")


if __name__ == "__main__":
    main(*sys.argv[1:2])
