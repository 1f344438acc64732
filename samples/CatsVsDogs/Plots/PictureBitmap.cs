using Numerics.Tensors;
using SkiaSharp;

namespace Numerics.Samples.CatsVsDogs.Plots;

/// <summary>Pictures of a data set as bitmaps to draw with.</summary>
internal static class PictureBitmap
{
    /// <summary>The bitmap of a picture.</summary>
    /// <param name="picture">[h, w, 3], bytes or floats from 0 to 1.</param>
    public static SKBitmap Of(NDArray picture)
    {
        (int height, int width) = (picture.Shape[0], picture.Shape[1]);
        float[] values = picture.ToFloats();
        var bitmap = new SKBitmap(width, height);
        byte Channel(int i) => (byte)Math.Clamp(MathF.Round(values[i] * 255), 0, 255);
        for (int y = 0; y < height; y++)
        {
            for (int x = 0; x < width; x++)
            {
                int at = ((y * width) + x) * 3;
                bitmap.SetPixel(x, y, new SKColor(Channel(at), Channel(at + 1), Channel(at + 2)));
            }
        }

        return bitmap;
    }
}
