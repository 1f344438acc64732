namespace Numerics.Data;

/// <summary>How picture files are decoded and resized. The defaults are those of <c>tf.io.decode_image</c> and <c>tf.image.resize</c>.</summary>
public sealed record ImageOptions
{
    /// <summary>The defaults.</summary>
    public static ImageOptions Default { get; } = new();

    /// <summary>How values between pixels are found.</summary>
    public Interpolation Interpolation { get; init; } = Interpolation.Bilinear;

    /// <summary>Whether the kernel widens where a picture shrinks, so that every pixel counts; without, most are passed over.</summary>
    public bool Antialias { get; init; }

    /// <summary>What happens to the proportions.</summary>
    public AspectRatio AspectRatio { get; init; } = AspectRatio.Stretch;

    /// <summary>Whether a picture is turned and mirrored as its EXIF orientation says. TensorFlow does not.</summary>
    public bool ApplyOrientation { get; init; }

    /// <summary>
    /// Whether a JPEG of at least twice the wanted height and width is decoded at 1/2, 1/4 or 1/8 of its size, the smallest that is
    /// not below the wanted one. Faster for large pictures, and not what TensorFlow gives: against decoding at full size with
    /// <see cref="Antialias"/>, photographs of 500 × 375 brought to 112 × 112 differ by 1.1 of 255 in the mean.
    /// </summary>
    public bool ScaledDecoding { get; init; }

    /// <summary>
    /// The number of pixels, height times width as the file states them, from which on a picture is refused before it is decoded:
    /// a small file can ask for gigabytes.
    /// </summary>
    public long MaxPixels { get; init; } = 1 << 27;

    /// <summary>The length of a file in bytes from which on it is refused before it is read.</summary>
    public long MaxBytes { get; init; } = 1 << 28;

    internal string Fingerprint =>
        $"{Interpolation} {Antialias} {AspectRatio} {ApplyOrientation} {ScaledDecoding} {MaxPixels} {MaxBytes}";
}
