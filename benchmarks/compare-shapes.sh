#!/usr/bin/env bash
# Layers of many shapes, forward and backward: our time, PyTorch's in its faster layout, and the ratio, worst first. Both run
# in turn for some rounds; a time is the shortest of all rounds.
#   benchmarks/compare-shapes.sh [NAME]     only shapes whose name contains NAME
#   ROUNDS=1 THREADS=1 PYTHON=python3 benchmarks/compare-shapes.sh
source "$(dirname "${BASH_SOURCE[0]}")/in-turn.sh"
filter=${1:-}
in_turn Kernels shapes shapes.csv "$filter" -- torch_shapes.py shapes.csv --filter "$filter"

printf '%-30s %-8s %9s %9s %9s %-13s %6s\n' layer pass 'ours ms' GFLOP/s 'torch ms' layout ratio
awk -F, '
    { key = $1 "," $2 }
    FILENAME == ARGV[1] { if (!(key in torch) || $4 < torch[key]) { torch[key] = $4; layout[key] = $3 } next }
    !(key in ours) { keys[++count] = key; gflop[key] = $3 }
    !(key in ours) || $4 < ours[key] { ours[key] = $4 }
    END {
        for (i = 1; i <= count; i++) {
            key = keys[i]
            split(key, name, ",")
            printf "%f\t%-30s %-8s %9.3f %9.1f", key in torch ? torch[key] / ours[key] : 0, name[1], name[2], ours[key], gflop[key] / ours[key] * 1000
            if (key in torch) printf " %9.3f %-13s %6.2f", torch[key], layout[key], torch[key] / ours[key]
            print ""
        }
    }
' "$work/torch" "$work/ours" | sort -n -s -k1,1 | cut -f 2-
