using Numerics.Backends.Cuda;

namespace Numerics.CudaSimulator.Libraries;

/// <summary>The values that the libraries' arithmetic sees.</summary>
internal static unsafe class Rounding
{
    /// <summary>To 10 bits of mantissa, to nearest even.</summary>
    public static float ToTensorFloat32(float x)
    {
        uint bits = BitConverter.SingleToUInt32Bits(x);
        return float.IsFinite(x) ? BitConverter.UInt32BitsToSingle((bits + 0xFFF + ((bits >> 13) & 1)) & ~0x1FFFu) : x;
    }

    /// <summary>To 7 bits of mantissa, to nearest even.</summary>
    public static ushort ToBFloat16(float x)
    {
        uint bits = BitConverter.SingleToUInt32Bits(x);
        return float.IsNaN(x) ? (ushort)((bits >> 16) | 0x40) : (ushort)((bits + 0x7FFF + ((bits >> 16) & 1)) >> 16);
    }

    /// <summary>Reads operands into an array.</summary>
    public static float[] Read(byte* from, long count, CudaDataType type, bool tensorFloat32)
    {
        float[] values = new float[count];
        for (long i = 0; i < count; i++)
        {
            float value = type == CudaDataType.BFloat16 ? BitConverter.UInt32BitsToSingle((uint)((ushort*)from)[i] << 16) : ((float*)from)[i];
            values[i] = tensorFloat32 ? ToTensorFloat32(value) : value;
        }

        return values;
    }

    /// <summary>Writes a result.</summary>
    public static void Write(ReadOnlySpan<float> values, byte* to, CudaDataType type)
    {
        for (int i = 0; i < values.Length; i++)
        {
            if (type == CudaDataType.BFloat16)
                ((ushort*)to)[i] = ToBFloat16(values[i]);
            else
                ((float*)to)[i] = values[i];
        }
    }

    /// <summary>The size of an element in bytes.</summary>
    public static int Size(CudaDataType type) => type == CudaDataType.BFloat16 ? 2 : 4;
}
