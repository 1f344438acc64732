"""Reads the models that Numerics wrote with h5py and ONNX' checker, and writes such as Keras writes them with h5py.

Keras itself is not needed: paths, attributes and settings follow its source (keras/src/saving/saving_lib.py,
keras/src/legacy/saving/legacy_h5_format.py), and what the layers compute is a few lines of NumPy.
usage: peers.py FOLDER
"""
import io
import json
import re
import sys
import zipfile

import h5py
import numpy as np
import onnx

import safetensors

folder = sys.argv[1]
passed = failed = 0


def check(name, holds, detail=""):
    global passed, failed
    if holds:
        passed += 1
    else:
        failed += 1
        print(f"FAILED  {name} {detail}")


def snake_case(name):
    name = re.sub(r"\W+", "", name)
    name = re.sub("(.)([A-Z][a-z]+)", r"\1_\2", name)
    return re.sub("([a-z])([A-Z])", r"\1_\2", name).lower()


# --- what the layers compute -----------------------------------------------------------------------------------------

def conv2d(x, config, kernel, bias):
    height, width, _, filters = kernel.shape
    if config["padding"] == "same":
        rows, columns = height - 1, width - 1
        x = np.pad(x, ((0, 0), (rows // 2, rows - rows // 2), (columns // 2, columns - columns // 2), (0, 0)))
    out = np.zeros((x.shape[0], x.shape[1] - height + 1, x.shape[2] - width + 1, filters))
    for i in range(height):
        for j in range(width):
            out += x[:, i:i + out.shape[1], j:j + out.shape[2], :] @ kernel[i, j].astype(np.float64)
    return out + bias


def activate(x, name):
    if name == "relu":
        return np.maximum(x, 0)
    if name == "softmax":
        e = np.exp(x - x.max(-1, keepdims=True))
        return e / e.sum(-1, keepdims=True)
    assert name == "linear", name
    return x


def forward(config, weights, x):
    """Sequential models of the layers below; weights by layer's name."""
    x = x.astype(np.float64)
    for layer in config["config"]["layers"]:
        kind, settings = layer["class_name"], layer["config"]
        own = weights.get(settings["name"], [])
        if kind == "Conv2D":
            x = activate(conv2d(x, settings, *own), settings["activation"])
        elif kind == "MaxPooling2D":
            n, h, w, c = x.shape
            x = x[:, :h // 2 * 2, :w // 2 * 2].reshape(n, h // 2, 2, w // 2, 2, c).max((2, 4))
        elif kind == "BatchNormalization":
            gamma, beta, mean, variance = own
            x = (x - mean) / np.sqrt(variance + settings["epsilon"]) * gamma + beta
        elif kind == "Flatten":
            x = x.reshape(len(x), -1)
        elif kind == "Dense":
            x = activate(x @ own[0] + own[1], settings["activation"])
        else:
            assert kind == "InputLayer", kind
    return x


# --- files of Keras 3 ------------------------------------------------------------------------------------------------

def groups(config, path=""):
    """The paths of the layers' groups and the layers' names, as Keras' _save_container_state makes them."""
    used = {}
    layers = config["config"]["layers"]
    if config["class_name"] == "Sequential" and layers and layers[0]["class_name"] == "InputLayer":
        layers = layers[1:]
    for layer in layers:
        name = snake_case(layer["class_name"])
        if name in used:
            used[name] += 1
            name = f"{name}_{used[name]}"
        else:
            used[name] = 0
        yield f"{path}layers/{name}", layer["config"]["name"]
        if layer["class_name"] in ("Sequential", "Functional"):
            yield from groups(layer, f"{path}layers/{name}/")


def by_layer(expected, name):
    return [value for key, value in expected.items() if name in key.split("/")[:-1]]


def check_weights(label, file, config, expected):
    count = 0
    paths = set()
    for path, name in groups(config):
        paths.add(f"{path}/vars")
        check(f"{label} {path}", f"{path}/vars" in file and file[f"{path}/vars"].attrs["name"] == name)
        values = [file[f"{path}/vars"][str(i)] for i in range(len(file[f"{path}/vars"]))]
        own = [value for key, value in expected.items() if key.split("/")[-2:-1] == [name]]
        check(f"{label} {path} weights", len(values) == len(own) and all(
            a.dtype == np.float32 and a.shape == b.shape and np.array_equal(a[()], b) for a, b in zip(values, own)))
        count += len(values)
    check(f"{label} has every weight", count == len([key for key in expected if "/" in key]), count)
    found = set()
    file.visititems(lambda path, item: found.add(path) if isinstance(item, h5py.Group) and path.endswith("vars") else None)
    check(f"{label} has nothing else", found - {"vars", "optimizer/vars"} == paths, found ^ paths)
    check(f"{label} root", "vars" in file and file["vars"].attrs["name"] == config["config"]["name"])


def check_keras(name):
    expected = safetensors.load(f"{folder}/{name}.expected.safetensors")
    with zipfile.ZipFile(f"{folder}/{name}.keras") as archive:
        check(f"{name}.keras parts", sorted(archive.namelist()) == ["config.json", "metadata.json", "model.weights.h5"])
        check(f"{name}.keras is whole", archive.testzip() is None)
        check(f"{name}.keras version", json.loads(archive.read("metadata.json"))["keras_version"].startswith("3."))
        config = json.loads(archive.read("config.json"))
        weights = io.BytesIO(archive.read("model.weights.h5"))
    for key in ("module", "class_name", "config", "registered_name"):
        check(f"{name}.keras config has {key}", key in config)
    for layer in config["config"]["layers"]:
        check(f"{name}.keras {layer['config']['name']}", layer["module"] in ("keras.layers", "keras") and layer["registered_name"] is None)
    with h5py.File(weights, "r") as file:
        check_weights(f"{name}.keras", file, config, expected)
        if "compile_config" in config:
            state = file["optimizer/vars"]
            check(f"{name}.keras steps", state["0"][()] == 3 and state["0"].shape == () and state["0"].dtype.kind == "i")
            check(f"{name}.keras rate", state["1"][()] == np.float32(config["compile_config"]["optimizer"]["config"]["learning_rate"]))
            trainable = [value for key, value in expected.items() if "/" in key]
            check(f"{name}.keras state", [state[str(i)].shape for i in range(2, len(state))] == [v.shape for v in trainable for _ in range(2)])
    with h5py.File(f"{folder}/{name}.weights.h5", "r") as file:
        check_weights(f"{name}.weights.h5", file, config, expected)
    if name == "small":
        weights = {layer["config"]["name"]: by_layer(expected, layer["config"]["name"]) for layer in config["config"]["layers"]}
        worst = np.abs(forward(config, weights, expected["x"]) - expected["y"]).max()
        check(f"{name}.keras computes what NumPy computes", worst < 1e-5, worst)


def check_legacy(name):
    expected = safetensors.load(f"{folder}/{name}.expected.safetensors")
    with h5py.File(f"{folder}/{name}.h5", "r") as file:
        config = json.loads(file.attrs["model_config"])
        group = file["model_weights"]
        layers = [layer["config"]["name"] for layer in config["config"]["layers"]]
        if config["class_name"] == "Sequential":
            layers = layers[1:]
        check(f"{name}.h5 layers", list(group.attrs["layer_names"]) == layers)
        check(f"{name}.h5 versions", "keras_version" in file.attrs and "backend" in group.attrs)
        count = 0
        for layer in layers:
            for weight in group[layer].attrs.get("weight_names", []):
                key = weight[:-2]
                check(f"{name}.h5 {weight}", weight.endswith(":0") and np.array_equal(group[layer][weight][()], expected[key]))
                count += 1
        check(f"{name}.h5 has every weight", count == len([key for key in expected if "/" in key]), count)
        if name == "small":
            training = json.loads(file.attrs["training_config"])
            check(f"{name}.h5 optimizer", training["optimizer_config"]["class_name"] == "Adam")
            names = list(file["optimizer_weights"].attrs["weight_names"])
            check(f"{name}.h5 state", all(key in file["optimizer_weights"] for key in names) and len(names) == 2 + 2 * count)


def check_onnx(name):
    model = onnx.load(f"{folder}/{name}.onnx")
    try:
        onnx.checker.check_model(model, full_check=True)
        check(f"{name}.onnx", True)
    except Exception as error:
        check(f"{name}.onnx", False, error)
    dims = [d.dim_param or d.dim_value for d in model.graph.input[0].type.tensor_type.shape.dim]
    check(f"{name}.onnx batch is free", dims[0] == "batch", dims)
    check(f"{name}.onnx output", len(model.graph.output) == 1 and model.graph.output[0].type.tensor_type.shape.dim[0].dim_param == "batch")


# --- files as Keras writes them --------------------------------------------------------------------------------------

def keras_object(module, name, config, **more):
    return {"module": module, "class_name": name, "config": config, "registered_name": None, **more}


POLICY = keras_object("keras", "DTypePolicy", {"name": "float32"})


def initializer(name):
    return keras_object("keras.initializers", name, {"seed": None} if name != "Zeros" and name != "Ones" else {})


def layer(name, label, shape, **config):
    base = {"name": label, "trainable": True, "dtype": POLICY}
    return keras_object("keras.layers", name, {**base, **config}, build_config={"input_shape": shape})


WEIGHTS = {
    "kernel_initializer": initializer("GlorotUniform"), "bias_initializer": initializer("Zeros"), "kernel_regularizer": None,
    "bias_regularizer": None, "kernel_constraint": None, "bias_constraint": None,
}


def keras_config():
    conv = {"kernel_size": [3, 3], "strides": [1, 1], "data_format": "channels_last", "dilation_rate": [1, 1], "groups": 1,
            "use_bias": True, "activity_regularizer": None, **WEIGHTS}
    layers = [
        keras_object("keras.layers", "InputLayer", {
            "batch_shape": [None, 12, 12, 3], "dtype": "float32", "sparse": False, "ragged": False, "name": "input_layer", "optional": False}),
        layer("Conv2D", "conv2d_7", [None, 12, 12, 3], filters=5, padding="same", activation="linear", **conv),
        layer("BatchNormalization", "bn", [None, 12, 12, 5], axis=-1, momentum=0.99, epsilon=0.001, center=True, scale=True,
              beta_initializer=initializer("Zeros"), gamma_initializer=initializer("Ones"), moving_mean_initializer=initializer("Zeros"),
              moving_variance_initializer=initializer("Ones"), beta_regularizer=None, gamma_regularizer=None, beta_constraint=None,
              gamma_constraint=None, synchronized=False, renorm=False, renorm_clipping=None, renorm_momentum=0.99),
        layer("MaxPooling2D", "max_pooling2d", [None, 12, 12, 5], pool_size=[2, 2], padding="valid", strides=[2, 2], data_format="channels_last"),
        layer("Conv2D", "conv2d_8", [None, 6, 6, 5], filters=4, padding="valid", activation="relu", **conv),
        layer("Flatten", "flatten", [None, 4, 4, 4], data_format="channels_last"),
        layer("Dropout", "dropout", [None, 64], rate=0.5, seed=None, noise_shape=None),
        layer("Dense", "dense", [None, 64], units=6, activation="relu", use_bias=True, quantization_config=None, **WEIGHTS),
        layer("Dense", "dense_1", [None, 6], units=3, activation="softmax", use_bias=True, quantization_config=None, **WEIGHTS),
    ]
    adam = keras_object("keras.optimizers", "Adam", {
        "name": "adam", "learning_rate": 0.0020000000949949026, "weight_decay": None, "clipnorm": None, "global_clipnorm": None,
        "clipvalue": None, "use_ema": False, "ema_momentum": 0.99, "ema_overwrite_frequency": None, "loss_scale_factor": None,
        "gradient_accumulation_steps": None, "beta_1": 0.9, "beta_2": 0.999, "epsilon": 1e-07, "amsgrad": False})
    metrics = ["accuracy", keras_object("keras.metrics", "SparseTopKCategoricalAccuracy", {"name": "top2", "dtype": "float32", "k": 2}),
               keras_object("keras.metrics", "SparseCategoricalCrossentropy", {
                   "name": "entropy", "dtype": "float32", "from_logits": False, "ignore_class": None, "axis": -1}),
               keras_object("keras.metrics", "MeanIoU", {
                   "num_classes": 3, "name": "iou", "dtype": "float32", "ignore_class": None, "sparse_y_true": True, "sparse_y_pred": False, "axis": -1}),
               keras_object("builtins", "function", "sparse_categorical_crossentropy") | {"registered_name": "function"}]
    return keras_object(
        "keras", "Sequential",
        {"name": "sequential", "trainable": True, "dtype": POLICY, "layers": layers, "build_input_shape": [None, 12, 12, 3]},
        build_config={"input_shape": [None, 12, 12, 3]},
        compile_config={"optimizer": adam, "loss": "sparse_categorical_crossentropy", "loss_weights": None, "metrics": metrics[:-1],
                        "weighted_metrics": metrics[-1:], "run_eagerly": False, "steps_per_execution": 1, "jit_compile": False})


def write_weights(file, config, weights):
    root = file.create_group("vars")
    root.attrs["name"] = config["config"]["name"]
    for path, name in groups(config):
        group = file.create_group(path).create_group("vars")
        group.attrs["name"] = name
        for i, value in enumerate(weights.get(name, [])):
            group[str(i)] = value
    state = file.create_group("optimizer/vars")
    state.attrs["name"] = "adam"
    values = [np.int64(17), np.float32(0.002)]
    for own in weights.values():
        for value in own[:2]:
            values += [np.zeros_like(value), np.ones_like(value)]
    for i, value in enumerate(values):
        state[str(i)] = value


def write_peers():
    random = np.random.default_rng()

    def values(*shape):
        return (random.random(shape, np.float32) - 0.5) * np.float32(0.6)

    config = keras_config()
    weights = {
        "conv2d_7": [values(3, 3, 3, 5), values(5)],
        "bn": [values(5) + 1, values(5), values(5), values(5) + 1],
        "conv2d_8": [values(3, 3, 5, 4), values(4)],
        "dense": [values(64, 6), values(6)],
        "dense_1": [values(6, 3), values(3)],
    }
    plain = json.loads(json.dumps(config))
    plain["config"]["layers"] = [item for item in plain["config"]["layers"] if item["class_name"] != "Dropout"]
    x = random.random((5, 12, 12, 3), np.float32)
    y = forward(plain, weights, x).astype(np.float32)
    safetensors.save(f"{folder}/from-h5py.expected.safetensors", {"x": x, "y": y})

    buffer = io.BytesIO()
    with h5py.File(buffer, "w") as file:
        write_weights(file, config, weights)
    with zipfile.ZipFile(f"{folder}/from-h5py.keras", "w") as archive:
        archive.writestr("metadata.json", json.dumps({"keras_version": "3.12.0", "date_saved": "2026-01-01@00:00:00"}))
        archive.writestr("config.json", json.dumps(config))
        archive.writestr("model.weights.h5", buffer.getvalue())
    with h5py.File(f"{folder}/from-h5py.weights.h5", "w") as file:
        write_weights(file, config, weights)

    # Keras 2: class names alone, byte strings in attributes.
    def legacy(item):
        if isinstance(item, dict) and "class_name" in item:
            if item["class_name"] == "DTypePolicy":
                return "float32"
            return {"class_name": item["class_name"], "config": legacy(item["config"])}
        if isinstance(item, dict):
            return {("batch_input_shape" if key == "batch_shape" else key): legacy(value) for key, value in item.items()
                    if key not in ("build_input_shape", "optional", "quantization_config", "synchronized")}
        return [legacy(value) for value in item] if isinstance(item, list) else item

    old = legacy(config)
    names = {"conv2d_7": ["kernel", "bias"], "bn": ["gamma", "beta", "moving_mean", "moving_variance"]}
    with h5py.File(f"{folder}/from-h5py.h5", "w") as file:
        file.attrs["keras_version"] = b"2.15.0"
        file.attrs["backend"] = b"tensorflow"
        file.attrs["model_config"] = json.dumps(old).encode()
        file.attrs["training_config"] = json.dumps({
            "loss": "sparse_categorical_crossentropy", "metrics": [["accuracy"]], "weighted_metrics": None, "loss_weights": None,
            "optimizer_config": {"class_name": "Adam", "config": {"name": "Adam", "learning_rate": 0.002, "decay": 0.0, "beta_1": 0.9,
                                                                  "beta_2": 0.999, "epsilon": 1e-07, "amsgrad": False}}}).encode()
        group = file.create_group("model_weights")
        labels = [item["config"]["name"] for item in old["config"]["layers"]][1:]
        group.attrs["layer_names"] = [label.encode() for label in labels]
        group.attrs["backend"] = b"tensorflow"
        group.attrs["keras_version"] = b"2.15.0"
        for label in labels:
            own = file.create_group(f"model_weights/{label}")
            keys = [f"{label}/{key}:0" for key in names.get(label, ["kernel", "bias"])[:len(weights.get(label, []))]]
            own.attrs["weight_names"] = [key.encode() for key in keys]
            for key, value in zip(keys, weights.get(label, [])):
                own.create_dataset(key, value.shape, dtype=value.dtype)[:] = value
        state = file.create_group("optimizer_weights")
        trainable = [f"{label}/{key}" for label in weights for key in names.get(label, ["kernel", "bias"])[:2]]
        flat = [value for own in weights.values() for value in own[:2]]
        keys = ["training/Adam/iter:0"] + [f"training/Adam/{key}/{kind}:0" for kind in "mv" for key in trainable]
        state.attrs["weight_names"] = [key.encode() for key in keys]
        state["training/Adam/iter:0"] = np.int64(17)
        for kind in "mv":
            for key, value in zip(trainable, flat):
                state[f"training/Adam/{key}/{kind}:0"] = np.full_like(value, 0.25)


for model in ("small", "graph", "residual", "everything"):
    check_keras(model)
    check_legacy(model)
    check_onnx(model)
check_onnx("pictures")
write_peers()
print(f"{passed} passed, {failed} failed")
sys.exit(0 if failed == 0 else 1)
