#!/usr/bin/env bash
# The focal losses with their gradients: our time, the share of the memory's copying speed that it amounts to, PyTorch's time for
# the composed expression, and the ratio. Both run in turn for some rounds; a time is the shortest of all rounds.
#   benchmarks/compare-losses.sh [NAME]     only losses whose name contains NAME
#   ROUNDS=1 THREADS=1 PYTHON=python3 benchmarks/compare-losses.sh
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"
threads=${THREADS:-$(nproc)} python=${PYTHON:-/usr/bin/python3} rounds=${ROUNDS:-3} filter=${1:-}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

dotnet build -c Release --nologo -v quiet Kernels >"$work/build.log" || { cat "$work/build.log"; exit 1; }
has_torch=true
"$python" -c 'import torch' 2>/dev/null || {
    has_torch=false
    echo "$python has no PyTorch (Debian: apt-get install python3-torch libopenblas0-pthread); ours alone:"
}
touch "$work/torch"
for ((round = 0; round < rounds; round++)); do
    NUMERICS_NUM_THREADS=$threads dotnet run -c Release --no-build --project Kernels -- losses "$filter" >>"$work/ours"
    $has_torch || continue
    OPENBLAS_NUM_THREADS=$threads OMP_NUM_THREADS=$threads "$python" torch_losses.py --threads "$threads" --filter "$filter" >>"$work/torch"
done

printf '%-46s %9s %6s %7s %9s %6s\n' loss 'ours ms' GB/s 'of copy' 'torch ms' ratio
awk -F, '
    FILENAME == ARGV[1] { if (!($1 in torch) || $2 < torch[$1]) torch[$1] = $2; next }
    !($1 in ours) { names[++count] = $1 }
    !($1 in ours) || $2 < ours[$1] { ours[$1] = $2; speed[$1] = $3; share[$1] = $4 }
    END {
        for (i = 1; i <= count; i++) {
            name = names[i]
            printf "%-46s %9.1f %6.1f %6d%%", name, ours[name], speed[name], share[name]
            if (name in torch) printf " %9.1f %6.1f", torch[name], torch[name] / ours[name]
            print ""
        }
    }
' "$work/torch" "$work/ours"
