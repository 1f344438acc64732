using Numerics.Benchmarks.Instructions;
using Numerics.Tensors;

// Instructions of the CUDA backend's kernels of rows, counted where there is no GPU.
//   dotnet run -c Release --project benchmarks/Instructions [-- NAME]     those whose op has NAME in it; all otherwise
string wanted = args.Length > 0 ? args[0] : "";
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
