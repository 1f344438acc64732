"""The focal losses of `Kernels -- losses` in PyTorch, composed of its own functions, as lines of CSV: name,milliseconds.

The formulas are the stable ones a careful user writes: log_softmax and gather or a product with the labels; torchvision's
sigmoid_focal_loss for yes/no labels. Forward, mean, backward; the fastest of some runs.
"""
import argparse
import time

import torch
import torch.nn.functional as F

ALPHA, GAMMA = 0.25, 2.0


def focal_of_numbers(logits, labels):
    logp = F.log_softmax(logits, dim=-1).gather(1, labels[:, None])[:, 0]
    return (-ALPHA * (1 - logp.exp()) ** GAMMA * logp).mean()


def crossentropy(logits, labels):
    return F.cross_entropy(logits, labels)


def focal_of_labels(logits, labels):
    logp = F.log_softmax(logits, dim=-1)
    return (-ALPHA * labels * (1 - logp.exp()) ** GAMMA * logp).sum(-1).mean()


def sigmoid_focal(logits, labels):
    p = torch.sigmoid(logits)
    ce = F.binary_cross_entropy_with_logits(logits, labels, reduction="none")
    p_t = p * labels + (1 - p) * (1 - labels)
    return ((ALPHA * labels + (1 - ALPHA) * (1 - labels)) * ce * (1 - p_t) ** GAMMA).mean()


def cases():
    numbers = torch.arange(65536) % 1000
    yield "focal of class numbers [65536 x 1000]", focal_of_numbers, (65536, 1000), lambda: numbers
    yield "crossentropy of class numbers [65536 x 1000]", crossentropy, (65536, 1000), lambda: numbers
    yield "focal of one-hot labels [65536 x 1000]", focal_of_labels, (65536, 1000), lambda: F.one_hot(numbers, 1000).float()
    yield ("focal of smoothed labels [65536 x 1000]", focal_of_labels, (65536, 1000),
           lambda: F.one_hot(numbers, 1000).float() * 0.9 + 0.1 / 1000)
    yield ("focal of one-hot labels [1048576 x 2]", focal_of_labels, (1 << 20, 2),
           lambda: F.one_hot(torch.arange(1 << 20) % 2, 2).float())
    yield "sigmoid focal [16777216]", sigmoid_focal, (1 << 24,), lambda: (torch.rand(1 << 24) > 0.99).float()


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--filter", default="")
    parser.add_argument("--runs", type=int, default=3)
    args = parser.parse_args()
    torch.set_num_threads(args.threads)
    for name, loss, shape, make in cases():
        if args.filter not in name:
            continue
        labels, logits = make(), (torch.randn(*shape) * 2).requires_grad_()
        best = float("inf")
        for _ in range(args.runs):
            logits.grad = None
            start = time.perf_counter()
            loss(logits, labels).backward()
            best = min(best, time.perf_counter() - start)
        print(f"{name},{best * 1000:.3f}", flush=True)


main()
