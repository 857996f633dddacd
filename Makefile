# What a developer runs by hand and CI runs by .ci/run. `make` alone lists the targets.

MAKEFLAGS += --no-print-directory
.DEFAULT_GOAL := help

# The other modules of this repository that hold code. tools/ holds none: it pins what lints ours.
OTHERS := $(patsubst %/go.mod,%,$(filter-out tools/go.mod,$(wildcard */go.mod)))
BIN := $(CURDIR)/.bin

# All of staticcheck but ST1000, ST1020, ST1021 and ST1022: what documentation must look like is
# revive's to say, which asks for more.
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
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-10s %s\n", $$1, $$2 }' Makefile

.PHONY: build
build: ## build the server, ./sixpack
	go build -trimpath -o sixpack ./cmd/sixpack

.PHONY: run
run: build ## build and run the server; ARGS="..." are its arguments
	./sixpack $(ARGS)

# SIXPACK_CI=1 turns a test that lacks something of this machine from skipped into failed.
.PHONY: test
test: ## install what is missing, lint, run each benchmark once, test with the race detector
	@.ci/step needs .ci/needs
	@.ci/step tools $(MAKE) tools
	@.ci/step lint $(MAKE) lint
	@SIXPACK_CI=1 .ci/step benchmarks $(MAKE) bench-once
	@SIXPACK_CI=1 .ci/step simulations go test $(TESTFLAGS) ./internal/simulation
	@SIXPACK_CI=1 .ci/step tests $(MAKE) race

# Simulations are made in full only without the race detector, under which they take ten times as long.
.PHONY: race
race:
	@go test -race $(TESTFLAGS) ./...

# Each benchmark once, so that none rots; in the other modules the tests as well.
.PHONY: bench-once
bench-once:
	@go test -run='^$$' -bench=. -benchtime=1x ./...
	@for m in $(OTHERS); do (cd $$m && go test $(TESTFLAGS) -bench=. -benchtime=1x ./...) || exit 1; done

# The tools are built by their own module, so that nothing of theirs enters ours. Go rebuilds
# what changed; with nothing changed this takes under a second.
.PHONY: tools
tools:
	@cd tools && go build -o $(BIN)/ tool

.PHONY: lint
lint: tools ## gofumpt, go vet, staticcheck, golangci-lint, go fix, go mod tidy; changes nothing
	@files=$$($(BIN)/gofumpt -l .); test -z "$$files" || { echo "not in gofumpt form (make fmt mends it):" $$files >&2; exit 1; }
	@$(call each,go vet ./...)
	@$(call each,$(BIN)/staticcheck -checks=$(STATICCHECK) ./...)
	@$(call each,$(BIN)/golangci-lint run ./...)
	@$(call each,go fix -diff ./...)
	@$(call each,go mod tidy -diff)

.PHONY: fmt
fmt: tools ## format: gofumpt and goimports
	@$(call each,$(BIN)/golangci-lint fmt ./...)

.PHONY: bench
bench: ## measure ours beside the others; ITER=6 adds the benchmarks of the packages, so often each
	cd bench && go run .
ifneq ($(ITER),)
	mkdir -p $(BIN)
	go test -run='^$$' -bench=. -benchmem -count=$(ITER) ./... >$(BIN)/bench.txt
	go -C tools tool benchstat $(BIN)/bench.txt
endif

.PHONY: fuzz
fuzz: ## fuzz every target for FUZZTIME (30s); FUZZ=Name picks some
	@.ci/fuzz $(FUZZTIME) '$(FUZZ)'

.PHONY: clean
clean: ## remove what make built
	rm -rf sixpack $(BIN)
