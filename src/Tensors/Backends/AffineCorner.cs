namespace Numerics.Tensors;

/// <summary>One of the pixels that go into each output pixel of affine sampling.</summary>
/// <param name="Positions">Which pixel of all pictures: Int32 [output pixels].</param>
/// <param name="Weight">Its weight, 0 where it lies beyond the edge and the constant counts: [output pixels, 1].</param>
internal readonly record struct AffineCorner(Tensor Positions, Tensor Weight)
{
    /// <summary>The pixels: four around a position, or the nearest.</summary>
    public static IEnumerable<AffineCorner> All(Tensor transforms, AffineGeometry g)
    {
        Backend backend = transforms.Backend;
        Tensor j = Tensor.From((1, 1, g.OutWidth), [.. Enumerable.Range(0, g.OutWidth).Select(i => (float)i)], backend);
        Tensor i = Tensor.From((1, g.OutHeight, 1), [.. Enumerable.Range(0, g.OutHeight).Select(i => (float)i)], backend);
        Tensor Of(int k) => transforms.Slice(1, k, 1).View([g.Batch, 1, 1]);
        Tensor column = (Of(0) * j) + (Of(1) * i) + Of(2), row = (Of(3) * j) + (Of(4) * i) + Of(5);
        Tensor picture = Tensor.From((g.Batch, 1, 1), [.. Enumerable.Range(0, g.Batch).Select(b => (float)b)], backend);
        if (g.Interpolation == SampleInterpolation.Nearest)
        {
            yield return At(g, picture, Floor(row + 0.5f), Floor(column + 0.5f), null);
            yield break;
        }

        Tensor top = Floor(row), left = Floor(column), down = row - top, right = column - left;
        yield return At(g, picture, top, left, (1 - down) * (1 - right));
        yield return At(g, picture, top, left + 1, (1 - down) * right);
        yield return At(g, picture, top + 1, left, down * (1 - right));
        yield return At(g, picture, top + 1, left + 1, down * right);
    }

    private static AffineCorner At(in AffineGeometry g, Tensor picture, Tensor row, Tensor column, Tensor? weight)
    {
        Tensor inRow = Inside(g.FillMode, row, g.InHeight), inColumn = Inside(g.FillMode, column, g.InWidth);
        Tensor full = weight ?? Tensor.Ones(row.Shape, row.Backend);
        if (g.FillMode == FillMode.Constant)
            full = full * inRow.Equal(row) * inColumn.Equal(column);

        Tensor place = (((picture * g.InHeight) + inRow) * g.InWidth) + inColumn;
        int pixels = row.Count;
        return new AffineCorner(place.View([pixels]).Cast(DType.Int32), full.View([pixels, 1]));
    }

    private static Tensor Inside(FillMode mode, Tensor place, int extent)
    {
        if (mode == FillMode.Wrap)
            return place - (Floor(place / extent) * extent);
        if (mode != FillMode.Reflect)
            return place.Clip(0, extent - 1);
        Tensor folded = place - (Floor(place / (2 * extent)) * (2 * extent));
        return folded.Minimum((2 * extent) - 1 - folded);
    }

    // A conversion to whole numbers rounds toward zero.
    private static Tensor Floor(Tensor x)
    {
        Tensor whole = x.Cast(DType.Int32).Cast(DType.Float32);
        return whole - (x < whole);
    }
}
