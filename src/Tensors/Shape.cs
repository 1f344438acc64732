using System.Collections;
using System.Globalization;
using System.Runtime.CompilerServices;

namespace Numerics.Tensors;

/// <summary>
/// The extents of a tensor, outermost first (row-major). A dimension of <see cref="Unknown"/> stands for Keras' <c>None</c>
/// and is allowed where a layer describes its input, never in a tensor that holds data.
/// </summary>
[CollectionBuilder(typeof(Shape), nameof(Create))]
public sealed class Shape : IEquatable<Shape>, IReadOnlyList<int>
{
    /// <summary>A dimension that is not known yet, printed as <c>None</c>.</summary>
    public const int Unknown = -1;

    /// <summary>The shape of a scalar: no dimensions, one element.</summary>
    public static readonly Shape Scalar = new();

    private readonly int[] _dims;

    /// <summary>Creates a shape.</summary>
    /// <param name="dims">Extents, outermost first; each 0 or more, or <see cref="Unknown"/>.</param>
    /// <exception cref="ArgumentException">An extent is negative, or the number of elements exceeds 2^31 - 1.</exception>
    public Shape(params ReadOnlySpan<int> dims)
    {
        long count = 1;
        bool known = true;
        foreach (int dim in dims)
        {
            if (dim < Unknown)
                throw new ArgumentException($"a dimension cannot be negative, got {dim}", nameof(dims));
            known &= dim != Unknown;
            count *= Math.Max(dim, 0);
            if (known && count > int.MaxValue)
                throw new ArgumentException($"a tensor holds at most {int.MaxValue} elements, asked for more: {Format(dims)}", nameof(dims));
        }

        _dims = dims.ToArray();
        IsFullyKnown = known;
        Size = known ? (int)count : Unknown;
    }

    /// <summary>The number of dimensions.</summary>
    public int Rank => _dims.Length;

    /// <summary>The number of elements, or <see cref="Unknown"/> when a dimension is unknown.</summary>
    public int Size { get; }

    /// <summary>Whether no dimension is <see cref="Unknown"/>.</summary>
    public bool IsFullyKnown { get; }

    /// <summary>The extents, outermost first.</summary>
    public ReadOnlySpan<int> Dims => _dims;

    int IReadOnlyCollection<int>.Count => _dims.Length;

    /// <summary>The extent of one axis; negative axes count from the end.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The axis does not exist.</exception>
    public int this[int axis] => _dims[Axis(axis)];

    /// <summary>The extent of one axis, counted from either end.</summary>
    public int this[Index axis] => _dims[axis];

    /// <summary>Collection-expression builder: <c>Shape s = [2, 3];</c>.</summary>
    public static Shape Create(ReadOnlySpan<int> dims) => new(dims);

    /// <summary>Lets a tuple-free array stand where a shape is asked for.</summary>
    public static implicit operator Shape(int[] dims) => new(dims);

    /// <summary>Lets one number stand for a vector's shape.</summary>
    public static implicit operator Shape(int dim) => new(dim);

    /// <summary>Lets <c>(height, width)</c> stand for a shape.</summary>
    public static implicit operator Shape((int, int) dims) => new(dims.Item1, dims.Item2);

    /// <summary>Lets <c>(height, width, channels)</c> stand for a shape.</summary>
    public static implicit operator Shape((int, int, int) dims) => new(dims.Item1, dims.Item2, dims.Item3);

    /// <summary>Lets <c>(batch, height, width, channels)</c> stand for a shape.</summary>
    public static implicit operator Shape((int, int, int, int) dims) => new(dims.Item1, dims.Item2, dims.Item3, dims.Item4);

    /// <summary>Whether two shapes have the same extents.</summary>
    public static bool operator ==(Shape? left, Shape? right) => left is null ? right is null : left.Equals(right);

    /// <summary>Whether two shapes differ.</summary>
    public static bool operator !=(Shape? left, Shape? right) => !(left == right);

