#!/usr/bin/env bash
# On a Linux machine with an NVIDIA GPU: the CUDA backend's suites on the real libraries, a short training under compute-sanitizer,
# the training step in every precision, and PyTorch's with the same settings. Needs benchmarks/gpu/suite.tar.xz (publish.sh), the
# driver, cuBLAS and cuDNN 9 (as pip wheels, say); PyTorch and compute-sanitizer are left out where they are missing. Writes to
# $OUT, benchmarks/gpu/results by default. Meant to end within eight minutes.
#   OUT=results BATCHES="32 256" PYTHON=python3 benchmarks/gpu/run.sh
set -uo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"
out=${OUT:-results} batches=${BATCHES:-"32 256"} python=${PYTHON:-python3}
mkdir -p "$out" suite
tar xJf suite.tar.xz -C suite || exit 1
suite=./suite/cuda-suite
code=0

# The wheels of the Python that is used; the program looks in the usual places by itself.
wheels=$("$python" - <<'PATHS' 2>/dev/null || true
import glob, os, site, sys
folders = [p for s in site.getsitepackages() + [site.getusersitepackages()] for p in glob.glob(os.path.join(s, "nvidia", "*", "lib"))]
print(":".join(folders))
PATHS
)
[ -n "$wheels" ] && export NUMERICS_CUDA_PATH="${NUMERICS_CUDA_PATH:+$NUMERICS_CUDA_PATH:}$wheels" LD_LIBRARY_PATH="$wheels${LD_LIBRARY_PATH:+:$LD_LIBRARY_PATH}"

section() { echo "== $1"; }
{
    section "machine"
    date -u
    nvidia-smi --query-gpu=name,driver_version,memory.total --format=csv,noheader
    $suite catsvsdogs info

    section "suites on the real libraries"
    NUMERICS_TEST_GPU=1 timeout 200 $suite Numerics.Conformance:CudaConformance Numerics.Backends.Cuda.Tests: || code=1

    section "compute-sanitizer"
    if command -v compute-sanitizer >/dev/null; then
        timeout 90 compute-sanitizer --error-exitcode 9 $suite catsvsdogs bench --device cuda --batch 2 --steps 1 | tail -n 12 || code=1
    else
        echo "not found"
    fi

    section "training step"
    for batch in $batches; do
        for precision in float32 tf32 bfloat16; do
            echo "-- numerics, batch $batch, $precision"
            timeout 60 $suite catsvsdogs bench --device cuda --precision "$precision" --batch "$batch" --steps 30 | grep -E 'training step|predict|peak memory' || code=1
        done
        if "$python" -c 'import torch; assert torch.cuda.is_available()' 2>/dev/null; then
            for flags in "" "--channels-last" "--channels-last --tf32" "--channels-last --bf16" "--channels-last --tf32 --compile --graph" "--channels-last --bf16 --compile --graph"; do
                # shellcheck disable=SC2086
                timeout 90 "$python" ../torch_step.py --device cuda --batch "$batch" --steps 20 $flags || true
            done
        else
            echo "PyTorch with CUDA: not found"
        fi
    done
    exit "$code"
} 2>&1 | tee "$out/gpu.txt"
exit "${PIPESTATUS[0]}"
