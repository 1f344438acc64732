namespace Numerics.Backends.Cpu;

/// <summary>A vector of doubles that is read from floats and written as floats, each rounded once; see <see cref="ILanes{TSelf}"/>.</summary>
internal unsafe interface IDoubles<TSelf>
    where TSelf : unmanaged, IDoubles<TSelf>
{
    /// <summary>Doubles in the vector.</summary>
    static abstract int Count { get; }

    static abstract TSelf Load(float* source);

    static abstract void Store(TSelf value, float* target);

    /// <summary>a·b.</summary>
    static abstract TSelf Multiply(TSelf a, double b);

    /// <summary>a·b + c.</summary>
    static abstract TSelf MultiplyAdd(TSelf a, double b, TSelf c);

    static abstract TSelf operator +(TSelf a, TSelf b);

    static abstract TSelf operator -(TSelf a, TSelf b);
}
