namespace Numerics.Formats;

/// <summary>What an object of an HDF5 file says about itself, one thing a message.</summary>
/// <param name="Type">The number of what it says.</param>
/// <param name="IsShared">Whether the content stands elsewhere.</param>
/// <param name="Content">The content.</param>
internal readonly record struct Hdf5Message(int Type, bool IsShared, ReadOnlyMemory<byte> Content)
{
    /// <summary>The extents of a data set.</summary>
    public const int DataSpace = 0x1;

    /// <summary>That links stand in messages, and where those that do not stand.</summary>
    public const int LinkInfo = 0x2;

    /// <summary>The type of a data set's numbers.</summary>
    public const int DataType = 0x3;

    /// <summary>What is stored of a data set before anything is written.</summary>
    public const int FillValue = 0x5;

    /// <summary>A link in a group.</summary>
    public const int Link = 0x6;

    /// <summary>That a data set's data are in other files.</summary>
    public const int ExternalFiles = 0x7;

    /// <summary>Where a data set's data are.</summary>
    public const int Layout = 0x8;

    /// <summary>How a group is to keep its links.</summary>
    public const int GroupInfo = 0xA;

    /// <summary>How a data set's pieces are compressed.</summary>
    public const int Filters = 0xB;

    /// <summary>An attribute.</summary>
    public const int Attribute = 0xC;

    /// <summary>Where more messages stand.</summary>
    public const int Continuation = 0x10;

    /// <summary>Where a group's links stand, in files that any HDF5 reads.</summary>
    public const int SymbolTable = 0x11;

    /// <summary>Where attributes stand that are not in messages.</summary>
    public const int AttributeInfo = 0x15;
}
