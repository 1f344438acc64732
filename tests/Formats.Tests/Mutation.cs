using System.Buffers.Binary;
using System.Text;

namespace Numerics.Formats.Tests;

/// <summary>Damage to files: bits and bytes, and what a format's structure hangs on, its lengths and addresses.</summary>
internal static class Mutation
{
    private static readonly string[] s_texts = ["9999999", "[[[\"null\":{-1e9", "0", "-1", "null", "1e308", "\"", "}", "\\u0000"];

    /// <summary>A file with one to five changes.</summary>
    public static byte[] Of(byte[] whole, Random random)
    {
        var bytes = new List<byte>(whole);
        for (int changes = random.Next(1, 6); changes > 0 && bytes.Count > 8; changes--)
        {
            int at = random.Next(bytes.Count);
            switch (random.Next(12))
            {
                case 0 when changes == 1:
                    bytes.RemoveRange(at, bytes.Count - at);
                    break;
                case 1:
                    bytes.RemoveRange(at, Math.Min(random.Next(1, 9), bytes.Count - at));
                    break;
                case 2:
                    bytes.InsertRange(at, Encoding.ASCII.GetBytes(s_texts[random.Next(s_texts.Length)]));
                    break;
                case 3:
                    int from = random.Next(whole.Length), count = Math.Min(random.Next(1, 33), whole.Length - from);
                    bytes.InsertRange(at, whole[from..(from + count)]);
                    break;
                case 4:
                    Write(bytes, at, ulong.MaxValue, 8);
                    break;
                case 5 or 6 or 7:
                    ChangeNumber(bytes, random);
                    break;
                case 8:
                    bytes[at] ^= (byte)(1 << random.Next(8));
                    break;
                default:
                    bytes[at] = (byte)random.Next(256);
                    break;
            }
        }

        return [.. bytes];
    }

    // A number that may be an address, a length or a count becomes another one of the file, or one beyond its limits.
    private static void ChangeNumber(List<byte> bytes, Random random)
    {
        int size = 1 << random.Next(4), at = Find(bytes, size, random), other = Find(bytes, size, random);
        ulong number = Read(bytes, at, size);
        Write(
            bytes,
            at,
            random.Next(9) switch
            {
                0 => 0,
                1 => number + 1,
                2 => number - 1,
                3 => number * 2,
                4 => number << random.Next(64),
                5 => (ulong)bytes.Count,
                6 => (ulong)random.NextInt64(),
                _ => Read(bytes, other, size),
            },
            size);
    }

    // A place, an aligned one if there is such, where a number stands that is not 0 and not beyond the end of the file.
    private static int Find(List<byte> bytes, int size, Random random)
    {
        int at = 0;
        for (int attempt = 0; attempt < 100; attempt++)
        {
            at = random.Next((bytes.Count / size) - 1) * size;
            if (Read(bytes, at, size) is > 0 and var number && number <= (ulong)bytes.Count)
                break;
        }

        return at;
    }

    private static ulong Read(List<byte> bytes, int at, int size)
    {
        Span<byte> number = stackalloc byte[8];
        number.Clear();
        for (int i = 0; i < size; i++)
            number[i] = bytes[at + i];
        return BinaryPrimitives.ReadUInt64LittleEndian(number);
    }

    private static void Write(List<byte> bytes, int at, ulong value, int size)
    {
        for (int i = 0; i < size && at + i < bytes.Count; i++)
            bytes[at + i] = (byte)(value >> (8 * i));
    }
}
