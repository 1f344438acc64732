#!/usr/bin/env bash
# Runs the CUDA backend's suites over NativeCudaApi, its bindings of NVIDIA's C interfaces, on the simulator behind those interfaces:
# one shared library (native AOT; needs clang or gcc and zlib1g-dev) under the libraries' names.
#   tests/CudaSimulator.Native/run.sh [arguments of dotnet test]
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
dotnet publish tests/CudaSimulator.Native -c Release -o "$work" --nologo -v quiet
for name in libcuda.so.1 libcublas.so.13 libcublasLt.so.13 libcudnn.so.9; do
    ln -s numerics-cuda-simulator.so "$work/$name"
done
export NUMERICS_CUDA_PATH=$work NUMERICS_TEST_GPU=1
code=0
dotnet test tests/Conformance -c Release --no-build --filter FullyQualifiedName~CudaConformance "$@" || code=1
dotnet test tests/Backends.Cuda.Tests -c Release --no-build "$@" || code=1
exit "$code"
