#!/usr/bin/env bash
# On a Linux machine with an NVIDIA GPU: the CUDA backend's suites on the real libraries, a short training under compute-sanitizer,
# the training step in every precision, and PyTorch's with the same settings. Needs benchmarks/gpu/suite.tar.xz (publish.sh), the
# driver, cuBLAS and cuDNN 9 (as pip wheels, say); PyTorch and compute-sanitizer are left out where they are missing. Writes to
# $OUT, benchmarks/gpu/results by default. Meant to end within eight minutes.
#   OUT=results BATCHES="32 256" PYTHON=python3 SECTIONS="suites nccl bandwidth step torch compile sanitizer" benchmarks/gpu/run.sh
set -uo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"
out=${OUT:-results} batches=${BATCHES:-"32 256"} python=${PYTHON:-python3}
sections=" ${SECTIONS:-suites nccl bandwidth step torch compile sanitizer} "
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

section() {
    case "$sections" in *" $1 "*) ;; *) return 1 ;; esac
    echo "== $2"
}

# PyTorch's step with some flags; each compiled configuration takes a minute or two to get ready.
peer() {
    if ! "$python" -c 'import torch; assert torch.cuda.is_available()' 2>/dev/null; then
        echo "PyTorch with CUDA: not found"
        return
    fi
    for batch in $batches; do
        for flags in "$@"; do
            # shellcheck disable=SC2086
            timeout 150 "$python" ../torch_step.py --device cuda --batch "$batch" --steps 20 $flags 2>&1 | grep -E 'machine|training step|predict' || echo "PyTorch $flags: failed"
        done
    done
}

{
    date -u
    nvidia-smi --query-gpu=name,driver_version,memory.total --format=csv,noheader
    $suite catsvsdogs info

    if section suites "suites on the real libraries"; then
        NUMERICS_TEST_GPU=1 timeout 200 $suite Numerics.Conformance:CudaConformance Numerics.Backends.Cuda.Tests: || code=1
    fi

    if section nccl "NCCL with one GPU"; then
        timeout 60 $suite nccl || code=1
    fi

    if section step "training step"; then
        for batch in $batches; do
            for precision in float32 tf32 bfloat16; do
                echo "-- numerics, batch $batch, $precision"
                timeout 60 $suite catsvsdogs bench --device cuda --precision "$precision" --batch "$batch" --steps 30 | grep -E 'step on device|step captured|training step|fit|predict|peak memory' || code=1
            done
        done
    fi

    if section torch "PyTorch, eager"; then
        peer "" "--channels-last" "--channels-last --tf32" "--channels-last --bf16"
    fi

    if section compile "PyTorch, compiled, as a graph"; then
        peer "--channels-last --tf32 --compile --graph" "--channels-last --bf16 --compile --graph" "--channels-last --compile --graph"
    fi

    if section bandwidth "how fast kernels move memory"; then
        timeout 60 $suite bandwidth || code=1
    fi

    if section sanitizer "compute-sanitizer"; then
        if command -v compute-sanitizer >/dev/null; then
            for precision in float32 tf32 bfloat16; do
                timeout 90 compute-sanitizer --error-exitcode 9 $suite catsvsdogs bench --device cuda --precision "$precision" --batch 2 --steps 1 | tail -n 3 || code=1
            done
        else
            echo "not found"
        fi
    fi

    exit "$code"
} 2>&1 | tee "$out/gpu.txt"
exit "${PIPESTATUS[0]}"
