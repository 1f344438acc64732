#!/usr/bin/env python3
"""The networks of `Networks` in PyTorch, as lines of CSV: network,pass,layout,milliseconds,parameters.

    OPENBLAS_NUM_THREADS=2 /usr/bin/python3 torch_networks.py [--threads 2] [--runs 10] [--filter resnet]

The fastest of some runs, in each of PyTorch's memory layouts. Loss and accuracy are read after each step, as ours are.
"""
import argparse
import time

import torch
from torch import nn

WARM_UP = 3


def convolve(before, after, size, stride=1, groups=1):
    return nn.Conv2d(before, after, size, stride, size // 2, groups=groups, bias=False)


def normalized(convolution, activation=None):
    return nn.Sequential(convolution, nn.BatchNorm2d(convolution.out_channels), *([activation] if activation else []))


class Block(nn.Module):
    def __init__(self, before, after, stride):
        super().__init__()
        self.first = normalized(convolve(before, after, 3, stride), nn.ReLU())
        self.second = normalized(convolve(after, after, 3))
        self.shortcut = normalized(convolve(before, after, 1, stride)) if stride != 1 or before != after else nn.Identity()

    def forward(self, x):
        return torch.relu(self.second(self.first(x)) + self.shortcut(x))


class GlobalAverage(nn.Module):
    def forward(self, x):
        return x.mean((2, 3))


def residual(stem, widths, blocks, classes):
    layers, before = list(stem), widths[0]
    for width in widths:
        for block in range(blocks):
            layers.append(Block(before, width, 2 if block == 0 and width != widths[0] else 1))
            before = width
    return nn.Sequential(*layers, GlobalAverage(), nn.Linear(before, classes))


def mobilenet():
    layers, before = [normalized(convolve(3, 32, 3, 2), nn.ReLU6())], 32
    for width, stride in [(64, 1), (128, 2), (128, 1), (256, 2), (256, 1), (512, 2)] + 5 * [(512, 1)] + [(1024, 2), (1024, 1)]:
        layers.append(normalized(convolve(before, before, 3, stride, before), nn.ReLU6()))
        layers.append(normalized(convolve(before, width, 1), nn.ReLU6()))
        before = width
    return nn.Sequential(*layers, GlobalAverage(), nn.Linear(before, 1000))


def small_cnn():
    return nn.Sequential(
        nn.Conv2d(1, 32, 3), nn.ReLU(), nn.MaxPool2d(2), nn.Conv2d(32, 64, 3), nn.ReLU(), nn.MaxPool2d(2),
        nn.Flatten(), nn.Dropout(0.5), nn.Linear(1600, 10))


def mlp():
    return nn.Sequential(nn.Flatten(), nn.Linear(784, 512), nn.ReLU(), nn.Linear(512, 256), nn.ReLU(), nn.Linear(256, 10))


# name: (batch, channels, size, classes, network)
NETWORKS = {
    "mlp 784-512-256": (128, 1, 28, 10, mlp),
    "small cnn": (128, 1, 28, 10, small_cnn),
    "resnet-20": (64, 3, 32, 10, lambda: residual([normalized(convolve(3, 16, 3), nn.ReLU())], [16, 32, 64], 3, 10)),
    "resnet-18": (8, 3, 224, 1000, lambda: residual(
        [normalized(convolve(3, 64, 7, 2), nn.ReLU()), nn.MaxPool2d(3, 2, 1)], [64, 128, 256, 512], 2, 1000)),
    "mobilenet": (8, 3, 224, 1000, mobilenet),
}


def fastest(runs, work):
    times = []
    for run in range(WARM_UP + runs):
        start = time.perf_counter()
        work()
        if run >= WARM_UP:
            times.append((time.perf_counter() - start) * 1e3)
    return min(times)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--threads", type=int, default=torch.get_num_threads())
    parser.add_argument("--runs", type=int, default=10)
    parser.add_argument("--filter", default="")
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    for name, (batch, channels, size, classes, network) in NETWORKS.items():
        if options.filter not in name:
            continue
        for layout, memory_format in [("contiguous", torch.contiguous_format), ("channels_last", torch.channels_last)]:
            torch.manual_seed(1)
            model = network().to(memory_format=memory_format)
            x = torch.rand(batch, channels, size, size).contiguous(memory_format=memory_format)
            target = torch.arange(batch) % classes
            optimizer, loss = torch.optim.Adam(model.parameters(), lr=1e-5), nn.CrossEntropyLoss()

            def step():
                optimizer.zero_grad(set_to_none=True)
                logits = model(x)
                value = loss(logits, target)
                value.backward()
                optimizer.step()
                return value.item(), (logits.argmax(1) == target).float().mean().item()

            def predict():
                with torch.no_grad():
                    return model(x).numpy()

            training = fastest(options.runs, step)
            model.eval()
            prediction = fastest(options.runs, predict)
            parameters = sum(p.numel() for p in model.parameters())
            print(f"{name},step,{layout},{training:.3f},{parameters}", flush=True)
            print(f"{name},predict,{layout},{prediction:.3f},{parameters}", flush=True)


main()
