using Numerics.Samples.CatsVsDogs.Drawings;
using SkiaSharp;

namespace Numerics.CatsVsDogs.Tests;

/// <summary>Single drawings: reproducible, whole pictures, and not to be told apart by colour.</summary>
public sealed class DrawingTests
{
    [Theory]
    [InlineData(1, 1)]
    [InlineData(1, 250)]
    [InlineData(7, 3)]
    public void The_same_number_gives_the_same_file(ulong seed, int number)
    {
        foreach (Species species in Enum.GetValues<Species>())
            Assert.Equal(Drawing.Draw(seed, species, number), Drawing.Draw(seed, species, number));
    }

    [Fact]
    public void Drawing_on_many_threads_changes_nothing()
    {
        byte[][] alone = [.. Enumerable.Range(1, 12).Select(number => Drawing.Draw(3, Species.Cat, number))];
        var together = new byte[alone.Length][];
        _ = Parallel.For(0, alone.Length, new ParallelOptions { MaxDegreeOfParallelism = 6 }, i => together[i] = Drawing.Draw(3, Species.Cat, i + 1));
        Assert.Equal(alone, together);
    }

    [Fact]
    public void Seed_species_and_number_all_matter()
    {
        byte[][] files =
        [
            Drawing.Draw(1, Species.Cat, 1), Drawing.Draw(2, Species.Cat, 1), Drawing.Draw(1, Species.Dog, 1), Drawing.Draw(1, Species.Cat, 2),
        ];
        Assert.Equal(files.Length, files.Select(Convert.ToBase64String).Distinct().Count());
    }

    [Fact]
    public void Every_drawing_is_a_whole_JPEG_of_a_photographs_size()
    {
        for (int number = 1; number <= 30; number++)
        {
            using SKData data = SKData.CreateCopy(Drawing.Draw(5, (Species)(number % 2), number));
            using SKCodec codec = SKCodec.Create(data);
            Assert.Equal(SKEncodedImageFormat.Jpeg, codec.EncodedFormat);
            Assert.InRange(codec.Info.Width, 150, 500);
            Assert.InRange(codec.Info.Height, 150, 500);
            using var pixels = new SKBitmap(codec.Info);
            Assert.Equal(SKCodecResult.Success, codec.GetPixels(pixels.Info, pixels.GetPixels()));
        }
    }

    // With 150 pictures to test on, chance gives 0.5 with a standard deviation of 0.04.
    [Fact]
    public void Colour_does_not_give_the_species_away()
    {
        const int Each = 150;
        var features = new double[2 * Each][];
        _ = Parallel.For(0, features.Length, i => features[i] = ColourStatistics(Drawing.Draw(11, (Species)(i % 2), (i / 2) + 1)));
        Assert.InRange(LinearAccuracy(features), 0.3, 0.64);
    }

    // Mean and standard deviation of each colour over the whole picture, and a constant.
    private static double[] ColourStatistics(byte[] file)
    {
        using SKBitmap picture = SKBitmap.Decode(file);
        SKColor[] pixels = picture.Pixels;
        var statistics = new List<double> { 1 };
        foreach (Func<SKColor, byte> channel in (Func<SKColor, byte>[])[c => c.Red, c => c.Green, c => c.Blue])
        {
            double mean = pixels.Average(pixel => channel(pixel) / 255.0);
            statistics.Add(mean);
            statistics.Add(Math.Sqrt(pixels.Average(pixel => Math.Pow((channel(pixel) / 255.0) - mean, 2))));
        }

        return [.. statistics];
    }

    // Trains a logistic regression on the first half and tests it on the second.
    private static double LinearAccuracy(double[][] features)
    {
        var weights = new double[features[0].Length];
        int half = features.Length / 2;
        for (int round = 0; round < 4000; round++)
        {
            var gradient = new double[weights.Length];
            for (int i = 0; i < half; i++)
            {
                double error = (1 / (1 + Math.Exp(-Dot(weights, features[i])))) - (i % 2);
                for (int k = 0; k < weights.Length; k++)
                    gradient[k] += error * features[i][k];
            }

            for (int k = 0; k < weights.Length; k++)
                weights[k] -= 2 * gradient[k] / half;
        }

        return Enumerable.Range(half, half).Count(i => Dot(weights, features[i]) > 0 == (i % 2 == 1)) / (double)half;
    }

    private static double Dot(double[] a, double[] b) => a.Zip(b, (x, y) => x * y).Sum();
}
