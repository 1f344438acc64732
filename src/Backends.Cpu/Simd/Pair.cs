using System.Runtime.CompilerServices;

namespace Numerics.Backends.Cpu;

/// <summary>Two vectors side by side: the JIT keeps them in registers like single ones.</summary>
internal unsafe struct Pair<TLanes> : IColumns<Pair<TLanes>>
    where TLanes : unmanaged, ILanes<TLanes>
{
    private TLanes _low;
    private TLanes _high;

    public static Pair<TLanes> Zero
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => new() { _low = TLanes.Zero, _high = TLanes.Zero };
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Pair<TLanes> Load(float* source) => new() { _low = TLanes.Load(source), _high = TLanes.Load(source + TLanes.Count) };

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Pair<TLanes> Load(float* source, int index) => new()
    {
        _low = TLanes.Load(source + (2 * index * TLanes.Count)),
        _high = TLanes.Load(source + (2 * index * TLanes.Count) + TLanes.Count),
    };

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void AddProduct(float* a, Pair<TLanes> b, ref Pair<TLanes> sum)
    {
        TLanes value = TLanes.Repeat(a);
        TLanes.AddProduct(value, b._low, ref sum._low);
        TLanes.AddProduct(value, b._high, ref sum._high);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(Pair<TLanes> value, float* target)
    {
        TLanes.Store(value._low, target);
        TLanes.Store(value._high, target + TLanes.Count);
    }

    /// <summary>The greater of each float and 0, as <see cref="ILanes{TSelf}.Rectify"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Pair<TLanes> Rectify(Pair<TLanes> value) => new() { _low = TLanes.Rectify(value._low), _high = TLanes.Rectify(value._high) };
}
