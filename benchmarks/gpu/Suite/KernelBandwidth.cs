using System.Diagnostics;
using Numerics.Backends.Cuda;
using Numerics.Tensors;

namespace Numerics.Benchmarks.Gpu;

/// <summary>
/// How fast kernels move memory: for large inputs, the bytes that an op has to read and write over its time, beside a copy on the
/// device. The fastest of several runs of twenty launches.
/// </summary>
internal sealed class KernelBandwidth : IDisposable
{
    private const int Elements = 64 << 20;
    private const int Launches = 20;
    private const int Runs = 3;

    private readonly CudaBackend _backend = new();
    private double _copy;

    public void Run()
    {
        Console.WriteLine($"{_backend.Description}\n\n| op | input | GB/s | % of a copy |\n| --- | --- | --- | --- |");
        using var scope = new TensorScope();
        CudaBackend b = _backend;
        Tensor x = Tensor.RandomUniform(Elements, 0.1f, 1, new RandomKey(1, 1), b), z = Tensor.RandomUniform(Elements, 0.1f, 1, new RandomKey(1, 2), b);
        Tensor y = Tensor.Empty(b, Elements), v = Tensor.Zeros(Elements, b), bytes = x.Cast(DType.UNorm8);
        Measure("copy", "64M", 8, Elements, () => b.Copy(x, y));
        Measure("relu", "64M", 8, Elements, () => b.Unary(UnaryKind.Relu, x, y));
        Measure("exp", "64M", 8, Elements, () => b.Unary(UnaryKind.Exp, x, y));
        Measure("relu gradient", "64M", 12, Elements, () => b.UnaryGradient(UnaryKind.Relu, x, x, z, y));
        Measure("add", "64M", 12, Elements, () => b.Binary(BinaryOp.Add, x, z, y));
        Measure("add a row", "[64K, 1024]", 8, Elements, () => b.Binary(BinaryOp.Add, x.View([1 << 16, 1024]), z.View([1 << 16, 1024]).Slice(0, 0, 1).View([1024]), y.View([1 << 16, 1024])));
        Measure("bytes to floats", "64M", 5, Elements, () => b.Cast(bytes, y));
        Measure("sum of all", "64M", 4, Elements, () => b.Reduce(ReduceOp.Sum, x.View([1, Elements, 1]), y.View([Elements]).Slice(0, 0, 1).View([1, 1])));
        Measure("sum of rows", "[64K, 1024]", 4, Elements, () => b.Reduce(ReduceOp.Sum, x.View([1 << 16, 1024, 1]), y.Slice(0, 0, 1 << 16).View([1 << 16, 1])));
        Measure("sum of columns", "[64K, 1024]", 4, Elements, () => b.Reduce(ReduceOp.Sum, x.View([1, 1 << 16, 1024]), y.Slice(0, 0, 1024).View([1, 1024])));
        Measure("transpose", "[8192, 8192]", 8, Elements, () => b.Transpose(x.View([8192, 8192]), [1, 0], y.View([8192, 8192])));
        Measure("softmax", "[64K, 1024]", 8, Elements, () => b.Softmax(x.View([1 << 16, 1024]), y.View([1 << 16, 1024])));
        Tensor alpha = Tensor.Full(1, 0.25f, b), loss = Tensor.Ones(1 << 16, b);
        var term = new FocalTerm(2, 0);
        Tensor logits = x.View([1 << 16, 1024]), target = z.View([1 << 16, 1024]), out2 = y.View([1 << 16, 1024]);
        Measure("focal", "[64K, 1024]", 8, Elements, () => b.CategoricalFocal(target, logits, alpha, term, 1e-7f, loss));
        Measure("focal gradient", "[64K, 1024]", 12, Elements, () => b.CategoricalFocalGradient(target, logits, alpha, term, 1e-7f, loss, out2));
        Measure("softmax focal", "[64K, 1024]", 8, Elements, () => b.SoftmaxCategoricalFocal(target, logits, alpha, term, loss));
        Measure("softmax focal gradient", "[64K, 1024]", 12, Elements, () => b.SoftmaxCategoricalFocalGradient(target, logits, alpha, term, loss, out2));

        // Most labels are zeros, and most groups of four cost no more than a look at them; above, none is.
        Tensor oneHot = Tensor.OneHot(x.Slice(0, 0, 1 << 16).Cast(DType.Int32), 1024);
        Measure("focal, one-hot", "[64K, 1024]", 8, Elements, () => b.CategoricalFocal(oneHot, logits, alpha, term, 1e-7f, loss));
        Measure("focal gradient, one-hot", "[64K, 1024]", 12, Elements, () => b.CategoricalFocalGradient(oneHot, logits, alpha, term, 1e-7f, loss, out2));
        Measure("softmax focal, one-hot", "[64K, 1024]", 8, Elements, () => b.SoftmaxCategoricalFocal(oneHot, logits, alpha, term, loss));
        Measure("softmax focal gradient, one-hot", "[64K, 1024]", 12, Elements, () => b.SoftmaxCategoricalFocalGradient(oneHot, logits, alpha, term, loss, out2));
        foreach (int classes in new[] { 2, 10, 128 })
        {
            int rows = Elements / classes;
            Tensor few = x.Slice(0, 0, rows * classes).View([rows, classes]), result = y.Slice(0, 0, rows * classes).View([rows, classes]);
            Measure("softmax", $"[{rows >> 10}K, {classes}]", 8, rows * classes, () => b.Softmax(few, result));
            Tensor labels = z.Slice(0, 0, rows * classes).View([rows, classes]), outer = Tensor.Ones(rows, b);
            Measure("softmax focal gradient", $"[{rows >> 10}K, {classes}]", 12, rows * classes, () => b.SoftmaxCategoricalFocalGradient(labels, few, alpha, term, outer, result));
        }

        Measure("dropout", "64M", 8, Elements, () => b.Dropout(x, 0.5f, new RandomKey(1, 3), y));
        Measure("adam", "64M", 28, Elements, () => b.AdamUpdate(y, x, z, v, new AdamStep(1e-5f, 0.9f, 0.999f, 1e-7f, 0)));
        Measure("sgd", "64M", 12, Elements, () => b.SgdUpdate(y, x, null, new SgdStep(1e-5f, 0, false)));
        var pool = new Pool2DGeometry((64, 128, 128, 64), (2, 2), (2, 2), Padding.Valid);
        Tensor image = x.View([64, 128, 128, 64]), pooled = Tensor.Empty(b, pool.OutputShape), at = Tensor.Empty(b, pool.OutputShape, DType.UInt8);
        Measure("max pooling 2x2", "[64, 128, 128, 64]", 5.25, Elements, () => b.MaxPool2D(image, pool, pooled, at));
        Measure("max pooling 2x2 gradient", "[64, 128, 128, 64]", 5.25, Elements, () => b.MaxPool2DGradient(pooled, at, pool, y.View([64, 128, 128, 64])));
    }

    public void Dispose() => _backend.Dispose();

    private void Measure(string name, string input, double bytesOfElement, int elements, Action launch)
    {
        launch();
        _backend.Synchronize();
        double least = double.PositiveInfinity;
        for (int run = 0; run < Runs; run++)
        {
            long start = Stopwatch.GetTimestamp();
            for (int i = 0; i < Launches; i++)
                launch();
            _backend.Synchronize();
            least = Math.Min(least, Stopwatch.GetElapsedTime(start).TotalSeconds / Launches);
        }

        double speed = bytesOfElement * elements / least / 1e9;
        _copy = _copy == 0 ? speed : _copy;
        Console.WriteLine(FormattableString.Invariant($"| {name} | {input} | {speed:F0} | {100 * speed / _copy:F0} |"));
    }
}
