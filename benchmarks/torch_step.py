#!/usr/bin/env python3
"""The cats-vs-dogs network in PyTorch on pictures of noise: time of a training step and of a prediction, memory, parameters.

    OPENBLAS_NUM_THREADS=2 /usr/bin/python3 torch_step.py [--batch 32] [--steps 20] [--threads 2] [--channels-last]

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


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--batch", type=int, default=32)
    parser.add_argument("--steps", type=int, default=20)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--channels-last", action="store_true", help="keep pictures and kernels as NHWC, not NCHW")
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    torch.manual_seed(1)
    layout = torch.channels_last if options.channels_last else torch.contiguous_format

    model = build().to(memory_format=layout)
    # The usual rate would saturate the softmax on noise, and the clipped loss would have no gradient any more.
    optimizer = torch.optim.Adam(model.parameters(), lr=1e-5, eps=1e-7)
    pictures = torch.rand(options.batch, 3, 224, 224).contiguous(memory_format=layout)
    labels = torch.eye(2)[torch.arange(options.batch) % 2]

    def train():
        optimizer.zero_grad(set_to_none=True)
        probabilities = model(pictures)
        loss = focal_loss(probabilities, labels)
        loss.backward()
        optimizer.step()
        return loss.item(), (probabilities.argmax(1) == labels.argmax(1)).float().mean().item()

    def predict(batch):
        with torch.no_grad():
            return model(batch).numpy()

    name = "channels_last" if options.channels_last else "NCHW"
    print(f"{'machine':<17} PyTorch {torch.__version__}, {name}, {torch.get_num_threads()} threads")
    print(f"{'network':<17} {sum(p.numel() for p in model.parameters()):,} parameters, batch {options.batch}")
    report("training step", options.batch, options.steps, train)
    print(f"{'peak memory':<17} {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MiB")
    report("predict", options.batch, options.steps, lambda: predict(pictures))
    one = pictures[:1].contiguous(memory_format=layout)
    report("predict, batch 1", 1, options.steps, lambda: predict(one))


if __name__ == "__main__":
    main()
