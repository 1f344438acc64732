namespace Numerics.Nn;

/// <summary>The harmonic mean of precision and recall, 2·TP / (2·TP + FN + FP): <see cref="FBetaScore"/> with β = 1.</summary>
/// <param name="average">How the classes' values become one number.</param>
/// <param name="threshold">Greater predictions count as yes, for each class on its own. When null the greatest prediction
/// counts, and that of a single column from above 0.5.</param>
/// <param name="name">The name in logs.</param>
public sealed class F1Score(Averaging average = Averaging.Macro, float? threshold = null, string name = "f1_score")
    : FBetaScore(average, 1, threshold, name);
