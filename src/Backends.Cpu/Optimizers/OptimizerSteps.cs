using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Numerics.Tensors;

namespace Numerics.Backends.Cpu;

/// <summary>Gradient descent without momentum.</summary>
internal readonly struct PlainSgd(SgdStep step) : IOptimizerStep
{
    public static bool UsesFirst => false;

    public static bool UsesSecond => false;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Apply(Vector256<float> gradient, ref Vector256<float> weights, ref Vector256<float> first, ref Vector256<float> second)
    {
        weights -= gradient * step.LearningRate;
    }
}

/// <summary>Gradient descent with momentum; the first state is the velocity.</summary>
internal readonly struct MomentumSgd(SgdStep step) : IOptimizerStep
{
    public static bool UsesFirst => true;

    public static bool UsesSecond => false;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Apply(Vector256<float> gradient, ref Vector256<float> weights, ref Vector256<float> first, ref Vector256<float> second)
    {
        Vector256<float> move = gradient * -step.LearningRate;
        first = (first * step.Momentum) + move;
        weights += step.Nesterov ? (first * step.Momentum) + move : first;
    }
}

/// <summary>Adam; the states are the mean and the mean square.</summary>
internal readonly struct Adam(AdamStep step) : IOptimizerStep
{
    public static bool UsesFirst => true;

    public static bool UsesSecond => true;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Apply(Vector256<float> gradient, ref Vector256<float> weights, ref Vector256<float> first, ref Vector256<float> second)
    {
        first += (gradient - first) * (1 - step.Beta1);
        second += ((gradient * gradient) - second) * (1 - step.Beta2);
        Vector256<float> move = first * step.LearningRate / (Vector256.Sqrt(second) + Vector256.Create(step.Epsilon));
        weights = (weights * (1 - step.Decay)) - move;
    }
}

/// <summary>RMSprop; the state is the mean square.</summary>
internal readonly struct PlainRmsprop(RmspropStep step) : IOptimizerStep
{
    public static bool UsesFirst => true;

    public static bool UsesSecond => false;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Apply(Vector256<float> gradient, ref Vector256<float> weights, ref Vector256<float> first, ref Vector256<float> second)
    {
        first = (first * step.Rho) + (gradient * gradient * (1 - step.Rho));
        weights -= gradient * step.LearningRate / Vector256.Sqrt(first + Vector256.Create(step.Epsilon));
    }
}

/// <summary>RMSprop with momentum; the states are the mean square and the momentum.</summary>
internal readonly struct MomentumRmsprop(RmspropStep step) : IOptimizerStep
{
    public static bool UsesFirst => true;

    public static bool UsesSecond => true;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Apply(Vector256<float> gradient, ref Vector256<float> weights, ref Vector256<float> first, ref Vector256<float> second)
    {
        first = (first * step.Rho) + (gradient * gradient * (1 - step.Rho));
        second = (second * step.Momentum) + (gradient * step.LearningRate / Vector256.Sqrt(first + Vector256.Create(step.Epsilon)));
        weights -= second;
    }
}

/// <summary>Lion; the state is the momentum.</summary>
internal readonly struct Lion(LionStep step) : IOptimizerStep
{
    public static bool UsesFirst => true;

    public static bool UsesSecond => false;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Apply(Vector256<float> gradient, ref Vector256<float> weights, ref Vector256<float> first, ref Vector256<float> second)
    {
        Vector256<float> direction = (first * step.Beta1) + (gradient * (1 - step.Beta1));
        first = (first * step.Beta2) + (gradient * (1 - step.Beta2));
        weights = (weights * (1 - step.Decay)) - (default(SignFunction).Invoke(direction) * step.LearningRate);
    }
}
