namespace Numerics.Samples.CatsVsDogs.Drawings;

/// <summary>How a dog carries its ears.</summary>
internal enum DogEars
{
    /// <summary>Hanging down at the sides.</summary>
    Floppy,

    /// <summary>Upright with the tip folded over.</summary>
    Folded,

    /// <summary>Upright, as a shepherd's.</summary>
    Pricked,
}
