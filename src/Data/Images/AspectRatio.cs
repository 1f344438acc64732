namespace Numerics.Data;

/// <summary>How a picture of other proportions is brought to a size.</summary>
public enum AspectRatio
{
    /// <summary>Height and width are scaled each for itself.</summary>
    Stretch,

    /// <summary>The largest part in the middle that has the proportions; Keras' <c>crop_to_aspect_ratio</c>.</summary>
    Crop,

    /// <summary>Black is put around it, the same on both sides; Keras' <c>pad_to_aspect_ratio</c>.</summary>
    Pad,
}
