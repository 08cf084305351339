# Wirecloset. `make` alone prints what there is.
SHELL := /bin/bash
.DEFAULT_GOAL := help
.PHONY: help demo test test-all dist images bench interop clean

help: ## this list
	@echo "Wirecloset: the ZeroTier network hypervisor for Kubernetes"
	@echo
	@awk -F':.*## ' '/^[a-z-]+:.*## / {printf "  make %-10s %s\n", $$1, $$2}' $(MAKEFILE_LIST)
	@echo
	@echo "  Needs Linux, JDK 25 (JAVA_HOME, or in the usual folder), Maven 3.8.7 or newer and a C compiler."
	@echo "  As root, missing distribution packages are installed; otherwise they are named."
	@echo "  Optional: WIRECLOSET_ZEROTIER_ONE=<stock zerotier-one> adds the tests against the stock client,"
	@echo "            KUBECONFIG=<file> runs the demo against a real API server."

demo: ## two clouds behind NAT, pods on both, from a YAML file to a ping and 100 MB (root)
	@make/run.sh demo

test: ## every test that fits in an hour
	@make/run.sh test

test-all: ## test, and the long runs: fuzzing, many seeds
	@make/run.sh test-all

dist: ## build dist/: bin/wirecloset, the CNI shim, the agent, the operator
	@make/run.sh dist

images: ## dist/images/wirecloset.tar, an OCI archive, without a Docker daemon (root for its start-up caches)
	@make/run.sh images

bench: ## micro benchmarks, and with a stock client a side-by-side throughput run (root)
	@make/run.sh bench

interop: ## the tests against the stock client alone (root, WIRECLOSET_ZEROTIER_ONE)
	@make/run.sh interop

clean: ## remove everything that was built
	@rm -rf dist .results; find . -name target -type d -not -path './.git/*' -prune -exec rm -rf {} +
