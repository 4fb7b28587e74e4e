# These two commands install everything they need; only Python 3.11 or newer is required:
#   make demo   a demonstration on real data
#   make test   lint, types, doctests and all tests, compiled and interpreted
# They install versions that are known to work together, from constraints/known-good.txt.
# While you edit, `make test-quick` runs a selection of the tests on the sources in a minute.

PYTHON ?= python3
VENV   := .venv
CONSTRAINTS := $(CURDIR)/constraints/known-good.txt
BIN    := $(VENV)/$(if $(filter Windows_NT,$(OS)),Scripts,bin)
TOOLS  := $(VENV)/.tools
STAMP  := $(VENV)/.installed

SOURCES := pyproject.toml setup.py README.md LICENSE $(shell find autograd nn building -name '*.py' -o -name '*.[ch]')
WORKERS := $(shell $(PYTHON) -c "import os; print(min(os.cpu_count() or 1, 8))")
CHROMIUM := $(shell command -v chromium || command -v chromium-browser || command -v google-chrome)

# Several workers with one thread each, because the threads of NumPy would wait for each other.
# Plugins are named: else pytest compiles every file of the packages that have one, ours among them.
PYTEST := OMP_NUM_THREADS=1 OPENBLAS_NUM_THREADS=1 PYTEST_DISABLE_PLUGIN_AUTOLOAD=1 $(BIN)/pytest -q \
    -p xdist.plugin -p _hypothesis_pytestplugin -p autograd.pytest_plugin -n $(WORKERS) --dist worksteal
# Compiled files are kept for the next process.
unexport PYTHONDONTWRITEBYTECODE
INTERPRETED := PYTHONPATH="$(CURDIR)" CHAINRULE_EXPECTED=interpreted $(PYTEST)

.PHONY: demo demo-cluster test suite test-quick test-latest test-oldest fuzz gpu sanitize gallery test-peers lint wheel one-name build dev bench bench-quick clients pictures derivatives notebooks docs clean

demo: $(STAMP)
	@command -v dot >/dev/null || echo "Graphviz's dot is not installed: graphs are written as .dot text, not as .svg pictures."
	@mkdir -p demo-output
	$(BIN)/python -P -m autograd "tanh(w1*x1 + w2*x2 + b)" w1=-3 x1=2 w2=1 x2=0 b=6.8813735870195432 \
	    --draw demo-output/neuron.$$(command -v dot >/dev/null && echo svg || echo dot) --draw demo-output/neuron.html
	@echo
	$(BIN)/python examples/digits.py --output demo-output

# Models of rows in chunks, and a network, on two workers of a cluster of this machine.
demo-cluster: $(TOOLS) $(STAMP)
	OMP_NUM_THREADS=1 $(BIN)/python -P examples/cluster.py

# Lint runs while the engine is compiled, which takes about as long.
test: $(TOOLS)
	@$(MAKE) --no-print-directory -j2 lint $(STAMP)
	@$(MAKE) --no-print-directory suite

# The second run covers what depends on whether the engine is compiled, with samples of the long
# tests: not the generated C of layers, and not what happens to a process as a whole.
suite: $(STAMP)
	@command -v dot >/dev/null || echo "Graphviz's dot is not installed: the tests of pictures are skipped."
	@$(if $(CHROMIUM),,echo "Chromium is not installed: the tests of the interactive page in a browser are skipped.")
	@$(BIN)/python -P -c "import autograd; print('engine:', 'compiled' if autograd.COMPILED else 'interpreted, because there is no C compiler')"
	$(PYTEST) --doctest-modules tests $$($(BIN)/python -P -c "import autograd, nn; print(autograd.__path__[0], nn.__path__[0])")
	$(INTERPRETED) --sample 50 --doctest-modules --ignore-glob '*_in_c.py' \
	    --ignore tests/nn/test_interrupted.py tests/engine tests/rules tests/nn tests/test_costs.py tests/test_transforms.py autograd/engine

# A selection for use while you edit: on the sources as they are, interpreted.
test-quick: $(TOOLS)
	$(INTERPRETED) -m "not slow and not gallery" --sample 4 tests

# The same with the newest version of every dependency, and the tests with the lowest declared ones.
test-latest:
	$(MAKE) test VENV=.venv-latest CONSTRAINTS=

test-oldest:
	$(MAKE) suite VENV=.venv-oldest CONSTRAINTS=$(CURDIR)/constraints/oldest.txt

