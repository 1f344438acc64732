using Numerics.Tensors;

namespace Numerics.Nn;

/// <summary>
/// Puts a rectangle of another example of the batch into each one; targets are mixed by area. The rectangle has the proportions of the picture
/// and 1 - λ of its area, λ from Beta(factor, factor), less what falls over the edge.
/// Source: Yun, Han, Oh, Chun, Choe, Yoo, "CutMix", ICCV 2019.
/// </summary>
/// <param name="factor">The distribution's parameter; 1 makes every area equally likely.</param>
public sealed class CutMix(float factor = 1) : BatchMixing(factor, nameof(factor))
{
    private protected override float Mix(NDArray own, NDArray other, NDArray target, float share, PhiloxStream random)
    {
        int height = own.Shape[1], width = own.Shape[2], pixel = own.Shape[3] * own.DType.Size();
        float side = MathF.Sqrt(1 - share);
        int tall = (int)(side * height), wide = (int)(side * width);
        int middleRow = (int)(random.NextUniform() * height), middleColumn = (int)(random.NextUniform() * width);
        int top = Math.Max(middleRow - (tall / 2), 0), bottom = Math.Min(middleRow + ((tall + 1) / 2), height);
        int left = Math.Max(middleColumn - (wide / 2), 0), right = Math.Min(middleColumn + ((wide + 1) / 2), width);
        own.Bytes.CopyTo(target.Bytes);
        for (int row = top; row < bottom && right > left; row++)
        {
            int start = ((row * width) + left) * pixel;
            other.Bytes.Slice(start, (right - left) * pixel).CopyTo(target.Bytes[start..]);
        }

        return 1 - ((float)Math.Max(bottom - top, 0) * Math.Max(right - left, 0) / (height * width));
    }
}
