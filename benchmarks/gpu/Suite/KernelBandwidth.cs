using System.Diagnostics;
using System.Numerics;
using Numerics.Backends.Cuda;
using Numerics.Tensors;

namespace Numerics.Benchmarks.Gpu;

/// <summary>
/// How fast kernels move memory: for large inputs, the bytes that an op has to read and write over its time, beside a copy on the
/// device. The fastest of several runs of twenty launches.
/// </summary>
/// <param name="elements">How many elements an input has, a power of four and at least 65,536: 64 million where figures shall mean something.</param>
internal sealed class KernelBandwidth(int elements = 64 << 20)
{
    private const int Launches = 20;
    private const int Runs = 3;
    private const int Columns = 1024;

    private readonly int _rows = elements / Columns;
    private readonly int _side = 1 << (BitOperations.Log2((uint)elements) / 2);
    private CudaBackend _backend = null!;
    private double _copy;

    public void Run()
    {
        foreach (CudaPrecision precision in new[] { CudaPrecision.Float32, CudaPrecision.BFloat16 })
        {
            using var backend = new CudaBackend(options: new CudaOptions(precision));
            _backend = backend;
            if (precision == CudaPrecision.Float32)
                Console.WriteLine($"{backend.Description}\n\n| op | input | GB/s | % of a copy |\n| --- | --- | --- | --- |");
            using var scope = new TensorScope();
            if (precision == CudaPrecision.BFloat16)
            {
                Layers(2);
                continue;
            }

            Tensor x = Uniform(1), y = Tensor.Empty(backend, elements);
            Measure("copy", "all", 8, () => backend.Copy(x, y));
            Elementwise(x, y);
            Moves(x, y);
            Rows(x, y);
            Layers(4);
        }
    }

    private Tensor Uniform(ulong stream) => Tensor.RandomUniform(elements, 0.1f, 1, new RandomKey(1, stream), _backend);

    private void Elementwise(Tensor x, Tensor y)
    {
        CudaBackend b = _backend;
        using var scope = new TensorScope();
        Tensor z = Uniform(2), v = Tensor.Zeros(elements, b), one = z.Slice(0, 0, 1), bytes = x.Cast(DType.UNorm8), numbers = x.Cast(DType.Int32);
        foreach (UnaryKind kind in new[] { UnaryKind.Relu, UnaryKind.Exp, UnaryKind.Sigmoid, UnaryKind.Softplus, UnaryKind.Tanh, UnaryKind.Gelu })
            Measure($"{kind}", "all", 8, () => b.Unary(kind, x, y));
        Measure("relu gradient", "all", 12, () => b.UnaryGradient(UnaryKind.Relu, x, x, z, y));
        Measure("add", "all", 12, () => b.Binary(BinaryOp.Add, x, z, y));
        Measure("product with a number", "all", 8, () => b.Binary(BinaryOp.Multiply, x, one, y));
        Tensor row = z.Slice(0, 0, Columns);
        Measure("add a row", Matrix, 8, () => b.Binary(BinaryOp.Add, Rows(x), row, Rows(y)));
        Measure("bytes to floats", "all", 5, () => b.Cast(bytes, y));
        Measure("whole numbers to floats", "all", 8, () => b.Cast(numbers, y));
        Measure("dropout", "all", 8, () => b.Dropout(x, 0.5f, new RandomKey(1, 3), y));
        Measure("uniform numbers", "all", 4, () => b.RandomUniform(new RandomKey(1, 4), 0, 1, y));
        Measure("adam", "all", 28, () => b.AdamUpdate(y, x, z, v, new AdamStep(1e-5f, 0.9f, 0.999f, 1e-7f, 0)));
        Measure("sgd", "all", 12, () => b.SgdUpdate(y, x, null, new SgdStep(1e-5f, 0, false)));
        Measure("rmsprop", "all", 20, () => b.RmspropUpdate(y, x, v, null, new RmspropStep(1e-5f, 0.9f, 0, 1e-7f)));
        Measure("lion", "all", 20, () => b.LionUpdate(y, x, v, new LionStep(1e-5f, 0.9f, 0.99f, 0)));
        var term = new BinaryFocalTerm(2, 2, 0.25f, 0.75f);
        Tensor labels = (z > 0.5f).Cast(DType.Float32), loss = Tensor.Ones(elements, b);
        Measure("binary focal", "all", 12, () => b.BinaryFocal(labels, x, term, 1e-7f, y));
        Measure("binary focal gradient", "all", 16, () => b.BinaryFocalGradient(labels, x, term, 1e-7f, loss, y));
        Measure("sigmoid focal", "all", 12, () => b.SigmoidBinaryFocal(labels, x, term, y));
        Measure("sigmoid focal gradient", "all", 16, () => b.SigmoidBinaryFocalGradient(labels, x, term, loss, y));
    }

