#!/usr/bin/env python3
"""Trains the cats-vs-dogs network in PyTorch on folders of photographs and prints its history as `catsvsdogs train` keeps it.

    OPENBLAS_NUM_THREADS=2 /usr/bin/python3 torch_accuracy.py photos/train photos/test [--epochs 10] [--seed 1] [--augment] [--dropout 0.5]

What the program does by default is done here by hand: pictures stretched to 224 x 224 (bilinear, no antialiasing), Keras' initial
weights and Adam (epsilon 1e-7), batches of 32, the focal loss.  Needs python3-torch and python3-pil.
"""
import argparse
import math
import pathlib
import time

import numpy as np
import torch
from PIL import Image
from torch import nn
from torch.nn import functional

SIDE = 224


def pictures(folder):
    """All pictures of a folder with one folder a class, as bytes in the order of channels that PyTorch wants, and their classes."""
    classes = sorted(path for path in pathlib.Path(folder).iterdir() if path.is_dir())
    images, labels = [], []
    for label, path in enumerate(classes):
        for file in sorted(path.iterdir()):
            picture = torch.from_numpy(np.asarray(Image.open(file).convert("RGB")).copy()).permute(2, 0, 1)[None].float()
            resized = functional.interpolate(picture, (SIDE, SIDE), mode="bilinear", align_corners=False)
            images.append(resized.round().to(torch.uint8))
            labels.append(label)
    return torch.cat(images), torch.tensor(labels)


def augmented(batch):
    """Mirrored or not, turned by up to a twentieth of a turn, scaled by up to a tenth, reflected beyond the edges."""
    n = len(batch)
    angle = (torch.rand(n) * 2 - 1) * 0.05 * 2 * math.pi
    height, width = 1 + (torch.rand(n) * 2 - 1) * 0.1, 1 + (torch.rand(n) * 2 - 1) * 0.1
    mirror = torch.where(torch.rand(n) < 0.5, -1.0, 1.0)
    sin, cos, zero = angle.sin(), angle.cos(), torch.zeros(n)
    matrix = torch.stack([torch.stack([mirror * cos * width, -mirror * sin * width, zero], 1), torch.stack([sin * height, cos * height, zero], 1)], 1)
    grid = functional.affine_grid(matrix, batch.shape, align_corners=False)
    return functional.grid_sample(batch, grid, mode="bilinear", padding_mode="reflection", align_corners=False)


def build(dropout):
    layers, channels = [], [3, 16, 32, 64]
    for before, after in zip(channels, channels[1:]):
        layers += [nn.Conv2d(before, after, kernel_size=3), nn.ReLU(), nn.MaxPool2d(2)]
    layers += [nn.Flatten(), nn.Dropout(dropout), nn.Linear(26 * 26 * 64, 256), nn.ReLU(), nn.Dropout(dropout), nn.Linear(256, 2), nn.Softmax(dim=1)]
    model = nn.Sequential(*layers)
    for layer in model:
        if isinstance(layer, (nn.Conv2d, nn.Linear)):
            nn.init.xavier_uniform_(layer.weight)
            nn.init.zeros_(layer.bias)
    return model.to(memory_format=torch.channels_last)


def focal_losses(probabilities, labels, alpha=0.25, gamma=2.0):
    q = probabilities.gather(1, labels[:, None])[:, 0].clamp(1e-7, 1 - 1e-7)
    return -alpha * (1 - q) ** gamma * q.log()


def floats(images):
    return (images.float() / 255).to(memory_format=torch.channels_last)


@torch.no_grad()
def evaluate(model, images, labels, batch):
    model.eval()
    loss, right = 0.0, 0
    for start in range(0, len(images), batch):
        p, y = model(floats(images[start:start + batch])), labels[start:start + batch]
        loss += focal_losses(p, y).sum().item()
        right += (p.argmax(1) == y).sum().item()
    return loss / len(images), right / len(images)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("train")
    parser.add_argument("test")
    parser.add_argument("--epochs", type=int, default=10)
    parser.add_argument("--batch", type=int, default=32)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--augment", action="store_true")
    parser.add_argument("--dropout", type=float, default=0.0)
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    torch.manual_seed(options.seed)

    images, labels = pictures(options.train)
    test_images, test_labels = pictures(options.test)
    model = build(options.dropout)
    optimizer = torch.optim.Adam(model.parameters(), lr=1e-3, eps=1e-7)
    print("epoch,loss,accuracy,val_loss,val_accuracy,seconds", flush=True)
    for epoch in range(options.epochs):
        model.train()
        started, loss_sum, right = time.perf_counter(), 0.0, 0
        for part in torch.randperm(len(images)).split(options.batch):
            x, y = floats(images[part]), labels[part]
            p = model(augmented(x) if options.augment else x)
            losses = focal_losses(p, y)
            optimizer.zero_grad(set_to_none=True)
            losses.mean().backward()
            optimizer.step()
            loss_sum += losses.sum().item()
            right += (p.argmax(1) == y).sum().item()
        seconds = time.perf_counter() - started
        val_loss, val_accuracy = evaluate(model, test_images, test_labels, options.batch)
        print(f"{epoch + 1},{loss_sum / len(images):.6f},{right / len(images):.5f},{val_loss:.6f},{val_accuracy:.5f},{seconds:.2f}", flush=True)


if __name__ == "__main__":
    main()
