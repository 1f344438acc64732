namespace Numerics.Data;

/// <summary>Where a record lies in a TFRecord file.</summary>
/// <param name="Offset">Where its data starts, behind the length.</param>
/// <param name="Length">How many bytes of data it has.</param>
internal readonly record struct TFRecordPlace(long Offset, int Length);
