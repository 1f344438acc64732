namespace Numerics.Tensors;

/// <summary>
/// The gradient of an op: from the gradient with respect to its output to the gradients with respect to its inputs.
/// </summary>
/// <param name="outputGradient">dL/d(output), of the output's shape.</param>
/// <param name="needed">For each input, whether its gradient will be used.</param>
/// <returns>For each input dL/d(input), of that input's shape; null where it is not needed or there is none.</returns>
public delegate Tensor?[] GradientRule(Tensor outputGradient, ReadOnlySpan<bool> needed);
