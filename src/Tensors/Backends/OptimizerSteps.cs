namespace Numerics.Tensors;

/// <summary>The constants of one step of stochastic gradient descent.</summary>
/// <param name="LearningRate">The step size.</param>
/// <param name="Momentum">The share of the last step that is kept.</param>
/// <param name="Nesterov">Whether the gradient counts as taken after the momentum's step (Nesterov 1983).</param>
public readonly record struct SgdStep(float LearningRate, float Momentum, bool Nesterov);

/// <summary>The constants of one step of Adam or AdamW.</summary>
/// <param name="LearningRate">The step size times √(1-β2^t)/(1-β1^t).</param>
/// <param name="Beta1">How much of the gradient's mean is kept.</param>
/// <param name="Beta2">How much of the mean square is kept.</param>
/// <param name="Epsilon">Added to the root of the mean square.</param>
/// <param name="Decay">The share of each weight that is taken off first: rate · weight decay; 0 for Adam.</param>
public readonly record struct AdamStep(float LearningRate, float Beta1, float Beta2, float Epsilon, float Decay);

/// <summary>The constants of one step of RMSprop.</summary>
/// <param name="LearningRate">The step size.</param>
/// <param name="Rho">How much of the mean square is kept.</param>
/// <param name="Momentum">The share of the last step that is kept.</param>
/// <param name="Epsilon">Added to the mean square.</param>
public readonly record struct RmspropStep(float LearningRate, float Rho, float Momentum, float Epsilon);

/// <summary>The constants of one step of Lion.</summary>
/// <param name="LearningRate">The step size.</param>
/// <param name="Beta1">How much of the momentum the direction is taken from.</param>
/// <param name="Beta2">How much of the momentum is kept.</param>
/// <param name="Decay">The share of each weight that is taken off first: rate · weight decay.</param>
public readonly record struct LionStep(float LearningRate, float Beta1, float Beta2, float Decay);
