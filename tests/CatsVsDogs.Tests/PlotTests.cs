using Numerics.Nn;
using Numerics.Samples.CatsVsDogs.Plots;
using Numerics.Tensors;
using ScottPlot;
using SkiaSharp;

namespace Numerics.CatsVsDogs.Tests;

/// <summary>Plots as PNG files.</summary>
public sealed class PlotTests : IDisposable
{
    private static readonly string[] s_names = ["cat", "dog"];

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Each_plot_is_one_whole_png_file_that_replaces_an_older_one()
    {
        (NDArray labels, NDArray scores) = Scores(400, 0.2f);
        var matrix = new ConfusionMatrix();
        var roc = new AUC();
        var precisionRecall = new AUC(AUCCurve.PR);
        foreach (Metric metric in (Metric[])[matrix, roc, precisionRecall])
            metric.UpdateState(labels, scores);
        string[] paths = [_folder["confusion.png"], _folder["roc.png"], _folder["pr.png"]];
        File.WriteAllText(paths[0], "older");
        ConfusionMatrixPlot.Save(matrix, s_names, paths[0]);
        RocCurvePlot.Save(roc, s_names, paths[1]);
        PrecisionRecallPlot.Save(precisionRecall, s_names, paths[2]);
        Assert.Equal(paths.Order(), Directory.GetFileSystemEntries(_folder.Path).Order());
        foreach (string path in paths)
        {
            using SKBitmap picture = SKBitmap.Decode(path);
            Assert.True(picture.Width >= 960 && picture.Height >= 960);
            Assert.True(picture.Pixels.Distinct().Count() > 20, path);
        }
    }

    [Fact]
    public void A_plot_that_cannot_be_written_leaves_nothing()
    {
        string path = _folder["taken.png"];
        _ = Directory.CreateDirectory(path);
        using Plot plot = PlotPicture.Create("title", "x", "y");
        Assert.ThrowsAny<Exception>(() => PlotPicture.Save(plot, path));
        Assert.Equal([path], Directory.GetFileSystemEntries(_folder.Path));
    }

    // What a machine has installed must not matter: the text is the same from the font that the program carries.
    [Fact]
    public void Text_is_drawn_in_the_font_that_comes_along()
    {
        PlotFont font = PlotFont.Install();
        using SKTypeface? own = font.CreateTypeface(PlotFont.Family, bold: false, italic: false);
        Assert.NotNull(own);
        Assert.Equal(PlotFont.Family, own.FamilyName);
        Assert.DoesNotContain((ushort)0, own.GetGlyphs("AZaz09 %.,·−αβγ≥±"));
        Assert.Null(font.CreateTypeface("another", bold: false, italic: false));
        Assert.True(TextPixels("precision") > 2 * TextPixels("p"));

        static int TextPixels(string title)
        {
            using Plot plot = PlotPicture.Create(title, "", "");
            using SKBitmap picture = SKBitmap.Decode(plot.GetImageBytes(600, 400, ImageFormat.Png));
            int dark = 0;
            for (int y = 0; y < 50; y++)
            {
                for (int x = 0; x < 600; x++)
                    dark += picture.GetPixel(x, y).Red < 128 ? 1 : 0;
            }

            return dark;
        }
    }

    [Theory]
    [InlineData(50, 0.5f)]
    [InlineData(50, 0.1f)]
    [InlineData(1000, 0.05f)]
    public void The_drawn_curve_has_the_area_that_stands_beside_it(int examples, float share)
    {
        (NDArray labels, NDArray scores) = Scores(examples, share);
        var metric = new AUC(AUCCurve.PR);
        metric.UpdateState(labels, scores);
        for (int c = 0; c < 2; c++)
        {
            IReadOnlyList<CurvePoint> points = metric.Points(c);
            if (points[0].X == 0)
                continue;
            double area = 0, x = 0, y = points[0].Y;
            foreach (Coordinates next in PrecisionRecallPlot.Interpolated(points))
            {
                area += (next.X - x) * (next.Y + y) / 2;
                (x, y) = (next.X, next.Y);
            }

            Assert.Equal(metric.PerClass[c], area, 0.002);
        }
    }

    /// <summary>Labels and probabilities of two classes in which the second is rarer, better than guesses and with ties.</summary>
    private static (NDArray Labels, NDArray Scores) Scores(int examples, float share)
    {
        var uniform = new float[2 * examples];
        Philox.FillUniform(new RandomKey(31, 0), 0, uniform);
        NDArray labels = new((examples, 2)), scores = new((examples, 2));
        for (int i = 0; i < examples; i++)
        {
            bool dog = uniform[2 * i] < share || i == 0;
            float p = MathF.Round((0.7f * uniform[(2 * i) + 1]) + (dog ? 0.3f : 0), 2);
            labels.AsSpan<float>()[(2 * i) + (dog ? 1 : 0)] = 1;
            (scores.AsSpan<float>()[2 * i], scores.AsSpan<float>()[(2 * i) + 1]) = (1 - p, p);
        }

        return (labels, scores);
    }
}
