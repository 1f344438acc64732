#!/usr/bin/env bash
# Networks that many know: our time for a training step and a prediction, PyTorch's in its faster layout, and the ratio. Both run in
# turn for some rounds; a time is the shortest of all rounds.
#   benchmarks/compare-networks.sh [NAME]     only networks whose name contains NAME
#   ROUNDS=1 RUNS=5 THREADS=1 PYTHON=python3 benchmarks/compare-networks.sh
source "$(dirname "${BASH_SOURCE[0]}")/in-turn.sh"
filter=${1:-} runs=${RUNS:-10}
in_turn Networks "$runs" "$filter" -- torch_networks.py --runs "$runs" --filter "$filter"

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
