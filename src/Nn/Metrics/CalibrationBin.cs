namespace Numerics.Nn;

/// <summary>The predictions of one range of confidence, a bar of a reliability diagram.</summary>
/// <param name="Weight">The weight of its examples.</param>
/// <param name="Confidence">Their mean confidence; 0 without examples.</param>
/// <param name="Accuracy">The share of them that is right; 0 without examples.</param>
public readonly record struct CalibrationBin(double Weight, double Confidence, double Accuracy);
