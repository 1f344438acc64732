namespace Numerics.Nn;

/// <summary>
/// Adam with decoupled weight decay: before each update, weights lose the share rate · weight decay.
/// Source: Loshchilov and Hutter, "Decoupled weight decay regularization", ICLR 2019, algorithm 2.
/// </summary>
/// <param name="learningRate">The step size, a number or a schedule; 0.001 when null.</param>
/// <param name="weightDecay">The decay, at least 0.</param>
/// <param name="beta1">How much of the gradient's mean is kept, in [0, 1).</param>
/// <param name="beta2">How much of the mean square is kept, in [0, 1).</param>
/// <param name="epsilon">Added to the root; greater than 0.</param>
/// <param name="amsGrad">Whether the greatest mean square so far counts.</param>
public sealed class AdamW(
    LearningRateSchedule? learningRate = null, float weightDecay = 0.004f, float beta1 = 0.9f, float beta2 = 0.999f, float epsilon = 1e-7f, bool amsGrad = false)
    : Adam("adamw", learningRate, weightDecay, beta1, beta2, epsilon, amsGrad);
