using System.Globalization;
using Numerics.Tensors;

namespace Numerics.Benchmarks.Kernels.Shapes;

/// <summary>A line of <c>shapes.csv</c>: a convolution or a dense layer that is measured on both sides of a comparison.</summary>
public sealed record LayerShape(
    string Name, bool IsDense, int Batch, int Height, int Width, int In, int Out, int Kernel, int Stride, int Dilation, int Groups, Padding Padding)
{
    private const string Header = "name,op,batch,height,width,in,out,kernel,stride,dilation,groups,padding";

    /// <summary>The shape of the input.</summary>
    public Shape Input => IsDense ? (Batch, In) : (Batch, Height, Width, In);

    /// <summary>The shape of the kernel.</summary>
    public Shape KernelShape => IsDense ? (In, Out) : (Kernel, Kernel, In / Groups, Out);

    /// <summary>Reads a file of shapes; lines that begin with # are comments.</summary>
    /// <param name="path">The file.</param>
    /// <exception cref="InvalidDataException">A line is not what the header says.</exception>
    public static IReadOnlyList<LayerShape> Read(string path)
    {
        string[] lines = [.. File.ReadLines(path).Where(line => line.Length > 0 && line[0] != '#')];
        if (lines.Length == 0 || lines[0] != Header)
            throw new InvalidDataException($"{path}: expected the header '{Header}'");
        return [.. lines.Skip(1).Select(line => Parse(line, path))];
    }

    /// <summary>The convolutions, or the dense layers, of the file that lies beside the program.</summary>
    public static IEnumerable<LayerShape> Standard(bool dense) =>
        Read(Path.Combine(AppContext.BaseDirectory, "shapes.csv")).Where(shape => shape.IsDense == dense);

    /// <summary>The convolution's geometry.</summary>
    public Conv2DGeometry Geometry() => new(Input, KernelShape, (Stride, Stride), Padding, (Dilation, Dilation), Groups);

    /// <summary>The name.</summary>
    public override string ToString() => Name;

    /// <summary>The layer's output for an input, on the tape that is open.</summary>
    public Tensor Call(Tensor x, Tensor kernel, Tensor bias) => IsDense
        ? x.Dense(kernel, bias)
        : x.Conv2D(kernel, bias, (Stride, Stride), Padding, (Dilation, Dilation), Groups);

    private static LayerShape Parse(string line, string path)
    {
        string[] cells = line.Split(',');
        try
        {
            int[] n = [.. cells[2..11].Select(cell => int.Parse(cell, CultureInfo.InvariantCulture))];
            bool isDense = cells[1] switch { "dense" => true, "conv" => false, _ => throw new FormatException($"unknown op '{cells[1]}'") };
            return new(cells[0], isDense, n[0], n[1], n[2], n[3], n[4], n[5], n[6], n[7], n[8], Enum.Parse<Padding>(cells[11], ignoreCase: true));
        }
        catch (Exception error) when (error is FormatException or ArgumentException)
        {
            throw new InvalidDataException($"{path}: not a shape: '{line}': {error.Message}", error);
        }
    }
}
