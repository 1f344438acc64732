// The training step of the cats-vs-dogs network on pictures of noise: forward, focal loss, backward, Adam, accuracy.
// Usage: dotnet run -c Release --project benchmarks/TrainingStep -- [batch size = 32] [steps = 20]
using System.Diagnostics;
using System.Globalization;
using Numerics.Backends.Cpu;
using Numerics.Losses;
using Numerics.Nn;
using Numerics.Tensors;

const int WarmUpSteps = 5;
int batch = args.Length > 0 ? int.Parse(args[0], CultureInfo.InvariantCulture) : 32;
int steps = args.Length > 1 ? int.Parse(args[1], CultureInfo.InvariantCulture) : 20;

using var model = new Sequential
{
    new Conv2D(16, 3, activation: Activation.Relu), new MaxPooling2D(2),
    new Conv2D(32, 3, activation: Activation.Relu), new MaxPooling2D(2),
    new Conv2D(64, 3, activation: Activation.Relu), new MaxPooling2D(2),
    new Flatten(),
    new Dense(256, activation: Activation.Relu),
    new Dense(2, activation: Activation.Softmax),
};

// At Adam's usual rate the first step saturates the softmax on noise, the clipped loss has no gradient any more, and a
// backward pass that skips zeros would look faster than it is. A small rate keeps the gradient alive.
model.Compile(new Adam(learningRate: 1e-5f), new CategoricalFocalLoss(), [new CategoricalAccuracy()]);

var pictures = new NDArray((batch, 224, 224, 3));
var labels = new NDArray((batch, 2));
Philox.FillUniform(new RandomKey(1, 0), 0, pictures.AsSpan<float>());
for (int i = 0; i < batch; i++)
    labels.AsSpan<float>()[(2 * i) + (i % 2)] = 1;

double loss = 0;
(double training, double fastest) = Time(() => loss = model.TrainOnBatch(pictures, labels)["loss"]);
(double predicting, _) = Time(() => _ = model.Predict(pictures, batch));

var cpu = (CpuBackend)Backend.Default;
double peak = Process.GetCurrentProcess().PeakWorkingSet64 / 1048576.0;
Console.WriteLine(string.Create(
    CultureInfo.InvariantCulture,
    $"{cpu.Description}, batch {batch}: training step median {training:F1} ms, min {fastest:F1} ms, {batch / training * 1000:F0} pictures/s, loss {loss:F6}"));
Console.WriteLine(string.Create(
    CultureInfo.InvariantCulture,
    $"  predict median {predicting:F1} ms, {batch / predicting * 1000:F0} pictures/s; tensors {cpu.ReservedBytes / 1048576.0:F0} MiB, process {peak:F0} MiB at most"));

(double Median, double Fastest) Time(Action step)
{
    var times = new double[steps];
    for (int i = -WarmUpSteps; i < steps; i++)
    {
        long start = Stopwatch.GetTimestamp();
        step();
        if (i >= 0)
            times[i] = Stopwatch.GetElapsedTime(start).TotalMilliseconds;
    }

    Array.Sort(times);
    return (times[steps / 2], times[0]);
}
