namespace Numerics.Data;

/// <summary>Which part of the pictures of a directory an <see cref="ImageDataset"/> takes.</summary>
public enum DatasetSubset
{
    /// <summary>All of them.</summary>
    All,

    /// <summary>All but the validation part.</summary>
    Training,

    /// <summary>The part set aside for validation.</summary>
    Validation,
}
