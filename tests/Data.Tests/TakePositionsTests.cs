using SkiaSharp;

namespace Numerics.Data.Tests;

/// <summary>Files of a data set of pictures by their positions.</summary>
public sealed class TakePositionsTests : IDisposable
{
    private readonly PictureFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Positions_give_files_in_their_order_and_may_repeat()
    {
        for (int i = 0; i < 4; i++)
        {
            _ = _folder.Write($"cat/{i}.png", TestPictures.Solid(SKEncodedImageFormat.Png, TestPictures.Colour));
            _ = _folder.Write($"dog/{i}.png", TestPictures.Solid(SKEncodedImageFormat.Png, TestPictures.Colour));
        }

        ImageDataset all = ImageDataset.FromDirectory(_folder.Path, (2, 3), seed: 3);
        int[] positions = [5, 0, 5, 2];
        ImageDataset taken = all.Take(positions);
        Assert.Equal(positions.Select(i => all.FilePaths[i]), taken.FilePaths);
        Assert.Equal(positions.Select(i => all.Labels[i]), taken.Labels);
        Assert.Equal(4, taken.Cardinality);
        Assert.Equal(all.ClassNames, taken.ClassNames);
        Assert.Equal(positions.Select(i => (float)all.Labels[i]), taken.Select(item => item.Y.AsSpan<float>()[1]));
        Assert.Empty(all.Take([]));
        foreach (int bad in new[] { -1, 8 })
            Assert.Equal("positions", Assert.Throws<ArgumentOutOfRangeException>(() => all.Take([0, bad])).ParamName);
    }

    [Fact]
    public void A_file_that_is_damaged_is_left_out_each_time_and_noted_for_both()
    {
        _ = _folder.Write("cat/good.png", TestPictures.Solid(SKEncodedImageFormat.Png, TestPictures.Colour));
        _ = _folder.Write("dog/bad.png", "no picture"u8);
        ImageDataset all = ImageDataset.FromDirectory(_folder.Path, (2, 3), shuffle: false), taken = all.Take([1, 0, 1]);
        _ = Assert.Single(taken);
        Assert.Equal(1, taken.Cardinality);
        Assert.Equal(1, all.Cardinality);
    }
}
