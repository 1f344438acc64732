using System.Globalization;
using Numerics.Tensors;

namespace Numerics.Benchmarks.Kernels.Shapes;

/// <summary>Measures every shape of a file, forward and backward; <c>benchmarks/compare-shapes.sh</c> sets PyTorch's times beside.</summary>
internal static class ShapeTable
{
    /// <summary>Writes lines <c>name,pass,GFLOP,milliseconds</c>.</summary>
    /// <param name="path">The file of shapes.</param>
    /// <param name="filter">Only shapes whose name contains this.</param>
    /// <param name="output">Where to.</param>
    public static void Write(string path, string filter, TextWriter output)
    {
        foreach (LayerShape shape in LayerShape.Read(path))
        {
            if (!shape.Name.Contains(filter, StringComparison.OrdinalIgnoreCase))
                continue;
            using var tape = new GradientTape();
            Tensor x = tape.Watch(Random(shape.Input, 1)), kernel = tape.Watch(Random(shape.KernelShape, 2)), bias = tape.Watch(Random(shape.Out, 3));
            Tensor y = shape.Call(x, kernel, bias), dy = Random(y.Shape, 4);
            double gflop = 2e-9 * y.Count / shape.Out * kernel.Count;
            Line(shape.Name, "forward", gflop, Timing.Fastest(() => GradientTape.StopRecording(() => shape.Call(x, kernel, bias)).Dispose()));

            // A scalar that depends on y with the gradient dy: what is timed is the layer's own backward pass and nothing else.
            Tensor target = Tensor.Zeros(Shape.Scalar);
            GradientTape.Record(target, [y], (_, _) => [dy]);
            Line(shape.Name, "backward", 2 * gflop, Timing.Fastest(() =>
            {
                // Kept, since a large dense kernel's gradient is a product that nobody has computed yet.
                foreach (Tensor gradient in tape.Gradient(target, [x, kernel, bias]))
                    gradient.Keep().Dispose();
            }));
        }

        void Line(string name, string pass, double gflop, double milliseconds) =>
            output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{name},{pass},{gflop:G5},{milliseconds:G5}"));
    }

    private static Tensor Random(Shape shape, ulong stream) => Tensor.RandomUniform(shape, -1, 1, new RandomKey(1, stream));
}
