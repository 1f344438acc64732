"""Networks as PyTorch exports them to ONNX, with what they compute. Needs Debian's python3-torch.
usage: make_onnx.py FOLDER"""
import json
import os
import struct
import sys

import torch
import torch.nn as nn
import torch.nn.functional as F

folder = sys.argv[1]
os.makedirs(folder, exist_ok=True)
torch.manual_seed(1)


class Lambda(nn.Module):
    def __init__(self, function):
        super().__init__()
        self.function = function

    def forward(self, x):
        return self.function(x)


class Residual(nn.Module):
    def __init__(self, *inner, shortcut=None, after=None):
        super().__init__()
        self.inner, self.shortcut, self.after = nn.Sequential(*inner), shortcut or nn.Identity(), after or nn.Identity()

    def forward(self, x):
        return self.after(self.inner(x) + self.shortcut(x))


class Squeeze(nn.Module):
    """Squeeze and excitation: a factor for each channel."""

    def __init__(self, channels, gate):
        super().__init__()
        self.factors = nn.Sequential(nn.AdaptiveAvgPool2d(1), nn.Conv2d(channels, 4, 1), nn.ReLU(), nn.Conv2d(4, channels, 1), gate)

    def forward(self, x):
        return x * self.factors(x)


class Joined(nn.Module):
    def __init__(self, *branches):
        super().__init__()
        self.branches = nn.ModuleList(branches)

    def forward(self, x):
        return torch.cat([branch(x) for branch in self.branches], 1)


class Normalized(nn.Module):
    def __init__(self):
        super().__init__()
        self.register_buffer("mean", torch.tensor([0.485, 0.456, 0.406]).view(1, 3, 1, 1))
        self.register_buffer("std", torch.tensor([0.229, 0.224, 0.225]).view(1, 3, 1, 1))

    def forward(self, x):
        return (x - self.mean) / self.std


class Rows(nn.Module):
    """What is written most often in front of the first dense layer; exported, it computes with extents."""

    def forward(self, x):
        return x.view(x.size(0), -1)


