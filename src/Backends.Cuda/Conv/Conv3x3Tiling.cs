namespace Numerics.Backends.Cuda;

/// <summary>How the blocks of the direct 3×3 convolutions share out a picture; a function of shapes alone.</summary>
internal readonly record struct Conv3x3Tiling(int Rows, int Columns, int TilesDown, int TilesAcross)
{
    private const int GroupRows = 2;
    private const int GroupColumns = 4;
    private const int Halo = 2;

    // Reading a tile costs something, too: this share of what computing it costs, an input at a time.
    private const double ReadingCost = 0.1;

    /// <summary>Tiles of the forward convolution and the input's gradient, in groups of 2 × 4 outputs, one a thread.</summary>
    /// <param name="height">Rows of the output.</param>
    /// <param name="width">Columns of the output.</param>
    /// <param name="groups">How many groups a block has threads for.</param>
    /// <param name="plane">The floats that a tile's inputs may take, for a channel.</param>
    public static Conv3x3Tiling OfGroups(int height, int width, int groups, int plane)
    {
        int down = Ceiling(height, GroupRows), across = Ceiling(width, GroupColumns);
        var best = default(Conv3x3Tiling);
        double least = double.PositiveInfinity;
        for (int columns = 1; columns <= Math.Min(across, groups); columns++)
        {
            int stride = (columns * GroupColumns) + 4;
            int rows = Math.Min(Math.Min(groups / columns, down), ((plane / stride) - Halo) / GroupRows);
            if (rows < 1)
                continue;
            int tilesDown = Ceiling(down, rows), tilesAcross = Ceiling(across, columns);
            double cost = tilesDown * tilesAcross * (1 + (ReadingCost * ((rows * GroupRows) + Halo) * stride / (groups * GroupRows * GroupColumns)));
            if (cost < least)
                (least, best) = (cost, new Conv3x3Tiling(Ceiling(down, tilesDown), Ceiling(across, tilesAcross), tilesDown, tilesAcross));
        }

        return best;
    }

    /// <summary>Tiles of the kernel's gradient, in pixels; the columns are a multiple of four.</summary>
    /// <param name="height">Rows of the output.</param>
    /// <param name="width">Columns of the output.</param>
    /// <param name="groups">How many groups of four neighbouring gradients a block has memory for.</param>
    /// <param name="slices">How many of them are computed at once.</param>
    /// <param name="plane">The floats that a tile's inputs may take, for a channel.</param>
    public static Conv3x3Tiling OfRuns(int height, int width, int groups, int slices, int plane)
    {
        int across = Ceiling(width, GroupColumns);
        var best = default(Conv3x3Tiling);
        double least = double.PositiveInfinity;
        for (int columns = 1; columns <= Math.Min(across, groups); columns++)
        {
            int stride = (columns * GroupColumns) + 4;
            for (int rows = 1; rows <= Math.Min(Math.Min(groups / columns, height), (plane / stride) - Halo); rows++)
            {
                int tilesDown = Ceiling(height, rows), tilesAcross = Ceiling(across, columns), rounds = Ceiling(rows * columns, slices);
                double cost = tilesDown * tilesAcross * ((rounds * slices) + (ReadingCost * (rows + Halo) * stride / GroupColumns));
                if (cost < least)
                    (least, best) = (cost, new Conv3x3Tiling(rows, columns * GroupColumns, tilesDown, tilesAcross));
            }
        }

        return best;
    }

    private static int Ceiling(int a, int b) => (a + b - 1) / b;
}
