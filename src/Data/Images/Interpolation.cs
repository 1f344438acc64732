namespace Numerics.Data;

/// <summary>How values between pixels are found; the names and the definitions are those of <c>tf.image.ResizeMethod</c>.</summary>
public enum Interpolation
{
    /// <summary>A triangle over 2 pixels.</summary>
    Bilinear,

    /// <summary>The nearest pixel.</summary>
    Nearest,

    /// <summary>Keys' cubic with a = -1/2 over 4 pixels. It overshoots at edges.</summary>
    Bicubic,

    /// <summary>The mean over the area that an output pixel covers.</summary>
    Area,

    /// <summary>Lanczos' windowed sinc over 6 pixels.</summary>
    Lanczos3,

    /// <summary>Lanczos' windowed sinc over 10 pixels.</summary>
    Lanczos5,

    /// <summary>A Gaussian of standard deviation 1/2, cut off at 3/2.</summary>
    Gaussian,

    /// <summary>Mitchell's and Netravali's cubic with B = C = 1/3 over 4 pixels.</summary>
    MitchellCubic,
}
