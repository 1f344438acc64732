namespace Numerics.Data;

/// <summary>What an <see cref="ImageDataset"/> does with a file that cannot be decoded.</summary>
public enum DamagedFilePolicy
{
    /// <summary>Leaves it out and notes it in <see cref="ImageDataset.Damaged"/>.</summary>
    Skip,

    /// <summary>Throws <see cref="InvalidDataException"/> where its picture would come.</summary>
    Throw,
}
