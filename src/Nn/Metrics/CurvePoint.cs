namespace Numerics.Nn;

/// <summary>A point of a curve of decisions.</summary>
/// <param name="X">The false positive rate of a ROC curve, the recall of a PR curve.</param>
/// <param name="Y">The true positive rate of a ROC curve, the precision of a PR curve.</param>
/// <param name="Score">Examples with at least this score are taken for the class; infinite where none is.</param>
public readonly record struct CurvePoint(double X, double Y, float Score);
