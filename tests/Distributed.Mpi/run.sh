#!/usr/bin/env bash
# Runs several processes over Open MPI and MPICH, Debian's openmpi-bin and mpich, which are installed where they are missing: every
# operation, trainings that have to give the weights of one process to the last bit, on this machine and on four hosts in network
# namespaces with addresses of their own where the kernel allows it, and one process killed in the middle of an epoch.
# usage: run.sh; the last line says how many checks held.
set -uo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.." || exit 1
work=$(mktemp -d)
prefix="nm$$"
hosts=4 network=10.213.77
passed=0 failed=0

cleanup() {
    local i
    for ((i = 1; i <= hosts; i++)); do
        ip netns pids "$prefix-$i" 2>/dev/null | xargs -r kill -KILL
        ip netns del "$prefix-$i" 2>/dev/null
    done
    ip link del "$prefix" 2>/dev/null
    rm -rf "$work"
}
trap cleanup EXIT

program=tests/Distributed.Mpi/bin/Release/net10.0/Numerics.Distributed.Mpi
catsvsdogs=samples/CatsVsDogs/bin/Release/net10.0/catsvsdogs
export OMPI_ALLOW_RUN_AS_ROOT=1 OMPI_ALLOW_RUN_AS_ROOT_CONFIRM=1 OMPI_MCA_rmaps_base_oversubscribe=1

if ! command -v mpirun.openmpi >/dev/null || ! command -v mpirun.mpich >/dev/null; then
    apt-get update -qq && apt-get install -y -qq --no-install-recommends openmpi-bin mpich >"$work/apt.log" 2>&1
fi
if ! command -v ip >/dev/null; then
    apt-get update -qq && apt-get install -y -qq --no-install-recommends iproute2 >"$work/apt.log" 2>&1
fi

check() {
    local name=$1
    shift
    if "$@"; then
        passed=$((passed + 1))
        echo "ok $name"
    else
        failed=$((failed + 1))
        echo "FAILED $name"
        tail -n 20 "$work/log"
    fi
}

run() { timeout -k 5 60 "$@" >"$work/log" 2>&1; }

# What a training says of its weights, without the number of processes.
weights() { sed -n 's/^.*weights \(.*\) the same in [0-9]* processes.*$/\1/p' "$work/log"; }

same_weights() { run "$@" && [ -n "$expected" ] && [ "$(weights)" = "$expected" ]; }

operations() { run "$@" && local line && line=$(tail -n 1 "$work/log") && [[ "$line" =~ ^([0-9]+)\ passed,\ 0\ failed$ ]]; }

hash_of() { sha256sum "$1" 2>/dev/null | cut -d ' ' -f 1; }

running() { pgrep -f "$work/checkpoints" >/dev/null; }

# One process of four is killed in the middle of an epoch: the job has to end, with an error, and nothing may be left of it.
killed() {
    local tries code=2
    for ((tries = 0; tries < 3 && code == 2; tries++)); do
        kill_one "$@"
        code=$?
    done
    return "$code"
}

# 2: the training had ended before there was anything to kill, as where the machine stood still for a moment.
kill_one() {
    local job victim process i
    rm -rf "$work/checkpoints"
    "$@" "$program" train 4 "$work/checkpoints" 100 >"$work/log" 2>&1 &
    job=$!
    for ((i = 0; i < 300; i++)); do
        [ -n "$(compgen -G "$work/checkpoints/checkpoint-00000[1-9]-0000000[1-9].safetensors")" ] && break
        sleep 0.05
    done
    for process in $(pgrep -f "$program train 4 $work/checkpoints"); do
        if tr '\0' '\n' 2>/dev/null <"/proc/$process/environ" | grep -qxE '(OMPI_COMM_WORLD_RANK|PMI_RANK)=2'; then
            victim=$process
        fi
    done
    [ -n "${victim:-}" ] || { echo "no process to kill: ${i} looks for a checkpoint; $(ls "$work/checkpoints" 2>&1)" >>"$work/log"; kill "$job"; wait "$job"; return 2; }
    kill -KILL "$victim"
    wait "$job" && return 1
    for ((i = 0; i < 100; i++)); do
        running || break
        sleep 0.05
    done
    running && return 1
    grep -qiE 'killed|signal 9' "$work/log"
}

