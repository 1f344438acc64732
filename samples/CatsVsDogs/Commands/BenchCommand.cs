using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using Numerics.Backends.Cpu;
using Numerics.Backends.Cuda;
using Numerics.Data;
using Numerics.Nn;
using Numerics.Samples.CatsVsDogs.Benchmark;
using Numerics.Samples.CatsVsDogs.Pictures;
using Numerics.Tensors;

namespace Numerics.Samples.CatsVsDogs.Commands;

/// <summary><c>bench</c>: how fast this machine trains the network, beside what its arithmetic allows.</summary>
internal sealed class BenchCommand
{
    // At Adam's usual rate the first step saturates the softmax on noise, the clipped loss has no gradient any more, and a
    // backward pass that skips zeros would look faster than it is. A small rate keeps the gradient alive.
    private const float LearningRate = 1e-5f;

    private readonly Option<int?> _batch = NumberOption.Count("--batch", "How many pictures make a step.", 32);
    private readonly Option<int?> _steps = NumberOption.Count("--steps", "How many steps are timed, after five that are not.", 20);
    private readonly Option<int?> _threads = NumberOption.Count("--threads", "How many threads compute. [default: one for each processor]");
    private readonly Option<bool> _profile = new("--profile") { Description = "Show where each millisecond of a training step goes." };
    private readonly TextWriter _output;
    private DeviceOption _device = null!;

    private BenchCommand(TextWriter output) => _output = output;

    public static Command Create(Terminal terminal)
    {
        var bench = new BenchCommand(terminal.Out);
        var command = new Command("bench", "Times training and prediction on pictures of noise.") { bench._batch, bench._steps, bench._threads, bench._profile };
        bench._device = DeviceOption.AddTo(command, bench._threads);
        command.SetAction((arguments, cancellationToken) =>
        {
            bench._device.Apply(arguments);
            bench.Run(
                arguments.GetValue(bench._batch)!.Value, arguments.GetValue(bench._steps)!.Value, arguments.GetValue(bench._profile), cancellationToken);
            return Task.FromResult(ExitCode.Success);
        });
        return command;
    }

    private void Run(int batch, int steps, bool profile, CancellationToken cancellationToken)
    {
        Backend backend = Backend.Default;

        // The floor is the CPU's: a loop of multiply-adds on its threads. A GPU has none here.
        int? threads = (backend as CpuBackend)?.Threads;
        using Sequential model = Network.Create();
        Network.Compile(model, LearningRate);
        (NDArray pictures, NDArray labels) = Noise(batch);
        IReadOnlyList<LayerArithmetic> layers = LayerArithmetic.Of(model, batch);
        double gflop = layers.Sum(layer => layer.Forward + layer.Backward) / 1e9;

        Line("machine", $"{backend.Name}: {backend.Description}");
        Line("network", $"{model.TrainableVariables.Sum(variable => (long)variable.Shape.Size):N0} parameters, batch {batch}");

        // Measured again at the end: where other programs take a core for a while, one of the two may be spared.
        double peak = threads is null ? 0 : MachinePeak.FmaGflops(threads.Value);
        double loss = 0;
        StepTimes training = Time("training step", batch, () => loss = model.TrainOnBatch(pictures, labels)["loss"]);
        if (!double.IsFinite(loss))
            throw new UserException($"the loss is {loss}: what was timed is not a training step");

        // Before anything else runs: this is about the memory of training.
        using (var process = Process.GetCurrentProcess())
            Line("peak memory", $"{process.PeakWorkingSet64 / 1048576.0:F0} MiB while training; tensors {ReservedBytes(backend) / 1048576.0:F0} MiB");
        if (backend.IsAsynchronous)
        {
            using Tensor x = Tensor.From(pictures).Keep(), y = Tensor.From(labels).Keep();
            _ = Time("step on device", batch, () => _ = model.TrainOnBatch(x, y));
            Network.Compile(model, LearningRate, jitCompile: true);
            _ = Time("step captured", batch, () => _ = model.TrainOnBatch(x, y));
            Network.Compile(model, LearningRate);
        }

        Report("step within fit", batch, Fit(model, pictures, labels, batch, steps, cancellationToken));
        _ = Time("predict", batch, () => _ = model.Predict(pictures, batch));
        (NDArray picture, _) = Noise(1);
        _ = Time("predict, batch 1", 1, () => _ = model.Predict(picture, 1));

        Line("arithmetic", $"{gflop:F1} GFLOP a training step, every multiplication counted");
        if (threads is null)
            return;
        peak = Math.Max(peak, MachinePeak.FmaGflops(threads.Value));
        double floor = gflop / peak * 1000;
        Line("peak", $"{peak:F1} GFLOP/s in a loop of fused multiply-adds");
        Line("floor", $"{floor:F1} ms: the arithmetic at that peak");
        Line("step / floor", $"{training.Median / floor:F2} times the floor");
        if (!profile)
            return;
        var parts = StepProfile.Measure(steps, () => _ = model.TrainOnBatch(pictures, labels), cancellationToken);
        _output.WriteLine();
        ProfileTable.Write(_output, parts, layers, peak);

        StepTimes Time(string name, int pictureCount, Action step)
        {
            StepTimes times = StepTimes.Measure(steps, step, cancellationToken);
            Report(name, pictureCount, times);
            return times;
        }

        void Report(string name, int pictureCount, StepTimes times) =>
            Line(name, $"{times.Median:F2} ms, fastest {times.Fastest:F2} ms, {pictureCount / times.Median * 1000:F0} pictures/s");
    }

    /// <summary>The steps of an epoch over cached pictures that are shuffled, batched and fetched ahead, as <c>train</c> does.</summary>
    private static StepTimes Fit(Sequential model, NDArray pictures, NDArray labels, int batch, int steps, CancellationToken cancellationToken)
    {
        var clock = new BatchClock();
        Dataset epoch = Dataset.FromArrays(pictures, labels).Cache().Repeat(StepTimes.WarmUpSteps + steps).Shuffle(1000, seed: 1).Batch(batch).Prefetch();
        _ = model.Fit(epoch, callbacks: [clock], verbose: 0, cancellationToken: cancellationToken);
        return StepTimes.Of(clock.Times.Skip(StepTimes.WarmUpSteps - 1));
    }

    /// <summary>Pictures of noise, as bytes like those of a data set, and their labels: cats and dogs in turn.</summary>
    private static (NDArray Pictures, NDArray Labels) Noise(int batch)
    {
        (int height, int width) = PictureFolder.ImageSize;
        NDArray pictures = new((batch, height, width, 3), DType.UNorm8), labels = new((batch, 2));
        float[] row = new float[width * 3];
        Span<byte> bytes = pictures.Bytes;
        for (int start = 0; start < bytes.Length; start += row.Length)
        {
            Philox.FillUniform(new RandomKey(1, 0), start, row);
            for (int i = 0; i < row.Length; i++)
                bytes[start + i] = (byte)(256 * row[i]);
        }

        for (int i = 0; i < batch; i++)
            labels.AsSpan<float>()[(2 * i) + (i % 2)] = 1;
        return (pictures, labels);
    }

    private static long ReservedBytes(Backend backend) => backend switch
    {
        CpuBackend cpu => cpu.ReservedBytes,
        CudaBackend cuda => cuda.ReservedBytes,
        _ => 0,
    };

    private void Line(string name, FormattableString text) => _output.WriteLine($"{name,-17} {text.ToString(CultureInfo.InvariantCulture)}");
}
