using System.Buffers.Binary;
using System.Runtime.InteropServices;
using Google.Protobuf;
using Numerics.Formats.Onnx;
using Numerics.Tensors;

namespace Numerics.Formats;

/// <summary>Arrays in ONNX files.</summary>
internal static class OnnxTensor
{
    /// <summary>The message for an array of floats.</summary>
    public static TensorProto Write(string name, NDArray array)
    {
        var tensor = new TensorProto { Name = name, DataType = (int)TensorProto.Types.DataType.Float };
        foreach (int dim in array.Shape)
            tensor.Dims.Add(dim);
        tensor.RawData = BitConverter.IsLittleEndian
            ? ByteString.CopyFrom(array.Bytes)
            : throw new PlatformNotSupportedException("ONNX files are little-endian, this machine is not");
        return tensor;
    }

    /// <summary>The message for a list of whole numbers.</summary>
    public static TensorProto Write(string name, params ReadOnlySpan<long> values)
    {
        var tensor = new TensorProto { Name = name, DataType = (int)TensorProto.Types.DataType.Int64, RawData = ByteString.CopyFrom(MemoryMarshal.AsBytes(values)) };
        tensor.Dims.Add(values.Length);
        return tensor;
    }

    /// <summary>The array of floats in a message.</summary>
    /// <exception cref="InvalidDataException">It holds another type, or not as many numbers as it says.</exception>
    public static NDArray ReadFloats(TensorProto tensor, string place)
    {
        Shape shape = ShapeOf(tensor, place);
        if (tensor.DataType != (int)TensorProto.Types.DataType.Float)
            throw new InvalidDataException($"{place}: tensor '{tensor.Name}': expected floats, found type {tensor.DataType}");
        int count = tensor.RawData.Length > 0 ? tensor.RawData.Length / sizeof(float) : tensor.FloatData.Count;
        CheckCount(tensor, shape, count, tensor.RawData.Length % sizeof(float), place);
        NDArray array = NDArray.Empty(shape);
        Span<float> values = array.AsSpan<float>();
        if (tensor.RawData.Length == 0)
            tensor.FloatData.ToArray().CopyTo(values);
        for (int i = 0; tensor.RawData.Length > 0 && i < count; i++)
            values[i] = BinaryPrimitives.ReadSingleLittleEndian(tensor.RawData.Span[(i * sizeof(float))..]);
        return array;
    }

    /// <summary>The list of whole numbers in a message.</summary>
    /// <exception cref="InvalidDataException">It holds another type, or not as many numbers as it says.</exception>
    public static long[] ReadWholes(TensorProto tensor, string place)
    {
        Shape shape = ShapeOf(tensor, place);
        if (tensor.DataType != (int)TensorProto.Types.DataType.Int64)
            throw new InvalidDataException($"{place}: tensor '{tensor.Name}': expected whole numbers of 64 bits, found type {tensor.DataType}");
        int count = tensor.RawData.Length > 0 ? tensor.RawData.Length / sizeof(long) : tensor.Int64Data.Count;
        CheckCount(tensor, shape, count, tensor.RawData.Length % sizeof(long), place);
        long[] values = new long[count];
        for (int i = 0; i < count; i++)
            values[i] = tensor.RawData.Length > 0 ? BinaryPrimitives.ReadInt64LittleEndian(tensor.RawData.Span[(i * sizeof(long))..]) : tensor.Int64Data[i];
        return values;
    }

    private static Shape ShapeOf(TensorProto tensor, string place)
    {
        if (tensor.DataLocation != 0 || tensor.ExternalData.Count > 0)
            throw new InvalidDataException($"{place}: tensor '{tensor.Name}': its data are in another file, which is not supported");
        long count = 1;
        foreach (long dim in tensor.Dims)
        {
            if (dim is < 0 or > int.MaxValue || (count *= dim) > int.MaxValue)
                throw new InvalidDataException($"{place}: tensor '{tensor.Name}': the shape [{string.Join(", ", tensor.Dims)}] cannot be");
        }

        return new Shape([.. tensor.Dims.Select(dim => (int)dim)]);
    }

    private static void CheckCount(TensorProto tensor, Shape shape, int count, int rest, string place)
    {
        if (count != shape.Size || rest != 0)
            throw new InvalidDataException($"{place}: tensor '{tensor.Name}' {shape}: expected {shape.Size} numbers, found {count}");
    }
}
