#!/usr/bin/env python3
"""Writes the reference cases of layers and of optimizers' options beside itself, in float64, gradients by PyTorch's autograd.

Needs PyTorch (Debian's python3-torch). The formulas are written down here and not taken from torch.nn where Keras differs from it.
    python3 tests/golden/make_layers.py
"""
import json
import os

import torch
import torch.nn.functional as F

HERE = os.path.dirname(os.path.abspath(__file__))
torch.manual_seed(20260)


def draw(*shape):
    """Inputs are exactly representable in float32."""
    return torch.randn(*shape, dtype=torch.float32).double()


def tensor(t):
    return {"shape": list(t.shape), "data": t.detach().reshape(-1).tolist()}


def write(name, about, cases):
    with open(os.path.join(HERE, name), "w") as file:
        json.dump({"about": about, "cases": cases}, file, separators=(",", ":"))
    print(f"{name}: {len(cases)} cases")


def case(name, config, x, weights, function):
    """Runs a function of x and the weights and takes the gradient of its product with a random tensor."""
    floating = x.is_floating_point()
    leaves = ([x.requires_grad_()] if floating else []) + [w.requires_grad_() for w in weights]
    y = function(x, *weights)
    grad_y = draw(*y.shape)
    gradients = list(torch.autograd.grad((y * grad_y).sum(), leaves)) if leaves else []
    made = {"name": name, **config, "x": tensor(x), "weights": [tensor(w) for w in weights], "y": tensor(y), "grad_y": tensor(grad_y)}
    if floating:
        made["grad_x"] = tensor(gradients.pop(0))
    made["grad_weights"] = [tensor(g) for g in gradients]
    return made


