namespace Numerics.Nn;

/// <summary><see cref="MeanIoU"/> with one-hot targets and scores [batch, .., classes].</summary>
/// <param name="numClasses">The number of classes, at least 1.</param>
/// <param name="ignoreClass">The label of examples that do not count, or null.</param>
/// <param name="sparseYPred">Whether predictions are class numbers, not scores.</param>
/// <param name="name">The name in logs.</param>
public sealed class OneHotMeanIoU(int numClasses, int? ignoreClass = null, bool sparseYPred = false, string name = "one_hot_mean_io_u")
    : MeanIoU(numClasses, ignoreClass, sparseYTrue: false, sparseYPred, name);
