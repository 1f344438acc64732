namespace Numerics.Tensors;

/// <summary>The constants of the focal term of classes.</summary>
/// <param name="Gamma">The focusing exponent γ, at least 0; 0 leaves the cross-entropy.</param>
/// <param name="Poly">The weight ε of the further term ε·(1-p)^(γ+1) (Leng et al. 2022, "PolyLoss", section 4.3).</param>
public readonly record struct FocalTerm(float Gamma, float Poly = 0);

/// <summary>
/// The constants of the focal term of a yes/no prediction p with label y. With p' = max(p - margin, 0):
/// weight·m^γ·-(y·positive·ln p + (1-y)·ln(1-p')), where m = y·(1-p) + (1-y)·p' is how wrong the prediction is, and weight and γ
/// are those of the two labels, mixed as y says.
/// </summary>
/// <param name="GammaPositive">The focusing exponent where the label is 1, at least 0.</param>
/// <param name="GammaNegative">The focusing exponent where the label is 0, at least 0.</param>
/// <param name="WeightPositive">The weight of the term where the label is 1.</param>
/// <param name="WeightNegative">The weight of the term where the label is 0.</param>
/// <param name="PositiveLog">How much ln p weighs against ln(1-p).</param>
/// <param name="Margin">What is taken off p where the label is 0, in [0, 1) (Ridnik et al. 2021, "Asymmetric loss", equation 5).</param>
public readonly record struct BinaryFocalTerm(
    float GammaPositive, float GammaNegative, float WeightPositive = 1, float WeightNegative = 1, float PositiveLog = 1, float Margin = 0);