def same(x, kernel, stride, dilation):
    """Pads NCHW as TensorFlow's SAME does, the odd pixel behind."""
    pads = []
    for size, k, s, d in zip(x.shape[2:], kernel, stride, dilation):
        total = max((-(-size // s) - 1) * s + (k - 1) * d + 1 - size, 0)
        pads.insert(0, total // 2)
        pads.insert(1, total - total // 2)
    return F.pad(x, pads)


def nchw(x):
    return x.permute(0, 3, 1, 2)


def nhwc(x):
    return x.permute(0, 2, 3, 1)


def activate(y, activation):
    return y if activation is None else {"relu": torch.relu, "tanh": torch.tanh}[activation](y)


def depthwise(x, kernel, strides, padding, dilation):
    height, width, channels, multiplier = kernel.shape
    x = nchw(x)
    if padding == "same":
        x = same(x, (height, width), strides, dilation)
    weight = kernel.permute(2, 3, 0, 1).reshape(channels * multiplier, 1, height, width)
    return nhwc(F.conv2d(x, weight, stride=strides, dilation=dilation, groups=channels))


def depthwise_cases():
    settings = [((2, 9, 8, 3), (3, 3), 1, (1, 1), "valid", (1, 1), None), ((1, 7, 10, 4), (3, 2), 2, (2, 2), "same", (1, 1), "relu"),
                ((2, 6, 5, 1), (5, 5), 3, (1, 1), "same", (1, 1), None), ((1, 11, 9, 5), (3, 3), 1, (1, 1), "valid", (2, 3), "tanh"),
                ((3, 1, 1, 2), (1, 1), 1, (1, 1), "valid", (1, 1), "relu"), ((1, 13, 12, 17), (3, 3), 1, (3, 2), "same", (1, 1), None)]
    for shape, size, multiplier, strides, padding, dilation, activation in settings:
        config = {"kernel_size": size, "depth_multiplier": multiplier, "strides": strides, "padding": padding, "dilation": dilation, "activation": activation}
        kernel, bias = draw(*size, shape[3], multiplier), draw(shape[3] * multiplier)
        yield case(f"{shape} {size}x{multiplier} {strides} {padding} {dilation} {activation}", config, draw(*shape), [kernel, bias],
                   lambda x, k, b: activate(depthwise(x, k, strides, padding, dilation) + b, activation))


def separable_cases():
    settings = [((2, 8, 7, 3), 4, (3, 3), 1, (1, 1), "valid", None), ((1, 9, 9, 2), 5, (3, 3), 2, (2, 2), "same", "relu"), ((1, 6, 8, 4), 1, (2, 3), 1, (1, 1), "same", "tanh")]
    for shape, filters, size, multiplier, strides, padding, activation in settings:
        config = {"filters": filters, "kernel_size": size, "depth_multiplier": multiplier, "strides": strides, "padding": padding, "activation": activation}
        weights = [draw(*size, shape[3], multiplier), draw(1, 1, shape[3] * multiplier, filters), draw(filters)]
        yield case(f"{shape} {filters} {size}x{multiplier} {strides} {padding} {activation}", config, draw(*shape), weights,
                   lambda x, d, p, b: activate(depthwise(x, d, strides, padding, (1, 1)) @ p[0, 0] + b, activation))


def transpose(x, kernel, strides, padding, dilation):
    """The input gradient of a convolution: the whole product, cut to Keras' size, zeros where it is too small."""
    height, width, _, _ = kernel.shape
    y = F.conv_transpose2d(nchw(x), kernel.permute(3, 2, 0, 1), stride=strides, dilation=dilation)
    for axis, (size, k, s, d) in enumerate(zip(x.shape[1:3], (height, width), strides, dilation)):
        covered = (k - 1) * d + 1
        wanted = size * s + (0 if padding == "same" else max(covered - s, 0))
        first = max(covered - s, 0) // 2 if padding == "same" else 0
        y = y.narrow(2 + axis, first, min(wanted, y.shape[2 + axis] - first))
        missing = wanted - y.shape[2 + axis]
        if missing > 0:
            y = F.pad(y, (0, missing, 0, 0) if axis == 1 else (0, 0, 0, missing))
    return nhwc(y)


def transpose_cases():
    settings = [((2, 4, 5, 3), 2, (3, 3), (1, 1), "valid", (1, 1), None), ((1, 5, 4, 2), 3, (3, 3), (2, 2), "same", (1, 1), "relu"),
                ((1, 3, 4, 2), 3, (4, 5), (2, 3), "valid", (1, 1), None), ((1, 4, 3, 1), 2, (2, 2), (3, 3), "valid", (1, 1), None),
                ((2, 3, 3, 4), 1, (2, 1), (3, 2), "same", (1, 1), "tanh"), ((1, 5, 6, 2), 2, (3, 2), (1, 1), "same", (2, 2), None)]
    for shape, filters, size, strides, padding, dilation, activation in settings:
        config = {"filters": filters, "kernel_size": size, "strides": strides, "padding": padding, "dilation": dilation, "activation": activation}
        weights = [draw(*size, filters, shape[3]), draw(filters)]
        yield case(f"{shape} {filters} {size} {strides} {padding} {dilation} {activation}", config, draw(*shape), weights,
                   lambda x, k, b: activate(transpose(x, k, strides, padding, dilation) + b, activation))


def layer_normalization_cases():
    for shape, axes, epsilon in [((4, 7), [1], 1e-3), ((2, 3, 4, 5), [3], 1e-3), ((2, 3, 4, 5), [1, 2, 3], 1e-5), ((3, 6, 2), [1], 1e-3), ((1, 1), [1], 1e-3)]:
        def normalize(x, gamma, beta):
            mean = x.mean(axes, keepdim=True)
            variance = ((x - mean) ** 2).mean(axes, keepdim=True)
            wide = [n if i in axes else 1 for i, n in enumerate(x.shape)]
            return (x - mean) / torch.sqrt(variance + epsilon) * gamma.reshape(wide) + beta.reshape(wide)

        weights = [draw(*[shape[a] for a in axes]), draw(*[shape[a] for a in axes])]
        yield case(f"{shape} {axes}", {"axes": axes, "epsilon": epsilon}, draw(*shape) * 3 + 1, weights, normalize)


def up_sampling_cases():
    for shape, size, mode in [((2, 3, 4, 2), (2, 3), "nearest"), ((1, 5, 4, 3), (2, 2), "bilinear"), ((2, 3, 3, 1), (3, 4), "bilinear"), ((1, 1, 2, 2), (4, 1), "bilinear")]:
        options = {} if mode == "nearest" else {"align_corners": False}
        yield case(f"{shape} {size} {mode}", {"size": size, "interpolation": mode}, draw(*shape), [],
                   lambda x: nhwc(F.interpolate(nchw(x), scale_factor=tuple(map(float, size)), mode=mode, **options)))


def embedding_cases():
    for entries, width, shape in [(7, 3, (4, 5)), (1, 2, (3,)), (40, 1, (2, 3, 4))]:
        indices = torch.randint(0, entries, shape)
        yield case(f"{entries}x{width} {shape}", {"input_dim": entries, "output_dim": width}, indices, [draw(entries, width)], lambda x, table: table[x])


def optimizer_option_cases():
    """keras/src/optimizers/base_optimizer.py: accumulate, clip, decay, step (SGD), then averages."""
    rate, steps = 0.1, 9
    settings = {
        "clipnorm": {"clipnorm": 0.7}, "global_clipnorm": {"global_clipnorm": 0.9}, "clipvalue": {"clipvalue": 0.3}, "weight_decay": {"weight_decay": 0.2},
        "gradient_accumulation": {"gradient_accumulation_steps": 3}, "ema": {"use_ema": True, "ema_momentum": 0.8},
        "ema_overwrite": {"use_ema": True, "ema_momentum": 0.5, "ema_overwrite_frequency": 4}, "loss_scale_factor": {"loss_scale_factor": 64.0},
        "all": {"gradient_accumulation_steps": 2, "global_clipnorm": 0.5, "weight_decay": 0.1, "use_ema": True, "ema_momentum": 0.6},
    }
    for name, options in settings.items():
        weights = [draw(3, 2), draw(4)]
        initial, gradients = [w.clone() for w in weights], [[draw(3, 2), draw(4)] for _ in range(steps)]
        averages, sums = [torch.zeros_like(w) for w in weights], [torch.zeros_like(w) for w in weights]
        every = options.get("gradient_accumulation_steps", 1)
        after = []
        for call in range(steps):
            iterations = call // every
            given = [g / options.get("loss_scale_factor", 1.0) for g in gradients[call]]
            sums = [s + g for s, g in zip(sums, given)]
            if (call + 1) % every == 0:
                ready = [s / every for s in sums]
                sums = [torch.zeros_like(s) for s in sums]
                if "clipnorm" in options:
                    ready = [g * options["clipnorm"] / max(float(g.norm()), options["clipnorm"]) for g in ready]
                if "global_clipnorm" in options:
                    norm = sum(float((g ** 2).sum()) for g in ready) ** 0.5
                    ready = [g * options["global_clipnorm"] / max(norm, options["global_clipnorm"]) for g in ready]
                if "clipvalue" in options:
                    ready = [g.clamp(-options["clipvalue"], options["clipvalue"]) for g in ready]
                weights = [w - w * rate * options.get("weight_decay", 0.0) - rate * g for w, g in zip(weights, ready)]
            if options.get("use_ema"):
                momentum = 0.0 if iterations == 0 else options["ema_momentum"]
                averages = [momentum * a + (1 - momentum) * w for a, w in zip(averages, weights)]
                frequency = options.get("ema_overwrite_frequency")
                if frequency and (iterations + 1) % frequency == 0:
                    weights = [a.clone() for a in averages]
            after.append([tensor(w) for w in weights])
        final = averages if options.get("use_ema") else weights
        yield {"name": name, "options": options, "learning_rate": rate, "w0": [tensor(w) for w in initial],
               "grads": [{"step": [tensor(g) for g in step]} for step in gradients], "weights_after_each_step": [{"step": step} for step in after],
               "final": [tensor(w) for w in final]}


write("depthwise_conv2d.json", "DepthwiseConv2D, NHWC, kernel [h,w,channels,multiplier], output channel c*multiplier+m; weights: kernel, bias", list(depthwise_cases()))
write("separable_conv2d.json", "SeparableConv2D, NHWC; weights: depthwise [h,w,channels,multiplier], pointwise [1,1,channels*multiplier,filters], bias", list(separable_cases()))
write("conv2d_transpose.json", "Conv2DTranspose, NHWC, kernel [h,w,filters,channels], Keras' output sizes; weights: kernel, bias", list(transpose_cases()))
write("layer_normalization.json", "LayerNormalization, variance over n; weights: gamma, beta of the normalized axes", list(layer_normalization_cases()))
write("up_sampling2d.json", "UpSampling2D, NHWC; bilinear between pixel centres (align_corners false)", list(up_sampling_cases()))
write("embedding.json", "Embedding; x holds whole numbers; weights: the table", list(embedding_cases()))
write("optimizer_options.json", "SGD with the options of every Keras 3 optimizer, step by step; final: what the end of training leaves", list(optimizer_option_cases()))
