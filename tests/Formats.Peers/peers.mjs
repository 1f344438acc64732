// Loads the models that Numerics wrote into TensorFlow.js, trains one of them there beside ours, and writes one of its own.
// usage: node peers.mjs FOLDER TFJS, the folder of the package @tensorflow/tfjs
import fs from "node:fs";
import path from "node:path";
import { createRequire } from "node:module";

const [folder, packages] = process.argv.slice(2);
const tf = createRequire(path.resolve(packages, "package.json"))("@tensorflow/tfjs");
let passed = 0, failed = 0;

function check(name, holds, detail = "") {
    if (holds) {
        passed++;
    } else {
        failed++;
        console.log(`FAILED  ${name} ${detail}`);
    }
}

function safetensors(name) {
    const data = fs.readFileSync(path.join(folder, name));
    const length = Number(data.readBigUInt64LE(0));
    const tensors = {};
    for (const [key, entry] of Object.entries(JSON.parse(data.subarray(8, 8 + length).toString()))) {
        const [begin, end] = entry.data_offsets;
        const values = new Float32Array(new Uint8Array(data.subarray(8 + length + begin, 8 + length + end)).buffer);
        tensors[key] = tf.tensor(values, entry.shape);
    }
    return tensors;
}

function save(name, tensors) {
    const header = {};
    const parts = [];
    let length = 0;
    for (const [key, tensor] of Object.entries(tensors)) {
        const bytes = Buffer.from(tensor.dataSync().slice().buffer);
        header[key] = { dtype: "F32", shape: tensor.shape, data_offsets: [length, length + bytes.length] };
        parts.push(bytes);
        length += bytes.length;
    }
    const text = Buffer.from(JSON.stringify(header));
    const prefix = Buffer.alloc(8);
    prefix.writeBigUInt64LE(BigInt(text.length));
    fs.writeFileSync(path.join(folder, name), Buffer.concat([prefix, text, ...parts]));
}

function load(name) {
    const json = JSON.parse(fs.readFileSync(path.join(folder, name, "model.json")));
    const group = json.weightsManifest[0];
    const bytes = Buffer.concat(group.paths.map((file) => fs.readFileSync(path.join(folder, name, file))));
    return tf.loadLayersModel({
        load: async () => ({
            modelTopology: json.modelTopology, weightSpecs: group.weights, weightData: new Uint8Array(bytes).buffer, trainingConfig: json.trainingConfig,
        }),
    });
}

function difference(a, b) {
    return tf.tidy(() => a.sub(b).abs().max().dataSync()[0]);
}

for (const name of ["small", "graph", "residual", "everything"]) {
    const expected = safetensors(`${name}.expected.safetensors`);
    const model = await load(`${name}.tfjs`);
    const worst = difference(model.predict(expected.x), expected.y);
    check(`${name}.tfjs predicts what Numerics predicts`, worst < 1e-5, worst);
}