    private void Moves(Tensor x, Tensor y)
    {
        CudaBackend b = _backend;
        using var scope = new TensorScope();
        Tensor square = x.View([_side, _side]), result = y.View([_side, _side]), bytes = x.Cast(DType.UNorm8), byteResult = Tensor.Empty(b, elements, DType.UNorm8);
        Measure("transpose", $"[{_side}, {_side}]", 8, () => b.Transpose(square, [1, 0], result));
        Tensor cube = x.View([16, _rows / 16, Columns]), turned = y.View([_rows / 16, 16, Columns]);
        Measure("transpose of outer axes", $"[16, {_rows / 16}, {Columns}]", 8, () => b.Transpose(cube, [1, 0, 2], turned));
        Tensor half = y.Slice(0, 0, elements / 2).View([16, _rows / 32, Columns]);
        Measure("slice", $"half of [16, {_rows / 16}, {Columns}]", 4, () => b.Slice(cube, 1, half));
        Measure("insert", $"half of [16, {_rows / 16}, {Columns}]", 4, () => b.InsertSlice(half, 1, cube));
        Tensor places = (Tensor.RandomUniform(_rows, 0, _rows, new RandomKey(1, 5), b) * 0.999f).Cast(DType.Int32), sums = Tensor.Zeros((1, _rows, Columns), b);
        Measure("gather", Matrix, 8, () => b.Gather(Rows(x).View([1, _rows, Columns]), places, y.View([1, _rows, Columns])));
        Measure("gather of bytes", Matrix, 2, () => b.Gather(bytes.View([1, _rows, Columns]), places, byteResult.View([1, _rows, Columns])));
        Tensor few = (Tensor.RandomUniform(_rows, 0, Math.Min(_rows, 10_000), new RandomKey(1, 6), b) * 0.999f).Cast(DType.Int32);
        Measure("sum of picked rows", Matrix + " into 10,000", 4, () => b.ScatterAdd(Rows(x).View([1, _rows, Columns]), few, sums));
        Tensor numbers = places.View([_rows]);
        Measure("one-hot", Matrix, 4, () => b.OneHot(numbers, Rows(y)));
        Tensor column = x.Slice(0, 0, _rows).View([_rows, 1]);
        Measure("repeat along rows", Matrix, 4, () => b.Broadcast(column, Rows(y)));
    }

    private void Rows(Tensor x, Tensor y)
    {
        CudaBackend b = _backend;
        using var scope = new TensorScope();
        Tensor places = Tensor.Empty(b, elements, DType.Int32);
        Measure("sum of all", "all", 4, () => b.Reduce(ReduceOp.Sum, x.View([1, elements, 1]), y.Slice(0, 0, 1).View([1, 1])));
        Measure("sum of rows", Matrix, 4, () => b.Reduce(ReduceOp.Sum, x.View([_rows, Columns, 1]), y.Slice(0, 0, _rows).View([_rows, 1])));
        Measure("sum of short rows", $"[{elements / 8}, 8]", 4.5, () => b.Reduce(ReduceOp.Sum, x.View([elements / 8, 8, 1]), y.Slice(0, 0, elements / 8).View([elements / 8, 1])));
        Measure("sum of columns", Matrix, 4, () => b.Reduce(ReduceOp.Sum, x.View([1, _rows, Columns]), y.Slice(0, 0, Columns).View([1, Columns])));
        Measure("greatest of all", "all, its place", 4, () => b.ArgMax(x.View([1, elements, 1]), places.Slice(0, 0, 1).View([1, 1])));
        Measure("greatest of rows", Matrix + ", their places", 4, () => b.ArgMax(x.View([_rows, Columns, 1]), places.Slice(0, 0, _rows).View([_rows, 1])));
        Measure("greatest of columns", Matrix + ", their places", 4, () => b.ArgMax(x.View([1, _rows, Columns]), places.Slice(0, 0, Columns).View([1, Columns])));
        Tensor z = Uniform(3), alpha = Tensor.Full(1, 0.25f, b);
        var term = new FocalTerm(2);
        foreach (int classes in new[] { 2, 3, 7, 10, 100, 128, Columns })
        {
            int rows = elements / classes, count = rows * classes;
            string input = $"[{rows}, {classes}]";
            double share = (double)count / elements, ofRow = 4.0 / classes;
            Tensor logits = Matrix2(x), result = Matrix2(y), soft = Matrix2(z), loss = Tensor.Ones(rows, b);
            Tensor numbers = (Tensor.RandomUniform(rows, 0, classes, new RandomKey(1, 7), b) * 0.999f).Cast(DType.Int32);
            Measure("softmax", input, 8 * share, () => b.Softmax(logits, result));
            Measure("softmax gradient", input, 12 * share, () => b.SoftmaxGradient(logits, soft, result));
            foreach ((string kind, Tensor labels) in new[] { ("soft labels", soft), ("one-hot", Tensor.OneHot(numbers, classes)), ("class numbers", numbers) })
            {
                double bytes = labels == numbers ? 2 * ofRow : 4 + ofRow;
                Measure($"focal, {kind}", input, (4 + bytes) * share, () => b.CategoricalFocal(labels, logits, alpha, term, 1e-7f, loss));
                Measure($"focal gradient, {kind}", input, (8 + bytes) * share, () => b.CategoricalFocalGradient(labels, logits, alpha, term, 1e-7f, loss, result));
                Measure($"softmax focal, {kind}", input, (4 + bytes) * share, () => b.SoftmaxCategoricalFocal(labels, logits, alpha, term, loss));
                Measure($"softmax focal gradient, {kind}", input, (8 + bytes) * share, () => b.SoftmaxCategoricalFocalGradient(labels, logits, alpha, term, loss, result));
            }

            Tensor Matrix2(Tensor tensor) => tensor.Slice(0, 0, count).View([rows, classes]);
        }
    }

