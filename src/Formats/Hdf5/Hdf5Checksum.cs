using System.Buffers.Binary;
using System.Numerics;

namespace Numerics.Formats;

/// <summary>
/// The checksum of HDF5's superblock and object headers. Source: HDF5 File Format Specification, which names Bob Jenkins' lookup3,
/// https://burtleburtle.net/bob/c/lookup3.c (public domain), function hashlittle.
/// </summary>
internal static class Hdf5Checksum
{
    private const int BlockLength = 12;

    /// <summary>The checksum of some bytes.</summary>
    public static uint Of(ReadOnlySpan<byte> bytes)
    {
        uint a = 0xDEADBEEF + (uint)bytes.Length, b = a, c = a;
        while (bytes.Length > BlockLength)
        {
            a += BinaryPrimitives.ReadUInt32LittleEndian(bytes);
            b += BinaryPrimitives.ReadUInt32LittleEndian(bytes[4..]);
            c += BinaryPrimitives.ReadUInt32LittleEndian(bytes[8..]);
            Mix(ref a, ref c, b, 4);
            Mix(ref b, ref a, c, 6);
            Mix(ref c, ref b, a, 8);
            Mix(ref a, ref c, b, 16);
            Mix(ref b, ref a, c, 19);
            Mix(ref c, ref b, a, 4);
            bytes = bytes[BlockLength..];
        }

        if (bytes.IsEmpty)
            return c;
        Span<byte> last = stackalloc byte[BlockLength];
        last.Clear();
        bytes.CopyTo(last);
        a += BinaryPrimitives.ReadUInt32LittleEndian(last);
        b += BinaryPrimitives.ReadUInt32LittleEndian(last[4..]);
        c += BinaryPrimitives.ReadUInt32LittleEndian(last[8..]);
        Finish(ref c, b, 14);
        Finish(ref a, c, 11);
        Finish(ref b, a, 25);
        Finish(ref c, b, 16);
        Finish(ref a, c, 4);
        Finish(ref b, a, 14);
        Finish(ref c, b, 24);
        return c;
    }

    // x -= z; x ^= z rotated; z += y
    private static void Mix(ref uint x, ref uint z, uint y, int bits)
    {
        x = (x - z) ^ BitOperations.RotateLeft(z, bits);
        z += y;
    }

    private static void Finish(ref uint x, uint y, int bits) => x = (x ^ y) - BitOperations.RotateLeft(y, bits);
}