# What ssh would do: runs a command on a host, in a namespace with its own addresses and name.
cat >"$work/agent" <<AGENT
#!/usr/bin/env bash
while [[ "\$1" == -* ]]; do shift; done
number=\${1##*.}
shift
exec ip netns exec "$prefix-\$number" unshare --uts bash -c "hostname node\$number; \$*"
AGENT
chmod +x "$work/agent"

make_hosts() {
    local i
    ip link add "$prefix" type bridge && ip link set "$prefix" up || return 1
    for ((i = 1; i <= hosts; i++)); do
        ip netns add "$prefix-$i" && ip link add "$prefix$i" type veth peer name eth0 netns "$prefix-$i" && ip link set "$prefix$i" master "$prefix" up \
            && ip -n "$prefix-$i" addr add "$network.$i/24" dev eth0 && ip -n "$prefix-$i" link set eth0 up && ip -n "$prefix-$i" link set lo up || return 1
    done
    "$work/agent" "$network.1" true
}

# The bytes that host 2 has sent.
sent() { cat "/sys/class/net/${prefix}2/statistics/rx_bytes"; }

# A training whose numbers went over the network.
over_network() {
    local before
    before=$(sent)
    same_weights "$@" && [ $(($(sent) - before)) -gt 1000000 ]
}

# The same, however the job ends: Debian 12's MPICH over UCX, between hosts, waits for ever in MPI_Finalize now and then, after all is done.
trains_over_network() {
    local before code=0
    before=$(sent)
    timeout -k 5 20 "$@" >"$work/log" 2>&1 || code=$?
    [ "$code" -eq 0 ] || [ "$code" -eq 124 ] && [ -n "$expected" ] && [ "$(weights)" = "$expected" ] && [ $(($(sent) - before)) -gt 1000000 ]
}

run "$program" train 4
expected=$(weights)
check "one process" [ -n "$expected" ]
for engine in openmpi mpich; do
    mpirun="mpirun.$engine"
    command -v "$mpirun" >/dev/null || { check "$engine is installed" false; continue; }
    for ranks in 2 4; do
        check "$engine, $ranks processes: operations" operations "$mpirun" -np "$ranks" "$program" operations
        check "$engine, $ranks processes: the weights of one" same_weights "$mpirun" -np "$ranks" "$program" train 4
    done
    check "$engine: a killed process ends the job" killed "$mpirun" -np 4
    check "$engine: goes on with two processes to the same weights" same_weights "$mpirun" -np 2 "$program" train 4 "$work/checkpoints"
    check "$engine: a killed process ends the job again" killed "$mpirun" -np 4
    check "$engine: goes on with one process to the same weights" same_weights "$program" train 4 "$work/checkpoints"
done

if make_hosts >"$work/hosts.log" 2>&1; then
    list="$network.1,$network.2,$network.3,$network.4"
    open="mpirun.openmpi --mca plm_rsh_agent $work/agent --mca btl tcp,self --mca btl_tcp_if_include $network.0/24 --mca oob_tcp_if_include $network.0/24"
    check "openmpi, four hosts: the weights of one process" over_network "$work/agent" "$network.1" "$open --host $list -np 4 $program train 4"
    check "mpich, four hosts: the weights of one process" trains_over_network "$work/agent" "$network.1" \
        "MPIR_CVAR_NOLOCAL=1 UCX_TLS=tcp UCX_NET_DEVICES=eth0 mpirun.mpich -launcher rsh -launcher-exec $work/agent -hosts $list -iface eth0 -np 4 $program train 4"
else
    echo "not checked: no network namespaces here: $(tail -n 1 "$work/hosts.log")"
fi

# The program, with nothing to set up.
mkdir -p "$work/pictures/Cat" "$work/pictures/Dog"
cp tests/Data.Tests/Fixtures/pictures/*.jpg "$work/pictures/Cat" && cp tests/Data.Tests/Fixtures/pictures/*.jpg "$work/pictures/Dog"
train="train --data $work/pictures --validation-split 0.25 --epochs 1 --batch-size 4"
# shellcheck disable=SC2086
run "$catsvsdogs" $train --shards 2 --output "$work/one.safetensors"
for engine in openmpi mpich; do
    # shellcheck disable=SC2086
    check "catsvsdogs train under mpirun of $engine" run "mpirun.$engine" -np 2 "$catsvsdogs" $train --output "$work/$engine.safetensors"
    check "its weights are those of one process" [ "$(hash_of "$work/$engine.safetensors")" = "$(hash_of "$work/one.safetensors")" ]
done

echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ]
