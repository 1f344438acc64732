namespace Numerics.Nn;

/// <summary><see cref="IoU"/> with one-hot targets and scores [batch, .., classes].</summary>
/// <param name="numClasses">The number of classes, at least 1.</param>
/// <param name="targetClassIds">The classes whose mean is given, at least one.</param>
/// <param name="ignoreClass">The label of examples that do not count, or null.</param>
/// <param name="sparseYPred">Whether predictions are class numbers, not scores.</param>
/// <param name="name">The name in logs.</param>
public sealed class OneHotIoU(
    int numClasses, IReadOnlyList<int> targetClassIds, int? ignoreClass = null, bool sparseYPred = false, string name = "one_hot_io_u")
    : IoU(numClasses, targetClassIds, ignoreClass, sparseYTrue: false, sparseYPred, name);
