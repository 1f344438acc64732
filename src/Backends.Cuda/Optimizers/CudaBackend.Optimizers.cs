using Numerics.Tensors;

namespace Numerics.Backends.Cuda;

/// <content>Optimizer steps, one kernel each.</content>
public sealed unsafe partial class CudaBackend
{
    private const int MostRowsOfRoundedUpdate = 128;

    /// <inheritdoc/>
    public override void SgdUpdate(Tensor weights, Tensor gradient, Tensor? velocity, in SgdStep step)
    {
        ArgumentNullException.ThrowIfNull(weights);
        int count = weights.Count;
        if (velocity is null)
            Each(KernelFamily.Optimizer, "sgd", count, Output(weights), gradient, count, step.LearningRate);
        else
            Each(KernelFamily.Optimizer, "sgd_momentum", count, Output(weights), gradient, Output(velocity), count, step.LearningRate, step.Momentum, step.Nesterov);
    }

    /// <inheritdoc/>
    public override void AdamUpdate(Tensor weights, Tensor gradient, Tensor mean, Tensor variance, in AdamStep step)
    {
        ArgumentNullException.ThrowIfNull(weights);
        ArgumentNullException.ThrowIfNull(gradient);
        if (gradient.PendingProduct is { } product && FitsUpdate(product) && IsAligned(weights) && IsAligned(mean) && IsAligned(variance))
        {
            AdamOfProduct(product, weights, mean, variance, step);
            GC.KeepAlive(gradient);
            return;
        }

        int count = weights.Count;
        Each(
            KernelFamily.Optimizer,
            "adam",
            count,
            Output(weights),
            gradient,
            Output(mean),
            Output(variance),
            count,
            step.LearningRate,
            step.Beta1,
            step.Beta2,
            step.Epsilon,
            step.Decay);
    }

    /// <inheritdoc/>
    public override void RmspropUpdate(Tensor weights, Tensor gradient, Tensor variance, Tensor? momentum, in RmspropStep step)
    {
        ArgumentNullException.ThrowIfNull(weights);
        int count = weights.Count;
        if (momentum is null)
            Each(KernelFamily.Optimizer, "rmsprop", count, Output(weights), gradient, Output(variance), count, step.LearningRate, step.Rho, step.Epsilon);
        else
            Each(KernelFamily.Optimizer, "rmsprop_momentum", count, Output(weights), gradient, Output(variance), Output(momentum), count, step.LearningRate, step.Rho, step.Momentum, step.Epsilon);
    }

    /// <inheritdoc/>
    public override void LionUpdate(Tensor weights, Tensor gradient, Tensor momentum, in LionStep step)
    {
        ArgumentNullException.ThrowIfNull(weights);
        int count = weights.Count;
        Each(KernelFamily.Optimizer, "lion", count, Output(weights), gradient, Output(momentum), count, step.LearningRate, step.Beta1, step.Beta2, step.Decay);
    }

    // Where products are rounded, more rows than these are faster by the library and a step of its own.
    private bool FitsUpdate(MatMulProduct product) =>
        product is { TransposeA: true, TransposeB: false } && product.A.Shape[1] % 4 == 0 && product.B.Shape[1] % 4 == 0
        && IsAligned(product.A) && IsAligned(product.B)
        && (_options.Precision == CudaPrecision.Float32 || product.A.Shape[0] <= MostRowsOfRoundedUpdate);

    private void AdamOfProduct(MatMulProduct product, Tensor weights, Tensor mean, Tensor variance, in AdamStep step)
    {
        const int Tile = 64;
        (int rows, int ins, int outs) = (product.A.Shape[0], product.A.Shape[1], product.B.Shape[1]);
        KernelArgument inputs = KernelArgument.Stored(product.A, out bool isNarrow);
        Launch(
            KernelFamily.Optimizer,
            isNarrow ? "adam_of_product_narrow" : "adam_of_product",
            new CudaDim(Ceiling(ins, Tile), Ceiling(outs, Tile)),
            ThreadsOfBlock,
            inputs,
            product.B,
            Output(weights),
            Output(mean),
            Output(variance),
            rows,
            ins,
            outs,
            step.LearningRate,
            step.Beta1,
            step.Beta2,
            step.Epsilon,
            step.Decay);
    }
}
