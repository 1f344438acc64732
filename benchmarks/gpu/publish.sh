#!/usr/bin/env bash
# Packs the CUDA backend's suites and the benchmark, with the .NET runtime, for a Linux machine that has a GPU and no .NET:
# benchmarks/gpu/suite.tar.xz, some 35 MB. There, in a checkout with that file: benchmarks/gpu/run.sh
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
dotnet publish Suite -c Release -o "$work" -v quiet --nologo
tar cJf suite.tar.xz -C "$work" .
ls -lh suite.tar.xz
