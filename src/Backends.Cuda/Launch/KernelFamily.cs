namespace Numerics.Backends.Cuda;

/// <summary>The files of kernels; the PTX of each is loaded when its first kernel is launched.</summary>
internal enum KernelFamily
{
    Unary,
    UnaryGradient,
    Binary,
    Cast,
    NarrowElementwise,
    NarrowFunctions,
    Movement,
    Reduce,
    NarrowReduce,
    Softmax,
    Convolution,
    Conv3x3,
    Conv3x3KernelGradient,
    TensorConv3x3Tf32,
    TensorConv3x3Narrow,
    TensorConv3x3KernelGradient,
    Pooling,
    NarrowPooling,
    Normalization,
    NarrowNormalization,
    Focal,
    SoftmaxFocal,
    BinaryFocal,
    Optimizer,
    Dense,
    Random,
    Sampling,
}
