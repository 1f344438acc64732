using Numerics.Tensors;

namespace Numerics.Backends.Cpu;

/// <content>Batch normalisation: one pass for the statistics, one for the result.</content>
public sealed unsafe partial class CpuBackend
{
    /// <inheritdoc/>
    public override void BatchNormalization(Tensor x, Tensor gamma, Tensor beta, float epsilon, bool relu, Tensor y, Tensor mean, Tensor variance)
    {
        ArgumentNullException.ThrowIfNull(x);
        ArgumentNullException.ThrowIfNull(gamma);
        ArgumentNullException.ThrowIfNull(beta);
        ArgumentNullException.ThrowIfNull(y);
        ArgumentNullException.ThrowIfNull(mean);
        ArgumentNullException.ThrowIfNull(variance);
        var blocks = new RowBlocks(x.Shape[0], x.Shape[1]);
        int channels = blocks.Channels;
        long partial = (long)blocks.Count * channels;
        using var scratch = new Scratch(_memory, (3 * partial) + channels);
        float* means = scratch.Pointer, rests = means + partial, squares = rests + partial, scale = squares + partial;
        _team.Run(new MomentsWork(Pointer<float>(x), blocks, means, rests, squares), blocks.Count);
        var combine = new CombineMomentsWork(
            blocks, means, rests, squares, Pointer<float>(gamma), epsilon, Pointer<float>(mean), Pointer<float>(variance), scale);
        _team.Run(combine, combine.Count);
        _team.Run(new NormalizeWork(Pointer<float>(x), blocks, Pointer<float>(mean), scale, Pointer<float>(beta), relu, Pointer<float>(y)), blocks.Count);
        GC.KeepAlive(x);
        GC.KeepAlive(gamma);
        GC.KeepAlive(beta);
        GC.KeepAlive(y);
        GC.KeepAlive(mean);
        GC.KeepAlive(variance);
    }

    /// <inheritdoc/>
    public override void BatchNormalizationGradient(
        Tensor x, Tensor gamma, Tensor mean, Tensor variance, float epsilon, Tensor? y, Tensor dy, Tensor dx, Tensor dgamma, Tensor dbeta)
    {
        ArgumentNullException.ThrowIfNull(x);
        ArgumentNullException.ThrowIfNull(gamma);
        ArgumentNullException.ThrowIfNull(mean);
        ArgumentNullException.ThrowIfNull(variance);
        ArgumentNullException.ThrowIfNull(dy);
        ArgumentNullException.ThrowIfNull(dx);
        ArgumentNullException.ThrowIfNull(dgamma);
        ArgumentNullException.ThrowIfNull(dbeta);
        var blocks = new RowBlocks(x.Shape[0], x.Shape[1]);
        int channels = blocks.Channels;
        long partial = (long)blocks.Count * channels;
        using var scratch = new Scratch(_memory, (2 * partial) + (4L * channels));
        float* sums = scratch.Pointer, weighted = sums + partial;
        float* scale = weighted + partial, factor = scale + channels, a = factor + channels, b = a + channels;
        for (int c = 0; c < channels; c++)
            scale[c] = (float)(1 / Math.Sqrt((double)Pointer<float>(variance)[c] + epsilon));
        float* middle = Pointer<float>(mean);
        var outer = new OuterGradient(Pointer<float>(dy), y is null ? null : Pointer<float>(y));
        _team.Run(new GradientSumsWork(Pointer<float>(x), outer, blocks, middle, scale, sums, weighted), blocks.Count);
        var combineSums = new CombineWork<SumReduction>(sums, Pointer<float>(dbeta), 1, blocks.Count, channels);
        _team.Run(combineSums, combineSums.Count);
        var combineWeighted = new CombineWork<SumReduction>(weighted, Pointer<float>(dgamma), 1, blocks.Count, channels);
        _team.Run(combineWeighted, combineWeighted.Count);

        // gamma·scale·(dy - Σdy/n - x̂·Σ(dy·x̂)/n) with x̂ = (x - mean)·scale.
        for (int c = 0; c < channels; c++)
        {
            factor[c] = Pointer<float>(gamma)[c] * scale[c];
            a[c] = Pointer<float>(dbeta)[c] / blocks.Rows;
            b[c] = Pointer<float>(dgamma)[c] / blocks.Rows * scale[c];
        }

        var work = new NormalizeGradientWork(Pointer<float>(x), outer, blocks, middle, factor, a, b, Pointer<float>(dx));
        _team.Run(work, blocks.Count);
        GC.KeepAlive(x);
        GC.KeepAlive(gamma);
        GC.KeepAlive(mean);
        GC.KeepAlive(variance);
        GC.KeepAlive(y);
        GC.KeepAlive(dy);
        GC.KeepAlive(dx);
        GC.KeepAlive(dgamma);
        GC.KeepAlive(dbeta);
    }

    /// <inheritdoc/>
    public override void ScaleShift(Tensor x, Tensor scale, Tensor shift, bool relu, Tensor y)
    {
        ArgumentNullException.ThrowIfNull(x);
        ArgumentNullException.ThrowIfNull(scale);
        ArgumentNullException.ThrowIfNull(shift);
        ArgumentNullException.ThrowIfNull(y);
        if (x.Count == 0)
            return;
        var blocks = new RowBlocks(x.Shape[0], x.Shape[1]);
        using var scratch = new Scratch(_memory, blocks.Channels);
        new Span<float>(scratch.Pointer, blocks.Channels).Clear();
        _team.Run(
            new NormalizeWork(Pointer<float>(x), blocks, scratch.Pointer, Pointer<float>(scale), Pointer<float>(shift), relu, Pointer<float>(y)), blocks.Count);
        GC.KeepAlive(x);
        GC.KeepAlive(scale);
        GC.KeepAlive(shift);
        GC.KeepAlive(y);
    }
}
