namespace Numerics.Samples.CatsVsDogs.Drawings;

/// <summary>How much of an animal is seen, and from where.</summary>
internal enum Pose
{
    /// <summary>The face from the front, filling the picture.</summary>
    Portrait,

    /// <summary>Head and shoulders from the side.</summary>
    Profile,

    /// <summary>The whole animal from the front, sitting.</summary>
    Sitting,

    /// <summary>The whole animal from the front, lying behind its paws.</summary>
    Lying,

    /// <summary>The whole animal from the side, on four legs.</summary>
    Standing,
}
