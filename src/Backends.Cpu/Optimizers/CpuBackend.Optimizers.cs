using Numerics.Tensors;

namespace Numerics.Backends.Cpu;

/// <content>Optimizer steps.</content>
public sealed unsafe partial class CpuBackend
{
    /// <inheritdoc/>
    public override void SgdUpdate(Tensor weights, Tensor gradient, Tensor? velocity, in SgdStep step)
    {
        if (velocity is null)
            Update(new PlainSgd(step), weights, gradient, null, null);
        else
            Update(new MomentumSgd(step), weights, gradient, velocity, null);
    }

    /// <inheritdoc/>
    public override void AdamUpdate(Tensor weights, Tensor gradient, Tensor mean, Tensor variance, in AdamStep step) =>
        Update(new Adam(step), weights, gradient, mean, variance);

    /// <inheritdoc/>
    public override void RmspropUpdate(Tensor weights, Tensor gradient, Tensor variance, Tensor? momentum, in RmspropStep step)
    {
        if (momentum is null)
            Update(new PlainRmsprop(step), weights, gradient, variance, null);
        else
            Update(new MomentumRmsprop(step), weights, gradient, variance, momentum);
    }

    /// <inheritdoc/>
    public override void LionUpdate(Tensor weights, Tensor gradient, Tensor momentum, in LionStep step) =>
        Update(new Lion(step), weights, gradient, momentum, null);

    private void Update<TStep>(TStep step, Tensor weights, Tensor gradient, Tensor? first, Tensor? second)
        where TStep : unmanaged, IOptimizerStep
    {
        ArgumentNullException.ThrowIfNull(weights);
        ArgumentNullException.ThrowIfNull(gradient);
        float* a = first is null ? null : Pointer<float>(first), b = second is null ? null : Pointer<float>(second);
        if (gradient.PendingProduct is { } product && ProductUpdateWork<TStep>.Fits(product))
        {
            UpdateFrom(product, step, Pointer<float>(weights), a, b);
        }
        else
        {
            var work = new OptimizerWork<TStep>(step, Pointer<float>(weights), Pointer<float>(gradient), a, b, weights.Count);
            _team.Run(work, Shards.Count(weights.Count));
        }

        GC.KeepAlive(weights);
        GC.KeepAlive(gradient);
        GC.KeepAlive(first);
        GC.KeepAlive(second);
    }

    private void UpdateFrom<TStep>(MatMulProduct product, TStep step, float* weights, float* first, float* second)
        where TStep : unmanaged, IOptimizerStep
    {
        int steps = product.A.Shape[0], rows = product.A.Shape[1], columns = product.B.Shape[1];
        using var memory = new Scratch(_memory, PackedPanels.Size(steps, columns));
        var panels = new PackedPanels(memory.Pointer, steps, columns);
        var pack = new PackWork(panels, 1, Pointer<float>(product.B), 0, columns, 1);
        _team.Run(pack, pack.Shards);
        var work = new ProductUpdateWork<TStep>(step, Pointer<float>(product.A), panels, rows, weights, first, second);
        _team.Run(work, work.Shards);
        GC.KeepAlive(product);
    }
}
