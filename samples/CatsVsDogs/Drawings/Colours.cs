using SkiaSharp;

namespace Numerics.Samples.CatsVsDogs.Drawings;

/// <summary>Arithmetic on colours.</summary>
internal static class Colours
{
    /// <summary>The colour <paramref name="amount"/> of the way from one to another.</summary>
    public static SKColor Towards(this SKColor from, SKColor to, float amount) => new(
        Mix(from.Red, to.Red, amount), Mix(from.Green, to.Green, amount), Mix(from.Blue, to.Blue, amount), from.Alpha);

    /// <summary>A darker shade.</summary>
    public static SKColor Darker(this SKColor colour, float amount) => colour.Towards(SKColors.Black, amount);

    /// <summary>A lighter tint.</summary>
    public static SKColor Lighter(this SKColor colour, float amount) => colour.Towards(SKColors.White, amount);

    /// <summary>The colour, so much of it: 0 is invisible.</summary>
    public static SKColor Faded(this SKColor colour, float alpha) => colour.WithAlpha((byte)Math.Clamp(alpha * 255, 0, 255));

    /// <summary>The luma, 0 to 1 (ITU-R BT.601).</summary>
    public static float Luma(this SKColor colour) =>
        ((0.299f * colour.Red) + (0.587f * colour.Green) + (0.114f * colour.Blue)) / 255;

    private static byte Mix(byte from, byte to, float amount) => (byte)Math.Clamp(from + ((to - from) * amount), 0, 255);
}
