namespace Numerics.Nn;

/// <summary>How well one class is told from the others, or the mean over classes.</summary>
/// <param name="Precision">Of what was taken for the class, the share that is; 0 when nothing was.</param>
/// <param name="Recall">Of the class, the share that was taken for it; 0 when there is none.</param>
/// <param name="F1">The harmonic mean of both.</param>
/// <param name="Support">The weight of the examples of the class.</param>
public readonly record struct ClassScores(double Precision, double Recall, double F1, double Support);
