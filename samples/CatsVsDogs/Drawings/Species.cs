namespace Numerics.Samples.CatsVsDogs.Drawings;

/// <summary>What a drawing shows; the value is the label, the name that of the folder.</summary>
internal enum Species
{
    Cat,
    Dog,
}
