# make demo [KEEP=1]               two regions on loopback, one household checked across them
# make test                        builds everything and runs every test
# make test SANITIZE=address       the same under a sanitizer: address (with undefined), undefined or thread
# make chaos                       of these only those that kill processes at random while requests flow
# make bench                       measures and writes build/bench/results.json
# make lint                        clang-format, clang-tidy, buf
# make format                      puts our sources in order
SHELL := /bin/bash
SANITIZE ?=
# Random kills; a minute, and every run another history.
CHAOS := kill_everything_test|chaos_.*kill_test
BUILD := build/$(if $(SANITIZE),$(SANITIZE),release)

comma := ,
SANITIZERS = $(if $(filter address,$(SANITIZE)),address$(comma)undefined,$(SANITIZE))
SOURCES = $(shell git ls-files '*.cc' '*.h')

.PHONY: build chaos demo test bench lint format deps clean

deps:
	@deploy/install-packages.sh

build: deps
	@mkdir -p build
	@cmake -S . -B $(BUILD) -G Ninja -DSANITIZE='$(SANITIZERS)' > build/cmake.log 2>&1 || { cat build/cmake.log; exit 1; }
	@cmake --build $(BUILD)

test: build
	@cd $(BUILD) && ctest --output-on-failure -j 2

chaos: build
	@cd $(BUILD) && ctest --output-on-failure -R '$(CHAOS)'

demo: build
	@deploy/demo/run.py --bin $(BUILD)/bin --dir build/demo $(if $(KEEP),--keep)

bench: build
	@tests/bench/run.py --bin $(BUILD)/bin --out build/bench

lint: build
	@clang-format --dry-run -Werror $(SOURCES)
	@deploy/npm-ci.sh deploy/buf build/buf
	@BUF_CACHE_DIR=$(CURDIR)/build/buf/cache build/buf/node_modules/.bin/buf lint proto
	@deploy/tidy.sh $(BUILD)

format:
	@clang-format -i $(SOURCES)

clean:
	@rm -rf build