# The random tests with a hundred times as many cases; FACTOR=1000 runs more.
fuzz: $(STAMP)
	CHAINRULE_FUZZ=$(or $(FACTOR),100) $(PYTEST) tests/fuzz

# The tests of arrays of other libraries, on a GPU, and a table of times: needs CuPy, `pip install ".[cuda12]"`.
gpu: $(STAMP)
	$(BIN)/pytest -q -rs tests/devices --device cupy
	@if $(BIN)/python -P -c "import cupy" 2>/dev/null; then $(BIN)/python -P benchmarks/device.py; \
	    else echo "CuPy is not installed: nothing was measured."; fi

# The C code of this package, with each access to memory and each operation checked.
sanitize: $(TOOLS)
	$(BIN)/python -P building/sanitize.py -n 0 tests/program/tapes tests/program/test_c_kernels.py \
	    tests/program/test_c_edges.py tests/program/test_saved_c.py tests/program/test_c_products.py \
	    tests/program/test_threads.py tests/program/test_own_functions.py tests/nn/test_convolution_in_c.py \
	    tests/nn/test_norms_in_c.py tests/nn/test_windows_in_c.py tests/nn/test_attention_in_c.py \
	    tests/nn/test_random_layers_in_c.py tests/nn/test_recurrent_in_c.py tests/nn/test_memory_in_c.py tests/program/test_joined_parts.py

# Gradients by PyTorch and JAX, in an environment of their own.
PEERS := .venv-peers
test-peers: $(PEERS)/.installed
	PYTHONPATH="$(CURDIR)" OMP_NUM_THREADS=1 $(PEERS)/$(notdir $(BIN))/python -P -m pytest -q tests/peers tests/check/test_corners.py tests/devices/test_dlpack.py \
	    tests/devices/test_nvrtc.py

$(PEERS)/.installed: pyproject.toml
	@test -d $(PEERS) || $(PYTHON) -m venv $(PEERS)
	@echo "Setting up $(PEERS): this takes some minutes, once."
	@CHAINRULE_INTERPRETED=1 $(PEERS)/$(notdir $(BIN))/python -m pip install -q --disable-pip-version-check ".[peers]"
	@rm -rf build *.egg-info
	@touch $@

# All cases of the galleries, from which the suite takes some.
gallery: $(STAMP)
	$(PYTEST) -m gallery tests
	OMP_NUM_THREADS=1 PYTHONPATH=tests $(BIN)/python -P -m check.gallery.measure --workers $(WORKERS) --page docs/checking.md

lint: $(TOOLS)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

# All tools, and the package interpreted. pip reads the two variables: what it builds with is
# constrained too.
PIP_INSTALL := $(BIN)/python -m pip install -q --disable-pip-version-check
CONSTRAINED := PIP_CONSTRAINT=$(CONSTRAINTS) PIP_BUILD_CONSTRAINT=$(CONSTRAINTS) $(PIP_INSTALL)

$(TOOLS): pyproject.toml $(CONSTRAINTS)
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@$(BIN)/python -c "import sys; sys.exit(sys.version_info < (3, 11))" || { echo "Python 3.11 or newer is needed; set PYTHON=..."; exit 1; }
	@echo "Setting up $(VENV): this takes a minute or two, once."
	@CHAINRULE_INTERPRETED=1 $(CONSTRAINED) ".[test]"
	@$(if $(CHROMIUM),$(CONSTRAINED) playwright || echo "playwright could not be installed.")
	@rm -rf build *.egg-info
	@touch $(TOOLS)

# The installed copy is compiled if there is a C compiler. The source tree never contains compiled
# files, so PYTHONPATH=. always runs the sources, interpreted.
$(STAMP): $(TOOLS) $(SOURCES)
	@echo "Compiling the engine: this takes a minute."
	@$(CONSTRAINED) --no-deps .
	@rm -rf build *.egg-info
	@touch $(STAMP)

