namespace Numerics.Data;

/// <summary>Which files an <see cref="ImageDataset"/> takes. What it leaves out, and why, is in <see cref="ImageDataset.Dropped"/>.</summary>
public enum FilePolicy
{
    /// <summary>Every file that can be decoded.</summary>
    Decodable,

    /// <summary>
    /// Of these, what TensorFlow Datasets takes of Microsoft's cats and dogs: files with the letters JFIF in their first 512 bytes.
    /// That leaves out 1,738 of the 25,000, among them sound pictures in other formats.
    /// </summary>
    Tfds,

    /// <summary>
    /// Of these, what the tutorial at keras.io takes: files with the letters JFIF in their first 4,096 bytes. That leaves out 1,590
    /// of the 25,000.
    /// </summary>
    Keras,

    /// <summary>Every file; the first that cannot be decoded throws <see cref="InvalidDataException"/> where its picture would come.</summary>
    Strict,
}
