namespace Numerics.Backends.Cuda.Tests;

/// <summary>Finite numbers rounded to bfloat16, to nearest even.</summary>
internal static class BrainFloat
{
    public static float Round(float x)
    {
        uint bits = BitConverter.SingleToUInt32Bits(x);
        return BitConverter.UInt32BitsToSingle((bits + 0x7FFF + ((bits >> 16) & 1)) & 0xFFFF0000);
    }

    public static float[] Round(float[] values) => Array.ConvertAll(values, Round);
}
