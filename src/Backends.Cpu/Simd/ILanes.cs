namespace Numerics.Backends.Cpu;

/// <summary>
/// A vector of floats of one width, so that a micro-kernel is written once. The widths are structs: the JIT compiles the kernel
/// for each of them with every call here turned into one instruction.
/// </summary>
internal unsafe interface ILanes<TSelf> : IColumns<TSelf>
    where TSelf : unmanaged, ILanes<TSelf>
{
    /// <summary>Floats in the vector.</summary>
    static abstract int Count { get; }

    /// <summary>The numbers of as many bytes.</summary>
    static abstract TSelf LoadBytes(byte* source);

    /// <summary>One float in every lane.</summary>
    static abstract TSelf Repeat(float* source);

    /// <summary>a·b + c, rounded once where the machine has such an instruction; elsewhere the product is rounded, too.</summary>
    static abstract TSelf MultiplyAdd(TSelf a, TSelf b, TSelf c);

    /// <summary>a·b + c with b read from memory, which some machines do within the instruction.</summary>
    static abstract TSelf MultiplyAdd(TSelf a, float* b, TSelf c);

    /// <summary>
    /// Adds a·b to a sum, with the bits of <see cref="MultiplyAdd(TSelf, TSelf, TSelf)"/>. In a kernel that keeps many sums this is the way: the JIT adds
    /// in the sum's register, where the other one may add in that of an operand and move the result.
    /// </summary>
    static abstract void AddProduct(TSelf a, TSelf b, ref TSelf sum);

    /// <summary>Lane i of the result is the lane of the value that position i, an integer's bits, names.</summary>
    static abstract TSelf Permute(TSelf value, TSelf positions);

    /// <summary>All bits of a lane where a &gt; b, else none.</summary>
    static abstract TSelf Greater(TSelf a, TSelf b);

    /// <summary>All bits of a lane where a or b is NaN, else none.</summary>
    static abstract TSelf Unordered(TSelf a, TSelf b);

    /// <summary>The greater one. Where one is NaN, either.</summary>
    static abstract TSelf Max(TSelf a, TSelf b);

    /// <summary>Lanes of one where the mask has all bits, of the other where it has none.</summary>
    static abstract TSelf Select(TSelf mask, TSelf one, TSelf other);

    /// <summary>max(v, 0) with NaN kept.</summary>
    static abstract TSelf Rectify(TSelf value);

    /// <summary>Writes each lane's bits, an integer of at most 127, as a byte.</summary>
    static abstract void StoreBytes(TSelf bits, byte* target);

    /// <summary>The same number in every lane.</summary>
    static abstract TSelf Create(float value);

    static abstract TSelf operator +(TSelf a, TSelf b);

    static abstract TSelf operator -(TSelf a, TSelf b);

    static abstract TSelf operator *(TSelf a, TSelf b);

    /// <summary>The bits of both.</summary>
    static abstract TSelf operator |(TSelf a, TSelf b);
}
