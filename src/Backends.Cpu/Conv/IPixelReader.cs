namespace Numerics.Backends.Cpu;

/// <summary>How a micro-kernel reads floats from <see cref="Pixels"/> of one type.</summary>
internal unsafe interface IPixelReader
{
    /// <summary>Bytes of an element.</summary>
    static abstract nint Size { get; }

    /// <summary>A vector of floats.</summary>
    /// <typeparam name="TLanes">The vector.</typeparam>
    /// <param name="elements">The first element.</param>
    /// <param name="high"><see cref="ByteScale.High"/> in every lane.</param>
    /// <param name="low"><see cref="ByteScale.Low"/> in every lane.</param>
    static abstract TLanes Load<TLanes>(byte* elements, TLanes high, TLanes low)
        where TLanes : unmanaged, ILanes<TLanes>;
}
