namespace Numerics.Formats;

/// <summary>The type of numbers or texts in an HDF5 file. Source: HDF5 File Format Specification, IV.A.2.d.</summary>
/// <param name="Kind">What they are.</param>
/// <param name="Size">How many bytes one takes.</param>
/// <param name="Trim">The character that fills a text up to its size.</param>
internal readonly record struct Hdf5DataType(Hdf5Kind Kind, int Size, char Trim = '\0')
{
    private const int Floating = 1;
    private const int VariableLength = 9;

    private static readonly string[] s_classes =
        ["whole numbers", "floating-point numbers", "times", "text", "bits", "opaque bytes", "structures", "references", "enumerations", "lists", "arrays"];

    /// <summary>The type in a message.</summary>
    /// <exception cref="InvalidDataException">It is not one that models have.</exception>
    public static Hdf5DataType Parse(ReadOnlySpan<byte> content)
    {
        var cursor = new Hdf5Cursor(content);
        byte first = cursor.Byte(), bits = cursor.Byte();
        cursor.Skip(2);
        (int number, uint size) = (first & 0xF, cursor.UInt32());
        if (size is 0 or > int.MaxValue)
            throw new InvalidDataException($"elements of {size} bytes");
        bool bigEndian = (bits & 1) != 0;
        return number switch
        {
            0 when !bigEndian => new Hdf5DataType(Hdf5Kind.Whole, (int)size),
            Floating when !bigEndian && IsIeee(ref cursor, size) => new Hdf5DataType(Hdf5Kind.Float, (int)size),
            3 => new Hdf5DataType(Hdf5Kind.Text, (int)size, (bits & 0xF) == 2 ? ' ' : '\0'),
            VariableLength when (bits & 0xF) == 1 && size == 16 => new Hdf5DataType(Hdf5Kind.TextElsewhere, (int)size),
            _ => throw new InvalidDataException(
                $"{(number < s_classes.Length ? s_classes[number] : "data")} of {size} bytes{(number <= Floating ? ", big-endian or of an unusual layout," : "")} are not supported"),
        };
    }

    private static bool IsIeee(ref Hdf5Cursor cursor, uint size)
    {
        (int offset, int bits) = (cursor.UInt16(), cursor.UInt16());
        (int exponentAt, int exponent, int mantissaAt, int mantissa, uint bias) = (cursor.Byte(), cursor.Byte(), cursor.Byte(), cursor.Byte(), cursor.UInt32());
        return offset == 0 && mantissaAt == 0 && exponentAt == mantissa && (size, bits, exponent, mantissa, bias) is
            (2, 16, 5, 10, 15) or (4, 32, 8, 23, 127) or (8, 64, 11, 52, 1023);
    }
}
