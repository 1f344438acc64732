#!/usr/bin/env python3
"""Times the layers of a file of shapes in PyTorch, forward and backward, contiguous and channels_last.

    OPENBLAS_NUM_THREADS=2 /usr/bin/python3 torch_shapes.py shapes.csv [--threads 2] [--filter NAME]

Writes lines "name,pass,layout,milliseconds"; the time is that of the fastest of many runs.
"""
import argparse
import csv
import time

import torch
import torch.nn.functional as F

BUDGET, LEAST_RUNS = 0.1, 5


def fastest(run):
    for _ in range(2):
        run()
    best, begin, runs = float("inf"), time.perf_counter(), 0
    while runs < LEAST_RUNS or time.perf_counter() - begin < BUDGET:
        start = time.perf_counter()
        run()
        best = min(best, time.perf_counter() - start)
        runs += 1
    return best * 1e3


def layer(row, layout):
    """The layer as a function, its three inputs as leaves of the graph."""
    n = {key: int(row[key]) for key in ("batch", "height", "width", "in", "out", "kernel", "stride", "dilation", "groups")}
    if row["op"] == "dense":
        x, weight = torch.rand(n["batch"], n["in"]), torch.rand(n["out"], n["in"])
        call = F.linear
    else:
        x = torch.rand(n["batch"], n["in"], n["height"], n["width"]).contiguous(memory_format=layout)
        weight = torch.rand(n["out"], n["in"] // n["groups"], n["kernel"], n["kernel"]).contiguous(memory_format=layout)
        # Symmetric padding: with a stride of 2 other pixels than Keras' "same", but as many.
        padding = n["dilation"] * (n["kernel"] - 1) // 2 if row["padding"] == "same" else 0

        def call(x, weight, bias):
            return F.conv2d(x, weight, bias, n["stride"], padding, n["dilation"], n["groups"])

    inputs = [(t - 0.5).mul_(2).requires_grad_() for t in (x, weight, torch.rand(n["out"]))]
    return call, inputs


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("shapes")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--filter", default="")
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    torch.manual_seed(1)
    with open(options.shapes, encoding="utf-8") as file:
        rows = list(csv.DictReader(line for line in file if not line.startswith("#")))
    for row in rows:
        if options.filter.lower() not in row["name"].lower():
            continue
        layouts = {"contiguous": torch.contiguous_format}
        if row["op"] == "conv":
            layouts["channels_last"] = torch.channels_last
        for name, layout in layouts.items():
            call, inputs = layer(row, layout)
            with torch.no_grad():
                print(f"{row['name']},forward,{name},{fastest(lambda: call(*inputs)):.5g}", flush=True)
            y = call(*inputs)
            dy = torch.rand_like(y)
            backward = fastest(lambda: torch.autograd.grad(y, inputs, dy, retain_graph=True))
            print(f"{row['name']},backward,{name},{backward:.5g}", flush=True)


if __name__ == "__main__":
    main()