def conv(a, b, size=3, stride=1, after=nn.ReLU, **options):
    return nn.Sequential(nn.Conv2d(a, b, size, stride, size // 2, bias=False, **options), nn.BatchNorm2d(b), after())


def inverted(a, b, stride, after, gate=None):
    inner = [conv(a, 2 * a, 1, after=after), conv(2 * a, 2 * a, 3, stride, after=after, groups=2 * a)]
    if gate:
        inner.append(Squeeze(2 * a, gate()))
    inner += [nn.Conv2d(2 * a, b, 1, bias=False), nn.BatchNorm2d(b)]
    return Residual(*inner) if a == b and stride == 1 else nn.Sequential(*inner)


networks = {
    "vgg": nn.Sequential(
        Normalized(), nn.Conv2d(3, 6, 3, padding=1), nn.BatchNorm2d(6), nn.ReLU(inplace=True), nn.MaxPool2d(2, 2), nn.Conv2d(6, 8, 3), nn.ReLU(),
        nn.MaxPool2d(2, 2), Rows(), nn.Linear(8 * 4 * 5, 12), nn.ReLU(), nn.Dropout(), nn.Linear(12, 5), nn.LogSoftmax(1)),
    "resnet": nn.Sequential(
        conv(3, 8, 7, 2), nn.MaxPool2d(3, 2, 1), Residual(conv(8, 8), nn.Conv2d(8, 8, 3, 1, 1, bias=False), nn.BatchNorm2d(8), after=nn.ReLU()),
        Residual(conv(8, 12, 3, 2), nn.Conv2d(12, 12, 3, 1, 1, bias=False), nn.BatchNorm2d(12),
                 shortcut=nn.Sequential(nn.Conv2d(8, 12, 1, 2, bias=False), nn.BatchNorm2d(12)), after=nn.ReLU()),
        nn.AdaptiveAvgPool2d((1, 1)), nn.Flatten(1), nn.Linear(12, 4), nn.Softmax(1)),
    "mobilenet_v2": nn.Sequential(
        conv(3, 8, 3, 2, nn.ReLU6), inverted(8, 8, 1, nn.ReLU6), inverted(8, 12, 2, nn.ReLU6), conv(12, 16, 1, after=nn.ReLU6),
        Lambda(lambda x: F.adaptive_avg_pool2d(x, (1, 1))), nn.Flatten(), nn.Dropout(0.2), nn.Linear(16, 5)),
    "mobilenet_v3": nn.Sequential(
        conv(3, 8, 3, 2, nn.Hardswish), inverted(8, 8, 1, nn.ReLU, nn.Hardsigmoid), inverted(8, 12, 2, nn.Hardswish, nn.Hardsigmoid), nn.AdaptiveAvgPool2d(1),
        Lambda(lambda x: torch.flatten(x, 1)), nn.Linear(12, 10), nn.Hardswish(), nn.Linear(10, 5)),
    "efficientnet": nn.Sequential(
        conv(3, 6, 3, 2, nn.SiLU), inverted(6, 6, 1, nn.SiLU, nn.Sigmoid), nn.Conv2d(6, 12, 3, 2, groups=6), nn.Conv2d(12, 8, 3, groups=4, dilation=2, padding=2),
        Lambda(lambda x: x.mean([2, 3])), nn.Linear(8, 3)),
    "squeezenet": nn.Sequential(
        nn.Conv2d(3, 8, 3, 2), nn.ReLU(), nn.MaxPool2d(3, 2, ceil_mode=True), nn.Conv2d(8, 4, 1), nn.LeakyReLU(),
        Joined(nn.Sequential(nn.Conv2d(4, 6, 1), nn.LeakyReLU(0.2)), nn.Sequential(nn.Conv2d(4, 6, 3, padding=1), nn.ELU(0.5))),
        nn.Conv2d(12, 5, 1), nn.ReLU(), nn.AdaptiveAvgPool2d((1, 1)), nn.Flatten()),
    "densenet": nn.Sequential(
        nn.Conv2d(3, 6, 3, padding=1), Joined(nn.Identity(), nn.Sequential(nn.BatchNorm2d(6), nn.ReLU(), nn.Conv2d(6, 4, 3, padding=1))), nn.BatchNorm2d(10), nn.ReLU(),
        nn.AvgPool2d(2, 2), nn.AvgPool2d(3, 2, 1), nn.AvgPool2d(3, 1, 1, count_include_pad=False), Lambda(lambda x: x.mean((2, 3), keepdim=True)),
        nn.Conv2d(10, 4, 1), Lambda(lambda x: x.squeeze(3).squeeze(2))),
    "pictures": nn.Sequential(
        nn.Conv2d(3, 6, 3, 2, 1), nn.ELU(), nn.ConvTranspose2d(6, 6, 4, 2, 1), nn.SELU(), nn.ConvTranspose2d(6, 5, 3, 2, 1, output_padding=1), nn.Tanh(),
        nn.MaxPool2d(2), nn.ConvTranspose2d(5, 4, 2, 2), nn.Softplus(), nn.ZeroPad2d((1, 2, 0, 1)), nn.Upsample(scale_factor=2), nn.AvgPool2d(2),
        nn.Upsample(scale_factor=2, mode="bilinear"), Lambda(lambda x: x[:, :, 1:-2, 3:]), nn.Conv2d(4, 1, 1), nn.Sigmoid()),
    "convnext": nn.Sequential(
        nn.Conv2d(3, 8, 4, 4), Residual(nn.Conv2d(8, 8, 7, padding=3, groups=8), Lambda(lambda x: x.permute(0, 2, 3, 1)), nn.LayerNorm(8, eps=1e-6), nn.Linear(8, 16),
                                        nn.GELU(), nn.Linear(16, 8), Lambda(lambda x: x.permute(0, 3, 1, 2))),
        nn.Hardtanh(0, 4), nn.AdaptiveMaxPool2d(1), nn.Flatten(), nn.Linear(8, 4, bias=False)),
}


def save(name, tensors):
    header, data = {}, b""
    for key, tensor in tensors.items():
        part = tensor.detach().numpy().astype("<f4").tobytes()
        header[key] = {"dtype": "F32", "shape": list(tensor.shape), "data_offsets": [len(data), len(data) + len(part)]}
        data += part
    text = json.dumps(header).encode()
    text += b" " * (-len(text) % 8)
    with open(os.path.join(folder, name), "wb") as f:
        f.write(struct.pack("<Q", len(text)) + text + data)


for name, network in networks.items():
    # Batch normalisation with averages and factors that differ from how they begin.
    for module in network.modules():
        if isinstance(module, nn.BatchNorm2d):
            for values, least in ((module.weight, 0.5), (module.bias, -0.5), (module.running_mean, -0.5), (module.running_var, 0.5)):
                nn.init.uniform_(values, least, least + 1)
    network.eval()
    x = torch.rand(2, 3, 25, 23)
    with torch.no_grad():
        y = network(x)
    assert y.std() > 1e-3, name
    save(f"{name}.safetensors", {"x": x, "y": y})
    # The exporter folds batch normalisation into the convolutions before it; one keeps it. One has a fixed batch.
    options = dict(dynamic_axes={"input": {0: "batch"}, "output": {0: "batch"}}) if name != "efficientnet" else {}
    training = torch.onnx.TrainingMode.PRESERVE if name in ("resnet", "mobilenet_v3") else torch.onnx.TrainingMode.EVAL
    torch.onnx.export(network, x, os.path.join(folder, f"{name}.onnx"), input_names=["input"], output_names=["output"], opset_version=17 if name == "convnext" else 13 if name == "vgg" else 16,
                      training=training, **options)