// The same steps of Adam from the same weights.
{
    const expected = safetensors("training.expected.safetensors");
    const loaded = await load("training.tfjs");
    const model = tf.sequential({ layers: [
        tf.layers.conv2d({ inputShape: [14, 14, 3], filters: 4, kernelSize: 3, activation: "relu" }), tf.layers.maxPooling2d({ poolSize: 2 }),
        tf.layers.conv2d({ filters: 8, kernelSize: 3, activation: "relu" }), tf.layers.maxPooling2d({ poolSize: 2 }),
        tf.layers.flatten(), tf.layers.dense({ units: 8, activation: "relu" }), tf.layers.dense({ units: 2, activation: "softmax" }),
    ] });
    model.setWeights(loaded.getWeights());
    const { learningRate, beta1, beta2, epsilon } = loaded.optimizer.getConfig();
    check("the optimizer of the file", loaded.optimizer.getClassName() === "Adam" && Math.abs(learningRate / 0.001 - 1) < 1e-6 &&
        Math.abs(beta1 - 0.9) < 1e-6 && Math.abs(beta2 - 0.999) < 1e-6 && Math.abs(epsilon / 1e-9 - 1) < 1e-6, JSON.stringify(loaded.optimizer.getConfig()));
    check("the loss and the metrics of the file", loaded.loss === "categoricalCrossentropy" && loaded.metricsNames.length === 4, `${loaded.loss} ${loaded.metricsNames}`);
    const reported = expected.reported.dataSync();
    loaded.evaluate(expected.x, expected.labels).forEach((value, i) =>
        check(`the value of ${loaded.metricsNames[i]}`, Math.abs(value.dataSync()[0] - reported[i]) < 1e-5, `${value.dataSync()[0]} and ${reported[i]}`));
    model.compile({ optimizer: loaded.optimizer, loss: loaded.loss });
    const losses = expected.losses.dataSync();
    for (let step = 0; step < 5; step++) {
        const loss = await model.trainOnBatch(expected.x, expected.labels);
        check(`loss of step ${step}`, Math.abs(loss - losses[step]) < 1e-4, `${loss} and ${losses[step]}`);
    }
    const weights = model.getWeights();
    const ours = Object.entries(expected).filter(([key]) => key.includes("/")).map(([, value]) => value);
    const off = weights.flatMap((weight, i) => Array.from(tf.tidy(() => weight.sub(ours[i]).abs().dataSync()))).sort((a, b) => a - b);

    // Weights go some 5e-3 of a way. Where a gradient is not far above epsilon it matters where that is added: those few may be off, by no more than all the way.
    const most = off[Math.floor(0.98 * off.length)], worst = off[off.length - 1];
    check("weights after five steps", most < 1e-4 && worst <= 0.01, `${most}, ${worst} at worst`);
}

// A model of TensorFlow.js' own, saved by it.
{
    const input = tf.input({ shape: [9, 8, 2] });
    const x = tf.layers.conv2d({ filters: 3, kernelSize: 3, padding: "same", activation: "elu", kernelRegularizer: tf.regularizers.l2({ l2: 0.01 }) }).apply(input);
    const y = tf.layers.depthwiseConv2d({ kernelSize: 3, padding: "same", depthMultiplier: 1 }).apply(x);
    const normal = tf.layers.batchNormalization({ momentum: 0.9 }).apply(tf.layers.add().apply([x, y]));
    const pooled = tf.layers.concatenate().apply([tf.layers.globalAveragePooling2d({ dataFormat: "channelsLast" }).apply(normal), tf.layers.globalMaxPooling2d({ dataFormat: "channelsLast" }).apply(normal)]);
    const model = tf.model({ inputs: input, outputs: tf.layers.dense({ units: 4, activation: "softmax", kernelInitializer: "leCunNormal" }).apply(pooled) });
    model.setWeights(model.getWeights().map((weight) => weight.add(tf.randomUniform(weight.shape, 0, 0.5))));

    // A step, so that the optimizer has a state.
    model.compile({ optimizer: tf.train.rmsprop(0.001, 0.8, 0.5), loss: "categoricalCrossentropy", metrics: ["accuracy"] });
    await model.trainOnBatch(tf.randomUniform([2, 9, 8, 2]), tf.tensor2d([[1, 0, 0, 0], [0, 0, 1, 0]]));
    fs.mkdirSync(path.join(folder, "from-tfjs.tfjs"), { recursive: true });
    await model.save(tf.io.withSaveHandler(async (artifacts) => {
        fs.writeFileSync(path.join(folder, "from-tfjs.tfjs", "weights.bin"), Buffer.from(artifacts.weightData));
        fs.writeFileSync(path.join(folder, "from-tfjs.tfjs", "model.json"), JSON.stringify({
            format: artifacts.format, generatedBy: artifacts.generatedBy, convertedBy: artifacts.convertedBy, modelTopology: artifacts.modelTopology,
            weightsManifest: [{ paths: ["weights.bin"], weights: artifacts.weightSpecs }], trainingConfig: artifacts.trainingConfig,
        }));
        return { modelArtifactsInfo: { dateSaved: new Date(), modelTopologyType: "JSON" } };
    }), { includeOptimizer: true });
    const given = tf.randomUniform([3, 9, 8, 2]);
    save("from-tfjs.expected.safetensors", { x: given, y: model.predict(given) });
}

console.log(`${passed} passed, ${failed} failed`);
process.exit(failed === 0 ? 0 : 1);