    /// <summary>Resolves an axis that may count from the end into 0..Rank-1.</summary>
    /// <param name="axis">An axis in -Rank..Rank-1.</param>
    /// <exception cref="ArgumentOutOfRangeException">The axis does not exist.</exception>
    public int Axis(int axis)
    {
        int resolved = axis < 0 ? axis + Rank : axis;
        if ((uint)resolved >= (uint)Rank)
            throw new ArgumentOutOfRangeException(nameof(axis), axis, $"shape {this} has no axis {axis}");
        return resolved;
    }

    /// <summary>The product of the extents in a range of axes, 1 for an empty range.</summary>
    public int Product(Range axes)
    {
        int product = 1;
        foreach (int dim in _dims.AsSpan()[axes])
            product *= dim;
        return product;
    }

    /// <summary>A shape of some axes whose extents are not known.</summary>
    /// <param name="rank">The number of axes.</param>
    /// <exception cref="ArgumentOutOfRangeException">It is negative.</exception>
    public static Shape OfRank(int rank)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(rank);
        int[] dims = new int[rank];
        Array.Fill(dims, Unknown);
        return new Shape(dims);
    }

    /// <summary>This shape with one axis replaced.</summary>
    public Shape With(int axis, int extent)
    {
        int[] dims = (int[])_dims.Clone();
        dims[Axis(axis)] = extent;
        return new Shape(dims);
    }

    /// <summary>This shape without one axis.</summary>
    public Shape Without(int axis)
    {
        int removed = Axis(axis);
        return new Shape([.. _dims[..removed], .. _dims[(removed + 1)..]]);
    }

    /// <summary>This shape with an axis put in front, as a batch of such tensors has.</summary>
    public Shape Prepend(int extent) => new([extent, .. _dims]);

    /// <summary>Whether a tensor of <paramref name="other"/> fits this description, unknown extents matching anything.</summary>
    public bool Matches(Shape other)
    {
        ArgumentNullException.ThrowIfNull(other);
        if (other.Rank != Rank)
            return false;
        for (int i = 0; i < Rank; i++)
        {
            if (_dims[i] != Unknown && other._dims[i] != Unknown && _dims[i] != other._dims[i])
                return false;
        }

        return true;
    }

    /// <summary>
    /// The shape that two operands broadcast to, by NumPy's rule: aligned at the last axis, each pair of extents equal or one
    /// of them 1.
    /// </summary>
    /// <exception cref="ShapeMismatchException">The shapes cannot be broadcast together.</exception>
    public static Shape Broadcast(Shape a, Shape b)
    {
        ArgumentNullException.ThrowIfNull(a);
        ArgumentNullException.ThrowIfNull(b);
        if (a.Equals(b))
            return a;
        int rank = Math.Max(a.Rank, b.Rank);
        Span<int> dims = stackalloc int[rank];
        for (int i = 1; i <= rank; i++)
        {
            int x = i <= a.Rank ? a._dims[^i] : 1, y = i <= b.Rank ? b._dims[^i] : 1;
            if (x != y && x != 1 && y != 1)
                throw new ShapeMismatchException($"cannot broadcast shapes {a} and {b}: axis {rank - i} has {x} against {y}");
            dims[rank - i] = x == 1 ? y : x;
        }

        return new Shape(dims);
    }

    /// <inheritdoc/>
    public bool Equals(Shape? other) => other is not null && _dims.AsSpan().SequenceEqual(other._dims);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as Shape);

    /// <inheritdoc/>
    public override int GetHashCode()
    {
        var hash = new HashCode();
        foreach (int dim in _dims)
            hash.Add(dim);
        return hash.ToHashCode();
    }

    /// <summary>The extents as a new array.</summary>
    public int[] ToArray() => (int[])_dims.Clone();

    /// <summary>The shape as people write it: <c>[32, 224, 224, 3]</c>, <c>None</c> for an unknown extent.</summary>
    public override string ToString() => Format(_dims);

    /// <inheritdoc/>
    public IEnumerator<int> GetEnumerator() => ((IEnumerable<int>)_dims).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => _dims.GetEnumerator();

    private static string Format(ReadOnlySpan<int> dims)
    {
        var parts = new string[dims.Length];
        for (int i = 0; i < dims.Length; i++)
            parts[i] = dims[i] == Unknown ? "None" : dims[i].ToString(CultureInfo.InvariantCulture);
        return $"[{string.Join(", ", parts)}]";
    }
}
