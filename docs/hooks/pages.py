"""For ProperDocs: pages from elsewhere in the repository, and links to files that are not pages.

The home page is README.md. A notebook becomes a page with its outputs. A link to a source file,
which on the site would lead nowhere, leads to a page that shows the file. In a page,
``<!-- include: FILE -->`` puts in a Markdown file and ``<!-- generated: NAME -->`` what the
function of that name in `generated.py` returns.
"""

from __future__ import annotations

import ast
import os
import posixpath
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import cells
import generated
from properdocs.config.defaults import ProperDocsConfig
from properdocs.plugins import event_priority
from properdocs.structure.files import File, Files

ROOT = Path(__file__).resolve().parents[2]

#: Pages of the site, and the files of the repository that they show.
SHOWN = {
    "index.md": "README.md",
    "chinese.md": "README.zh-CN.md",
    "changelog.md": "CHANGELOG.md",
}
#: Files whose content is on a page with another name.
WITHIN = {"CONTRIBUTING.md": "contributing.md", "benchmarks/RESULTS.md": "performance.md"}
#: The languages of source files.
LANGUAGES = {".py": "python", ".toml": "toml", ".yml": "yaml", ".js": "javascript", ".css": "css"}

FENCE = re.compile(r"^ {0,3}(`{3,}|~{3,})")
LINK = re.compile(r"(?<=\]\()([^)\s]+)(?=(?:\s+\"[^\"]*\")?\))")
INCLUDE = re.compile(r"^<!-- include: (\S+) -->$", re.MULTILINE)
#: A line break between two Chinese characters, which browsers would show as a space.
CHINESE_BREAK = re.compile(r"(?<=[\u3000-\u303f\u4e00-\u9fff\uff00-\uffef])\n(?=[\u4e00-\u9fff])")
PICTURE = re.compile(r'(?<!">)(<img [^>]*?src="(?!data:)([^"]+)"[^>]*>)')
#: The smallest width at which the text of a drawn graph is legible, as `draw` writes it.
LEAST = re.compile(r'<svg style="[^"]*min-width:(\d+)px')
#: How much smaller a chart is shown than it was drawn, at most.
SMALLEST = 0.62
#: How much smaller a film is shown than it is legible in full, at most.
FILM = 0.75
#: What only the tests of an example need.
ONLY_TESTED = re.compile(r" +# doctest: [+\w, ]+$|^<BLANKLINE>$", re.MULTILINE)
GENERATED = re.compile(r"^<!-- generated: (\w+) -->$", re.MULTILINE)


@event_priority(100)  # before plugins process the files
def on_files(files: Files, config: ProperDocsConfig) -> Files:
    """Add the pages from elsewhere, and one for each file that a page links to."""
    for page, path in SHOWN.items():
        files.append(File.generated(config, page, content=_read(path)))
    for path in sorted((ROOT / "notebooks").glob("*.ipynb")):
        notebook = cells.page(path)
        files.append(File.generated(config, f"notebooks/{path.stem}.md", content=notebook.markdown))
        for name, picture in notebook.pictures.items():
            files.append(File.generated(config, f"notebooks/{name}", content=picture))
    for uri, make in generated.FILES.items():
        files.append(File.generated(config, uri, content=make()))
    for path in sorted((ROOT / "benchmarks" / "images").glob("*")):
        uri = path.relative_to(ROOT).as_posix()
        files.append(File(uri, str(ROOT), config.site_dir, config.use_directory_urls))
    wanted: set[str] = set()
    for file in list(files.documentation_pages()):
        _rewritten(file.content_string, file.src_uri, wanted)
    for path in sorted(wanted):
        _add_source(path, files, config)
    return files


def _add_source(path: str, files: Files, config: ProperDocsConfig) -> None:
    """Add the page of a source file, or of a folder with all its files."""
    if files.get_file_from_path(_source_page(path)) is not None:
        return
    markdown = _folder(path) if (ROOT / path).is_dir() else _source(path)
    files.append(File.generated(config, _source_page(path), content=markdown))
    if (ROOT / path).is_dir():
        for inner in _files_in(path):
            _add_source(inner, files, config)


def on_page_markdown(markdown: str, page: Any, **_: Any) -> str:
    """Insert what a page includes, and adjust its links."""
    uri = page.file.src_uri
    if page.parent is None:  # the only page of its section, so there is nothing to navigate
        page.meta["hide"] = ["navigation"]
    if uri.startswith("source/"):
        return markdown
    markdown = CHINESE_BREAK.sub("", _rewritten(markdown, uri, set()))
    markdown = ONLY_TESTED.sub("", markdown)
    return INCLUDE.sub(lambda found: _included(found[1], uri), markdown)


def on_page_content(content: str, page: Any, files: Files, **_: Any) -> str:
    """Make every picture a link to itself, and none smaller than it is legible."""

    def linked(found: re.Match[str]) -> str:
        tag, source = found[1], found[2]
        uri = posixpath.normpath(posixpath.join(posixpath.dirname(page.file.src_uri), source))
        least = _least_width(files.get_file_from_path(uri))
        if least:
            tag = tag.replace("<img ", f'<img class="wide" style="min-width: {least}px" ', 1)
        return f'<a href="{source}" title="The picture alone">{tag}</a>'

    return PICTURE.sub(linked, content)


