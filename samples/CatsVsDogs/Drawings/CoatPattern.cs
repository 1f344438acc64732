namespace Numerics.Samples.CatsVsDogs.Drawings;

/// <summary>How the second colour of a coat lies on the first.</summary>
internal enum CoatPattern
{
    Solid,
    Striped,
    Patched,
    Spotted,

    /// <summary>White muzzle, chest and paws.</summary>
    Tuxedo,

    /// <summary>Darker face, ears and paws.</summary>
    Pointed,
}
