// What a user of the packages writes: train, save as Keras and ONNX do, load again, predict.
using Numerics.Formats;
using Numerics.Losses;
using Numerics.Nn;
using Numerics.Tensors;

RandomGenerator.SetSeed(1);
using var model = new Sequential
{
    new Input(2), new Dense(16, activation: Activation.Relu), new Dense(2, activation: Activation.Softmax),
};
model.Compile(new Adam(0.05f), new CategoricalFocalLoss(), metrics: [new CategoricalAccuracy()]);

// Points inside and outside of a circle.
const int count = 256;
NDArray x = new((count, 2)), y = new((count, 2));
for (int i = 0; i < count; i++)
{
    float a = MathF.Sin(12.9898f * i), b = MathF.Sin(78.233f * i);
    (x.AsSpan<float>()[2 * i], x.AsSpan<float>()[(2 * i) + 1]) = (a, b);
    y.AsSpan<float>()[(2 * i) + ((a * a) + (b * b) < 0.8f ? 0 : 1)] = 1;
}

double accuracy = 0;
for (int epoch = 0; epoch < 200; epoch++)
    accuracy = model.TrainOnBatch(x, y)["accuracy"];
string path = Path.Combine(Path.GetTempPath(), $"from-packages-{Environment.ProcessId}.keras");
try
{
    KerasModel.Save(model, path);
    using Model loaded = KerasModel.Load(path);
    bool same = model.Predict(x).ToFloats().AsSpan().SequenceEqual(loaded.Predict(x).ToFloats());
    Console.WriteLine($"accuracy {accuracy:0.000}, the loaded model predicts {(same ? "the same" : "something else")}");
    return same && accuracy > 0.9 ? 0 : 1;
}
finally
{
    File.Delete(path);
}
