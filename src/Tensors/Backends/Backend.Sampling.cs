namespace Numerics.Tensors;

/// <content>Sampling of pictures. The defaults compose primitives.</content>
public abstract partial class Backend
{
    /// <summary>
    /// y[b, i, j] = x[b] at row d·j + e·i + f and column a·j + b·i + c, between pixels and beyond the edges as the geometry says.
    /// </summary>
    /// <param name="x">[batch, h, w, channels].</param>
    /// <param name="transforms">a, b, c, d, e, f of every picture: [batch, 6], finite.</param>
    /// <param name="geometry">The constants.</param>
    /// <param name="y">[batch, out h, out w, channels].</param>
    public virtual void AffineSample(Tensor x, Tensor transforms, in AffineGeometry geometry, Tensor y)
    {
        using var scope = new TensorScope();
        int group = PicturesAtATime(geometry);
        for (int start = 0; start < geometry.Batch; start += group)
        {
            int count = Math.Min(group, geometry.Batch - start);
            if (count == geometry.Batch)
            {
                SampleGroup(x, transforms, geometry, y);
                return;
            }

            AffineGeometry part = geometry.WithBatch(count);
            Tensor sampled = Tensor.Empty(this, part.OutputShape);
            SampleGroup(x.StopGradient().Slice(0, start, count), transforms.StopGradient().Slice(0, start, count), part, sampled);
            int size = part.OutputShape.Product(1..);
            InsertSlice(sampled.View([1, count, size]), start, y.View([1, geometry.Batch, size]));
        }
    }

    private void SampleGroup(Tensor x, Tensor transforms, in AffineGeometry geometry, Tensor y)
    {
        Tensor rows = x.StopGradient().View([geometry.Batch * geometry.InHeight * geometry.InWidth, geometry.Channels]);
        Tensor? sum = null, weights = null;
        foreach (AffineCorner corner in AffineCorner.All(transforms.StopGradient(), geometry))
        {
            Tensor part = rows.Gather(corner.Positions) * corner.Weight;
            sum = sum is null ? part : sum + part;
            weights = weights is null ? corner.Weight : weights + corner.Weight;
        }

        if (geometry is { FillMode: FillMode.Constant, FillValue: not 0 })
            sum = sum! + ((1 - weights!) * geometry.FillValue);
        Copy(sum!.View(y.Shape), y);
    }

    /// <summary>The gradient of <see cref="AffineSample"/> with respect to x.</summary>
    /// <param name="dy">[batch, out h, out w, channels].</param>
    /// <param name="transforms">Those of the op.</param>
    /// <param name="geometry">The constants.</param>
    /// <param name="dx">Receives [batch, h, w, channels].</param>
    public virtual void AffineSampleGradient(Tensor dy, Tensor transforms, in AffineGeometry geometry, Tensor dx)
    {
        using var scope = new TensorScope();
        int group = PicturesAtATime(geometry);
        for (int start = 0; start < geometry.Batch; start += group)
        {
            int count = Math.Min(group, geometry.Batch - start);
            AffineGeometry part = geometry.WithBatch(count);
            Tensor spread = Tensor.Empty(this, new Shape(count, geometry.InHeight, geometry.InWidth, geometry.Channels));
            SpreadGroup(dy.StopGradient().Slice(0, start, count), transforms.StopGradient().Slice(0, start, count), part, spread);
            int size = spread.Shape.Product(1..);
            InsertSlice(spread.View([1, count, size]), start, dx.View([1, geometry.Batch, size]));
        }
    }

    // Places are computed as floats, which count to 2^24 without gaps.
    private static int PicturesAtATime(in AffineGeometry geometry) => Math.Max(1, (1 << 24) / (geometry.InHeight * geometry.InWidth));

    private void SpreadGroup(Tensor dy, Tensor transforms, in AffineGeometry geometry, Tensor dx)
    {
        int pixels = geometry.Batch * geometry.OutHeight * geometry.OutWidth, inputs = geometry.Batch * geometry.InHeight * geometry.InWidth;
        Tensor rows = dy.StopGradient().View([pixels, geometry.Channels]);
        Fill(0, dx);
        foreach (AffineCorner corner in AffineCorner.All(transforms.StopGradient(), geometry))
            ScatterAdd((rows * corner.Weight).View([1, pixels, geometry.Channels]), corner.Positions, dx.View([1, inputs, geometry.Channels]));
    }
}
