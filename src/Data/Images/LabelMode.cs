namespace Numerics.Data;

/// <summary>How an <see cref="ImageDataset"/> writes a picture's class.</summary>
public enum LabelMode
{
    /// <summary>One-hot floats [classes], for categorical losses.</summary>
    Categorical,

    /// <summary>The index of the class as an Int32 scalar [], for sparse losses.</summary>
    Int,

    /// <summary>One float [1], 0 for the first class and 1 for the second, for binary losses; needs two classes.</summary>
    Binary,
}