# A wheel to install elsewhere: compiled for this machine, if it has a C compiler.
wheel: $(TOOLS)
	@$(BIN)/python -m pip wheel -q --disable-pip-version-check --no-deps -w dist .
	@rm -rf build *.egg-info
	@ls dist/*.whl

# The same under one top-level name, for environments that have HIPS autograd too.
one-name: $(TOOLS)
	@rm -rf build
	@$(BIN)/python building/one_name.py build/one-name
	@$(BIN)/python -m pip wheel -q --disable-pip-version-check --no-deps -w dist build/one-name
	@rm -rf build *.egg-info
	@ls dist/chainrule_one_name-*.whl

build:
	@rm -f $(STAMP)
	@$(MAKE) $(STAMP)

dev: $(TOOLS)
	CHAINRULE_INTERPRETED=1 $(CONSTRAINED) --no-deps -e .
	@rm -f $(STAMP)
	@echo "Installed editable and interpreted. 'make build' installs the compiled engine again."

# The peers share an environment with this distribution, except HIPS autograd, which has its own
# because its import name is the same.
BENCH := .venv-bench
HIPS  := .venv-hips
RUN_BENCH = $(BENCH)/$(notdir $(BIN))/python benchmarks/run.py --hips $(HIPS)/$(notdir $(BIN))/python
$(BENCH)/.installed: $(SOURCES) benchmarks/lifelines.txt
	@test -d $(BENCH) || $(PYTHON) -m venv $(BENCH)
	@echo "Setting up $(BENCH): this takes some minutes, once."
	@$(BENCH)/$(notdir $(BIN))/python -m pip install -q --disable-pip-version-check ".[bench]"
	@$(BENCH)/$(notdir $(BIN))/python -m pip install -q --disable-pip-version-check --no-deps -r benchmarks/lifelines.txt
	@rm -rf build *.egg-info
	@touch $@

$(HIPS)/.installed: benchmarks/hips-requirements.txt
	@test -d $(HIPS) || $(PYTHON) -m venv $(HIPS)
	@$(HIPS)/$(notdir $(BIN))/python -m pip install -q --disable-pip-version-check -r $<
	@touch $@

# `make bench` measures everything and writes benchmarks/RESULTS.md; `make bench NAMES="mlp lstm"`
# shows some; `make bench-quick` takes less than two minutes once the environments exist.
bench: $(BENCH)/.installed $(HIPS)/.installed
	$(RUN_BENCH) $(if $(NAMES),$(NAMES),--write)

bench-quick: $(BENCH)/.installed $(HIPS)/.installed
	$(RUN_BENCH) --quick $(NAMES)

# Run programs written for HIPS autograd, from the registry, on this distribution instead.
# They are installed without dependencies, because these include the distribution `autograd`.
CLIENTS := .venv-clients
clients:
	@test -d $(CLIENTS) || $(PYTHON) -m venv $(CLIENTS)
	@echo "Setting up $(CLIENTS)."
	@$(CLIENTS)/$(notdir $(BIN))/python -m pip install -q --disable-pip-version-check ".[scipy]" -r clients/requirements.txt
	@$(CLIENTS)/$(notdir $(BIN))/python -m pip install -q --disable-pip-version-check --no-deps -r clients/programs.txt
	cd clients && OMP_NUM_THREADS=1 MPLBACKEND=Agg ../$(CLIENTS)/$(notdir $(BIN))/python -P -m pytest -q

pictures: $(STAMP)
	$(BIN)/python -P docs/draw_pictures.py

# The page of all derivatives, generated from the rules and docs/kinks.md; a test compares it.
derivatives: $(STAMP)
	PYTHONPATH=. $(BIN)/python docs/generate_derivatives.py

# Run every notebook and store its outputs, without what differs from run to run.
notebooks: $(STAMP)
	OMP_NUM_THREADS=1 $(BIN)/python -P notebooks/execute.py $(NAMES)

# The site, in site/; open site/index.html. A broken link or a missing docstring is an error.
# The sources are read from this tree, so only the requirements are installed.
DOCS := .venv-docs
docs: $(DOCS)/.installed
	OMP_NUM_THREADS=1 $(DOCS)/$(notdir $(BIN))/python -m properdocs build --strict

$(DOCS)/.installed: pyproject.toml docs/requirements.txt
	@test -d $(DOCS) || $(PYTHON) -m venv $(DOCS)
	@echo "Setting up $(DOCS): this takes a minute, once."
	@CHAINRULE_INTERPRETED=1 $(DOCS)/$(notdir $(BIN))/python -m pip install -q --disable-pip-version-check -r docs/requirements.txt ".[scipy]"
	@rm -rf build *.egg-info
	@touch $@

clean:
	rm -rf $(VENV) .venv-latest .venv-oldest $(CLIENTS) $(BENCH) $(HIPS) $(PEERS) $(DOCS) build dist site *.egg-info demo-output .mypy_cache .ruff_cache .pytest_cache .hypothesis
