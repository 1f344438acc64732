namespace Numerics.CudaSimulator.Ptx;

/// <summary>Which unit of a multiprocessor an instruction keeps busy, by its name.</summary>
public enum InstructionClass
{
    /// <summary>Additions, products, extremes in single precision.</summary>
    Float32,

    /// <summary>The same in double precision.</summary>
    Float64,

    /// <summary>Integers, bits, comparisons and selections.</summary>
    Integer,

    /// <summary>Conversions between types, and rounding to a whole number.</summary>
    Conversion,

    /// <summary>Quotients, reciprocals and square roots, each of which is some ten instructions of a device.</summary>
    Division,

    /// <summary>Products of matrices.</summary>
    Matrix,

    /// <summary>Exchanges between the lanes of a warp.</summary>
    Shuffle,

    /// <summary>Loads from and stores to shared memory.</summary>
    Shared,

    /// <summary>Loads from and stores to global memory.</summary>
    Global,

    /// <summary>Branches, ends and barriers.</summary>
    Control,

    /// <summary>Copies of registers and reads of arguments, most of which a device's compiler removes.</summary>
    Move,
}
