# Every target that needs the program makes .venv first, from the pinned versions.
PYTHON ?= python3
BIN = .venv/bin
STAMP = .venv/.installed
# Other programs that the benchmark runs beside ours live apart, as they are never imported.
PEERS = .venv-peers
PEERS_STAMP = $(PEERS)/.installed
# Likewise those that judge in tests what we write; where they cannot be, tests do without.
JUDGES = .venv-judges

.PHONY: install demo test judges soak check format bench docs lock clean

install: $(STAMP)

$(STAMP): pyproject.toml constraints.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo 'Reworded needs Python 3.11 or newer; try: make PYTHON=python3.12'; exit 1; }
	@echo 'making .venv from pinned versions …'
	@$(PYTHON) -m venv .venv
	@$(BIN)/pip install --quiet --disable-pip-version-check -c constraints.txt -e '.[dev,serve]'
	@touch $(STAMP)

demo: install
	@$(BIN)/reworded demo

test: install judges
	@$(BIN)/pytest

judges: install
	@$(BIN)/python -m tests.judges
	@$(BIN)/python -m tests.browsing

# The long tests in full, with their counts: SEED=2 makes others of them.
SEED ?= 1
soak: install
	@$(BIN)/python -m tests.soak --visits 2000 --kills 200 --replays --seed $(SEED)
	@$(BIN)/python -m tests.planted --items 5100 --snapshots 50 --seed $(SEED)
	@$(BIN)/python -m tests.mutated --pages 20000 --seed $(SEED)

check: install
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy

format: install
	@$(BIN)/ruff check --fix .
	@$(BIN)/ruff format .

$(PEERS_STAMP): benchmarks/peers.txt
	@echo 'making $(PEERS) from pinned versions …'
	@$(PYTHON) -m venv $(PEERS)
	@$(PEERS)/bin/pip install --quiet --disable-pip-version-check -r benchmarks/peers.txt
	@touch $(PEERS_STAMP)

# All of it, or what BENCH names: make bench BENCH='crawl --quick'
bench: install $(PEERS_STAMP)
	@$(BIN)/pip install --quiet --disable-pip-version-check -c constraints.txt -e '.[bench]'
	@$(BIN)/python -m benchmarks $(BENCH)

# Writes the pages of docs/ that follow from the program.
docs: install
	@$(BIN)/python -m docs.generate

# Pins every package anew, at the newest versions that pyproject.toml allows.
lock:
	@rm -rf .venv
	@$(PYTHON) -m venv .venv
	@$(BIN)/pip install --quiet --disable-pip-version-check -e '.[dev,bench,serve]'
	@$(BIN)/pip freeze --exclude-editable | grep -v '^reworded' > constraints.txt

clean:
	@rm -rf .venv $(PEERS) $(JUDGES) .axe-* .pictures demo .mypy_cache .ruff_cache .pytest_cache .hypothesis
