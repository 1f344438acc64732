namespace Numerics.Backends.Cuda;

/// <summary>The three products of a convolution.</summary>
public enum DnnDirection
{
    /// <summary>y from x and w.</summary>
    Forward,

    /// <summary>dx from w and dy.</summary>
    BackwardData,

    /// <summary>dw from x and dy.</summary>
    BackwardFilter,
}
