using System.Runtime.CompilerServices;

namespace Numerics.Distributed;

/// <summary>ncclUniqueId, which is passed by value.</summary>
[InlineArray(Bytes)]
internal struct NcclUniqueId
{
    /// <summary>NCCL_UNIQUE_ID_BYTES.</summary>
    public const int Bytes = 128;

    private byte _first;
}
