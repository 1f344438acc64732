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
        SumColumns("squared_distances", IsRounded(x) && InPairs(channels, x), IsRounded(x), variance, rows, channels, rows, KernelArgument.Stored(x, out _), mean);
        using Tensor factor = Tensor.Empty(this, channels);
        Each(KernelFamily.Normalization, "normalization_factors", channels, gamma, variance, epsilon, Output(factor), channels);
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

        bool isNarrow = IsRounded(x);
        using Tensor? rounded = isNarrow ? Narrowed(dy) : null;
        dy = rounded ?? dy;
        using Tensor factors = Tensor.Empty(this, (3, channels));
        ReduceColumns("reduce_columns_sum", dy, dbeta, 1, rows, channels, 1);
        using Operand inputs = AsOperand(x, isNarrow), outer = AsOperand(dy, isNarrow);
        SumColumns("covariances", isNarrow && InPairs(channels, x) && InPairs(channels, dy), isNarrow, dgamma, rows, channels, 1, inputs.Address, mean, outer.Address);
        Each(
            KernelFamily.Normalization,
            "normalization_gradient_factors",
            channels,
            Output(dgamma),
            dbeta,
            gamma,
            variance,
            epsilon,
            (float)rows,
            Output(factors),
            channels);
        using Result result = AsResult(dx, isNarrow);
        Each(
            isNarrow ? KernelFamily.NarrowNormalization : KernelFamily.Normalization,
            isNarrow ? "normalize_gradient_narrow" : "normalize_gradient",
            dx.Count,
            inputs.Address,
            outer.Address,
            mean,
            factors,
            result.Address,
            channels,
            dx.Count);
        Finish(result);
    }

    /// <inheritdoc/>
    public override void ScaleShift(Tensor x, Tensor scale, Tensor shift, bool relu, Tensor y) => Normalize(x, null, scale, shift, relu, y);

    private void Normalize(Tensor x, Tensor? mean, Tensor factor, Tensor offset, bool relu, Tensor y)
    {
        ArgumentNullException.ThrowIfNull(x);
        ArgumentNullException.ThrowIfNull(y);
        KernelArgument inputs = KernelArgument.Stored(x, out bool isNarrow);
        using Result result = AsResult(y, isNarrow);
        Each(
            isNarrow ? KernelFamily.NarrowNormalization : KernelFamily.Normalization,
            isNarrow ? "normalize_narrow" : "normalize",
            y.Count,
            inputs,
            KernelArgument.Optional(mean),
            factor,
            offset,
            relu,
            result.Address,
            x.Shape[1],
            y.Count);
        Finish(result);
    }

    /// <summary>Sums a function of [rows, channels] over the rows, a chunk at a time.</summary>
    private void SumColumns(
        string name, bool inPairs, bool isNarrow, Tensor y, int rows, int channels, float divisor, params ReadOnlySpan<KernelArgument> sources)
    {
        int chunk = ChunkOfColumns(rows), chunks = Math.Max(1, Ceiling(rows, chunk));
        using Tensor? partial = chunks == 1 ? null : Tensor.Empty(this, [1, chunks, channels]);
        KernelArgument[] arguments = [.. sources, Output(partial ?? y), rows, channels, chunk, partial is null ? divisor : 1f];
        EachColumn(name, inPairs, isNarrow, 1, channels, chunks, arguments);
        if (partial is not null)
            ReduceColumns("reduce_columns_sum", partial, y, 1, chunks, channels, divisor);
    }
}
