using System.Diagnostics;
using Numerics.Data;

namespace Numerics.Benchmarks.Pipeline;

/// <summary>Decoding and resizing on one thread, files in memory.</summary>
internal static class Decoding
{
    private const int Height = 375, Width = 500, Tolerance = 10;
    private static readonly (int, int) Size = (224, 224);

    /// <summary>The JPEGs of about 500 × 375 pixels in a folder.</summary>
    public static string[] Files(string folder) =>
    [
        .. ImageDataset.FromDirectory(folder, (8, 8), shuffle: false).Inspect().Files
            .Where(file => file is { Format: ImageFormat.Jpeg, Damage: null } && Math.Abs(file.Height - Height) <= Tolerance && Math.Abs(file.Width - Width) <= Tolerance).Select(file => file.Path),
    ];

    /// <summary>Prints milliseconds a picture for each way, the shortest of some rounds.</summary>
    public static void Run(string folder, int rounds)
    {
        byte[][] files = [.. Files(folder).Select(File.ReadAllBytes)];
        Console.WriteLine($"{files.Length} pictures of about {Width} x {Height}, {files.Average(file => file.Length) / 1024:F0} KiB in the mean, to 224 x 224, one thread");
        (string Name, (int, int) Size, ImageOptions Options)[] ways =
        [
            ("decode alone (to 1 x 1)", (1, 1), new ImageOptions()),
            ("bilinear", Size, new ImageOptions()),
            ("bilinear, antialiased", Size, new ImageOptions { Antialias = true }),
            ("area", Size, new ImageOptions { Interpolation = Interpolation.Area }),
            ("bicubic, antialiased", Size, new ImageOptions { Interpolation = Interpolation.Bicubic, Antialias = true }),
            ("to 112 x 112, antialiased", (112, 112), new ImageOptions { Antialias = true }),
            ("to 112 x 112, antialiased, decoded scaled", (112, 112), new ImageOptions { Antialias = true, ScaledDecoding = true }),
        ];
        foreach (var (name, size, options) in ways)
        {
            foreach (byte[] file in files)
                _ = Image.Decode(file, size, options: options);
            double best = double.MaxValue;
            for (int round = 0; round < rounds; round++)
            {
                long started = Stopwatch.GetTimestamp();
                foreach (byte[] file in files)
                    _ = Image.Decode(file, size, options: options);
                best = Math.Min(best, Stopwatch.GetElapsedTime(started).TotalMilliseconds / files.Length);
            }

            Console.WriteLine($"{name,-42} {best,7:F3} ms {1000 / best,8:F0} pictures/s");
        }

        var scaled = new ImageOptions { Antialias = true, ScaledDecoding = true };
        double difference = files.Average(file => MeanDifference(
            Image.Decode(file, (112, 112), options: scaled).Bytes, Image.Decode(file, (112, 112), options: scaled with { ScaledDecoding = false }).Bytes));
        Console.WriteLine($"decoded scaled differs by {difference:F2} of 255 in the mean");
    }

    private static double MeanDifference(ReadOnlySpan<byte> a, ReadOnlySpan<byte> b)
    {
        long sum = 0;
        for (int i = 0; i < a.Length; i++)
            sum += Math.Abs(a[i] - b[i]);
        return (double)sum / a.Length;
    }
}
