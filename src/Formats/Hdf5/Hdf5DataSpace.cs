namespace Numerics.Formats;

/// <summary>The extents of a data set or an attribute. Source: HDF5 File Format Specification, IV.A.2.b.</summary>
internal static class Hdf5DataSpace
{
    private const int MaxRank = 32;

    /// <summary>The extents in a message; none for a single element, one of 0 where there is nothing.</summary>
    /// <exception cref="InvalidDataException">There are more elements than an array can have.</exception>
    public static int[] Parse(ReadOnlySpan<byte> content)
    {
        var cursor = new Hdf5Cursor(content);
        byte version = cursor.Version("extents", 1, 2), rank = cursor.Byte();
        cursor.Skip(1);
        if (version == 1)
            cursor.Skip(5);
        else if (cursor.Byte() == 2)
            return [0];
        if (rank > MaxRank)
            throw new InvalidDataException($"{rank} dimensions");
        int[] dims = new int[rank];
        long size = 1;
        for (int i = 0; i < rank; i++)
        {
            ulong dim = cursor.UInt64();
            if (dim > int.MaxValue || (size *= (long)dim) > int.MaxValue)
                throw new InvalidDataException($"an extent of {dim} in dimension {i} is more than an array can have");
            dims[i] = (int)dim;
        }

        return dims;
    }

    /// <summary>How many elements there are.</summary>
    public static int Size(ReadOnlySpan<int> dims)
    {
        int size = 1;
        foreach (int dim in dims)
            size *= dim;
        return size;
    }
}
