using System.Buffers.Binary;
using System.Numerics;

namespace Numerics.Data;

/// <summary>
/// The checksum of TFRecord files: CRC-32C (Castagnoli), rotated and offset so that a file which holds checksums does not confuse
/// its own. Source: TensorFlow, lib/hash/crc32c.h; RFC 3720, appendix B.4.
/// </summary>
internal static class MaskedCrc32C
{
    public static uint Compute(ReadOnlySpan<byte> data)
    {
        uint crc = uint.MaxValue;
        for (; data.Length >= sizeof(ulong); data = data[sizeof(ulong)..])
            crc = BitOperations.Crc32C(crc, BinaryPrimitives.ReadUInt64LittleEndian(data));
        foreach (byte value in data)
            crc = BitOperations.Crc32C(crc, value);
        return unchecked(BitOperations.RotateRight(~crc, 15) + 0xa282ead8);
    }
}
