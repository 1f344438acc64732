using Numerics.Backends.Cuda;
using Numerics.Benchmarks.Instructions;
using Numerics.Tensors;

// Instructions of the CUDA backend's kernels of rows, and of those between the layers of networks, counted where there is no GPU.
//   dotnet run -c Release --project benchmarks/Instructions [-- NAME]     those whose op has NAME in it; all otherwise
string wanted = args.Length > 0 ? args[0] : "";
foreach (CudaPrecision precision in new[] { CudaPrecision.Float32, CudaPrecision.BFloat16 })
{
    CountLayers(precision);
    ElementOps.Count(wanted, precision);
}

using var table = new CountTable(wanted);
using var scope = new TensorScope();
var term = new FocalTerm(2);
foreach ((int rows, int classes) in new[] { (4096, 2), (1024, 3), (1024, 7), (1024, 10), (1024, 100), (1024, 128), (256, 1000), (256, 1024) })
{
    string input = $"[n, {classes}]";
    Tensor x = table.Uniform(rows, classes, 1), y = table.Empty(rows, classes);
    table.Count("softmax", input, 8, rows * classes, b => b.Softmax(x, y));
    table.Count("softmax gradient", input, 12, rows * classes, b => b.SoftmaxGradient(x, x, y));
    table.Count("log-softmax", input, 8, rows * classes, b => b.LogSoftmax(x, y));
    table.Count("log-softmax gradient", input, 12, rows * classes, b => b.LogSoftmaxGradient(x, x, y));
    Tensor alpha = Tensor.Full(1, 0.25f, x.Backend), loss = Tensor.Ones(rows, x.Backend);
    Tensor numbers = (table.Uniform(rows, 1, 2) * classes).Reshape(rows).Cast(DType.Int32);
    foreach ((string kind, Tensor labels) in new[] { ("soft labels", table.Uniform(rows, classes, 3)), ("one-hot", Tensor.OneHot(numbers, classes)), ("class numbers", numbers) })
    {
        // The labels, and of each row the loss or its gradient.
        double bytes = (4.0 * labels.Count / (rows * classes)) + (4.0 / classes);
        table.Count($"focal, {kind}", input, 4 + bytes, rows * classes, b => b.CategoricalFocal(labels, x, alpha, term, 1e-7f, loss));
        table.Count($"focal gradient, {kind}", input, 8 + bytes, rows * classes, b => b.CategoricalFocalGradient(labels, x, alpha, term, 1e-7f, loss, y));
        table.Count($"softmax focal, {kind}", input, 4 + bytes, rows * classes, b => b.SoftmaxCategoricalFocal(labels, x, alpha, term, loss));
        table.Count($"softmax focal gradient, {kind}", input, 8 + bytes, rows * classes, b => b.SoftmaxCategoricalFocalGradient(labels, x, alpha, term, loss, y));
    }
}

void CountLayers(CudaPrecision precision)
{
    const int Rows = 1024, Channels = 64, Elements = Rows * Channels;
    using var layers = new CountTable(wanted, precision);
    using var inner = new TensorScope();
    string input = $"[{Rows}, {Channels}] {precision}";
    double size = precision == CudaPrecision.BFloat16 ? 2 : 4;
    Tensor x = layers.Stored(Rows, Channels, 1), y = layers.Stored(Rows, Channels, 2), dy = layers.Stored(Rows, Channels, 3), result = layers.Empty(Rows, Channels);
    Tensor ofChannels = layers.Uniform(1, Channels, 4).Reshape(Channels), mean = layers.Empty(1, Channels).Reshape(Channels), variance = layers.Empty(1, Channels).Reshape(Channels);
    layers.Count("relu", input, 2 * size, Elements, b => b.Unary(UnaryKind.Relu, x, result));
    layers.Count("relu gradient", input, 3 * size, Elements, b => b.UnaryGradient(UnaryKind.Relu, y, y, dy, result));
    layers.Count("silu", input, 2 * size, Elements, b => b.Unary(UnaryKind.Silu, x, result));
    layers.Count("sum", input, 3 * size, Elements, b => b.Binary(BinaryOp.Add, x, y, result));
    layers.Count("product with channels", input, 2 * size, Elements, b => b.Binary(BinaryOp.Multiply, x, ofChannels, result));
    layers.Count("batch normalisation", input, 4 * size, Elements, b => b.BatchNormalization(x, ofChannels, ofChannels, 1e-3f, true, result, mean, variance));
    layers.Count(
        "batch normalisation gradient",
        input,
        6 * size,
        Elements,
        b => b.BatchNormalizationGradient(x, ofChannels, ofChannels, ofChannels, 1e-3f, null, dy, result, mean, variance));
    layers.Count("sum of columns", input, size, Elements, b => b.Reduce(ReduceOp.Sum, x.Reshape(1, Rows, Channels), mean.Reshape(1, Channels)));
    var pool = new Pool2DGeometry((1, 32, 32, Channels), (2, 2), (2, 2), Padding.Valid);
    Tensor pooled = layers.Stored(Rows / 4, Channels, 5), outer = layers.Stored(Rows / 4, Channels, 6), places = Tensor.Empty(x.Backend, pool.OutputShape, DType.UInt8);
    Tensor pictures = x.Reshape(1, 32, 32, Channels), small = pooled.Reshape(pool.OutputShape);
    layers.Count("max-pooling", input, (1.25 * size) + 0.25, Elements, b => b.MaxPool2D(pictures, pool, small, places));
    layers.Count("max-pooling gradient", input, (1.25 * size) + 0.25, Elements, b => b.MaxPool2DGradient(outer.Reshape(pool.OutputShape), places, pool, result.Reshape(pictures.Shape)));
    layers.Count("dropout", input, 2 * size, Elements, b => b.Dropout(x, 0.3f, new RandomKey(1, 7), result));
}
