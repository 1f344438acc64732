namespace Numerics.Backends.Cuda;

/// <summary>How a block of a 3×3 convolution's kernel shares out pictures: what it has room for, which the kernel fixes.</summary>
/// <param name="GroupRows">Rows of the pixels that are computed together.</param>
/// <param name="GroupColumns">Columns of them.</param>
/// <param name="Groups">The most groups of a tile.</param>
/// <param name="Slices">How many groups are computed at once, or rows of them.</param>
/// <param name="SlicesAreRows">Whether <paramref name="Slices"/> counts rows of groups.</param>
/// <param name="Margin">Columns of a tile's inputs beside those of its pixels.</param>
/// <param name="Capacity">The most inputs of a tile, for a channel.</param>
internal sealed record Conv3x3Block(int GroupRows, int GroupColumns, int Groups, int Slices, bool SlicesAreRows, int Margin, int Capacity)
{
    private const int Halo = 2;

    // What reading an input costs beside computing a pixel.
    private const double ReadingCost = 0.1;

    /// <summary>The tiles of a picture that cost least; a function of shapes alone.</summary>
    /// <param name="height">Rows of the pixels to compute.</param>
    /// <param name="width">Columns of them.</param>
    /// <returns>Groups down and across a tile, and tiles down and across the picture.</returns>
    public (int Rows, int Columns, int TilesDown, int TilesAcross) Tile(int height, int width)
    {
        int down = Ceiling(height, GroupRows), across = Ceiling(width, GroupColumns);
        (int, int, int, int) best = default;
        double least = double.PositiveInfinity;
        for (int columns = 1; columns <= Math.Min(across, Groups); columns++)
        {
            for (int rows = 1; rows <= Math.Min(Groups / columns, down); rows++)
            {
                int inputs = ((rows * GroupRows) + Halo) * ((columns * GroupColumns) + Margin);
                if (inputs > Capacity)
                    break;
                int tilesDown = Ceiling(down, rows), tilesAcross = Ceiling(across, columns);
                int computed = SlicesAreRows ? Ceiling(rows, Slices) * Slices * columns : Ceiling(rows * columns, Slices) * Slices;
                double cost = tilesDown * tilesAcross * (computed + (ReadingCost * inputs / (GroupRows * GroupColumns)));
                if (cost < least)
                    (least, best) = (cost, (rows, columns, tilesDown, tilesAcross));
            }
        }

        return best;
    }

    private static int Ceiling(int a, int b) => (a + b - 1) / b;
}
