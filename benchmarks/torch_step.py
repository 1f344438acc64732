#!/usr/bin/env python3
"""The cats-vs-dogs network in PyTorch on pictures of noise: time of a training step and of a prediction, memory, parameters.

    OPENBLAS_NUM_THREADS=2 /usr/bin/python3 torch_step.py [--batch 32] [--steps 20] [--threads 2] [--channels-last]
    python3 torch_step.py --device cuda [--tf32] [--bf16] [--compile] [--graph] ...

Prints the same lines as `catsvsdogs bench`, which compare.sh reads.
"""
import argparse
import resource
import statistics
import time

import torch
from torch import nn

WARM_UP_STEPS = 5


def build():
    channels = [3, 16, 32, 64]
    layers = []
    for before, after in zip(channels, channels[1:]):
        layers += [nn.Conv2d(before, after, kernel_size=3), nn.ReLU(), nn.MaxPool2d(2)]
    return nn.Sequential(*layers, nn.Flatten(), nn.Linear(26 * 26 * 64, 256), nn.ReLU(), nn.Linear(256, 2), nn.Softmax(dim=1))


def focal_loss(probabilities, target, alpha=0.25, gamma=2.0):
    q = probabilities.clamp(1e-7, 1 - 1e-7)
    return (-alpha * target * (1 - q) ** gamma * q.log()).sum(dim=1).mean()


def report(name, pictures, steps, step):
    times = []
    for i in range(WARM_UP_STEPS + steps):
        start = time.perf_counter()
        step()
        if i >= WARM_UP_STEPS:
            times.append((time.perf_counter() - start) * 1e3)
    median = statistics.median(times)
    print(f"{name:<17} {median:.2f} ms, fastest {min(times):.2f} ms, {pictures / median * 1e3:.0f} pictures/s", flush=True)


def captured(step):
    """The step as a CUDA graph, after a few of them on another stream, as PyTorch asks for."""
    stream = torch.cuda.Stream()
    stream.wait_stream(torch.cuda.current_stream())
    with torch.cuda.stream(stream):
        for _ in range(4):
            step()
    torch.cuda.current_stream().wait_stream(stream)
    graph = torch.cuda.CUDAGraph()
    with torch.cuda.graph(graph):
        results = step()

    def replay():
        graph.replay()
        return results

    return replay


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--batch", type=int, default=32)
    parser.add_argument("--steps", type=int, default=20)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--channels-last", action="store_true", help="keep pictures and kernels as NHWC, not NCHW")
    parser.add_argument("--device", default="cpu", help="cpu or cuda")
    parser.add_argument("--tf32", action="store_true", help="round the operands of products to TF32")
    parser.add_argument("--bf16", action="store_true", help="autocast to bfloat16")
    parser.add_argument("--compile", action="store_true", help="torch.compile, max-autotune")
    parser.add_argument("--graph", action="store_true", help="replay the step as a CUDA graph")
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    torch.manual_seed(1)
    device = torch.device(options.device)
    if device.type == "cuda":
        torch.backends.cuda.matmul.allow_tf32 = torch.backends.cudnn.allow_tf32 = options.tf32
        torch.backends.cudnn.benchmark = True
    layout = torch.channels_last if options.channels_last else torch.contiguous_format

    model = build().to(device).to(memory_format=layout)
    # The usual rate would saturate the softmax on noise, and the clipped loss would have no gradient any more.
    settings = {"fused": True, "capturable": options.graph} if device.type == "cuda" else {}
    optimizer = torch.optim.Adam(model.parameters(), lr=1e-5, eps=1e-7, **settings)
    pictures = torch.rand(options.batch, 3, 224, 224).to(device).contiguous(memory_format=layout)
    labels = torch.eye(2)[torch.arange(options.batch) % 2].to(device)

    def forward(batch, target):
        with torch.autocast(device.type, dtype=torch.bfloat16, enabled=options.bf16):
            probabilities = model(batch)
        probabilities = probabilities.float()
        return probabilities, focal_loss(probabilities, target)

    if options.compile:
        forward = torch.compile(forward, mode="max-autotune-no-cudagraphs" if options.graph else "max-autotune")

    def step():
        optimizer.zero_grad(set_to_none=not options.graph)
        probabilities, loss = forward(pictures, labels)
        loss.backward()
        optimizer.step()
        return probabilities, loss

    run = captured(step) if options.graph else step

    def train():
        probabilities, loss = run()
        return loss.item(), (probabilities.argmax(1) == labels.argmax(1)).float().mean().item()

    def predict(batch):
        with torch.no_grad(), torch.autocast(device.type, dtype=torch.bfloat16, enabled=options.bf16):
            return model(batch).float().cpu().numpy()

    name = "channels_last" if options.channels_last else "NCHW"
    how = "".join(f", {flag}" for flag in ("tf32", "bf16", "compile", "graph") if getattr(options, flag))
    print(f"{'machine':<17} PyTorch {torch.__version__}, {options.device}, {name}{how}, {torch.get_num_threads()} threads")
    print(f"{'network':<17} {sum(p.numel() for p in model.parameters()):,} parameters, batch {options.batch}")
    report("training step", options.batch, options.steps, train)
    print(f"{'peak memory':<17} {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MiB")
    report("predict", options.batch, options.steps, lambda: predict(pictures))
    one = pictures[:1].contiguous(memory_format=layout)
    report("predict, batch 1", 1, options.steps, lambda: predict(one))


if __name__ == "__main__":
    main()
