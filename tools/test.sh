#!/usr/bin/env bash
# The whole test run: style and types, then the tests on all cores, then the locale-sensitive ones in Turkish.
set -euo pipefail
cd "$(dirname "$0")/.."
bin=.venv/bin
$bin/ruff check .
$bin/ruff format --check .
$bin/mypy
$bin/lint-imports
rm -f build/spec-report.json
LC_ALL=C.UTF-8 $bin/pytest -n 2 --dist loadgroup -m "not slow" "$@"
LC_ALL=tr_TR.UTF-8 ATOLYE_TEST_LOCALE=tr_TR.UTF-8 $bin/pytest -n 2 --dist loadgroup -m "locale_tr and not slow" "$@"
