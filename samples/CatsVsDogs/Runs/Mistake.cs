using Numerics.Tensors;

namespace Numerics.Samples.CatsVsDogs.Runs;

/// <summary>A picture that the network is wrong about.</summary>
/// <param name="Picture">UNorm8 [h, w, 3].</param>
/// <param name="Label">What it shows.</param>
/// <param name="Said">What the network says.</param>
/// <param name="Probability">How sure the network is, from 0 to 1.</param>
internal sealed record Mistake(NDArray Picture, int Label, int Said, float Probability);
