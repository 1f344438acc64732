namespace Numerics.Nn;

/// <summary><see cref="IoU"/> of all classes.</summary>
/// <param name="numClasses">The number of classes, at least 1.</param>
/// <param name="ignoreClass">The label of examples that do not count, such as 255 for "void", or null.</param>
/// <param name="sparseYTrue">Whether targets are class numbers, not one-hot rows.</param>
/// <param name="sparseYPred">Whether predictions are class numbers, not scores.</param>
/// <param name="name">The name in logs.</param>
public class MeanIoU(int numClasses, int? ignoreClass = null, bool sparseYTrue = true, bool sparseYPred = true, string name = "mean_io_u")
    : IoU(numClasses, [.. Enumerable.Range(0, Math.Max(numClasses, 0))], ignoreClass, sparseYTrue, sparseYPred, name);
