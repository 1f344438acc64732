#!/usr/bin/env bash
# The focal losses with their gradients: our time, the share of the memory's copying speed that it amounts to, PyTorch's time for
# the composed expression, and the ratio. Both run in turn for some rounds; a time is the shortest of all rounds.
#   benchmarks/compare-losses.sh [NAME]     only losses whose name contains NAME
#   ROUNDS=1 THREADS=1 PYTHON=python3 benchmarks/compare-losses.sh
source "$(dirname "${BASH_SOURCE[0]}")/in-turn.sh"
filter=${1:-}
in_turn Kernels losses "$filter" -- torch_losses.py --filter "$filter"

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
