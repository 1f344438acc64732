namespace Numerics.Nn;

/// <summary>Where the new pixels of a larger picture come from.</summary>
public enum Interpolation
{
    /// <summary>From the pixel that they are part of.</summary>
    Nearest,

    /// <summary>From the four pixels around them, by distance between centres.</summary>
    Bilinear,
}