def _least_width(picture: File | None) -> int:
    """Return the width in pixels at which the text of a picture can be read; 0 if unknown."""
    if picture is not None and picture.src_uri.endswith(".svg"):
        head = picture.content_string[:1000]
        found = LEAST.search(head)
        if found and "@keyframes" in head:  # of a film as much as possible is seen at a time
            return int(FILM * int(found[1]))
        return int(found[1]) if found else 0
    if picture is not None and picture.src_uri.endswith(".png"):
        return int(SMALLEST * int.from_bytes(picture.content_bytes[16:20], "big"))
    return 0


def _included(target: str, uri: str) -> str:
    """Return a file without its title, with links relative to the page that includes it."""
    path = posixpath.normpath(posixpath.join(posixpath.dirname(_origin(uri)), target))
    lines = _read(path).splitlines()
    text = "\n".join(lines[1:] if lines[0].startswith("# ") else lines)
    return _each_link(text, lambda link: _relocated(link, path, uri, set()))


# -- links ------------------------------------------------------------------------------------


def _origin(uri: str) -> str:
    """Return the path in the repository of a page of the site."""
    if uri.startswith("notebooks/"):
        return uri.removesuffix(".md") + ".ipynb"
    return SHOWN.get(uri, f"docs/{uri}")


def _rewritten(markdown: str, uri: str, wanted: set[str]) -> str:
    """Insert generated parts and adjust all links; add the files they point to to `wanted`."""
    markdown = GENERATED.sub(lambda found: getattr(generated, found[1])(), markdown)
    for found in INCLUDE.finditer(markdown):
        path = posixpath.normpath(posixpath.join(posixpath.dirname(_origin(uri)), found[1]))
        _each_link(_read(path), lambda link, path=path: _relocated(link, path, uri, wanted))
    return _each_link(markdown, lambda link: _relocated(link, _origin(uri), uri, wanted))


def _each_link(markdown: str, change: Callable[[str], str]) -> str:
    """Change the targets of links, except in code blocks."""
    lines, fence = [], ""
    for line in markdown.split("\n"):
        found = FENCE.match(line)
        if found and not fence:
            fence = found[1]
        elif found and found[1].startswith(fence):
            fence = ""
        elif not fence:
            line = LINK.sub(lambda link: change(link[1]), line)
        lines.append(line)
    return "\n".join(lines)


def _relocated(link: str, origin: str, uri: str, wanted: set[str]) -> str:
    """Return the target that a link in a repository file needs on the page that shows the file."""
    target, sign, anchor = link.partition("#")
    if not target or ":" in target:
        return link
    path = posixpath.normpath(posixpath.join(posixpath.dirname(origin), target))
    if not (ROOT / path).exists():
        return link  # made when the site is built, or reported by ProperDocs
    if path.endswith(".ipynb"):
        page = path.removesuffix(".ipynb") + ".md"
    elif path in WITHIN:
        page = WITHIN[path]
    elif path in SHOWN.values():
        page = next(key for key, shown in SHOWN.items() if shown == path)
    elif path.startswith("docs/") and not path.endswith(".py"):
        page = path.removeprefix("docs/")
    elif path.startswith("benchmarks/images/"):
        page = path
    else:
        page, anchor, sign = _source_page(path), "", ""
        wanted.add(path)
    return posixpath.relpath(page, posixpath.dirname(uri) or ".") + sign + anchor


# -- pages of source files --------------------------------------------------------------------


def _read(path: str) -> str:
    return (ROOT / path).read_text(encoding="utf-8")


def _source_page(path: str) -> str:
    return f"source/{path}/index.md" if (ROOT / path).is_dir() else f"source/{path}.md"


def _files_in(folder: str) -> Iterator[str]:
    for entry in sorted(os.scandir(ROOT / folder), key=lambda entry: entry.name):
        if entry.is_file() and Path(entry.name).suffix in (*LANGUAGES, ".md", ".txt"):
            yield f"{folder}/{entry.name}"


#: Source files would dominate the search results.
FRONT = "---\ntitle: {}\nsearch:\n  exclude: true\n---\n\n# {}\n\n"


def _source(path: str) -> str:
    language = LANGUAGES.get(Path(path).suffix, "text")
    fence = "~" * 12
    text = f'{fence} {{ .{language} linenums="1" }}\n{_read(path)}\n{fence}\n'
    return FRONT.format(path, f"`{path}`") + text


def _folder(path: str) -> str:
    rows = []
    for inner in _files_in(path):
        name = posixpath.basename(inner)
        rows.append(f"| [`{name}`]({name}.md) | {_first_line(inner)} |")
    table = "\n".join(["| file | what it holds |", "|---|---|", *rows])
    return FRONT.format(f"{path}/", f"`{path}/`") + table + "\n"


def _first_line(path: str) -> str:
    if not path.endswith(".py"):
        return ""
    return (ast.get_docstring(ast.parse(_read(path))) or "").partition("\n")[0].replace("|", "\\|")
