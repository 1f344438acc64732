using Numerics.Tensors;

namespace Numerics.Distributed.Tests;

/// <summary>Random numbers that are the same in every process and run.</summary>
internal static class Numbers
{
    public static float[] Normal(int count, ulong stream)
    {
        var random = new Random((int)stream + 17);
        float[] numbers = new float[count];
        for (int i = 0; i < count; i++)
            numbers[i] = (float)(Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble()));
        return numbers;
    }

    public static int[] Bits(float[] numbers) => Array.ConvertAll(numbers, BitConverter.SingleToInt32Bits);

    public static NDArray Rows(Shape shape, ulong stream)
    {
        var array = new NDArray(shape);
        Normal(shape.Size, stream).CopyTo(array.AsSpan<float>());
        return array;
    }
}
