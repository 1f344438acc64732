namespace Numerics.Data.Tests;

/// <summary>Changes bytes the way that files break and attackers break them.</summary>
internal static class Mutation
{
    private static readonly byte[][] Interesting =
    [
        [0], [0xFF], [0x7F], [0x80], [0, 0], [0xFF, 0xFF], [0, 0, 0, 0], [0xFF, 0xFF, 0xFF, 0xFF], [0xFF, 0xFF, 0xFF, 0x7F], [0, 0, 0, 0x80],
        [0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF], [0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x7F], [1, 0, 0, 0, 0, 0, 0, 0],
    ];

    /// <summary>A changed copy.</summary>
    public static byte[] Apply(byte[] content, Random random)
    {
        var bytes = new List<byte>(content);
        for (int changes = 1 + random.Next(4); changes > 0; changes--)
        {
            int at = random.Next(bytes.Count + 1), rest = bytes.Count - at;
            switch (random.Next(7))
            {
                case 0 when rest > 0:
                    bytes[at] ^= (byte)(1 << random.Next(8));
                    break;
                case 1 when rest > 0:
                    bytes[at] = (byte)random.Next(256);
                    break;
                case 2:
                    byte[] value = Interesting[random.Next(Interesting.Length)];
                    for (int i = 0; i < value.Length && at + i < bytes.Count; i++)
                        bytes[at + i] = value[i];
                    break;
                case 3:
                    bytes.RemoveRange(at, random.Next(rest + 1));
                    break;
                case 4:
                    bytes.RemoveRange(at, Math.Min(rest, random.Next(9)));
                    break;
                case 5:
                    bytes.InsertRange(at, bytes.GetRange(at, Math.Min(rest, random.Next(65))));
                    break;
                default:
                    byte[] noise = new byte[random.Next(9)];
                    random.NextBytes(noise);
                    bytes.InsertRange(at, noise);
                    break;
            }
        }

        return [.. bytes];
    }
}
