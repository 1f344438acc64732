namespace Numerics.Backends.Cpu;

/// <summary>Floats side by side, all that a register tile needs of them: a vector (<see cref="ILanes{TSelf}"/>) or a <see cref="Pair{TLanes}"/>.</summary>
internal unsafe interface IColumns<TSelf>
    where TSelf : unmanaged, IColumns<TSelf>
{
    static abstract TSelf Zero { get; }

    static abstract TSelf Load(float* source);

    /// <summary>Loads the ones so many times as far on; of a constant, no instruction computes that address.</summary>
    static virtual TSelf Load(float* source, int index) => TSelf.Load((float*)((TSelf*)source + index));

    /// <summary>Adds the product with one float, with the bits of <see cref="ILanes{TSelf}.MultiplyAdd(TSelf, TSelf, TSelf)"/>, in the sum's registers.</summary>
    static abstract void AddProduct(float* a, TSelf b, ref TSelf sum);

    static abstract void Store(TSelf value, float* target);
}