    /// <summary>What stands between layers, as convolutions of the backend's precision leave it.</summary>
    /// <param name="size">The bytes of an element.</param>
    private void Layers(int size)
    {
        CudaBackend b = _backend;
        using var scope = new TensorScope();
        const int Channels = 64;
        int pixels = elements / Channels, images = Math.Max(1, pixels >> 14), height = pixels / images / 128;
        Shape shape = (images, height, 128, Channels);
        string input = $"{shape}, {(size == 2 ? "bfloat16" : "float32")}";
        Tensor x = Stored(1), z = Stored(2), y = Tensor.Empty(b, elements), factor = Tensor.Ones(Channels, b), mean = Tensor.Zeros(Channels, b), variance = Tensor.Ones(Channels, b);
        Tensor rows = x.View([pixels, Channels]), outer = z.View([pixels, Channels]), result = y.View([pixels, Channels]);
        if (size == 2)
        {
            Measure("relu", input, 2 * size, () => b.Unary(UnaryKind.Relu, x, y));
            Measure("silu", input, 2 * size, () => b.Unary(UnaryKind.Silu, x, y));
            Measure("gelu", input, 2 * size, () => b.Unary(UnaryKind.Gelu, x, y));
            Measure("relu gradient", input, 3 * size, () => b.UnaryGradient(UnaryKind.Relu, x, x, z, y));
            Measure("add", input, 3 * size, () => b.Binary(BinaryOp.Add, x, z, y));
            Measure("sum of columns", input, size, () => b.Reduce(ReduceOp.Sum, x.View([1, pixels, Channels]), mean.View([1, Channels])));
        }

        Measure("product with channels", input, 2 * size, () => b.Binary(BinaryOp.Multiply, rows, factor, result));
        Measure("scale and shift", input, 2 * size, () => b.ScaleShift(rows, factor, factor, true, result));
        Measure("batch normalisation", input, 4 * size, () => b.BatchNormalization(rows, factor, factor, 1e-3f, true, result, mean, variance));
        Measure("batch normalisation gradient", input, 5 * size, () => b.BatchNormalizationGradient(rows, factor, mean, variance, 1e-3f, null, outer, result, factor, factor));
        foreach ((int window, int stride) in new[] { (2, 2), (3, 2) })
        {
            var pool = new Pool2DGeometry(shape, (window, window), (stride, stride), Padding.Same);
            string name = $"pooling {window}x{window}";
            double share = (double)pool.OutputShape.Size / elements, bytes = size * (1 + share);
            Tensor image = x.View(shape), back = y.View(shape), places = Tensor.Empty(b, pool.OutputShape, DType.UInt8), pooled = Tensor.Empty(b, pool.OutputShape);
            Measure("max " + name, input, bytes + share, () => b.MaxPool2D(image, pool, pooled, places));
            Measure($"max {name} gradient", input, bytes + share, () => b.MaxPool2DGradient(pooled, places, pool, back));
            Measure("average " + name, input, bytes, () => b.AveragePool2D(image, pool, pooled));
            Measure($"average {name} gradient", input, bytes, () => b.AveragePool2DGradient(pooled, pool, back));
        }

        // A convolution with 1 gives what it gets, in the precision's type.
        Tensor Stored(ulong stream) => size == 4 ? Uniform(stream) : Uniform(stream).Reshape(images, -1, Channels, 1).Conv2D(Tensor.Ones((1, 1, 1, 1), b)).Reshape(elements);
    }

    private string Matrix => $"[{_rows}, {Columns}]";

    private Tensor Rows(Tensor x) => x.View([_rows, Columns]);

    private void Measure(string name, string input, double bytesOfElement, Action launch)
    {
        try
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
        catch (CudaException error)
        {
            Console.WriteLine($"| {name} | {input} | failed: {error.Message} | |");
        }
    }
}
