// The cats-vs-dogs network in TorchSharp on pictures of noise; prints the same lines as `catsvsdogs bench`, which compare.sh reads.
// Usage: TorchSharpStep [batch = 32] [steps = 20] [threads = one for each processor]
using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using TorchSharp;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

const int WarmUpSteps = 5;
int Argument(int index, int otherwise) => args.Length > index ? int.Parse(args[index], CultureInfo.InvariantCulture) : otherwise;
int batch = Argument(0, 32), steps = Argument(1, 20), threads = Argument(2, Environment.ProcessorCount);
try
{
    // TorchSharp's own loader hides why a library cannot be loaded, and copies 400 MB about in search of another.
    foreach (string library in new[] { "libtorch_cpu.so", "libLibTorchSharp.so" })
        _ = NativeLibrary.Load(Path.Combine(AppContext.BaseDirectory, library));
}
catch (DllNotFoundException error)
{
    // The first line names the library, the next ones what the loader says.
    string[] lines = error.Message.Split('\n', StringSplitOptions.RemoveEmptyEntries);
    Console.Error.WriteLine($"TorchSharp's native library cannot start here: {lines[Math.Min(1, lines.Length - 1)]}");
    return 3;
}

set_num_threads(threads);
random.manual_seed(1);
using var model = Sequential(
    Conv2d(3, 16, 3), ReLU(), MaxPool2d(2), Conv2d(16, 32, 3), ReLU(), MaxPool2d(2), Conv2d(32, 64, 3), ReLU(), MaxPool2d(2),
    Flatten(), Linear(26 * 26 * 64, 256), ReLU(), Linear(256, 2), Softmax(1));

// The usual rate would saturate the softmax on noise, and the clipped loss would have no gradient any more.
using var optimizer = optim.Adam(model.parameters(), lr: 1e-5, eps: 1e-7);
using Tensor pictures = rand(batch, 3, 224, 224), one = pictures[..1].clone(), labels = eye(2)[arange(batch) % 2];

Line("machine", $"TorchSharp {typeof(torch).Assembly.GetName().Version!.ToString(3)}, {get_num_threads()} threads");
Line("network", $"{model.parameters().Sum(parameter => parameter.numel()):N0} parameters, batch {batch}");
Report("training step", batch, () =>
{
    optimizer.zero_grad();
    Tensor probabilities = model.call(pictures), q = probabilities.clamp(1e-7, 1 - 1e-7);
    Tensor loss = (-0.25f * labels * (1 - q).pow(2) * q.log()).sum(1).mean();
    loss.backward();
    optimizer.step();
    _ = loss.item<float>() + (probabilities.argmax(1) == labels.argmax(1)).to(ScalarType.Float32).mean().item<float>();
});
Line("peak memory", $"{Process.GetCurrentProcess().PeakWorkingSet64 / 1048576.0:F0} MiB");
Report("predict", batch, () => Predict(pictures));
Report("predict, batch 1", 1, () => Predict(one));
return 0;

void Predict(Tensor x)
{
    using var unrecorded = no_grad();
    _ = model.call(x).data<float>().ToArray();
}

void Report(string name, int count, Action step)
{
    double[] times = new double[steps];
    for (int i = -WarmUpSteps; i < steps; i++)
    {
        long start = Stopwatch.GetTimestamp();
        using (NewDisposeScope())
            step();
        if (i >= 0)
            times[i] = Stopwatch.GetElapsedTime(start).TotalMilliseconds;
    }

    Array.Sort(times);
    double median = (times[(steps - 1) / 2] + times[steps / 2]) / 2;
    Line(name, $"{median:F2} ms, fastest {times[0]:F2} ms, {count / median * 1000:F0} pictures/s");
}

void Line(string name, FormattableString text) => Console.WriteLine($"{name,-17} {text.ToString(CultureInfo.InvariantCulture)}");
