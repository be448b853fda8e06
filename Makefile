# Everything is fetched by the ordinary clients: Go's modules by go, the private
# Postgres and Redis by pip, when the system has none.
GO      ?= go
BIN     := bin/signalbox
VERSION := $(shell git describe --tags --always --dirty 2>/dev/null || echo dev)
LINTER  := .cache/bin/golangci-lint
LINTER_VERSION := v2.5.0
# The race detector needs a C compiler.
RACE    := $(shell command -v $${CC:-cc} >/dev/null 2>&1 && echo -race)
CGO     := $(if $(RACE),1,0)

.DEFAULT_GOAL := help

.PHONY: help
help: ## Show what can be made
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-10s %s\n", $$1, $$2}'

# nomsgpack leaves out a codec of gin's that nothing here uses, and 6 MB with it.
.PHONY: build
build: ## Build bin/signalbox
	@CGO_ENABLED=0 $(GO) build -trimpath -tags nomsgpack -ldflags '-s -w -X main.version=$(VERSION)' -o $(BIN) ./cmd/signalbox

.PHONY: demo
demo: build ## Run the sample company on private servers; ONCE=1 stops after printing
	@$(BIN) demo $(if $(ONCE),--once)

.PHONY: test
test: build ## Run every test: Go, SQL, end to end
	@$(if $(RACE),echo "testing with the race detector",echo "testing without the race detector: no C compiler here")
	CGO_ENABLED=$(CGO) $(GO) test $(RACE) -timeout 14m $$($(GO) list ./... | grep -v -e /evals -e /cmd/)
	@echo "commands and evaluations, without the race detector: they train models, which would take ten times as long"
	$(GO) test -timeout 14m ./cmd/... ./evals/...
	@echo "the store's tests again, on Postgres 16"
	SIGNALBOX_TEST_POSTGRES=16 $(GO) test -count=1 -timeout 5m ./migrations ./internal/postgres
	@test -n "$$SIGNALBOX_TEST_CHAT_URL" || echo "SKIPPED 1 test of a real chat model: docs/how-to/models.md says how to run one"
	@test -n "$$SIGNALBOX_TEST_EMBED_URL" || echo "SKIPPED 1 test of a real embedding model: docs/how-to/models.md says how to run one"
	@test -n "$$SIGNALBOX_WEBHOOK_DIR" || echo "SKIPPED 1 test of published webhook bodies: SIGNALBOX_WEBHOOK_DIR names a folder with zendesk/*.json"
	@test -n "$$SIGNALBOX_BANKING77_DIR" || echo "SKIPPED 4 tests of quality on Banking77: SIGNALBOX_BANKING77_DIR names a folder with its train.csv"
	@test -n "$$SIGNALBOX_CLINC150_DIR" || echo "SKIPPED 1 test of quality on CLINC150: SIGNALBOX_CLINC150_DIR names a folder with its data_full.json"
	@test -n "$$SIGNALBOX_SEALED" || echo "SKIPPED 1 test of the sealed industries: SIGNALBOX_SEALED=1 judges them, for a release"
	@test -n "$$SIGNALBOX_SCALE" || echo "SKIPPED 1 test of training at scale: SIGNALBOX_SCALE is a number of texts, such as 100000"

.PHONY: lint
lint: $(LINTER) ## Check style and imports
	$(GO) vet ./...
	$(LINTER) run ./...

# Building the linter takes minutes, so it is kept.
$(LINTER):
	@mkdir -p $(dir $@)
	GOBIN=$(abspath $(dir $@)) $(GO) install github.com/golangci/golangci-lint/v2/cmd/golangci-lint@$(LINTER_VERSION)

.PHONY: eval
eval: build ## Print the sample company's regression statistics, and run its suite
	$(GO) test -count=1 -run 'Statistics' -v ./evals/...
	$(BIN) eval triage --suite evals/samplecompany/suite

.PHONY: detectors
detectors: ## Train the shipped detectors anew: after a change to their corpus, lexicon or the embedding
	$(GO) run ./evals/detectors/train

.PHONY: bench
bench: build ## Measure this machine: hook to stored decision
	$(BIN) bench intake

.PHONY: clean
clean: ## Remove what was built and the private servers' data
	@test ! -x $(BIN) || $(BIN) dev --remove
	rm -rf bin .cache .signalbox
