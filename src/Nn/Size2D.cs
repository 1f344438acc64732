namespace Numerics.Nn;

/// <summary>A height and a width, such as a kernel's or a stride's; one number stands for both.</summary>
/// <param name="Height">Rows.</param>
/// <param name="Width">Columns.</param>
public readonly record struct Size2D(int Height, int Width)
{
    /// <summary>The same extent both ways.</summary>
    public static implicit operator Size2D(int extent) => new(extent, extent);

    /// <summary>Height and width.</summary>
    public static implicit operator Size2D((int Height, int Width) size) => new(size.Height, size.Width);

    /// <summary>Height and width.</summary>
    public static implicit operator (int Height, int Width)(Size2D size) => (size.Height, size.Width);

    /// <summary>Such as <c>3×5</c>.</summary>
    public override string ToString() => $"{Height}×{Width}";

    /// <summary>This size, if both extents are at least 1.</summary>
    /// <param name="name">The argument's name, for the message.</param>
    internal Size2D Positive(string name) => Height >= 1 && Width >= 1
        ? this
        : throw new ArgumentOutOfRangeException(name, this, $"{name} is at least 1 both ways");
}
