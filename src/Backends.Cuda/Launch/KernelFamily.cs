namespace Numerics.Backends.Cuda;

/// <summary>The files of kernels; the PTX of each is loaded when its first kernel is launched.</summary>
internal enum KernelFamily
{
    Unary,
    UnaryGradient,
    Binary,
    Cast,
    Movement,
    Reduce,
    Softmax,
    Convolution,
    Pooling,
    Normalization,
    Focal,
    BinaryFocal,
    Optimizer,
    Random,
}
