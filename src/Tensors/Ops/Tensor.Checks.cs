using System.Runtime.CompilerServices;

namespace Numerics.Tensors;

/// <content>What every op checks before it runs.</content>
public sealed partial class Tensor
{
    private static Backend SameBackend(Tensor a, Tensor b)
    {
        ArgumentNullException.ThrowIfNull(a);
        ArgumentNullException.ThrowIfNull(b);
        return a.Backend == b.Backend
            ? a.Backend
            : throw new ArgumentException($"tensors of one op share a backend; got {a.Backend.Name} {a.Shape} and {b.Backend.Name} {b.Shape}");
    }

    private static void CheckFloat(Tensor x, [CallerMemberName] string op = "") => CheckType(x, DType.Float32, op);

    private static void CheckType(Tensor x, DType dtype, [CallerMemberName] string op = "")
    {
        ArgumentNullException.ThrowIfNull(x);
        if (x.DType != dtype)
            throw new ArgumentException($"{op}: expected {dtype}, got {x.DType} {x.Shape}; convert it with Cast()");
    }

    private static void CheckRank(Tensor x, int rank, string layout, [CallerMemberName] string op = "")
    {
        ArgumentNullException.ThrowIfNull(x);
        if (x.Rank != rank)
            throw new ShapeMismatchException($"{op}: expected {layout}, got {x.Shape}");
    }

    private static void CheckShape(Tensor x, Shape expected, string what, [CallerMemberName] string op = "")
    {
        ArgumentNullException.ThrowIfNull(x);
        if (x.Shape != expected)
            throw new ShapeMismatchException($"{op}: expected {what} {expected}, got {x.Shape}");
    }

    /// <summary>This tensor as [outer, n, inner] around one axis, or around neighbouring ones that count as one.</summary>
    private Tensor Around(int first, int count = 1) =>
        View([Shape.Product(..first), Shape.Product(first..(first + count)), Shape.Product((first + count)..)]);
}
