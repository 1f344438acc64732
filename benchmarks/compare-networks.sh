#!/usr/bin/env bash
# Networks that many know: our time for a training step and a prediction, PyTorch's in its faster layout, and the ratio. Both run in
# turn for some rounds; a time is the shortest of all rounds.
#   benchmarks/compare-networks.sh [NAME]     only networks whose name contains NAME
#   ROUNDS=1 RUNS=5 THREADS=1 PYTHON=python3 benchmarks/compare-networks.sh
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"
threads=${THREADS:-$(nproc)} python=${PYTHON:-/usr/bin/python3} rounds=${ROUNDS:-3} runs=${RUNS:-10} filter=${1:-}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

dotnet build -c Release --nologo -v quiet Networks >"$work/build.log" || { cat "$work/build.log"; exit 1; }
has_torch=true
"$python" -c 'import torch' 2>/dev/null || {
    has_torch=false
    echo "$python has no PyTorch (Debian: apt-get install python3-torch libopenblas0-pthread); ours alone:"
}
touch "$work/torch"
for ((round = 0; round < rounds; round++)); do
    NUMERICS_NUM_THREADS=$threads dotnet run -c Release --no-build --project Networks -- "$runs" "$filter" >>"$work/ours"
    $has_torch || continue
    OPENBLAS_NUM_THREADS=$threads OMP_NUM_THREADS=$threads \
        "$python" torch_networks.py --threads "$threads" --runs "$runs" --filter "$filter" >>"$work/torch"
done

printf '%-16s %-8s %11s %9s %9s %-13s %6s\n' network pass parameters 'ours ms' 'torch ms' layout ratio
awk -F, '
    { key = $1 "," $2 }
    FILENAME == ARGV[1] { if (!(key in torch) || $4 < torch[key]) { torch[key] = $4; layout[key] = $3 } next }
    !(key in ours) { keys[++count] = key; parameters[key] = $4 }
    !(key in ours) || $3 < ours[key] { ours[key] = $3 }
    END {
        for (i = 1; i <= count; i++) {
            key = keys[i]
            split(key, name, ",")
            printf "%-16s %-8s %11d %9.2f", name[1], name[2], parameters[key], ours[key]
            if (key in torch) printf " %9.2f %-13s %6.2f", torch[key], layout[key], torch[key] / ours[key]
            print ""
        }
    }
' "$work/torch" "$work/ours"
