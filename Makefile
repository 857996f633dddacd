# The commands for developers. CI runs them through .ci/run. `make` without a target lists the targets.

MAKEFLAGS += --no-print-directory
.DEFAULT_GOAL := help

# The other modules of this repository with code. tools/ has none: it pins the versions of linters.
OTHERS := $(patsubst %/go.mod,%,$(filter-out tools/go.mod,$(wildcard */go.mod)))
BIN := $(CURDIR)/.bin

# All checks of staticcheck except ST1000, ST1020, ST1021 and ST1022: revive checks documentation more
# strictly.
STATICCHECK := all,-ST1000,-ST1020,-ST1021,-ST1022

ARGS ?=
ITER ?=
FUZZ ?= .
FUZZTIME ?= 30s
TESTFLAGS ?=

# each runs one command in every module and stops at the first that fails.
each = for m in . $(OTHERS); do (cd $$m && $(1)) || { echo "failed in module $$m: $(1)" >&2; exit 1; }; done

.PHONY: help
help: ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-12s %s\n", $$1, $$2 }' Makefile

.PHONY: build
build: ## build the server, ./sixpack
	go build -trimpath -o sixpack ./cmd/sixpack

.PHONY: run
run: build ## build and run the server; ARGS="..." are its arguments
	./sixpack $(ARGS)

# Tests that need a command fail with SIXPACK_CI=1 if it is missing; without it they are skipped.
.PHONY: test
test: ## install what the tests need and run them
	@.ci/needs redis-server node npm curl python3
	SIXPACK_CI=1 go test $(TESTFLAGS) ./...

.PHONY: browser
browser: ## test the dashboard in Chromium
	@.ci/needs chromium
	cd browser && SIXPACK_CI=1 go test $(TESTFLAGS) ./...

.PHONY: simulations
simulations: ## run all simulations; go test runs only a few
	go test $(TESTFLAGS) ./internal/simulation -full

.PHONY: bench-once
bench-once: ## run each benchmark once
	@.ci/needs redis-server
	SIXPACK_CI=1 go test -run='^$$' -bench=. -benchtime=1x ./...
	cd bench && SIXPACK_CI=1 go test $(TESTFLAGS) ./...

.PHONY: ci
ci: ## run all checks that a change must pass
	@.ci/run

# The tools are in their own module, so that the main module does not depend on them. Go rebuilds
# only changed tools, so this usually takes less than a second.
.PHONY: tools
tools:
	@cd tools && go build -o $(BIN)/ tool

.PHONY: lint
lint: tools ## check with gofumpt, go vet, staticcheck, golangci-lint, go fix and go mod tidy; changes no files
	@files=$$($(BIN)/gofumpt -l .); test -z "$$files" || { echo "not in gofumpt form (run make fmt):" $$files >&2; exit 1; }
	@$(call each,go vet ./...)
	@$(call each,$(BIN)/staticcheck -checks=$(STATICCHECK) ./...)
	@$(call each,$(BIN)/golangci-lint run ./...)
	@$(call each,go fix -diff ./...)
	@$(call each,go mod tidy -diff)

.PHONY: fmt
fmt: tools ## format: gofumpt and goimports
	@$(call each,$(BIN)/golangci-lint fmt ./...)

.PHONY: bench
bench: ## compare sixpack with other programs; ITER=6 also runs the benchmarks of each package 6 times
	cd bench && go run .
ifneq ($(ITER),)
	mkdir -p $(BIN)
	go test -run='^$$' -bench=. -benchmem -count=$(ITER) ./... >$(BIN)/bench.txt
	go -C tools tool benchstat $(BIN)/bench.txt
endif

.PHONY: fuzz
fuzz: ## fuzz every target for FUZZTIME (30s); FUZZ=Name selects targets
	@.ci/fuzz $(FUZZTIME) '$(FUZZ)'

.PHONY: clean
clean: ## remove the files that make has built
	rm -rf sixpack $(BIN)
