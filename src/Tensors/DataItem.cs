namespace Numerics.Tensors;

/// <summary>One element of a data set: an example, or a batch of them stacked along a first axis.</summary>
/// <param name="X">The input, such as a picture [height, width, channels] or a batch [batch, height, width, channels].</param>
/// <param name="Y">The target, such as a one-hot label [classes] or a batch [batch, classes].</param>
/// <param name="SampleWeight">The weight of each example, [] or [batch]; null means 1.</param>
public readonly record struct DataItem(NDArray X, NDArray Y, NDArray? SampleWeight = null)
{
    /// <summary>Takes input and target apart: <c>foreach (var (x, y) in data)</c>.</summary>
    public void Deconstruct(out NDArray x, out NDArray y) => (x, y) = (X, Y);
}
