#!/usr/bin/env bash
# On a Linux machine with an NVIDIA GPU: the CUDA backend's suites on the real libraries, a short training under compute-sanitizer,
# the training step in every precision, and PyTorch's with the same settings. Needs benchmarks/gpu/suite.tar.xz (publish.sh), the
# driver, cuBLAS and cuDNN 9 (as pip wheels, say); PyTorch and compute-sanitizer are left out where they are missing. Writes to
# $OUT/gpu.txt, benchmarks/gpu/results by default, line by line: whatever cuts it off leaves what was measured until then. A section that
# fails does not stop the next; none goes on after LIMIT seconds, and what was left out is named.
#   OUT=results LIMIT=480 BATCHES="32 256" PYTHON=python3 SECTIONS="suites bandwidth step compile torch nccl sanitizer" benchmarks/gpu/run.sh
# On a machine that is lent for a quarter of an hour, in two calls:
#   LIMIT=400 SECTIONS="suites bandwidth step" benchmarks/gpu/run.sh
#   LIMIT=400 SECTIONS=compile BATCHES=256 OUT=compiled benchmarks/gpu/run.sh
set -uo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"
out=${OUT:-results} limit=${LIMIT:-480} batches=${BATCHES:-"32 256"} python=${PYTHON:-python3}
sections=" ${SECTIONS:-suites bandwidth step compile torch nccl sanitizer} "
for name in $sections; do
    case " suites bandwidth step compile torch nccl sanitizer " in *" $name "*) ;; *) echo "no section is called $name" >&2; exit 2 ;; esac
done
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
    echo "== $2 (after $SECONDS s)"
}

# within SECONDS COMMAND..: no longer than that, nor than there is time; what does not end well is named.
within() {
    local most=$1 left=$((limit - SECONDS)) status=0
    shift
    if [ "$left" -lt 5 ]; then
        echo "LEFT OUT, no time: $*"
        return 0
    fi
    timeout "$((most < left ? most : left))" "$@" || status=$?
    case $status in
        0) ;;
        124) echo "CUT OFF after $((most < left ? most : left)) s: $*" ;;
        *) echo "FAILED with $status: $*" ;;
    esac
    return "$status"
}

lines() { grep --line-buffered -E "LEFT OUT|CUT OFF|FAILED|$1"; }

# PyTorch's step with some flags; each compiled configuration takes a minute or two to get ready.
peer() {
    if ! "$python" -c 'import torch; assert torch.cuda.is_available()' 2>/dev/null; then
        echo "PyTorch with CUDA: not found"
        return
    fi
    for batch in $batches; do
        for flags in "$@"; do
            # shellcheck disable=SC2086
            within 150 "$python" ../torch_step.py --device cuda --batch "$batch" --steps 20 $flags 2>&1 | lines 'machine|network|training step|predict|Error'
        done
    done
}

{
    date -u
    nvidia-smi --query-gpu=name,driver_version,memory.total --format=csv,noheader
    within 60 $suite catsvsdogs info || code=1

    if section suites "suites on the real libraries"; then
        NUMERICS_TEST_GPU=1 within 240 $suite Numerics.Conformance:CudaConformance Numerics.Backends.Cuda.Tests: || code=1
    fi

    if section bandwidth "how fast kernels move memory"; then
        within 120 $suite bandwidth || code=1
    fi

    if section step "training step"; then
        for batch in $batches; do
            for precision in float32 tf32 bfloat16; do
                echo "-- numerics, batch $batch, $precision"
                within 60 $suite catsvsdogs bench --device cuda --precision "$precision" --batch "$batch" --steps 30 2>&1 | lines 'step on device|step captured|training step|fit|predict|peak memory|rror' || code=1
            done
        done
    fi

    if section compile "PyTorch, compiled, as a graph"; then
        peer "--channels-last --tf32 --compile --graph" "--channels-last --bf16 --compile --graph" "--channels-last --compile --graph"
    fi

    if section torch "PyTorch, eager"; then
        peer "" "--channels-last" "--channels-last --tf32" "--channels-last --bf16"
    fi

    if section nccl "NCCL with one GPU"; then
        within 60 $suite nccl || code=1
    fi

    if section sanitizer "compute-sanitizer"; then
        if command -v compute-sanitizer >/dev/null; then
            for precision in float32 tf32 bfloat16; do
                within 90 compute-sanitizer --error-exitcode 9 $suite catsvsdogs bench --device cuda --precision "$precision" --batch 2 --steps 1 | tail -n 3 || code=1
            done
        else
            echo "not found"
        fi
    fi

    echo "== the end (after $SECONDS s)"
    exit "$code"
} 2>&1 | tee "$out/gpu.txt"
exit "${PIPESTATUS[0]}"
