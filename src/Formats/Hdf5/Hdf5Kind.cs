namespace Numerics.Formats;

/// <summary>What the elements of a data set or an attribute are.</summary>
internal enum Hdf5Kind
{
    /// <summary>Whole numbers.</summary>
    Whole,

    /// <summary>IEEE numbers of 2, 4 or 8 bytes.</summary>
    Float,

    /// <summary>Texts of one length.</summary>
    Text,

    /// <summary>Texts of any length, which stand in a heap.</summary>
    TextElsewhere,
}
