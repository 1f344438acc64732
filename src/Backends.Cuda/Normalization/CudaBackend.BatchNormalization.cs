using Numerics.Tensors;

namespace Numerics.Backends.Cuda;

/// <content>Batch normalisation, with the variance summed from distances to the mean.</content>
public sealed unsafe partial class CudaBackend
{
    /// <inheritdoc/>
    public override void BatchNormalization(Tensor x, Tensor gamma, Tensor beta, float epsilon, bool relu, Tensor y, Tensor mean, Tensor variance)
    {
        ArgumentNullException.ThrowIfNull(x);
        int rows = x.Shape[0], channels = x.Shape[1];
        if (channels == 0)
            return;
        ReduceColumns("reduce_columns_sum", x, mean, 1, rows, channels, rows);
        SumColumns("squared_distances", variance, rows, channels, rows, x, mean);
        using Tensor factor = Tensor.Empty(this, channels);
        Each(KernelFamily.Normalization, "normalization_factors", channels, gamma, variance, epsilon, factor, channels);
        Normalize(x, mean, factor, beta, relu, y);
    }

    /// <inheritdoc/>
    public override void BatchNormalizationGradient(
        Tensor x, Tensor gamma, Tensor mean, Tensor variance, float epsilon, Tensor? y, Tensor dy, Tensor dx, Tensor dgamma, Tensor dbeta)
    {
        ArgumentNullException.ThrowIfNull(x);
        int rows = x.Shape[0], channels = x.Shape[1];
        if (channels == 0)
            return;
        if (y is not null)
        {
            UnaryGradient(UnaryKind.Relu, y, y, dy, dx);
            dy = dx;
        }

        using Tensor factors = Tensor.Empty(this, (3, channels));
        ReduceColumns("reduce_columns_sum", dy, dbeta, 1, rows, channels, 1);
        SumColumns("covariances", dgamma, rows, channels, 1, x, mean, dy);
        Each(KernelFamily.Normalization, "normalization_gradient_factors", channels, dgamma, dbeta, gamma, variance, epsilon, (float)rows, factors, channels);
        Each(KernelFamily.Normalization, "normalize_gradient", dx.Count, x, dy, mean, factors, dx, channels, dx.Count);
    }

    /// <inheritdoc/>
    public override void ScaleShift(Tensor x, Tensor scale, Tensor shift, bool relu, Tensor y) => Normalize(x, null, scale, shift, relu, y);

    private void Normalize(Tensor x, Tensor? mean, Tensor factor, Tensor offset, bool relu, Tensor y)
    {
        ArgumentNullException.ThrowIfNull(x);
        ArgumentNullException.ThrowIfNull(y);
        Each(
            KernelFamily.Normalization, "normalize", y.Count, x, KernelArgument.Optional(mean), factor, offset, relu, y, x.Shape[1], y.Count);
    }

    /// <summary>Sums a function of [rows, channels] over the rows, a chunk at a time.</summary>
    private void SumColumns(string name, Tensor y, int rows, int channels, float divisor, params ReadOnlySpan<KernelArgument> sources)
    {
        int chunks = Math.Max(1, Ceiling(rows, ColumnChunk));
        using Tensor? partial = chunks == 1 ? null : Tensor.Empty(this, [1, chunks, channels]);
        var grid = new CudaDim(Ceiling(channels, Lanes), chunks);
        Launch(
            KernelFamily.Reduce,
            name,
            grid,
            new CudaDim(Lanes, RowsOfBlock),
            [.. sources, partial ?? y, rows, channels, ColumnChunk, partial is null ? divisor : 1f]);
        if (partial is not null)
            ReduceColumns("reduce_columns_sum", partial, y, 1, chunks, channels, divisor);
    }
}
